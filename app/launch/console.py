"""The console of one signed-in person: panels, sync, badges and lock around one open store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.launch.keeping import is_password, keep_locked
from app.launch.order_search import OrderSearch
from app.models.store import meta
from app.models.store.database import Store
from app.models.store.waiting import Waiting, waiting
from app.services.background import Background
from app.services.embedded import SampleProgress
from app.services.idle_lock import IdleLock
from app.services.payments_api.calls import PaymentsApi
from app.services.preferences import Preferences
from app.services.sync.engine import AnotherUserError, Engine, Phase
from app.services.sync.engine import SyncState as EngineState
from app.views.frame import sync_state
from app.views.frame.context import Context
from app.views.frame.lock import LockPage
from app.views.frame.main_window import MainWindow
from app.views.frame.panel import Panel
from payments.contract.roles import Permission, Role
from payments.contract.wire.requests import Me

IDLE_LIMIT_S: Final = 15 * 60.0
_BADGES_AFTER_MS: Final = 300
_UNANSWERED: Final = frozenset({Phase.STOPPED, Phase.OFFLINE})
_BEFORE_AN_ANSWER: Final = _UNANSWERED | {Phase.SYNCING}
# Where each role's day starts.
LANDING: Final = {
    Role.CREATOR: "dashboard",
    Role.RISK_REVIEWER: "risk",
    Role.FINANCE: "dashboard",
    Role.SUPPORT: "customers",
    Role.ADMIN: "dashboard",
}
MakePanels = Callable[[Context], Sequence[Panel]]


class Console(QObject):
    """Everything between sign-in and sign-out. ``signed_out`` says that the sign-in page is due."""

    signed_out = Signal()

    def __init__(
        self,
        window: MainWindow,
        store: Store,
        background: Background,
        api: PaymentsApi,
        preferences: Preferences,
        make_panels: MakePanels,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        me = api.session.me
        if me is None:
            raise ValueError("nobody is signed in")
        self.me: Me = me
        self.window = window
        self._store = store
        self._background = background
        self.engine = Engine(store, api, parent=self)
        self._last_sync: datetime | None = None
        self._building: SampleProgress | None = None
        self._starting = False
        self._badge_timer = QTimer(self, singleShot=True, interval=_BADGES_AFTER_MS)
        self._idle = IdleLock(IDLE_LIMIT_S, parent=self)
        self._lock_page: LockPage | None = None
        context = Context(
            store=store,
            background=background,
            engine=self.engine,
            api=api,
            me=me,
            book=window.book,
            preferences=preferences,
            toasts=window.toasts,
        )
        for panel in make_panels(context):
            window.add_panel(panel)
        window.palette_sheet.add_source(OrderSearch(window.book))
        self._connect()
        self._show_person()

    def _connect(self) -> None:
        self.engine.state_changed.connect(self._state_changed)
        self.engine.changed.connect(self._something_changed)
        self.window.sync_asked.connect(self._sync_now)
        self.window.lock_asked.connect(self._idle.lock)
        self._idle.locked.connect(self._lock)
        self._badge_timer.timeout.connect(self._count_badges)

    def _show_person(self) -> None:
        self.window.set_person(self.me.name, self.me.role)
        self.window.top_bar.sync.set_zone(ZoneInfo(self.me.zone))
        self.window.allow(self.me.permissions)
        self._background.run(self._read_last_sync, done=self._last_sync_read, failed=self._unread)
        self._badge_timer.start()

    def land(self) -> None:
        """Show the panel where this role's day starts."""
        self.window.show_panel(LANDING[self.me.role])

    def start_sync(self) -> None:
        """Follow the services from now on."""
        try:
            self.engine.start()
        except AnotherUserError as error:
            self.window.set_sync(sync_state.Failed(error.words_key))

    def show_building(self, progress: SampleProgress) -> None:
        """How far the sample business is; sync says less than this while it is built."""
        self._building = None if progress.done >= progress.total else progress
        self._state_changed(self.engine.state)

    def show_starting(self, *, starting: bool) -> None:
        """The services of this machine are being started: that they do not answer yet is no news."""
        self._starting = starting
        self._state_changed(self.engine.state)

    @property
    def is_building(self) -> bool:
        """Whether the sample business is not whole yet."""
        return self._building is not None

    def close(self) -> None:
        """Stop sync and timers; the store stays open for whoever closes it."""
        self._badge_timer.stop()
        self._idle.set_limit(0)
        self.engine.stop()

    # sync

    @Slot(object)
    def _state_changed(self, state: EngineState) -> None:
        if state.phase not in _BEFORE_AN_ANSWER:
            self._starting = False
        if self._building is not None and state.phase is not Phase.OFFLINE:
            shown: sync_state.SyncState = sync_state.Syncing(
                self._building.done, self._building.total
            )
        elif self._starting and state.phase in _UNANSWERED:
            shown = sync_state.Syncing(0, 0)
        else:
            shown = self._shown(state)
        self.window.set_sync(shown)
        if state.phase is Phase.SIGNED_OUT:
            self.signed_out.emit()

    def _shown(self, state: EngineState) -> sync_state.SyncState:
        if state.phase is Phase.LIVE:
            return sync_state.Live(datetime.now(UTC))
        if state.phase is Phase.SYNCING:
            return sync_state.Syncing(state.done, state.total)
        if state.phase is Phase.OFFLINE and state.since is not None:
            return sync_state.Offline(state.since)
        if state.phase is Phase.ERROR:
            return sync_state.Failed(state.problem)
        if self._last_sync is not None:
            return sync_state.Offline(self._last_sync)
        return sync_state.Never()

    def _read_last_sync(self) -> datetime | None:
        with self._store.reading() as db:
            return meta.last_sync(db)

    @Slot(object)
    def _last_sync_read(self, at: datetime | None) -> None:
        self._last_sync = at
        self._state_changed(self.engine.state)

    @Slot(object)
    def _unread(self, _error: BaseException) -> None:
        """The log has it; what was to be shown stays as it is."""

    @Slot()
    def _sync_now(self) -> None:
        self.engine.wake()

    # badges on the rail

    @Slot(object)
    def _something_changed(self, _changed: object) -> None:
        if not self._badge_timer.isActive():
            self._badge_timer.start()

    @Slot()
    def _count_badges(self) -> None:
        self._background.run(self._waiting, done=self._show_badges, failed=self._unread)

    def _waiting(self) -> Waiting:
        with self._store.reading() as db:
            return waiting(db)

    @Slot(object)
    def _show_badges(self, found: Waiting) -> None:
        approves = Permission.REFUNDS_APPROVE in self.me.permissions
        self.window.rail.set_count("refunds", found.refunds if approves else 0)
        self.window.rail.set_count("risk", found.cases)

    # lock

    def lock(self) -> None:
        """Ask for the password before anything is shown."""
        self._idle.lock()

    @Slot()
    def _lock(self) -> None:
        self._keep_locked(locked=True)
        page = LockPage(self.me.name)
        page.submitted.connect(self._unlock)
        page.left.connect(self.signed_out)
        self._lock_page = page
        self.window.show_page(page)
        page.setFocus()

    @Slot(object)
    def _unlock(self, password: str) -> None:
        def check() -> bool:
            return is_password(self._store, password)

        self._background.run(check, done=self._checked, failed=self._unchecked)

    @Slot(object)
    def _checked(self, right: bool) -> None:  # noqa: FBT001 - the answer of the check
        if right:
            self._keep_locked(locked=False)
            self._lock_page = None
            self._idle.unlocked()
            self.window.show_console()
        elif self._lock_page is not None:
            self._lock_page.show_problem("trouble.wrong_password")

    def _keep_locked(self, *, locked: bool) -> None:
        def keep() -> None:
            keep_locked(self._store, locked=locked)

        self._background.run(keep, done=self._kept, failed=self._unread, must_finish=True)

    @Slot(object)
    def _kept(self, _nothing: object) -> None:
        """Ending the program does not open the lock."""

    @Slot(object)
    def _unchecked(self, _error: BaseException) -> None:
        if self._lock_page is not None:
            self._lock_page.show_problem("trouble.unexpected")
