"""Show who a payer is; the asking goes to the audit log."""

from __future__ import annotations

from payments.contract.problems import Code, RefusedError
from payments.contract.roles import VIEWS, View
from payments.contract.wire.requests import Identity
from payments.store import audit, payers
from payments.store.feed import viewer_of
from payments.store.records import PAYERS
from payments.store.work import Work


def identity(work: Work, payer_id: str) -> Identity:
    """The payer's name, phone and email.

    Raises RefusedError(NOT_FOUND) for a payer whom the actor's role does not see: support sees the
    customer it has open, risk review those with an order that is a matter of risk.
    """
    payer = PAYERS.get(work, payer_id)
    if payer is None or not _sees(work, payer_id):
        raise RefusedError(Code.NOT_FOUND, "no such payer")
    audit.note(work, "payer.unmask", payer_id)
    return Identity(payer_id=payer.id, name=payer.name, phone=payer.phone, email=payer.email)


def _sees(work: Work, payer_id: str) -> bool:
    if work.actor is None:
        return False
    match VIEWS[work.actor.role]:
        case View.EVERYTHING:
            return True
        case View.OPEN_CUSTOMER:
            return viewer_of(work, work.actor).payer_id == payer_id
        case View.RISK_RELATED:
            return payers.is_at_risk(work, payer_id)
        case View.OWN_PRODUCTS | View.NOTHING:
            return False
