"""Records through the interface: versions, repetition, pages, and who sees which."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import msgspec
import pytest

from payments.contract.roles import Role
from payments.contract.wire.records import Order, Product
from payments.store.records import ORDERS

PRODUCT = {
    "id": "photography",
    "kind": "course",
    "title": "摄影入门",
    "currency": "CNY",
    "price": 10_000,
    "instructor_id": "instructor-7",
    "instructor": "陈老师",
    "tax_rate": "0.05",
}
ORDER = {
    "product_id": "photography",
    "payer": {"payer_id": "student-1", "name": "王小明", "phone": "13812345678"},
    "discount_percent": "10",
}


@pytest.fixture
def admin(api):
    return api.as_role(Role.ADMIN)


@pytest.fixture
def platform(api, admin):
    assert admin.post("/v1/products", PRODUCT).status_code == 201
    return api.as_role(Role.PLATFORM)


def test_an_order_is_placed_at_the_worked_price_and_read_back(platform):
    placed = platform.post("/v1/orders", ORDER)
    assert placed.status_code == 201
    order = msgspec.json.decode(placed.content, type=Order)
    assert (order.amount, order.discount, order.tax) == (9450, 1000, 450)
    read = platform.get(f"/v1/orders/{order.id}")
    assert read.content == placed.content
    assert read.headers["etag"] == placed.headers["etag"] == f'"{order.version}"'


def test_a_repeated_request_has_one_effect_and_the_same_answer(platform, admin):
    again = {"headers": {"idempotency-key": "order-of-student-1"}}
    first, second = (platform.post("/v1/orders", ORDER, **again) for _ in range(2))
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["etag"] == first.headers["etag"]
    other = platform.post("/v1/orders", {**ORDER, "quantity": 2}, **again)
    assert other.json()["code"] == "idempotency_key_reused"
    elsewhere = platform.post(f"/v1/orders/{first.json()['id']}/cancel", **again)
    assert elsewhere.json()["code"] == "idempotency_key_reused"
    assert len(admin.get("/v1/orders").json()["items"]) == 1


def test_what_was_refused_leaves_the_key_unused(platform):
    key = {"headers": {"idempotency-key": "k"}}
    missing = platform.post("/v1/orders", {**ORDER, "product_id": "none"}, **key)
    assert missing.json()["code"] == "not_found"
    assert platform.post("/v1/orders", ORDER, **key).status_code == 201


def test_keys_of_two_users_do_not_meet(api, platform):
    key = {"headers": {"idempotency-key": "k"}}
    orders = [user.post("/v1/orders", ORDER, **key) for user in (platform, api.as_role(Role.ADMIN))]
    assert orders[0].json()["id"] != orders[1].json()["id"]


@pytest.mark.usefixtures("platform")
def test_a_change_on_an_old_version_is_refused(admin):
    (product,) = admin.get("/v1/products").json()["items"]
    first = {"headers": {"if-match": f'"{product["version"]}"'}}
    changed = admin.request(
        "PUT", "/v1/products/photography", json={**PRODUCT, "price": 1}, **first
    )
    assert changed.status_code == 200
    late = admin.request("PUT", "/v1/products/photography", json={**PRODUCT, "price": 2}, **first)
    assert late.json()["code"] == "version_changed"
    (product,) = admin.get("/v1/products").json()["items"]
    assert msgspec.convert(product, Product).price == 1
    assert changed.headers["etag"] == f'"{product["version"]}"'


def test_a_creator_sees_their_own_products_orders_and_no_others(api, platform):
    order = platform.post("/v1/orders", ORDER).json()["id"]
    own, other = api.as_role(Role.CREATOR), api.as_role(Role.CREATOR, instructor="instructor-8")
    assert own.get(f"/v1/orders/{order}").status_code == 200
    assert other.get(f"/v1/orders/{order}").json()["code"] == "not_found"
    for user, count in ((own, 1), (other, 0)):
        assert len(user.get("/v1/orders").json()["items"]) == count
        assert len(user.get("/v1/products").json()["items"]) == count
        assert len(user.get("/v1/feed").json()["changes"]) == 2 * count


def test_support_sees_one_customer_and_only_while_it_is_open(api, platform):
    orders = [
        platform.post("/v1/orders", {**ORDER, "payer": {"payer_id": payer, "name": "李四"}}).json()
        for payer in ("student-1", "student-2")
    ]
    support = api.as_role(Role.SUPPORT)
    seen = [f"/v1/orders/{order['id']}" for order in orders]
    before = support.get("/v1/feed").json()
    assert [support.get(path).status_code for path in seen] == [404, 404]
    assert support.post("/v1/payers/student-1/identity").status_code == 404

    opened = support.post("/v1/customer", {"find": "student-1"}).json()
    assert (opened["payer_id"], opened["orders"]) == ("student-1", 1)
    assert [support.get(path).status_code for path in seen] == [200, 404]
    page = support.get("/v1/feed", params={"scope": before["scope"]}).json()
    assert page["restart"]
    assert [change[2] for change in page["changes"]] == [orders[0]["id"]]
    assert support.post("/v1/payers/student-1/identity").json()["name"] == "李四"
    refund = {"order_id": orders[1]["id"], "amount": 1, "currency": "CNY", "reason": "other"}
    assert support.post("/v1/refunds", refund).json()["code"] == "not_found"

    assert support.request("DELETE", "/v1/customer").status_code == 204
    assert [support.get(path).status_code for path in seen] == [404, 404]
    assert support.get("/v1/feed").json()["changes"] == []


def test_what_was_brought_in_without_payer_and_instructor_is_not_everybodys(api, platform):
    placed = platform.post("/v1/orders", ORDER).json()["id"]

    def bring_in(work):
        order = ORDERS.locked(work, placed)
        ORDERS.add(work, replace(order, id="brought-in", payer_id="", instructor_id=""))

    api.database.run_sync(bring_in)
    for user in (api.as_role(Role.SUPPORT), api.as_role(Role.CREATOR, instructor="")):
        assert user.get("/v1/orders/brought-in").status_code == 404
        assert user.get("/v1/orders").json()["items"] == []
        assert user.get("/v1/feed").json()["changes"] == []


@pytest.mark.parametrize("role", [Role.CREATOR, Role.SUPPORT, Role.PLATFORM])
def test_the_inner_part_and_the_payer_are_not_for_every_role(api, platform, role):
    order = platform.post("/v1/orders", ORDER).json()["id"]
    user = api.as_role(role)
    if role is Role.SUPPORT:
        user.post("/v1/customer", {"find": order})
    answers = [user.get(path) for path in (f"/v1/orders/{order}", "/v1/orders", "/v1/feed")]
    if role is Role.PLATFORM:
        answers += [user.post(f"/v1/orders/{order}/cancel") for _ in range(2)]
    for answer in answers:
        assert answer.status_code == 200
        assert '"inner"' not in answer.text
        assert "王小明" not in answer.text
        assert "13812345678" not in answer.text


def test_pages_of_a_list_bring_every_record_once(platform, admin):
    placed = {platform.post("/v1/orders", ORDER).json()["id"] for _ in range(5)}
    seen, cursor = [], ""
    while True:
        page = admin.get("/v1/orders", params={"limit": 2, "cursor": cursor}).json()
        seen += [order["id"] for order in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert len(seen) == 5
    assert set(seen) == placed


def test_a_payment_by_balance_is_repeated_as_it_was_answered(platform):
    order = platform.post("/v1/orders", ORDER).json()["id"]
    key = {"headers": {"idempotency-key": "pay-1"}}
    refused = platform.post(f"/v1/orders/{order}/payments", {"method": "balance"}, **key)
    assert refused.json()["code"] == "insufficient_balance"
    none = platform.post(f"/v1/orders/{order}/payments", {"method": "alipay.qr"}, **key)
    assert none.json()["code"] in {"channel_not_configured", "no_channel_available"}


def test_a_waiting_feed_answers_as_soon_as_something_changes(platform, admin):
    page = admin.get("/v1/feed").json()

    async def wait_and_place():
        asked = {"scope": page["scope"], "after": page["upto"], "wait": 20}
        waiting = asyncio.create_task(
            admin._send("GET", "/v1/feed", params=asked, headers=bearer(admin))
        )
        await asyncio.sleep(0)
        headers = bearer(platform) | {"idempotency-key": "while-waiting"}
        await platform._send("POST", "/v1/orders", json=ORDER, headers=headers)
        return await asyncio.wait_for(waiting, 10)

    answer = admin.database.complete(wait_and_place()).json()
    assert [change[1] for change in answer["changes"]] == ["order"]
    assert not answer["restart"]


def bearer(user):
    return {"authorization": f"Bearer {user.token}"}


def test_the_ledger_and_an_orders_postings_can_be_checked(platform, admin):
    order = platform.post("/v1/orders", ORDER).json()["id"]
    assert admin.get(f"/v1/orders/{order}/postings").json() == {"postings": []}
    check = admin.get("/v1/ledger/check").json()
    assert check["balanced"]
    assert check["chain_intact"]
