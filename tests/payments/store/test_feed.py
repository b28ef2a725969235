from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from payments.contract.lifecycles import CaseState
from payments.contract.roles import FEED_KINDS, Kind, Role
from payments.contract.wire.records import Order, Refund, Risk
from payments.store import customers, feed, listings
from payments.store.feed import Viewer
from payments.store.records import CASES, ORDERS
from payments.store.stored import StoredCase
from payments.store.work import Actor

WANG = Viewer(Role.CREATOR, "wang")
ZHAO = Viewer(Role.CREATOR, "zhao")
FINANCE = Viewer(Role.FINANCE)
ADMIN = Viewer(Role.ADMIN)
REVIEWER = Viewer(Role.RISK_REVIEWER)
NOBODY = (
    Viewer(Role.PLATFORM),
    Viewer(Role.SUPPORT),
    Viewer(Role.CREATOR),
)
RISK = Risk(score="100", coefficient="0.2", base_amount="500", threshold="90", parts=())
CASE = StoredCase(
    id="case",
    order_id="risky",
    opened_ms=0,
    state=CaseState.OPEN,
    currency="CNY",
    amount=10_000,
    expected_loss=2_000,
    risk=RISK,
    title="t",
    payer_id="thief",
    payer="贼*",
    review_by_ms=1,
)


@pytest.fixture
def business(desk):
    """Two instructors, two payers, one order at risk with its refund and case."""
    desk.product("course", instructor_id="wang")
    desk.product("talk", instructor_id="zhao")
    desk.order("plain", payer_id="honest")
    desk.order("other", payer_id="honest", instructor_id="zhao")
    desk.refund("back", order_id="plain", payer_id="honest")
    desk.order("risky", payer_id="thief", at_risk=True, fee=60, risk=RISK)
    desk.refund("risky-back", order_id="risky", payer_id="thief", at_risk=True)
    desk.run(lambda work: CASES.add(work, CASE))
    return desk


@pytest.mark.parametrize(
    ("viewer", "sees"),
    [
        (ADMIN, "course talk plain other back risky risky-back case"),
        (FINANCE, "course talk plain other back risky risky-back"),
        (REVIEWER, "risky risky-back case"),
        (WANG, "course plain back risky risky-back"),
        (ZHAO, "talk other"),
        (Viewer(Role.SUPPORT, payer_id="honest"), "plain other back"),
        (Viewer(Role.SUPPORT, payer_id="thief"), "risky risky-back"),
        (Viewer(Role.CREATOR, "nobody"), ""),
        *((viewer, "") for viewer in NOBODY),
    ],
)
def test_each_role_is_sent_what_it_may_see_and_nothing_else(business, viewer, sees):
    console = business.synced(viewer)
    assert console.ids == set(sees.split())
    assert console.agrees()
    assert {kind for kind, _ in console.held} <= {it.value for it in FEED_KINDS[viewer.role]}


def test_only_those_who_handle_money_and_risk_are_given_the_inner_part(business):
    for viewer, given in ((FINANCE, True), (ADMIN, True), (REVIEWER, True), (WANG, False)):
        body = business.synced(viewer).held["order", "risky"]
        order = msgspec.convert(body, Order)
        assert ("inner" in body) is given
        assert (order.inner is not None and order.inner.fee == 60) is given
    support = business.synced(Viewer(Role.SUPPORT, payer_id="thief"))
    assert "inner" not in support.held["order", "risky"]


def test_a_record_stands_in_the_feed_once_at_its_last_change(desk):
    desk.order("a")
    desk.order("b")
    console = desk.synced(ADMIN)
    desk.change_order("a", paid=5)
    desk.change_order("a", paid=7)
    page = desk.read(feed.page, ADMIN, console.scope, console.cursor, 10)
    assert [(it.seq, it.id) for it in page.changes] == [(4, "a")]
    assert desk.read(feed.version_of, Kind.ORDER, "a") == 4
    console.sync()
    assert console.held["order", "a"]["paid"] == 7
    assert console.agrees()


def test_saving_what_has_not_changed_sends_nothing(desk):
    desk.order("a")
    desk.change_order("a", paid=0)
    assert desk.read(feed.head_of) == 1


def test_a_product_that_changes_hands_leaves_one_view_and_enters_the_other(desk):
    desk.product("course", instructor_id="wang")
    wang, zhao, admin = desk.synced(WANG), desk.synced(ZHAO), desk.synced(ADMIN)
    desk.change_product("course", instructor_id="zhao")
    for console, holds in ((wang, set()), (zhao, {"course"}), (admin, {"course"})):
        console.sync()
        assert console.ids == holds
        assert console.agrees()
    desk.change_product("course", instructor_id="wang")
    for console, holds in ((wang, {"course"}), (zhao, set()), (admin, {"course"})):
        console.sync()
        assert console.ids == holds
        assert console.agrees()
        assert console.restarts == 1


def test_a_removal_comes_before_the_record_that_replaces_it(desk):
    desk.product("course", instructor_id="wang")
    desk.change_product("course", instructor_id="zhao")
    page = desk.read(feed.page, ADMIN, "", 0, 10)
    assert [(it.seq, bytes(it.body) == b"null") for it in page.changes] == [(2, True), (3, False)]


def test_evidence_shows_up_for_reviewers_with_its_refunds(desk):
    desk.order("o")
    desk.refund("r", order_id="o")
    reviewer = desk.synced(REVIEWER)
    assert reviewer.ids == set()
    desk.change_order("o", at_risk=True)
    reviewer.sync()
    assert reviewer.ids == {"o", "r"}
    assert reviewer.agrees()


def test_opening_another_customer_starts_the_feed_again(business):
    agent = Actor("agent", "Li", Role.SUPPORT)

    def viewer():
        return business.read(feed.viewer_of, agent)

    assert not viewer().sees_something
    business.run(customers.put_on_desk, "agent", "honest")
    console = business.synced(viewer())
    assert console.ids == {"plain", "other", "back"}
    business.run(customers.put_on_desk, "agent", "thief")
    console.viewer = viewer()
    console.sync()
    assert console.ids == {"risky", "risky-back"}
    assert console.restarts == 2
    business.run(customers.clear_desk, "agent")
    console.viewer = viewer()
    console.sync()
    assert console.ids == set()
    assert console.agrees()


def test_a_cursor_from_the_future_starts_again(desk):
    """A database restored from a backup has given out fewer numbers than a console has seen."""
    desk.order("o")
    scope = desk.synced(ADMIN).scope
    page = desk.read(feed.page, ADMIN, scope, 99, 10)
    assert (page.restart, page.after, page.upto) == (True, 0, 1)


def test_pages_chain_whatever_their_size(business):
    whole = business.synced(ADMIN).held
    for limit in (1, 2, 3, 7, 8, 9):
        console = business.synced(ADMIN, limit)
        assert console.held == whole
        assert console.agrees()


def test_an_empty_feed_is_a_page(desk):
    page = desk.read(feed.page, ADMIN, "", 0, 10)
    assert (page.changes, page.more, page.head) == ((), False, 0)
    assert desk.synced(ADMIN).agrees()


def test_one_record_is_read_as_its_reader_may(business):
    version, body = business.read(feed.body_of, Kind.ORDER, "risky", FINANCE)
    assert msgspec.json.decode(body, type=Order).version == version
    assert '"inner"' in body
    assert '"inner"' not in business.read(feed.body_of, Kind.ORDER, "risky", WANG)[1]
    for viewer in (ZHAO, *NOBODY, Viewer(Role.SUPPORT, payer_id="honest")):
        assert business.read(feed.body_of, Kind.ORDER, "risky", viewer) is None
    assert business.read(feed.body_of, Kind.RISK_CASE, "case", FINANCE) is None
    refund = business.read(feed.body_of, Kind.REFUND, "back", WANG)[1]
    assert msgspec.json.decode(refund, type=Refund).order_id == "plain"


def test_a_request_is_answered_with_the_record_it_has_just_written(desk):
    order = replace(desk.order("first"), id="second", fee=9)

    def add(work):
        ORDERS.add(work, order)
        return work.answer(Kind.ORDER, "second", 201)

    finance = desk.run(add, actor=Actor("f", "Fin", Role.FINANCE))
    assert (finance.status, finance.version) == (201, 2)
    assert msgspec.json.decode(finance.body)["inner"]["fee"] == 9

    def read_back(work):
        return work.answer(Kind.ORDER, "second")

    platform = desk.run(read_back, actor=Actor("p", "shop", Role.PLATFORM))
    assert platform.version == 2
    assert msgspec.json.decode(platform.body, type=Order).inner is None


@pytest.mark.parametrize(
    ("viewer", "kind", "lists"),
    [
        (Viewer(Role.PLATFORM), Kind.ORDER, "plain other risky"),
        (Viewer(Role.PLATFORM), Kind.PRODUCT, "course talk"),
        (Viewer(Role.PLATFORM), Kind.REFUND, ""),
        (Viewer(Role.SUPPORT, payer_id="honest"), Kind.PRODUCT, "course talk"),
        (Viewer(Role.SUPPORT), Kind.ORDER, ""),
        (WANG, Kind.PRODUCT, "course"),
        (WANG, Kind.ORDER, "plain risky"),
        (WANG, Kind.RISK_CASE, ""),
        (FINANCE, Kind.ORDER, "plain other risky"),
    ],
)
def test_lists_give_what_the_role_may_read(business, viewer, kind, lists):
    listed, cursor = [], 0
    while True:
        bodies, cursor = business.read(listings.page, kind, viewer, cursor, 2)
        listed += [msgspec.json.decode(body)["id"] for body in bodies]
        if not cursor:
            break
    assert listed == lists.split()
    for record_id in ("plain", "risky", "course", "back", "case"):
        one = business.read(listings.one, kind, record_id, viewer)
        assert (one is not None) == (record_id in listed)
