"""Builds everything once and hands it out: database, seal, channels, flows, jobs.

The only module that knows all the others; commands and tests of the whole start here.
"""

from __future__ import annotations

import os
from typing import Final

from payments import connected_channels
from payments.api.services import Services
from payments.channels.registry import Channels, terms_of
from payments.commands import CommandError
from payments.contract.roles import Role
from payments.flows import credentials
from payments.flows.credentials import PasswordError
from payments.flows.pay import Payments
from payments.flows.sign_in import SignInDesk
from payments.sealing import Seal, SealError, seal_from
from payments.settings import Settings
from payments.store import audit, channel_settings, merchants, users
from payments.store.database import Database, DatabaseBusyError
from payments.store.migrations import migrate
from payments.store.users import StoredUser
from payments.store.work import Work

_BUSINESS: Final = "Suanpan"
_ZONE: Final = "Asia/Shanghai"
_CURRENCY: Final = "CNY"


def open_database(settings: Settings) -> Database:
    """The database of a command line, not connected yet."""
    return Database.open(settings.database_url)


async def prepared(database: Database) -> None:
    """Bring the schema up to date. Raises CommandError when the database cannot be used."""
    try:
        await database.run(migrate)
    except (DatabaseBusyError, OSError) as error:
        message = f"The database cannot be used: {error}."
        raise CommandError(message) from None


def opened_seal(settings: Settings) -> Seal:
    """The seal of this installation. Raises CommandError when there is no usable key."""
    try:
        return seal_from(os.environ, settings.master_key_file)
    except (SealError, OSError) as error:
        message = f"The master key cannot be used: {error}."
        raise CommandError(message) from None


async def connected(settings: Settings, database: Database, seal: Seal) -> Channels:
    """The channels of this installation. Raises CommandError when one cannot be built."""
    if settings.channels_file is not None:
        return connected_channels.from_file(settings.channels_file)
    try:
        return connected_channels.from_settings(await database.read(channel_settings.every), seal)
    except (SealError, ValueError) as error:
        message = f"A channel's settings cannot be used: {error}."
        raise CommandError(message) from None


def services_of(database: Database, channels: Channels, seal: Seal, notify_base: str) -> Services:
    """What the interface works with."""
    return Services(
        database=database,
        channels=channels,
        terms=terms_of(channels),
        payments=Payments(database, channels, notify_base),
        desk=SignInDesk(database, seal),
        seal=seal,
    )


def found_merchant(work: Work, name: str = _BUSINESS) -> None:
    """Found the embedded merchant where it does not exist yet."""
    merchants.found(work, name, _ZONE, _CURRENCY)


def add_user(
    work: Work, login: str, name: str, role: Role, instructor_id: str, password_hash: str
) -> str:
    """Add a user; the id. Raises CommandError when the login is taken."""
    if users.by_login(work, login) is not None:
        message = f"There is a user {login} already."
        raise CommandError(message)
    user = StoredUser(
        id=work.new_id(),
        login=login,
        name=name,
        role=role,
        instructor_id=instructor_id,
        password_hash=password_hash,
    )
    users.add(work, user)
    audit.note(work, "user.add", user.id, {"login": login, "role": role.value})
    return user.id


async def add_first_administrator(database: Database, login: str, name: str, password: str) -> None:
    """Make the first administrator where there is no user yet; otherwise change nothing.

    Raises CommandError for a password that is too short or too long.
    """
    if not await database.read(users.every):
        await database.run(add_user, login, name, Role.ADMIN, "", hashed(password))


def hashed(password: str) -> str:
    """The hash of a password. Raises CommandError when it is too short or too long."""
    try:
        return credentials.password_hash(password)
    except PasswordError as error:
        raise CommandError(f"{str(error).capitalize()}.") from None
