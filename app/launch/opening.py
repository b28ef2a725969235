"""From a person's credentials, or from what was kept of them, to an open store and a session."""

from __future__ import annotations

import logging
import socket
from dataclasses import dataclass
from pathlib import Path

from app.launch import sample_users
from app.launch.keeping import MemoryKeeper, is_locked, keep_password
from app.launch.places import Place, PlaceChoice, PlaceKind
from app.models.store.database import DamagedStoreError, Store, WrongKeyError
from app.services.payments_api.calls import PaymentsApi
from app.services.payments_api.client import Client
from app.services.payments_api.session import SignedIn, StoreTokens
from app.views.frame.first_run import NewBusiness
from payments.contract.wire.requests import SignIn

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """An open local copy and the services as its user reaches them; ``port`` of embedded ones.

    ``locked``: the password is due first. ``renewed``: what was here before could not be read.
    """

    store: Store
    api: PaymentsApi
    client: Client
    ca: Path | None
    port: int = 0
    locked: bool = False
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class Remembered:
    """The user who was here last."""

    place: Place
    kept: PlaceChoice
    key: bytes

    def open(self) -> Opened | None:
        """Their store and session without asking anything; None when they must sign in again.

        Raises StoreError; a damaged store, or one of a lost key, is first put aside, not deleted:
        decisions that were never sent are still in it.
        """
        ca = Path(self.kept.ca) if self.kept.ca else None
        if self.place.is_embedded and (ca is None or not ca.exists()):
            return None
        file = self.place.store_file(self.kept.user_id)
        try:
            store = Store.open(file, self.key)
        except (DamagedStoreError, WrongKeyError):
            put_aside(file)
            raise
        session = SignedIn(StoreTokens(store), session_ended)
        if session.me is None:
            store.close()
            return None
        port = free_port() if self.place.is_embedded else 0
        url = f"https://127.0.0.1:{port}" if port else self.place.url
        client = Client(url, ca)
        api = PaymentsApi(client, session)
        return Opened(store, api, client, ca, port, locked=is_locked(store))


@dataclass(frozen=True, slots=True)
class SigningIn:
    """A sign-in under way."""

    place: Place
    key: bytes
    client: Client
    ca: Path | None
    sign_in: SignIn

    def open(self) -> Opened:
        """Sign in, open the user's store and keep the session in it.

        A store that cannot be read is put aside: all but what was never sent comes from the
        services again. Raises ApiError and StoreError.
        """
        keeper = MemoryKeeper()
        me = SignedIn(keeper, session_ended).sign_in(self.client, self.sign_in)
        file = self.place.store_file(me.user_id)
        file.parent.mkdir(parents=True, exist_ok=True)
        renewed = False
        try:
            store = Store.open(file, self.key)
        except (DamagedStoreError, WrongKeyError):
            put_aside(file)
            renewed = True
            store = Store.open(file, self.key)
        kept = StoreTokens(store)
        kept.save(keeper.kept or b"")
        keep_password(store, self.sign_in.password)
        api = PaymentsApi(self.client, SignedIn(kept, session_ended))
        return Opened(store, api, self.client, self.ca, renewed=renewed)


def put_aside(file: Path) -> None:
    """Move a store out of the way under a name of its own, with its log, which is part of it."""
    number = 1
    while (aside := file.with_name(f"{file.name}.unreadable-{number}")).exists():
        number += 1
    for ending in ("-wal", "-shm", ""):
        part = file.with_name(f"{file.name}{ending}")
        if part.exists():
            part.replace(aside.with_name(f"{aside.name}{ending}"))
    _log.warning("a local copy could not be read; it was kept as %s", aside.name)


def session_ended() -> None:
    """The services ended the session; sync says so to the person."""
    _log.info("the session has ended")


def free_port() -> int:
    """A port of this machine that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def embedded_arguments(
    place: Place, *, port: int, live: bool, first: NewBusiness | None
) -> list[str]:
    """What the embedded services of a place are started with; ``first`` founds a business."""
    arguments = ["serve", "--data", str(place.services_folder), "--exit-with-parent"]
    if port:
        arguments += ["--port", str(port)]
    if place.kind is PlaceKind.SAMPLE:
        arguments += ["--sample", f"{sample_users.SEED}:{sample_users.DAYS}"]
        arguments += ["--live"] if live else []
    if first is not None:
        # One word each: what begins with a dash is a name, too.
        arguments += [f"--first-admin={first.login}", f"--first-name={first.name}"]
        arguments += [f"--business={first.business}"]
    return arguments
