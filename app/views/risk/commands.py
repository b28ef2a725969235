"""What a reviewer can do, as data."""

from __future__ import annotations

from typing import Final

from app.views.frame.commands import Command, OfflinePolicy
from payments.contract.roles import Permission

_GROUP: Final = "risk.group"


def _act(name: str, key: str, icon: str, *, listed: bool = False) -> Command:
    # Not in the palette, from where a case would be decided that is not on screen.
    return Command(
        f"risk.{name}",
        f"risk.command.{name}",
        key,
        needs=Permission.RISK_DECIDE,
        offline=OfflinePolicy.QUEUED,
        icon=icon,
        group=_GROUP,
        listed=listed,
    )


def _go(name: str, key: str, *, repeats: bool = False, listed: bool = False) -> Command:
    return Command(
        f"risk.{name}",
        f"risk.command.{name}",
        key,
        needs=Permission.RISK_READ,
        group=_GROUP,
        listed=listed,
        repeats=repeats,
    )


APPROVE: Final = _act("approve", "A", "check")
REJECT: Final = _act("reject", "R", "refund")
ESCALATE: Final = _act("escalate", "E", "people")
CLAIM: Final = _act("claim", "C", "person")
REOPEN: Final = _act("reopen", "O", "undo")
UNDO: Final = _act("undo", "Ctrl+Z", "undo", listed=True)
NOTE: Final = _act("note", "N", "note")
NEXT: Final = _go("next", "J", repeats=True)
PREVIOUS: Final = _go("previous", "K", repeats=True)
# Takes the id of a case.
OPEN: Final = _go("open", "")
