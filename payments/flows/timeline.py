"""Lines of a record's timeline: when, what, who, and what the console's sentence needs."""

from __future__ import annotations

from payments.contract.wire.records import Event, Happening
from payments.store.work import Work


def line(work: Work, what: Happening, **data: str | int) -> Event:
    """What happens now, by whoever asked; nobody's name when the services did it themselves."""
    return Event(work.now, what, work.by, data)
