"""The ledger's own check, for whoever may read it."""

from __future__ import annotations

from typing import Final

from payments.api.calls import Call
from payments.api.route import route
from payments.contract.roles import Permission
from payments.contract.wire.requests import LedgerCheck
from payments.store import ledger


@route("GET", "/v1/ledger/check", answers=LedgerCheck, needs=Permission.LEDGER_READ)
async def check_ledger(call: Call) -> LedgerCheck:
    """Whether every currency adds up to zero and the hash chain verifies."""
    return await call.services.database.read(ledger.check)


ROUTES: Final = (check_ledger,)
