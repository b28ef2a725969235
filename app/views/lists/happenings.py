"""The timeline of a record: its events in words, with what their data says besides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from app import formatting, words
from app.views.widgets.timeline import Entry, entry_of
from payments.contract.lifecycles import Disposition
from payments.contract.money import Money
from payments.contract.wire.records import ChannelName, Event, Method

Value = str | int


def entries(
    events: Iterable[Event], currency: str, *, now: datetime, zone: ZoneInfo
) -> list[Entry]:
    """Newest first, also within one instant. Attempts are numbered as they began."""
    known = sorted(events, key=_at)
    attempts = _attempts(known)
    return [
        entry_of(event, now=now, zone=zone, remark=remark(event, currency, attempts))
        for event in reversed(known)
    ]


def remark(event: Event, currency: str, attempts: Sequence[str] = ()) -> str:
    """What an event's data says, in words; data that only programs read is left out."""
    said = []
    for key, value in event.data.items():
        if key == "amount" and isinstance(value, int):
            said.append(formatting.money(Money(value, currency)))
        elif key == "attempt" and len(attempts) > 1 and value in attempts:
            number = attempts.index(str(value)) + 1
            said.append(words.say("timeline.data.attempt", value=number))
        elif key in _SAID:
            said.append(_SAID[key](value))
    return " · ".join(text for text in said if text)


def failure(code: str) -> str:
    """Why a channel refused: in words where they are known, else as the channel wrote it."""
    if not code:
        return ""
    return words.find(f"lists.failure.{code.lower()}") or code


def reason(code: str) -> str:
    """Why a refund was asked for, or a case decided: in words, or as somebody wrote it."""
    return words.find(f"lists.reason.{code}") or code.replace("_", " ")


def _attempts(events: Sequence[Event]) -> list[str]:
    named = (str(event.data["attempt"]) for event in events if event.data.get("attempt"))
    return list(dict.fromkeys(named))


def _at(event: Event) -> datetime:
    return event.at


def _method(value: Value) -> str:
    return words.name(Method(value)) if value in set(Method) else str(value)


def _channel(value: Value) -> str:
    return words.name(ChannelName(value)) if value in set(ChannelName) else str(value)


def _disposition(value: Value) -> str:
    return words.name(Disposition(value)) if value in set(Disposition) else str(value)


def _score(value: Value) -> str:
    return words.say("timeline.data.score", value=str(value))


def _threshold(value: Value) -> str:
    return words.say("timeline.data.threshold", value=str(value))


def _note(value: Value) -> str:
    return words.say("timeline.data.note", value=str(value)) if value else ""


def _failure(value: Value) -> str:
    return failure(str(value))


def _reason(value: Value) -> str:
    return reason(str(value))


_SAID: Final[Mapping[str, Callable[[Value], str]]] = MappingProxyType(
    {
        "method": _method,
        "channel": _channel,
        "disposition": _disposition,
        "score": _score,
        "threshold": _threshold,
        "note": _note,
        "failure": _failure,
        "reason": _reason,
    }
)
