"""A field for an amount: read exactly, refused with a reason, never a spin box."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app import formatting, words
from app.views.widgets.labels import Label
from payments.contract.money import AmountError, Money, decimals, money_of

# Chinese keyboards type full-width figures and marks; groups and the sign are for the eye.
_PLAIN: Final = str.maketrans("０１２３４５６７８９．。，", "0123456789..,", ", ¥￥\u00a0")


class MoneyField(QWidget):
    """``changed`` carries the amount, or None while what is typed is none."""

    changed = Signal(object)
    submitted = Signal()

    def __init__(
        self, currency: str, *, most: Money | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._currency = currency
        self._most = most
        self._edit = QLineEdit(self)
        self._edit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._edit.setMaxLength(24)
        self._edit.textChanged.connect(self._typed)
        self._edit.editingFinished.connect(self._finished)
        self._edit.returnPressed.connect(self.submitted)
        self._sign = Label(parent=self._edit, look="muted")
        self._error = Label("", "error", wraps=True)
        self._error.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._edit)
        layout.addWidget(self._error)
        self.setFocusProxy(self._edit)
        self.set_currency(currency, most)

    def set_currency(self, currency: str, most: Money | None = None) -> None:
        """Ask for another currency, with the largest amount that makes sense."""
        self._currency = currency
        self._most = most
        self._sign.setText(formatting.symbol(currency).strip())
        self._sign.adjustSize()
        self._sign.move(11, (32 - self._sign.height()) // 2)
        self._edit.setTextMargins(self._sign.width() + 4, 0, 0, 0)
        self._edit.setPlaceholderText(Money(0, currency).plain())
        self._show_error("")

    def set_name(self, name: str) -> None:
        """What amount this is, for assistive technology."""
        self._edit.setAccessibleName(name)

    def value(self) -> Money | None:
        """The amount, or None while it is none or out of range."""
        return self._read()[0]

    def set_value(self, value: Money) -> None:
        """Show an amount."""
        self._edit.setText(formatting.amount(value))

    def is_empty(self) -> bool:
        """Whether nothing is typed."""
        return not self._edit.text().strip()

    def clear(self) -> None:
        """Take out what is typed."""
        self._edit.clear()
        self._show_error("")

    def error(self) -> str:
        """What is wrong with what is typed; empty when nothing is."""
        return self._read()[1]

    def complain(self) -> bool:
        """Show what is wrong, if anything; whether something is."""
        self._show_error(self.error())
        return bool(self.error())

    def retranslate(self) -> None:
        """Say the error in the language in force."""
        if self._error.isVisibleTo(self):
            self._show_error(self.error())

    def _read(self) -> tuple[Money | None, str]:
        text = self._edit.text().translate(_PLAIN)
        if not text:
            return None, words.say("widgets.money.empty")
        # Figures and one point only: no exponents, no signs, whatever a decimal may accept.
        whole, point, part = text.partition(".")
        if not (whole + part).isdecimal() or not whole or (point and not part):
            example = Money(9450, self._currency).plain()
            return None, words.say("widgets.money.wrong", example=example)
        return self._judged(text, part)

    def _judged(self, text: str, part: str) -> tuple[Money | None, str]:
        places = decimals(self._currency)
        if len(part.rstrip("0")) > places:
            key = "widgets.money.decimals" if places else "widgets.money.whole"
            return None, words.say(key, currency=self._currency, count=places)
        try:
            value = money_of(text, self._currency)
        except AmountError:
            example = Money(9450, self._currency).plain()
            return None, words.say("widgets.money.wrong", example=example)
        if value.amount == 0:
            return None, words.say("widgets.money.positive")
        if self._most is not None and self._most < value:
            most = formatting.money(self._most)
            return None, words.say("widgets.money.much", most=most)
        return value, ""

    @Slot()
    def _typed(self) -> None:
        value, error = self._read()
        # While typing only an earlier complaint is taken back; a new one waits for the end.
        if not error:
            self._show_error("")
        self.changed.emit(value)

    @Slot()
    def _finished(self) -> None:
        value, error = self._read()
        if self._edit.text():
            self._show_error(error)
        if value is not None:
            self._edit.setText(formatting.amount(value))

    def _show_error(self, error: str) -> None:
        self._error.setText(error)
        self._error.setVisible(bool(error))
        self._edit.setProperty("wrong", bool(error))
        self._edit.style().unpolish(self._edit)
        self._edit.style().polish(self._edit)
