"""Gather what is known around an order that was just paid, and score it."""

from __future__ import annotations

from decimal import Decimal

from payments.contract.money import Money
from payments.contract.wire.records import Risk
from payments.flows.base_amount import base_amount
from payments.flows.merchant import settings_of
from payments.risk.features import Features
from payments.risk.scoring import assess
from payments.store import risk_history
from payments.store.instants import instant
from payments.store.records import PAYERS
from payments.store.stored import StoredOrder
from payments.store.work import Work


def assessment(work: Work, order: StoredOrder) -> Risk:
    """The risk of an order at this moment, against the merchant's threshold."""
    return assess(features_of(work, order), Decimal(settings_of(work).risk_threshold))


def features_of(work: Work, order: StoredOrder) -> Features:
    """The order in the light of its payer, device and place.

    An amount that cannot be converted for want of a rate counts as it stands, and says so.
    """
    charged = Money(order.amount, order.currency)
    base = base_amount(work, charged)
    payer = PAYERS.get(work, order.payer_id)
    seen = risk_history.around(work, order)
    usual = None if seen.payer_usual is None else Money(seen.payer_usual, order.currency)
    return Features(
        base_amount=(base or charged).major(),
        at=work.now,
        payer_since=instant(payer.first_seen_ms) if payer else work.now,
        payer_at_risk=payer.at_risk if payer else False,
        payer_paid_orders=seen.payer_paid_orders,
        payer_usual=None if usual is None else (base_amount(work, usual) or usual).major(),
        payer_orders_recently=seen.payer_orders_recently,
        payer_countries=seen.payer_countries,
        failed_attempts_today=seen.failed_attempts_today,
        same_product_today=seen.same_product_today,
        device_payers=seen.device_payers,
        device_orders_recently=seen.device_orders_recently,
        country=order.country,
        priced_in_base=base is not None,
    )
