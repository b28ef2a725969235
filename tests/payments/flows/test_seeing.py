"""Who may see and change what: customers on the desk, identities, the catalogue, versions."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from payments.contract.problems import Code, RefusedError
from payments.contract.roles import Kind, Role
from payments.contract.wire.records import ProductKind
from payments.contract.wire.requests import NewOrder, NewProduct, PayerInfo
from payments.flows import change_catalogue
from payments.flows.open_customer import close_customer, open_customer
from payments.flows.place_order import place_order
from payments.flows.unmask import identity
from payments.flows.versions import expect_version
from payments.store.tables_books import AUDIT
from payments.store.work import Actor, Work

ADMIN = Actor("u-admin", "管理员", Role.ADMIN)
SUPPORT = Actor("u-support", "客服", Role.SUPPORT)
REVIEWER = Actor("u-reviewer", "风控", Role.RISK_REVIEWER)
CREATOR = Actor("u-creator", "王老师", Role.CREATOR, "teacher")
PAYER = PayerInfo(payer_id="payer", name="王小明", phone="13812345678", email="ming@example.com")


@pytest.fixture
def order_id(shop):
    return shop.run(place_order, NewOrder(product_id="course", payer=PAYER))


@pytest.mark.parametrize("find", ["payer", "13812345678", "ming@example.com", " payer "])
def test_a_customer_is_found_exactly_and_shown_masked(shop, order_id, find):
    customer = shop.run(open_customer, find, actor=SUPPORT)
    assert (customer.payer_id, customer.payer, customer.phone, customer.orders) == (
        "payer",
        "王*明",
        "138****5678",
        1,
    )
    assert shop.run(open_customer, order_id, actor=SUPPORT) == customer


@pytest.mark.usefixtures("order_id")
@pytest.mark.parametrize("find", ["1381234567", "王小明", "", "%"])
def test_nobody_is_found_by_a_part(shop, refused, find):
    with refused(Code.NOT_FOUND):
        shop.run(open_customer, find, actor=SUPPORT)


@pytest.mark.usefixtures("order_id")
def test_two_customers_with_one_phone_are_not_mixed_up(shop, refused):
    twin = PayerInfo(payer_id="twin", name="王小红", phone=PAYER.phone)
    shop.run(place_order, NewOrder(product_id="course", payer=twin))
    with refused(Code.NOT_FOUND):
        shop.run(open_customer, PAYER.phone, actor=SUPPORT)


@pytest.mark.usefixtures("order_id")
def test_support_unmasks_only_the_customer_on_the_desk(shop, refused):
    with refused(Code.NOT_FOUND):
        shop.run(identity, "payer", actor=SUPPORT)
    shop.run(open_customer, "payer", actor=SUPPORT)
    known = shop.run(identity, "payer", actor=SUPPORT)
    assert (known.name, known.phone, known.email) == (PAYER.name, PAYER.phone, PAYER.email)
    shop.run(close_customer, actor=SUPPORT)
    with refused(Code.NOT_FOUND):
        shop.run(identity, "payer", actor=SUPPORT)


@pytest.mark.usefixtures("order_id")
def test_a_reviewer_unmasks_only_who_is_a_matter_of_risk(shop, refused):
    with refused(Code.NOT_FOUND):
        shop.run(identity, "payer", actor=REVIEWER)
    with refused(Code.NOT_FOUND):
        shop.run(identity, "payer", actor=CREATOR)
    shop.sells("dear", 200_000)
    shop.paid("dear", payer="payer")
    assert shop.run(identity, "payer", actor=REVIEWER).payer_id == "payer"


@pytest.mark.usefixtures("order_id")
def test_every_unmasking_is_in_the_audit_log(shop):
    with pytest.raises(RefusedError):
        shop.run(identity, "nobody", actor=ADMIN)
    shop.run(identity, "payer", actor=ADMIN)
    written = shop.database.read_sync(audited)
    assert ("payer.unmask", "payer", "u-admin") in written
    assert not any(subject == "nobody" for _, subject, _ in written)


def audited(work: Work) -> set[tuple[str, str, str]]:
    rows = work.connection.execute(select(AUDIT.c.what, AUDIT.c.subject, AUDIT.c.actor))
    return {(row.what, row.subject, row.actor) for row in rows}


def _product(**changes):
    values: dict[str, Any] = {
        "id": "new",
        "kind": ProductKind.COURSE,
        "title": "概率论",
        "currency": "CNY",
        "price": 5_000,
        "instructor_id": "teacher",
        "instructor": "王老师",
    }
    return NewProduct(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": "course"}, Code.ALREADY_EXISTS),
        ({"commission_rate": "1.1"}, Code.INVALID_FIELD),
        ({"tax_rate": "x"}, Code.INVALID_FIELD),
        ({"currency": "XXX"}, Code.CURRENCY_NOT_SUPPORTED),
        ({"currency": "USD"}, Code.CURRENCY_NOT_SUPPORTED),
    ],
)
def test_a_product_that_cannot_be_sold_is_refused(shop, refused, changes, code):
    with refused(code):
        shop.run(change_catalogue.add, _product(**changes), actor=ADMIN)


def test_a_change_of_price_leaves_orders_as_they_were_placed(shop, order_id, refused):
    changed = _product(id="course", price=1)
    shop.run(change_catalogue.update, "course", changed, actor=ADMIN)
    assert shop.the_order(order_id).amount == 10_000
    assert shop.the_order(shop.order()).amount == 1
    with refused(Code.INVALID_FIELD):
        shop.run(change_catalogue.update, "course", _product(), actor=ADMIN)
    with refused(Code.NOT_FOUND):
        shop.run(change_catalogue.update, "new", _product(), actor=ADMIN)


def test_a_version_is_checked_in_the_actors_own_view(shop, order_id, refused):
    version = shop.the_order(order_id).version
    shop.run(expect_version, Kind.ORDER, order_id, version, actor=ADMIN)
    shop.run(expect_version, Kind.ORDER, order_id, version, actor=CREATOR)
    with refused(Code.VERSION_CHANGED):
        shop.run(expect_version, Kind.ORDER, order_id, version - 1, actor=ADMIN)
    for actor in (SUPPORT, REVIEWER):
        with refused(Code.NOT_FOUND):
            shop.run(expect_version, Kind.ORDER, order_id, version, actor=actor)
