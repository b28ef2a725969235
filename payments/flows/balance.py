"""What a payer has on the prepaid balance: derived from the ledger, stored nowhere else."""

from __future__ import annotations

from payments.domain.ledger_entries import balance_account
from payments.store import ledger
from payments.store.work import Work


def balance_of(work: Work, payer_id: str, currency: str) -> int:
    """The payer's balance in minor units. Lock the payer first when it is to be spent."""
    return -ledger.balance(work, balance_account(payer_id), currency)
