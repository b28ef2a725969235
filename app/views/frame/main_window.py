"""The main window: rail, top bar and panels, or one page before them (sign-in, first run, lock)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

import shiboken6
from PySide6.QtCore import QByteArray, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import words
from app.services.preferences import Preferences
from app.views.frame.commands import Command, CommandBook, OfflinePolicy
from app.views.frame.keys_sheet import KeysSheet
from app.views.frame.page import Page
from app.views.frame.palette import Palette
from app.views.frame.panel import Panel
from app.views.frame.rail import Rail
from app.views.frame.sync_state import Failed, Offline, SyncState
from app.views.frame.top_bar import TopBar
from app.views.frame.user_menu import UserMenu
from app.views.theme import icons
from app.views.theme.theme import Appearance, theme
from app.views.theme.tokens import Size
from app.views.widgets.overlay import Overlay
from app.views.widgets.toast import ToastArea
from app.words import Language
from payments.contract.roles import Permission, Role

_GEOMETRY: Final = "window.geometry"
_LAST_PANEL: Final = "window.panel"
_USUAL = (1440, 900)
_MOST_NUMBERED = 9


class MainWindow(QMainWindow):
    """Shows what it is given; what a person wants is said by signals and commands.

    ``language_chosen`` carries a Language, ``appearance_chosen`` an Appearance, ``density_chosen``
    a Density: the window has already changed when they come, they are for remembering.
    """

    sync_asked = Signal()
    lock_asked = Signal()
    sign_out_asked = Signal()
    appearance_chosen = Signal(object)
    language_chosen = Signal(object)
    density_chosen = Signal(object)
    panel_shown = Signal(str)
    closing = Signal()

    def __init__(
        self,
        book: CommandBook,
        preferences: Preferences,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        super().__init__()
        self.book = book
        self._preferences = preferences
        self._panels: dict[str, Panel] = {}
        self._page: QWidget | None = None
        self._covered: list[Overlay] = []
        self._here = ""
        self.rail = Rail(preferences)
        self.top_bar = TopBar(now) if now else TopBar()
        self._stack = QStackedWidget()
        self._frame = self._framed()
        self._outer = QStackedWidget()
        self._outer.addWidget(self._frame)
        self.setCentralWidget(self._outer)
        self.menu = UserMenu(self)
        self.toasts = ToastArea(self._outer)
        self.palette_sheet = Palette(book, self._frame)
        self.keys_sheet = KeysSheet(book, self._frame)
        self.setMinimumSize(Size.WINDOW_LEAST_WIDTH, Size.WINDOW_LEAST_HEIGHT)
        self.setWindowIcon(icons.application_icon())
        self._connect()
        self._enter_commands()
        self._restore()
        self.retranslate()

    def _framed(self) -> QWidget:
        frame = QWidget()
        frame.setObjectName("frame")
        frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        across = QHBoxLayout(frame)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.rail)
        down = QVBoxLayout()
        down.setSpacing(0)
        down.addWidget(self.top_bar)
        down.addWidget(self._stack, 1)
        across.addLayout(down, 1)
        return frame

    def _connect(self) -> None:
        self.rail.chosen.connect(self.show_panel)
        self.rail.settings_asked.connect(self._open_settings)
        self.top_bar.search_asked.connect(self._open_palette)
        self.top_bar.sync_asked.connect(self.sync_asked)
        self.top_bar.menu_asked.connect(self._open_menu)
        self.menu.appearance_chosen.connect(self.choose_appearance)
        self.menu.language_chosen.connect(self.choose_language)
        self.menu.density_chosen.connect(self._choose_density)
        self.menu.keys_asked.connect(self._open_keys)
        self.menu.lock_asked.connect(self.lock_asked)
        self.menu.sign_out_asked.connect(self.sign_out_asked)
        self.book.refused.connect(self._say_offline)

    def _enter_commands(self) -> None:
        network = OfflinePolicy.NEEDS_NETWORK
        everywhere = "frame.group.everywhere"

        def command(name: str, key: str, icon: str = "", **more: object) -> Command:
            title = f"frame.command.{name}"
            return Command(f"frame.{name}", title, key, icon=icon, group=everywhere, **more)  # type: ignore[arg-type]  # only `offline` and `listed`

        for entry, act in (
            (command("palette", "Ctrl+K", listed=False), self._run_palette),
            (command("sync", "F5", "refresh", offline=network), self._run_sync),
            (command("export", "Ctrl+E", "export"), self._run_export),
            (command("filter", "/", "filter"), self._run_filter),
            (command("keys", "?", "info"), self._run_keys),
            (command("appearance", "", "eye"), self._run_appearance),
            (command("language", "", "note"), self._run_language),
            (command("lock", "Ctrl+L", "lock"), self._run_lock),
            (command("sign_out", "", "sign-out"), self._run_sign_out),
        ):
            self.book.add(entry, act, self._frame)

    # panels and pages

    def add_panel(self, panel: Panel) -> None:
        """A panel below the others; ``allow`` numbers those that are offered."""
        self._panels[panel.name] = panel
        self._stack.addWidget(panel.widget)
        self.book.add(
            Command(
                f"panel.{panel.name}",
                panel.title,
                needs=panel.needs,
                icon=panel.icon,
                group="frame.group.go",
            ),
            _PanelAct(self, panel.name),
            self._frame,
        )

    def allow(self, permissions: Collection[Permission]) -> None:
        """Offer the panels and commands that these permissions allow."""
        self.book.allow(permissions)
        self.rail.clear()
        offered = [name for name in self._panels if self.book.may(self._command_of(name))]
        for name, panel in self._panels.items():
            number = offered.index(name) + 1 if name in offered else 0
            key = f"Ctrl+{number}" if 0 < number <= _MOST_NUMBERED else ""
            self.book.set_key(f"panel.{name}", key)
            if number:
                self.rail.add(name, panel.icon, panel.title, key)
        kept = self._preferences.value(_LAST_PANEL, str, "")
        if offered:
            self.show_panel(kept if kept in offered else offered[0])

    @Slot(str)
    def show_panel(self, name: str) -> None:
        """Bring a panel into view. Raises KeyError for a name that is none."""
        panel = self._panels[name]
        if not self.book.may(self._command_of(name)):
            return
        self._here = name
        self._preferences.put(_LAST_PANEL, name)
        self._stack.setCurrentWidget(panel.widget)
        self.rail.show_here(name)
        self.top_bar.show_title(panel.title)
        self._say_title()
        panel.widget.setFocus()
        panel.refresh()
        self.panel_shown.emit(name)

    def panel(self) -> Panel | None:
        """The panel in view."""
        return self._panels.get(self._here)

    def show_page(self, page: QWidget) -> None:
        """Cover everything with a page: sign-in, first run, lock. The window owns it from now on.

        Nothing stays above it: behind a lock no decision may be confirmed and nothing read. What
        was being entered comes back with the console.
        """
        self._clear_what_floats()
        self._drop_page()
        self._page = page
        if isinstance(page, Page):
            page.menu.appearance_chosen.connect(self.choose_appearance)
            page.menu.language_chosen.connect(self.choose_language)
            page.menu.density_chosen.connect(self._choose_density)
        self._outer.addWidget(page)
        self._outer.setCurrentWidget(page)
        page.setFocus()

    def show_console(self) -> None:
        """Take the page away."""
        self._drop_page()
        self._outer.setCurrentWidget(self._frame)
        # Keys reach the frame only while the focus is somewhere in it.
        self._stack.setFocus()
        covered, self._covered = self._covered, []
        for overlay in covered:
            if shiboken6.isValid(overlay):
                overlay.open()

    def _clear_what_floats(self) -> None:
        while (popup := QApplication.activePopupWidget()) is not None and popup.close():
            pass
        for dialog in self.findChildren(QDialog):
            dialog.reject()
        for overlay in self.findChildren(Overlay):
            if overlay.isVisible():
                overlay.hide()
                self._covered.append(overlay)
        self.toasts.clear()

    def _drop_page(self) -> None:
        if self._page is not None:
            self._outer.removeWidget(self._page)
            self._page.hide()
            self._page.deleteLater()
            self._page = None

    # what the services say

    def set_sync(self, state: SyncState) -> None:
        """How true the local copy is."""
        self.top_bar.sync.show_state(state)
        self.book.set_online(not isinstance(state, Offline | Failed))

    def set_person(self, name: str, role: Role) -> None:
        """Who is signed in, and as what."""
        self.top_bar.set_person(name)
        self.menu.set_person(name, role)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.rail.retranslate()
        self.top_bar.retranslate()
        self.palette_sheet.retranslate()
        self.keys_sheet.retranslate()
        for panel in self._panels.values():
            panel.retranslate()
        if self._page is not None and hasattr(self._page, "retranslate"):
            self._page.retranslate()
        self._say_title()

    @Slot(object)
    def choose_appearance(self, appearance: Appearance) -> None:
        """Light, dark, or as the system is."""
        theme().choose(appearance)
        self.appearance_chosen.emit(appearance)

    @Slot(object)
    def choose_language(self, language: Language) -> None:
        """Speak this language from now on."""
        words.use(language)
        self.retranslate()
        self.language_chosen.emit(language)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Remember where the window was."""
        geometry = bytes(self.saveGeometry().data()).hex()
        self._preferences.put(_GEOMETRY, geometry)
        self.closing.emit()
        super().closeEvent(event)

    # inside

    def _restore(self) -> None:
        self.resize(*_USUAL)
        kept = self._preferences.value(_GEOMETRY, str, "")
        if kept:
            self.restoreGeometry(QByteArray.fromHex(kept.encode("ascii", "replace")))

    def _say_title(self) -> None:
        name = words.say("frame.name")
        panel = self.panel()
        self.setWindowTitle(f"{words.say(panel.title)} – {name}" if panel else name)

    def _command_of(self, panel: str) -> Command:
        return self.book.command(f"panel.{panel}")

    @Slot(object)
    def _choose_density(self, density: object) -> None:
        theme().choose_density(density)  # type: ignore[arg-type]  # the menu emits a Density
        self.density_chosen.emit(density)

    @Slot(object)
    def _say_offline(self, command: Command) -> None:
        said = f"{words.say(command.title)}: {words.say('frame.command.offline')}"
        self.toasts.say(said)

    @Slot()
    def _open_palette(self) -> None:
        self.palette_sheet.open()

    @Slot()
    def _open_keys(self) -> None:
        self.keys_sheet.open()

    @Slot()
    def _open_menu(self) -> None:
        avatar = self.top_bar.avatar
        self.menu.show_at(avatar.mapToGlobal(QPoint(-160, avatar.height() + 6)))

    @Slot()
    def _open_settings(self) -> None:
        if "settings" in self._panels:
            self.show_panel("settings")
            return
        button = self.rail.settings_button
        self.menu.show_at(button.mapToGlobal(QPoint(button.width() + 8, -120)))

    def _run_palette(self, _argument: object) -> None:
        self.palette_sheet.open()

    def _run_keys(self, _argument: object) -> None:
        self.keys_sheet.open()

    def _run_sync(self, _argument: object) -> None:
        self.sync_asked.emit()

    def _run_export(self, _argument: object) -> None:
        if (panel := self.panel()) is not None:
            panel.export()

    def _run_filter(self, _argument: object) -> None:
        if (panel := self.panel()) is not None:
            panel.focus_filter()

    def _run_appearance(self, _argument: object) -> None:
        dark = theme().tokens.dark
        self.choose_appearance(Appearance.LIGHT if dark else Appearance.DARK)

    def _run_language(self, _argument: object) -> None:
        chinese = words.language() is Language.CHINESE
        self.choose_language(Language.ENGLISH if chinese else Language.CHINESE)

    def _run_lock(self, _argument: object) -> None:
        self.lock_asked.emit()

    def _run_sign_out(self, _argument: object) -> None:
        self.sign_out_asked.emit()


class _PanelAct:
    """Brings one panel into view."""

    def __init__(self, window: MainWindow, name: str) -> None:
        self._window = window
        self._name = name

    def __call__(self, _argument: object) -> None:
        self._window.show_panel(self._name)
