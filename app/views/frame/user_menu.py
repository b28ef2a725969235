"""The menu of the person and of the settings that hold everywhere: appearance, language, rows."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget

from app import words
from app.views.theme.theme import Appearance, Density, theme
from app.views.widgets.menu import Menu
from app.words import Language
from payments.contract.roles import Role


class UserMenu(QObject):
    """Builds and shows the menu; says what was chosen.

    The signals carry an ``Appearance``, a ``Language``, a ``Density``.
    """

    appearance_chosen = Signal(object)
    language_chosen = Signal(object)
    density_chosen = Signal(object)
    keys_asked = Signal()
    lock_asked = Signal()
    sign_out_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._person = ""
        self._role: Role | None = None

    def set_person(self, name: str, role: Role) -> None:
        """Who is signed in, and as what."""
        self._person, self._role = name, role

    def show_at(self, place: QPoint) -> None:
        """Open at a place of the screen."""
        menu = self.made()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def made(self) -> Menu:
        """The menu as it is now."""
        menu = Menu(parent=self._over())
        if self._person:
            role = [words.name(self._role)] if self._role else []
            menu.addAction(" · ".join([self._person, *role])).setEnabled(False)
            menu.addSeparator()
        appearances = [(value, words.say(f"frame.menu.{value.value}")) for value in Appearance]
        densities = [(value, words.say(f"frame.menu.{value.value}")) for value in Density]
        group = _choices(menu, "appearance", appearances, theme().appearance)
        group.triggered.connect(self._appearance)
        # A language is named in itself, whatever language is in force.
        languages = [
            (value, words.say(f"frame.language.{value.name.lower()}")) for value in Language
        ]
        group = _choices(menu, "language", languages, words.language())
        group.triggered.connect(self._language)
        group = _choices(menu, "density", densities, theme().density)
        group.triggered.connect(self._density)
        menu.addSeparator()
        menu.addAction(words.say("frame.menu.keys")).triggered.connect(self.keys_asked)
        if self._person:
            menu.addAction(words.say("frame.menu.lock")).triggered.connect(self.lock_asked)
            leave = menu.addAction(words.say("frame.menu.sign_out"))
            leave.triggered.connect(self.sign_out_asked)
        return menu

    def _over(self) -> QWidget | None:
        parent = self.parent()
        return parent if isinstance(parent, QWidget) else None

    @Slot(QAction)
    def _appearance(self, action: QAction) -> None:
        self.appearance_chosen.emit(Appearance(action.data()))

    @Slot(QAction)
    def _language(self, action: QAction) -> None:
        self.language_chosen.emit(Language(action.data()))

    @Slot(QAction)
    def _density(self, action: QAction) -> None:
        self.density_chosen.emit(Density(action.data()))


def _choices(menu: Menu, name: str, values: Iterable[tuple[str, str]], now: str) -> QActionGroup:
    """A submenu of which one is ticked."""
    inside = Menu(words.say(f"frame.menu.{name}"), menu)
    menu.addMenu(inside)
    group = QActionGroup(inside)
    for value, said in values:
        action = inside.addAction(said)
        action.setCheckable(True)
        action.setChecked(value == now)
        action.setData(str(value))
        group.addAction(action)
    return group
