"""The views a person saves: a filter and an order under a name, applied with two clicks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit

from app import words
from app.models.lists import saved_views
from app.models.lists.saved_views import SavedView
from app.views.lists.troubles import in_words
from app.views.widgets.buttons import Button, ButtonKind
from app.views.widgets.confirmation import Confirmation, confirm
from app.views.widgets.menu import Menu

if TYPE_CHECKING:
    from app.models.store.transaction import Transaction
    from app.views.frame.context import Context

_LONGEST_NAME: Final = 60


class SavedViews(Button):
    """Opens the saved views of one list. ``applied`` carries the query of the one that was chosen.

    ``query`` gives what is shown now; ``kind`` is its type.
    """

    applied = Signal(object)

    def __init__(self, context: Context, kind: type[Any], query: Callable[[], Any]) -> None:
        super().__init__("", ButtonKind.SECONDARY, icon="star")
        self._context = context
        self._listed = kind
        self._query = query
        self._views: list[SavedView[Any]] = []
        self._name: QLineEdit | None = None
        self._asking: Confirmation | None = None
        self.clicked.connect(self._open)
        self.retranslate()

    def read(self) -> None:
        """Read the saved views again."""
        store, kind = self._context.store, self._listed

        def views() -> list[SavedView[Any]]:
            with store.reading() as db:
                return saved_views.saved(db, kind)

        self._context.background.run(views, done=self._arrived, failed=self._failed)

    def names(self) -> list[str]:
        """The names of the saved views, in their order."""
        return [view.name for view in self._views]

    def apply(self, name: str) -> None:
        """Show the view of this name."""
        for view in self._views:
            if view.name == name:
                self.applied.emit(view.query)

    def save(self, name: str) -> None:
        """Keep what is shown under a name."""
        query = self._query()
        self._write(lambda db: saved_views.save(db, name, query))
        self._context.toasts.say(words.say("lists.views.saved", name=name))

    def remove(self, name: str) -> None:
        """Forget the view of this name."""
        kind = self._listed
        self._write(lambda db: saved_views.remove(db, name, kind))
        self._context.toasts.say(words.say("lists.views.removed", name=name))

    def retranslate(self) -> None:
        """Name the view that is shown, if it is one."""
        shown = [view.name for view in self._views if view.query == self._query()]
        self.setText(shown[0] if shown else "")
        self.setToolTip(words.say("lists.views.tip"))
        self.setAccessibleName(words.say("lists.views.tip"))

    def views_menu(self) -> Menu:
        """The views, saving what is shown, removing one."""
        menu = Menu(parent=self)
        for view in self._views:
            action = menu.addAction(view.name)
            action.setData(view.name)
            action.setCheckable(True)
            action.setChecked(view.query == self._query())
            action.triggered.connect(self._apply_chosen)
        if self._views:
            menu.addSeparator()
        menu.addAction(words.say("lists.views.save")).triggered.connect(self.ask_name)
        if self._views:
            removing = Menu(words.say("lists.views.remove"), menu)
            for view in self._views:
                action = removing.addAction(view.name)
                action.setData(view.name)
                action.triggered.connect(self._remove_chosen)
            menu.addMenu(removing)
        return menu

    @Slot()
    def ask_name(self) -> None:
        """Ask under which name to keep what is shown."""
        name = self._name = QLineEdit()
        name.setMaxLength(_LONGEST_NAME)
        name.setPlaceholderText(words.say("lists.views.name"))
        name.setAccessibleName(words.say("lists.views.name"))
        title, question = words.say("lists.views.title"), words.say("lists.views.question")
        act = words.say("lists.views.keep")
        self._asking = confirm(self, title, question, act, body=name)
        self._asking.set_possible(possible=False)
        self._asking.decided.connect(self._named)
        name.textChanged.connect(self._typed)
        name.returnPressed.connect(self._entered)
        name.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def _typed(self) -> None:
        if self._asking is not None:
            self._asking.set_possible(possible=bool(self._typed_name()))

    def _typed_name(self) -> str:
        return self._name.text().strip() if self._name is not None else ""

    @Slot()
    def _entered(self) -> None:
        if self._typed_name() and self._asking is not None:
            self._named()

    @Slot()
    def _named(self) -> None:
        name, asked = self._typed_name(), self._asking
        self._name = self._asking = None
        if asked is not None:
            asked.close_over()
        if name:
            self.save(name)

    @Slot()
    def _open(self) -> None:
        menu = self.views_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    @Slot()
    def _apply_chosen(self) -> None:
        self.apply(str(self.sender().data()))  # type: ignore[attr-defined]  # an action of the menu

    @Slot()
    def _remove_chosen(self) -> None:
        self.remove(str(self.sender().data()))  # type: ignore[attr-defined]  # likewise

    def _write(self, change: Callable[[Transaction], None]) -> None:
        store = self._context.store

        def write() -> None:
            with store.writing() as db:
                change(db)

        self._context.background.run(
            write, done=self._written, failed=self._failed, must_finish=True
        )

    def _written(self, _nothing: None) -> None:
        self.read()

    def _arrived(self, views: list[SavedView[Any]]) -> None:
        self._views = views
        self.retranslate()

    def _failed(self, error: BaseException) -> None:
        self._context.toasts.say(in_words(error))
