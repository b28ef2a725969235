"""Place an order: price, discount and tax are locked from the catalogue at this moment."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from payments.contract.lifecycles import OrderState
from payments.contract.money import LARGEST_AMOUNT, Money
from payments.contract.problems import Code, FieldProblem, RefusedError
from payments.contract.wire.records import Happening, OrderLine, ProductKind
from payments.contract.wire.requests import NewOrder, PayerInfo
from payments.domain.commission import shares
from payments.domain.exact import RateError, rate_of, text_of
from payments.domain.masking import masked_name, masked_phone
from payments.domain.pricing import Priced, priced
from payments.flows.base_amount import rate_to_base
from payments.flows.job_kinds import EXPIRE_ORDER, plan
from payments.flows.merchant import settings_of
from payments.flows.timeline import line
from payments.store import payers
from payments.store.records import ORDERS, PAYERS, PRODUCTS
from payments.store.stored import StoredOrder, StoredPayer, StoredProduct
from payments.store.work import Work

_PERCENT = 100


def place_order(work: Work, new: NewOrder) -> str:
    """Add the order and its payer, and answer the order's id.

    Raises RefusedError: NOT_FOUND, PRODUCT_NOT_ON_SALE, INVALID_FIELD, CURRENCY_NOT_SUPPORTED.
    """
    product = PRODUCTS.get(work, new.product_id)
    if product is None:
        raise RefusedError(Code.NOT_FOUND, "no such product")
    if not product.on_sale:
        raise RefusedError(Code.PRODUCT_NOT_ON_SALE, product.id)
    if rate_to_base(work, product.currency) is None:
        raise RefusedError(Code.CURRENCY_NOT_SUPPORTED, product.currency)
    parts, discount = _locked_price(product, new)
    _know_payer(work, new.payer)
    expires_ms = work.now_ms + settings_of(work).order_minutes * 60_000
    order = _order(work, new, product, parts)
    order = replace(order, discount_rate=text_of(discount), expires_ms=expires_ms)
    ORDERS.add(work, order)
    plan(work, EXPIRE_ORDER, order.id, at_ms=expires_ms)
    return order.id


def _locked_price(product: StoredProduct, new: NewOrder) -> tuple[Priced, Decimal]:
    try:
        discount = rate_of(new.discount_percent, highest=_PERCENT) / _PERCENT
        parts = priced(product.price * new.quantity, discount, Decimal(product.tax_rate))
    except RateError:
        raise _refused("discount_percent", "a number from 0 to 100") from None
    if not 1 <= parts.amount <= LARGEST_AMOUNT:
        raise _refused("quantity", "the order amount is out of range")
    return parts, discount


def _refused(field: str, detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_FIELD, detail, (FieldProblem(f"/{field}", detail),))


def _know_payer(work: Work, payer: PayerInfo) -> None:
    known = PAYERS.get(work, payer.payer_id)
    if known is None:
        new = StoredPayer(
            id=payer.payer_id,
            name=payer.name,
            phone=payer.phone,
            email=payer.email,
            first_seen_ms=work.now_ms,
        )
        payers.add_unless_known(work, new)
    elif _told(known, payer) != known:
        PAYERS.save(work, _told(PAYERS.locked(work, known.id), payer))


def _told(known: StoredPayer, payer: PayerInfo) -> StoredPayer:
    """The payer as the platform knows them now; what it leaves out stays."""
    return replace(
        known,
        name=payer.name,
        phone=payer.phone or known.phone,
        email=payer.email or known.email,
    )


def _order(work: Work, new: NewOrder, product: StoredProduct, parts: Priced) -> StoredOrder:
    rate = Decimal(0) if product.kind is ProductKind.TOP_UP else Decimal(product.commission_rate)
    sold = OrderLine(
        product_id=product.id,
        title=product.title,
        quantity=new.quantity,
        unit_price=Money(product.price, product.currency).plain(),
        amount=parts.amount,
    )
    return StoredOrder(
        id=work.new_id(),
        placed_ms=work.now_ms,
        kind=product.kind,
        product_id=product.id,
        title=product.title,
        quantity=new.quantity,
        instructor_id=product.instructor_id,
        instructor=product.instructor,
        payer_id=new.payer.payer_id,
        payer=masked_name(new.payer.name),
        payer_phone=masked_phone(new.payer.phone),
        refund_days=product.refund_days,
        currency=product.currency,
        price=parts.price,
        discount=parts.discount,
        tax=parts.tax,
        tax_rate=product.tax_rate,
        amount=parts.amount,
        commission_rate=text_of(rate),
        instructor_share=shares(parts.net, rate).instructor,
        state=OrderState.AWAITING_PAYMENT,
        device_id=new.device.device_id,
        address=new.device.address,
        country=new.device.country,
        lines=(sold,),
        events=(line(work, Happening.PLACED),),
    )
