"""What has been taken over from elsewhere, by its number there, so that nothing comes in twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import bindparam, select

from payments.store.tables_books import IMPORTED
from payments.store.work import Work

_I: Final = IMPORTED.c
_KNOWN: Final = select(_I.external_id, _I.digest, _I.kind, _I.record_id).where(
    _I.merchant == bindparam("merchant"),
    _I.source == bindparam("source"),
    _I.external_id.in_(bindparam("numbers", expanding=True)),
)
_ADD: Final = IMPORTED.insert()


@dataclass(frozen=True, slots=True)
class Imported:
    """One number of another system: the record it became, and what identifies its content."""

    external_id: str
    digest: str
    kind: str
    record_id: str


def known(work: Work, source: str, numbers: Sequence[str]) -> dict[str, Imported]:
    """Which of these numbers of a source have been taken over."""
    if not numbers:
        return {}
    bound = {"merchant": work.merchant, "source": source, "numbers": list(numbers)}
    found = (Imported(*row) for row in work.connection.execute(_KNOWN, bound))
    return {one.external_id: one for one in found}


def remember(work: Work, source: str, taken: Sequence[Imported]) -> None:
    """Remember numbers as taken over, in the same transaction as their records."""
    if taken:
        key = {"merchant": work.merchant, "source": source}
        work.connection.execute(_ADD, [{**key, **asdict(one)} for one in taken])
