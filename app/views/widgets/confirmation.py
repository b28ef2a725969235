"""Asks once more before money moves: what, how much, to whom, and whether there is a way back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app import words
from app.views.widgets.buttons import Button, ButtonKind, quiet
from app.views.widgets.labels import Label, paragraph
from app.views.widgets.overlay import Overlay

_WIDTH = 440


class Confirmation(Overlay):
    """One question with one act, named by its button; Esc and “Cancel” change nothing.

    ``decided`` carries the subject that was handed in. The card goes away by itself afterwards;
    ``over`` owns it.
    """

    decided = Signal(object)

    def __init__(
        self,
        over: QWidget,
        title: str,
        question: str,
        act: str,
        *,
        subject: object = None,
        dangerous: bool = False,
        body: QWidget | None = None,
    ) -> None:
        super().__init__(over, _WIDTH, top=160)
        self._subject = subject
        self.setAccessibleName(f"{title}. {question}")
        kind = ButtonKind.DANGER_FILLED if dangerous else ButtonKind.PRIMARY
        self._act = Button(act, kind)
        self._cancel = quiet(words.say("widgets.confirmation.cancel"))
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._act)
        layout = QVBoxLayout(self.card)
        layout.setContentsMargins(24, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(Label(title, "large", wraps=True))
        layout.addWidget(paragraph(question))
        if body is not None:
            layout.addWidget(body)
        layout.addSpacing(4)
        layout.addLayout(foot)
        self._act.clicked.connect(self._decide)
        self._cancel.clicked.connect(self.close_over)
        self.closed.connect(self.deleteLater)

    def open(self) -> None:
        """Ask. What cannot be undone is not one press of Enter away."""
        super().open()
        careful = self._act.property("kind") == ButtonKind.DANGER_FILLED.value
        first = self._cancel if careful else self._act
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    def set_possible(self, *, possible: bool) -> None:
        """Whether the act can be pressed, for a ``body`` with fields of its own."""
        self._act.setEnabled(possible)

    @Slot()
    def _decide(self) -> None:
        self.close_over()
        self.decided.emit(self._subject)


def confirm(
    asker: QWidget,
    title: str,
    question: str,
    act: str,
    *,
    subject: object = None,
    dangerous: bool = False,
    body: QWidget | None = None,
) -> Confirmation:
    """Ask over the window of ``asker``; connect ``decided`` of what is returned to a bound method."""
    asked = Confirmation(
        asker.window(), title, question, act, subject=subject, dangerous=dangerous, body=body
    )
    asked.open()
    return asked
