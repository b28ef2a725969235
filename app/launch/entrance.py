"""The way in: from a place to open services, a key, a store, a signed-in person and the console.

Whoever has been here before sees their local copy at once; the services are started or reached
beside it. Each step is background work whose answer comes back to a method here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app import words
from app.launch import places, sample_users
from app.launch.console import Console, MakePanels
from app.launch.opening import (
    Opened,
    Remembered,
    SigningIn,
    embedded_arguments,
    put_aside,
)
from app.launch.places import LAST_PLACE, NOWHERE, Place, PlaceChoice, PlaceKind
from app.launch.stage import Stage
from app.models.store.database import DamagedStoreError, WrongKeyError
from app.services.background import Background, Lane, Work
from app.services.embedded import EmbeddedServices, Ready, SampleProgress, ServicesFailedError
from app.services.keychain import KeyLostError, PassphraseNeededError, StoreKey, sample_key
from app.services.payments_api.client import Client
from app.services.payments_api.problems import ProblemError
from app.services.preferences import Preferences
from app.services.troubles import words_key
from app.views.frame.first_run import FirstRunPage, NewBusiness, ServiceAddress
from app.views.frame.opening import OpeningPage
from app.views.frame.passphrase import PassphrasePage
from app.views.frame.samples import SampleUser
from app.views.frame.sign_in import Credentials, SignInPage
from payments.contract.roles import Role
from payments.contract.wire.requests import SignIn

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Entrance(QObject):
    """Holds the window from the first page to the console and back."""

    console_shown = Signal(object)
    _services_said = Signal(object)

    def __init__(
        self,
        data: Path,
        preferences: Preferences,
        background: Background,
        make_panels: MakePanels,
        *,
        offline: bool = False,
        live: bool = False,
        stage: Stage | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._data = data
        self._preferences = preferences
        self._background = background
        self._make_panels = make_panels
        self._offline = offline
        self._live = live
        self._place: Place | None = None
        self._key = b""
        self._step: Work | None = None
        self._to_say = ""
        self._first_admin: NewBusiness | None = None
        self._wanted: Credentials | None = None
        self._started: list[EmbeddedServices] = []
        self._client: Client | None = None
        self._ca: Path | None = None
        self._opened: Opened | None = None
        self.console: Console | None = None
        self.stage = stage or Stage(preferences, self)
        self.stage.sign_out_asked.connect(self._sign_out)
        self._services_said.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    # the ways in

    def show_first_run(self) -> None:
        """Three ways to begin; whatever was being opened is not awaited any more."""
        if self._step is not None:
            self._step.cancel()
        page = FirstRunPage(_sample_users())
        page.sample_chosen.connect(self._take_sample)
        page.service_chosen.connect(self._take_service)
        page.own_chosen.connect(self._take_own)
        self.stage.show_page(page)

    def enter(self, place: Place, wanted: Credentials | None = None) -> None:
        """Open a place; ``wanted`` signs in without asking, as the sample business does."""
        self._place = place
        self._wanted = wanted
        if self.stage.page is None or isinstance(self.stage.page, OpeningPage):
            page = OpeningPage(f"frame.opening.{place.kind.value}")
            page.left.connect(self.show_first_run)
            self.stage.show_page(page)
        self._open_key("")

    def enter_sample(self, role: Role = Role.ADMIN) -> None:
        """Open the sample as its user of a role."""
        user = sample_users.of_role(role)
        self.enter(places.sample(self._data), Credentials(user.login, user.password))

    def close(self) -> None:
        """Stop everything that was started, in the opposite order."""
        if self.console is not None:
            self.console.close()
        client = self._opened.client if self._opened is not None else self._client
        if client is not None:
            client.interrupt()
        for services in self._started:
            services.stop()
        self._background.close()
        if client is not None:
            client.close()
        if self._opened is not None:
            self._opened.store.close()

    @Slot(object)
    def _take_sample(self, user: SampleUser | None) -> None:
        self.enter_sample(user.role if user else Role.ADMIN)

    @Slot(object)
    def _take_service(self, address: ServiceAddress) -> None:
        ca = Path(address.certificate) if address.certificate else None
        self.enter(places.remote(self._data, address.url, ca))

    @Slot(object)
    def _take_own(self, business: NewBusiness) -> None:
        self._first_admin = business
        self.enter(places.own(self._data), Credentials(business.login, business.password))

    # the key of the local copies

    def _open_key(self, passphrase: str) -> None:
        place = self._at()

        def key() -> bytes:
            if place.kind is PlaceKind.SAMPLE:
                return sample_key(place.folder, self._data / "machine.key")
            keeper = StoreKey(place.folder, place.account)
            if passphrase:
                return keeper.unlock(passphrase)
            return keeper.open(store_exists=bool(place.stores))

        self._next(key, self._key_opened, self._key_refused)

    def _choose_key(self, passphrase: str) -> None:
        place = self._at()

        def key() -> bytes:
            made = StoreKey(place.folder, place.account).choose(passphrase)
            for unreadable in place.stores:
                put_aside(unreadable)
            return made

        self._next(key, self._key_opened, self._key_refused)

    @Slot(object)
    def _key_refused(self, error: BaseException) -> None:
        lost = isinstance(error, KeyLostError)
        if lost or isinstance(error, PassphraseNeededError):
            new = lost or (isinstance(error, PassphraseNeededError) and error.new)
            page = PassphrasePage(new=new)
            page.submitted.connect(self._choose_key if new else self._open_key)
            page.left.connect(self.show_first_run)
            self.stage.show_page(page)
        if not isinstance(error, PassphraseNeededError):
            self._show_problem(words_key(error))

    @Slot(object)
    def _key_opened(self, key: bytes) -> None:
        self._key = key
        kept = self._preferences.value(LAST_PLACE, PlaceChoice, NOWHERE)
        place = self._at()
        is_here = (kept.kind, kept.url) == (place.kind, place.url)
        if is_here and kept.user_id and place.store_file(kept.user_id).exists():
            remembered = Remembered(place, kept, key)
            self._next(remembered.open, self._remembered, self._not_remembered)
        else:
            self._reach()

    @Slot(object)
    def _remembered(self, opened: Opened | None) -> None:
        """The local copy is shown at once; the services are started beside it."""
        if opened is None:
            self._reach()
            return
        self._show_console(opened)
        if not self._offline and self._at().is_embedded:
            self._start_services(opened.port)
            if self.console is not None:
                self.console.show_starting(starting=True)

    @Slot(object)
    def _not_remembered(self, error: BaseException) -> None:
        _log.warning("the local copy did not open: %s", words_key(error))
        if isinstance(error, (DamagedStoreError, WrongKeyError)):
            self._to_say = "trouble.store_renewed"
        self._reach()

    # the services

    def _reach(self) -> None:
        place = self._at()
        if self._offline:
            self._show_problem("trouble.no_answer")
        elif place.is_embedded:
            self._start_services(0)
        else:
            self._reached(place.url, place.ca)

    def _start_services(self, port: int) -> None:
        admin = self._first_admin
        arguments = embedded_arguments(self._at(), port=port, live=self._live, first=admin)
        services = EmbeddedServices(
            arguments,
            self._at().folder / "services.log",
            ready_again=self._services_said.emit,
            progress=self._services_said.emit,
            failed=self._services_said.emit,
            told=admin.password if admin else "",
        )
        before = tuple(self._started)
        self._started.append(services)

        def start() -> Ready:
            for earlier in before:
                earlier.stop()
            return services.start()

        self._next(start, self._hear, self._services_failed, Lane.LONG)

    @Slot(object)
    def _hear(self, said: Ready | SampleProgress | ServicesFailedError) -> None:
        match said:
            case Ready() if self.console is not None:
                self.console.engine.wake()
            case Ready():
                self._reached(said.url, Path(said.ca))
            case SampleProgress():
                if self.console is not None:
                    self.console.show_building(said)
            case ServicesFailedError():
                self._services_failed(said)

    @Slot(object)
    def _services_failed(self, error: BaseException) -> None:
        _log.error("embedded services: %s", error)
        if self.console is None:
            self._show_problem(words_key(error))
        else:
            self.console.show_starting(starting=False)
            self.stage.window.toasts.say(" ".join(words.problem(words_key(error))))

    def _reached(self, url: str, ca: Path | None) -> None:
        try:
            self._client = Client(url, ca)
        except (OSError, ValueError) as error:
            self._show_problem(words_key(error))
            return
        self._ca = ca
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self._sign_in(wanted)
        else:
            self.show_sign_in()

    # signing in and out

    def show_sign_in(self) -> None:
        """Ask who is there."""
        is_sample = self._at().kind is PlaceKind.SAMPLE
        page = SignInPage(self._at().url, _sample_users() if is_sample else ())
        page.submitted.connect(self._sign_in)
        page.left.connect(self.show_first_run)
        self.stage.show_page(page)

    @Slot(object)
    def _sign_in(self, entered: Credentials) -> None:
        if self._client is None:
            self._wanted = entered
            self._reach()
            return
        asked = SignIn(entered.login, entered.password, entered.code, "console")
        signing_in = SigningIn(self._at(), self._key, self._client, self._ca, asked)
        self._next(signing_in.open, self._show_console, self._refused, Lane.NETWORK)

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        if not isinstance(self.stage.page, SignInPage):
            self.show_sign_in()
        if isinstance(self.stage.page, SignInPage):
            self.stage.page.show_problem(
                error.code if isinstance(error, ProblemError) else words_key(error)
            )

    @Slot(object)
    def _show_console(self, opened: Opened) -> None:
        me = opened.api.session.me
        if me is None:
            self.show_sign_in()
            return
        self._opened = opened
        self._first_admin = None
        place = self._at()
        self._preferences.put(LAST_PLACE, place.choice(opened.ca, me.user_id))
        self.stage.save()
        self.console = Console(
            self.stage.fresh_window(),
            opened.store,
            self._background,
            opened.api,
            self._preferences,
            self._make_panels,
            self,
        )
        self.console.signed_out.connect(self._session_over)
        self.console.land()
        if opened.locked:
            self.console.lock()
        else:
            self.stage.window.show_console()
        if opened.renewed or self._to_say:
            self.stage.window.toasts.say(" ".join(words.problem("trouble.store_renewed")))
            self._to_say = ""
        if not self._offline:
            self.console.start_sync()
        self.console_shown.emit(self.console)

    @Slot()
    def _sign_out(self) -> None:
        if self._opened is not None:
            over, lane = self._session_over, Lane.NETWORK
            ending = self._opened.api.sign_out
            self._background.run(ending, done=over, failed=over, lane=lane, must_finish=True)

    @Slot()
    def _session_over(self, _answer: object = None) -> None:
        if self.console is None:
            return
        self.console.close()
        self.console.deleteLater()
        self.console = None
        opened, self._opened = self._opened, None
        if opened is not None:
            self._client = opened.client
            self._ca = opened.ca
            opened.store.close()
        self.stage.fresh_window()
        self.show_sign_in()

    # one step after the other, and what is on stage

    def _next(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
        lane: Lane = Lane.STORE,
    ) -> None:
        """Do the next step of the way in; the answer of the one before is not wanted any more."""
        if self._step is not None:
            self._step.cancel()
        self._step = self._background.run(work, done=done, failed=failed, lane=lane)

    def _show_problem(self, key: str) -> None:
        """Say what went wrong on the page that is open, or on the first page."""
        if self.stage.page is None:
            self.show_first_run()
        if self.stage.page is not None:
            self.stage.page.show_problem(key)

    def _at(self) -> Place:
        if self._place is None:
            raise ValueError("no place has been chosen")
        return self._place


def _sample_users() -> list[SampleUser]:
    return [SampleUser(one.role, one.login, one.password) for one in sample_users.staff()]
