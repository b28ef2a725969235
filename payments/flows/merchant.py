"""The merchant whose work is done, read once for each transaction."""

from __future__ import annotations

from payments.store import merchants
from payments.store.merchants import Merchant, Settings
from payments.store.work import Work


def merchant_of(work: Work) -> Merchant:
    """The work's merchant."""
    key = ("merchants", work.merchant)
    if key not in work.rows:
        work.rows[key] = merchants.get(work)
    found: Merchant = work.rows[key]
    return found


def settings_of(work: Work) -> Settings:
    """What the merchant's administrator has set."""
    return merchant_of(work).settings
