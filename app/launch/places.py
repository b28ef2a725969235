"""The businesses this console can open: the sample, one's own, and services elsewhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec
import platformdirs

_DIGEST_LETTERS = 16
# Under which name the place that was open last is remembered.
LAST_PLACE: Final = "place.last"


class PlaceKind(StrEnum):
    """How the payment services of a place are reached."""

    SAMPLE = "sample"
    OWN = "own"
    REMOTE = "remote"


class PlaceChoice(msgspec.Struct, frozen=True):
    """What is remembered of the place that was open last; nothing secret."""

    kind: PlaceKind
    url: str = ""
    ca: str = ""
    user_id: str = ""


# What is remembered before any place has been open.
NOWHERE: Final = PlaceChoice(PlaceKind.SAMPLE)


@dataclass(frozen=True, slots=True)
class Place:
    """One business: the folder of its data, and for services elsewhere their address."""

    kind: PlaceKind
    folder: Path
    url: str = ""
    ca: Path | None = None

    @property
    def is_embedded(self) -> bool:
        """Whether the console starts the services itself."""
        return self.kind is not PlaceKind.REMOTE

    @property
    def services_folder(self) -> Path:
        """Where embedded services keep their data."""
        return self.folder / "services"

    @property
    def account(self) -> str:
        """The name of the store's key in the keychain."""
        return f"{self.kind.value}-{_digest(str(self.folder))}"

    def store_file(self, user_id: str) -> Path:
        """Where the local copy of one user lies."""
        return self.folder / "users" / _digest(user_id) / "console.store"

    @property
    def stores(self) -> list[Path]:
        """The users' copies that are here."""
        return sorted((self.folder / "users").glob("*/console.store"))

    def choice(self, ca: Path | None, user_id: str) -> PlaceChoice:
        """This place as it is remembered, with the authority its services were last known by."""
        return PlaceChoice(self.kind, self.url, str(ca or ""), user_id)


def data_folder(chosen: Path | None) -> Path:
    """Where the console keeps its data: what was chosen, or where the system wants it."""
    return (chosen or platformdirs.user_data_path("suanpan", appauthor=False)).absolute()


def sample(data: Path) -> Place:
    """The sample business."""
    return Place(PlaceKind.SAMPLE, data / "sample")


def own(data: Path) -> Place:
    """The business of this computer's user."""
    return Place(PlaceKind.OWN, data / "own")


def remote(data: Path, url: str, ca: Path | None) -> Place:
    """Payment services somewhere else."""
    url = url.rstrip("/")
    return Place(PlaceKind.REMOTE, data / "remote" / _digest(url), url, ca)


def remembered(data: Path, choice: PlaceChoice) -> Place:
    """The place that was open last."""
    if choice.kind is PlaceKind.REMOTE:
        return remote(data, choice.url, Path(choice.ca) if choice.ca else None)
    return sample(data) if choice.kind is PlaceKind.SAMPLE else own(data)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LETTERS]
