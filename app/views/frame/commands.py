"""Everything a person can do, as data: menus, keys and the palette are made from this book."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from payments.contract.roles import Permission

Act = Callable[[object], None]


class OfflinePolicy(StrEnum):
    """What a command does with no network."""

    WORKS = "works"
    QUEUED = "queued"
    NEEDS_NETWORK = "needs_network"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do.

    ``name`` is stable (``orders.open``), ``title`` a key of the catalogue, ``key`` as Qt writes it
    (``Ctrl+R``). ``listed`` commands stand in the palette; the others need an argument.
    ``group`` is the heading in the list of keys, a key of the catalogue. A key that is held down
    acts once, unless the command ``repeats``.
    """

    name: str
    title: str
    key: str = ""
    needs: Permission | None = None
    offline: OfflinePolicy = OfflinePolicy.WORKS
    icon: str = ""
    group: str = "frame.group.act"
    listed: bool = True
    repeats: bool = False


class UnknownCommandError(KeyError):
    """No command has this name."""


class CommandBook(QObject):
    """All commands with their acts, and who may use them now.

    ``refused`` carries a command that was asked for offline although it needs the network.
    """

    refused = Signal(object)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: dict[str, Command] = {}
        self._acts: dict[str, Act] = {}
        self._scopes: dict[str, QWidget] = {}
        self._shortcuts: dict[str, QShortcut] = {}
        self._permissions: frozenset[Permission] = frozenset()
        self._online = True

    def add(self, command: Command, act: Act, scope: QWidget) -> None:
        """Enter a command. Its key works while ``scope`` or something in it has the focus.

        ``act`` takes the argument of ``run`` (None from keys and palette). Raises ValueError for a
        name that stands in the book already.
        """
        if command.name in self._commands:
            raise ValueError(command.name)
        self._commands[command.name] = command
        self._acts[command.name] = act
        self._scopes[command.name] = scope
        self._bind(command)
        self._enable()

    def set_key(self, name: str, key: str) -> None:
        """Give a command another key, or none. Raises UnknownCommandError."""
        self._commands[name] = replace(self.command(name), key=key)
        if (before := self._shortcuts.pop(name, None)) is not None:
            before.setEnabled(False)
            before.deleteLater()
        self._bind(self._commands[name])
        self._enable()

    def allow(self, permissions: Collection[Permission]) -> None:
        """Offer what these permissions allow, hide the rest. The server checks each anyway."""
        self._permissions = frozenset(permissions)
        self._enable()
        self.changed.emit()

    def set_online(self, online: bool) -> None:  # noqa: FBT001 - the one thing that is said
        """Whether the services can be reached."""
        self._online = online
        self.changed.emit()

    @property
    def online(self) -> bool:
        """Whether the services can be reached."""
        return self._online

    def may(self, command: Command) -> bool:
        """Whether the signed-in person is offered this command."""
        return command.needs is None or command.needs in self._permissions

    def works_now(self, command: Command) -> bool:
        """Whether the command can be used, the network being as it is."""
        return self._online or command.offline is not OfflinePolicy.NEEDS_NETWORK

    def offered(self) -> list[Command]:
        """What the palette lists, in the order of entry."""
        return [command for command in self._commands.values() if self.may(command)]

    def command(self, name: str) -> Command:
        """The command of this name. Raises UnknownCommandError."""
        try:
            return self._commands[name]
        except KeyError:
            raise UnknownCommandError(name) from None

    def run(self, name: str, argument: object = None) -> bool:
        """Do it; False where it is not allowed or needs the network. Raises UnknownCommandError."""
        command = self.command(name)
        if not self.may(command):
            return False
        if not self.works_now(command):
            self.refused.emit(command)
            return False
        self._acts[name](argument)
        return True

    @Slot()
    def _pressed(self) -> None:
        self.run(str(self.sender().property("command")))

    def _bind(self, command: Command) -> None:
        if not command.key:
            return
        scope = self._scopes[command.name]
        shortcut = QShortcut(QKeySequence(command.key), scope)
        if not scope.isWindow():
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.setAutoRepeat(command.repeats)
        shortcut.setProperty("command", command.name)
        shortcut.activated.connect(self._pressed)
        self._shortcuts[command.name] = shortcut

    def _enable(self) -> None:
        for name, shortcut in self._shortcuts.items():
            shortcut.setEnabled(self.may(self._commands[name]))
