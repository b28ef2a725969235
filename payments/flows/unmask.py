"""Show who a payer is; the asking goes to the audit log."""

from __future__ import annotations

from payments.contract.wire.requests import Identity
from payments.store.work import Work


def identity(work: Work, payer_id: str) -> Identity:
    """The payer's name, phone and email. Raises RefusedError(NOT_FOUND)."""
    raise NotImplementedError
