"""A signed-in console around one panel: real store, services over TLS, background, window.

``Console.arrive`` brings records as the feed does; ``engine.start()`` follows the services for real.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from app.models.store import meta
from app.models.store.database import Store
from app.services.background import Background
from app.services.payments_api.calls import PaymentsApi
from app.services.payments_api.client import Client
from app.services.payments_api.session import SignedIn
from app.services.preferences import Preferences
from app.services.sync.apply import apply_page
from app.services.sync.engine import Engine
from app.views.frame.commands import Command, CommandBook
from app.views.frame.context import Context
from app.views.frame.main_window import MainWindow
from app.views.widgets.buttons import Button
from payments.certificates import Authority
from payments.contract.roles import GRANTS, Role
from payments.contract.wire.feed import FeedPage
from payments.contract.wire.records import Record
from tests.app.services.loopback import LoopbackServer
from tests.app.services.services import SESSION, Services
from tests.builders.console import SCOPE, change_of

NOW = datetime(2026, 11, 20, 6, 31, 7, tzinfo=UTC)


class _Keeper:
    def __init__(self, kept: bytes) -> None:
        self.kept = kept

    def load(self) -> bytes | None:
        return self.kept

    def save(self, kept: bytes) -> None:
        self.kept = kept

    def forget(self) -> None:
        self.kept = b""


@dataclass
class Console:
    """What a test acts on."""

    context: Context
    window: MainWindow
    server: LoopbackServer
    services: Services
    asked: list[tuple[str, object]]
    head: int = 0

    def arrive(self, *records: Record) -> list[Any]:
        """Bring records into the store and tell the panels; the records with their versions."""
        came = []
        for record in records:
            self.head += 1
            came.append(msgspec.structs.replace(record, version=self.head))
        with self.context.store.reading() as db:
            cursor = meta.cursor(db)
        page = FeedPage(
            scope=SCOPE,
            after=cursor,
            upto=self.head,
            head=self.head,
            more=False,
            restart=False,
            changes=tuple(change_of(record) for record in came),
        )
        self.context.engine.changed.emit(apply_page(self.context.store, page))
        return came

    def listen(self, *names: str) -> None:
        """Enter commands of other panels that only note what they were asked."""
        for name in names:
            self.context.book.add(Command(name, "frame.name"), _Note(self, name), self.window)

    def show(self, panel: Any) -> None:
        """Put a panel into the window and bring it into view."""
        self.window.add_panel(panel)
        self.window.allow(self.context.me.permissions)


class _Note:
    def __init__(self, console: Console, name: str) -> None:
        self._console, self._name = console, name

    def __call__(self, argument: object) -> None:
        self._console.asked.append((self._name, argument))


@contextmanager
def opened_console(qtbot: Any, folder: Path, role: Role = Role.ADMIN) -> Iterator[Console]:
    """A console whose user has this role; everything is closed at the end."""
    me = msgspec.structs.replace(SESSION.me, role=role, permissions=tuple(GRANTS[role]))
    kept = msgspec.json.encode(msgspec.structs.replace(SESSION, me=me))
    server = LoopbackServer(Authority.in_folder(folder / "authority"))
    services = Services()
    services.scope = SCOPE
    server.service = services
    store = Store.open(folder / "console.store", bytes(32))
    background = Background()
    api = PaymentsApi(Client(server.url, server.ca_file), SignedIn(_Keeper(kept), lambda: None))
    engine = Engine(store, api)
    preferences = Preferences(folder / "preferences.json")
    window = MainWindow(CommandBook(), preferences, lambda: NOW)
    qtbot.addWidget(window)
    window.resize(1440, 900)
    context = Context(store, background, engine, api, me, window.book, preferences, window.toasts)
    with qtbot.waitExposed(window):
        window.show()
    try:
        yield Console(context, window, server, services, [])
    finally:
        services.close()
        engine.stop()
        background.close()
        api.interrupt()
        api.close()
        server.stop()
        store.close()


def _settle() -> None:
    # What a layout took in is shown by a posted event, and so is what that contains.
    for _ in range(3):
        QApplication.processEvents()


def said(widget: QWidget) -> str:
    """Every word that a person can read in a widget."""
    _settle()
    texts = [
        label.accessibleName() or label.text()
        for label in widget.findChildren(QLabel)
        if label.isVisibleTo(widget)
    ]
    return "\n".join([*texts, *acts(widget)])


def acts(widget: QWidget) -> list[str]:
    """The words of every button that can be seen."""
    _settle()
    return [
        button.text()
        for button in widget.findChildren(QAbstractButton)
        if button.isVisibleTo(widget) and button.text()
    ]


def button(widget: QWidget, text: str) -> Button:
    """The button that can be seen with this text."""
    _settle()
    found: Sequence[Button] = [
        one for one in widget.findChildren(Button) if one.text() == text and one.isVisibleTo(widget)
    ]
    assert found, f"no button {text!r} among {acts(widget)}"
    return found[0]
