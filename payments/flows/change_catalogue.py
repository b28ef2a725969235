"""Products: what is sold, at what price and on which terms."""

from __future__ import annotations

from dataclasses import replace

from payments.contract.money import UnknownCurrencyError, decimals
from payments.contract.problems import Code, FieldProblem, RefusedError
from payments.contract.wire.requests import NewProduct
from payments.domain.exact import RateError, rate_of, text_of
from payments.flows.base_amount import rate_to_base
from payments.store import audit
from payments.store.records import PRODUCTS
from payments.store.stored import StoredProduct
from payments.store.work import Work


def add(work: Work, new: NewProduct) -> str:
    """Put a product on sale; answers its id.

    Raises RefusedError: ALREADY_EXISTS, INVALID_FIELD, CURRENCY_NOT_SUPPORTED.
    """
    if PRODUCTS.get(work, new.id) is not None:
        raise RefusedError(Code.ALREADY_EXISTS, new.id)
    PRODUCTS.add(work, _product(work, new))
    audit.note(work, "product.add", new.id, {"price": new.price, "currency": new.currency})
    return new.id


def update(work: Work, product_id: str, new: NewProduct) -> str:
    """Change a product; orders already placed keep what was locked.

    Raises RefusedError: NOT_FOUND, INVALID_FIELD (also for another id), CURRENCY_NOT_SUPPORTED.
    """
    if new.id != product_id:
        raise _refused("id", "a product keeps its id")
    before = PRODUCTS.locked(work, product_id)
    PRODUCTS.save(work, replace(_product(work, new), on_sale=before.on_sale))
    audit.note(work, "product.change", product_id, {"price": new.price, "currency": new.currency})
    return product_id


def _product(work: Work, new: NewProduct) -> StoredProduct:
    try:
        decimals(new.currency)
    except UnknownCurrencyError:
        raise RefusedError(Code.CURRENCY_NOT_SUPPORTED, new.currency) from None
    if rate_to_base(work, new.currency) is None:
        raise RefusedError(Code.CURRENCY_NOT_SUPPORTED, f"no exchange rate for {new.currency}")
    return StoredProduct(
        id=new.id,
        kind=new.kind,
        title=new.title,
        title_en=new.title_en,
        currency=new.currency,
        price=new.price,
        instructor_id=new.instructor_id,
        instructor=new.instructor,
        commission_rate=_rate("commission_rate", new.commission_rate),
        tax_rate=_rate("tax_rate", new.tax_rate),
        refund_days=new.refund_days,
        period_days=new.period_days,
        expert=new.expert,
    )


def _rate(field: str, text: str) -> str:
    try:
        return text_of(rate_of(text))
    except RateError:
        raise _refused(field, "a number from 0 to 1") from None


def _refused(field: str, detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_FIELD, detail, (FieldProblem(f"/{field}", detail),))
