"""What a process of the payment services is told before it starts: folder, database, address.

Read from the command line, with the environment behind it for what must not stand in a process
list (the database's password). Business settings (thresholds, limits, zone) live in the database.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
import platformdirs

from payments.commands import CommandError
from payments.store.database import kind_of

MERCHANT: Final = "main"
DATABASE_VARIABLE: Final = "SUANPAN_DATABASE_URL"
_LOOPBACK: Final = "127.0.0.1"


class Settings(msgspec.Struct, frozen=True):
    """Where a process keeps its files, which database it uses and where it listens.

    ``folder`` holds the embedded database, the private authority and the sealing key. ``port`` 0
    takes a free one. ``public_url`` is where payment channels send notifications.
    """

    folder: Path
    database_url: str
    host: str = _LOOPBACK
    port: int = 0
    channels_file: Path | None = None
    public_url: str = ""
    certificate_file: Path | None = None
    key_file: Path | None = None

    @property
    def loopback(self) -> bool:
        """Whether only programs on this machine can connect."""
        return ipaddress.ip_address(self.host).is_loopback

    @property
    def tls_folder(self) -> Path:
        """Where the private authority of this installation lies."""
        return self.folder / "tls"

    @property
    def master_key_file(self) -> Path:
        """Where the sealing key lies when the environment has none."""
        return self.folder / "master.key"


def add_database_arguments(parser: argparse.ArgumentParser) -> None:
    """The options every command that opens the database has."""
    parser.add_argument(
        "--data",
        type=Path,
        default=platformdirs.user_data_path("suanpan", appauthor=False) / "services",
        metavar="FOLDER",
        help="folder for the embedded database, keys and certificates (default: %(default)s)",
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        help="postgresql://… instead of the embedded database; "
        f"with a password better given as {DATABASE_VARIABLE}",
    )
    parser.add_argument(
        "--channels",
        type=Path,
        metavar="FILE",
        help="channel configuration as `simulate` prints it, instead of the database's own",
    )


def add_listening_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of a command that answers over HTTPS."""
    parser.add_argument(
        "--host", help=f"address to listen on (default: {_LOOPBACK}, this machine only)"
    )
    parser.add_argument(
        "--port", type=int, default=0, help="port to listen on (default: a free one)"
    )
    parser.add_argument("--public-url", default="", metavar="URL", help="where channels notify us")
    parser.add_argument(
        "--certificate",
        type=Path,
        metavar="FILE",
        help="PEM chain instead of the private authority's",
    )
    parser.add_argument("--key", type=Path, metavar="FILE", help="PEM private key of --certificate")


def settings_of(options: argparse.Namespace, environment: Mapping[str, str]) -> Settings:
    """The settings of a command line. Raises CommandError for what cannot be used."""
    given = vars(options)
    folder: Path = options.data.expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        message = f"{folder} is not a folder."
        raise CommandError(message)
    url = options.database or environment.get(DATABASE_VARIABLE)
    settings = Settings(
        folder=folder,
        database_url=url or f"sqlite:///{folder.as_posix()}/suanpan.db",
        host=given.get("host") or _LOOPBACK,
        port=given.get("port", 0),
        channels_file=_existing(options.channels),
        public_url=given.get("public_url", ""),
        certificate_file=_existing(given.get("certificate")),
        key_file=_existing(given.get("key")),
    )
    _check(settings)
    return settings


def prepare_folder(folder: Path) -> None:
    """Make the data folder, readable by its owner only. Raises CommandError when that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        message = f"The folder {folder} cannot be used: {error.strerror}."
        raise CommandError(message) from None
    if not os.access(folder, os.W_OK):
        message = f"The folder {folder} cannot be written."
        raise CommandError(message)


def listening_socket(settings: Settings) -> socket.socket:
    """A bound socket. Raises CommandError when the port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":
        # On Windows the option would let a second program take the port over.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        message = f"{settings.host} port {settings.port} cannot be used: {error.strerror}."
        raise CommandError(message) from None
    listening.setblocking(False)
    return listening


def _existing(file: Path | None) -> Path | None:
    if file is not None and not file.is_file():
        message = f"There is no file {file}."
        raise CommandError(message)
    return file


def _check(settings: Settings) -> None:
    try:
        kind_of(settings.database_url)
    except ValueError:
        # The URL may hold a password: it is not repeated.
        raise CommandError("A database is given as postgresql://user@host/name.") from None
    if settings.public_url and not settings.public_url.startswith("https://"):
        raise CommandError("The address that channels notify begins with https://.")
    try:
        ipaddress.ip_address(settings.host)
    except ValueError:
        message = f"{settings.host} is no IP address; give the address to listen on."
        raise CommandError(message) from None
    if not 0 <= settings.port <= 65_535:  # noqa: PLR2004 - the ports there are
        message = f"{settings.port} is no port; give 0 to 65535."
        raise CommandError(message)
    if (settings.certificate_file is None) != (settings.key_file is None):
        raise CommandError("Give --certificate and --key together.")
    if settings.certificate_file is not None and settings.key_file is not None:
        _check_certificate(settings.certificate_file, settings.key_file)
    if not settings.loopback and settings.certificate_file is None:
        raise CommandError(
            "To listen beyond this machine give --certificate and --key: "
            "the private authority signs for this machine only."
        )


def _check_certificate(chain: Path, key: Path) -> None:
    try:
        # An encrypted key would ask for its password on the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key, password="")
    except (ssl.SSLError, OSError, ValueError):
        message = f"{chain} and {key} are no PEM chain with its unencrypted private key."
        raise CommandError(message) from None
