from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app import words
from app.services.sync.apply import Changed, apply_page
from app.views.widgets.state_page import Situation
from payments.contract.problems import Code
from payments.contract.roles import Kind
from payments.contract.wire.requests import Customer, Identity, OpenCustomer
from tests.app.services.loopback import Answering, answering, refusing
from tests.app.views.customers.conftest import fill, records_of
from tests.builders.console import SCOPE, FeedPage, removal

ZHOU = Customer("U42", "周*杰", "138****5678", 3)


def shown(panel):
    return panel._content.currentWidget() is panel._content.content


def situation(panel):
    return panel._content.state.situation


def find(panel, text):
    QTest.keyClicks(panel.finder._field, text)
    QTest.keyClick(panel.finder._field, Qt.Key.Key_Return)


@pytest.fixture
def with_zhou(qtbot, panel, store):
    fill(store, records_of("U42", "周*杰", 3))
    panel.refresh()
    qtbot.waitUntil(lambda: panel.page.order_model.rowCount() == 3)
    qtbot.waitUntil(lambda: panel.page.orders.currentIndex().isValid())
    return panel


def test_it_begins_empty_and_says_what_can_be_entered(qtbot, panel):
    assert situation(panel) is Situation.LOADING
    panel.refresh()
    qtbot.waitUntil(lambda: situation(panel) is Situation.EMPTY)
    assert panel._content.state.accessibleName() == "No customer is open"


def test_a_customer_is_opened_by_exactly_what_was_entered(qtbot, panel, server):
    server.script("/v1/customer", answering(ZHOU))
    find(panel, "13812345678")
    qtbot.waitUntil(lambda: shown(panel))
    asked = server.got[-1]
    assert asked.method == "POST"
    assert asked.key
    assert msgspec.json.decode(asked.body, type=OpenCustomer) == OpenCustomer("13812345678")
    assert panel.page.card._name.text() == "周*杰"
    assert "fetching orders, 0 of 3 here" in panel.page.card._about.text()
    assert not panel.page.card.refund.isEnabled()


def test_orders_appear_as_sync_brings_them(qtbot, panel, server, store):
    server.script("/v1/customer", answering(ZHOU))
    find(panel, "U42")
    qtbot.waitUntil(lambda: shown(panel))
    fill(store, records_of("U42", "周*杰", 3))
    panel._context.engine.changed.emit(Changed(everything=True))
    qtbot.waitUntil(lambda: panel.page.order_model.rowCount() == 3)
    qtbot.waitUntil(lambda: "3 orders" in panel.page.card._about.text())
    qtbot.waitUntil(panel.page.card.refund.isEnabled)


def test_the_one_before_is_not_mixed_with_the_one_that_is_opened(qtbot, with_zhou, server):
    server.script("/v1/customer", answering(Customer("U43", "王*明", "139****0000", 2)))
    find(with_zhou, "U43")
    qtbot.waitUntil(lambda: with_zhou.page.card._name.text() == "王*明")
    qtbot.waitUntil(lambda: with_zhou.page.order_model.rowCount() == 0)
    qtbot.waitUntil(lambda: not with_zhou.page.card.refund.isEnabled())


def test_nobody_or_several_found_opens_nobody(qtbot, panel, server):
    server.script("/v1/customer", refusing(Code.NOT_FOUND))
    find(panel, "nobody")
    said = words.say("customers.not_found.what")
    qtbot.waitUntil(lambda: panel._content.state.accessibleName() == said)
    assert not shown(panel)


def test_a_failed_search_leaves_the_open_customer_and_says_why(qtbot, with_zhou, server):
    server.script("/v1/customer", refusing(Code.NOT_FOUND))
    find(with_zhou, "nobody")
    said = words.say("customers.not_found.what")
    qtbot.waitUntil(lambda: said in with_zhou.finder._problem.text())
    assert with_zhou.page.card._name.text() == "周*杰"
    assert shown(with_zhou)


def test_services_that_do_not_answer_are_said_in_words(qtbot, panel, server):
    server.script("/v1/customer", None, None, None)
    find(panel, "U42")
    qtbot.waitUntil(lambda: situation(panel) is Situation.ERROR)


def test_offline_nobody_is_opened_and_the_open_one_can_be_read(qtbot, with_zhou, server):
    with_zhou._context.book.set_online(False)
    find(with_zhou, "U43")
    qtbot.waitUntil(lambda: "needs the network" in with_zhou.finder._problem.text())
    assert shown(with_zhou)
    assert server.got == []


def test_offline_and_nobody_open_is_said(qtbot, panel):
    panel._context.book.set_online(False)
    panel.refresh()
    qtbot.waitUntil(lambda: situation(panel) is Situation.OFFLINE)


def test_orders_and_refunds_open_by_command(with_zhou, asked, qtbot):
    QTest.keyClick(with_zhou.page.orders, Qt.Key.Key_Return)
    with_zhou.page.card.refund.click()
    qtbot.waitUntil(lambda: with_zhou.page.refund_model.rowCount() == 1)
    with_zhou.page.refunds.setCurrentIndex(with_zhou.page.refund_model.index(0, 0))
    QTest.keyClick(with_zhou.page.refunds, Qt.Key.Key_Return)
    newest = with_zhou.page.order_model.id_at(0)
    assert asked == [
        ("orders.open", newest),
        ("refunds.new", newest),
        ("refunds.open", with_zhou.page.refund_model.id_at(0)),
    ]


def test_closing_puts_the_customer_away_before_sync_has_removed_the_records(
    qtbot, with_zhou, server
):
    server.script("/v1/customer", Answering(b"", 204))
    with_zhou.page.card.close_customer.click()
    qtbot.waitUntil(lambda: not shown(with_zhou))
    assert server.got[-1].method == "DELETE"
    with_zhou._context.engine.changed.emit(Changed(everything=True))
    with qtbot.waitSignal(with_zhou._soon.timeout):
        pass
    qtbot.waitUntil(lambda: situation(with_zhou) is Situation.EMPTY)
    assert not shown(with_zhou)


def test_records_that_leave_put_the_customer_away(qtbot, with_zhou, store):
    with store.reading() as db:
        cursor = int(db.value("SELECT value FROM meta WHERE key = 'cursor'"))
        ids = [row[0] for row in db.all("SELECT id FROM orders")]
    gone = tuple(removal(Kind.ORDER, it, cursor + n) for n, it in enumerate(ids, 1))
    upto = cursor + len(ids)
    apply_page(store, FeedPage(SCOPE, cursor, upto, upto, more=False, restart=False, changes=gone))
    with_zhou.refresh()
    qtbot.waitUntil(lambda: situation(with_zhou) is Situation.EMPTY and not shown(with_zhou))


def test_the_full_identity_is_asked_for_one_customer_and_shown_in_place(qtbot, with_zhou, server):
    identity = Identity("U42", "周小杰", "13812345678", "zhou@example.com")
    server.script("/v1/payers/U42/identity", answering(identity))
    with_zhou.page.card._unmask.click()
    qtbot.waitUntil(lambda: with_zhou.page.card._name.text() == "周小杰")
    assert "13812345678 · zhou@example.com · U42" in with_zhou.page.card._about.text()
    assert not with_zhou.page.card._unmask.isVisible()


def test_lists_sort_by_the_header(qtbot, with_zhou):
    with_zhou.page.orders.sort_requested.emit("amount", True)
    qtbot.waitUntil(lambda: with_zhou.page.order_model.query.sort.column == "amount")
    assert not with_zhou.page.order_model.query.sort.descending


def test_both_languages_can_be_switched_at_any_time(with_zhou):
    words.use(words.Language.CHINESE)
    with_zhou.retranslate()
    assert with_zhou.page.card.refund.text() == "新建退款"
    assert "3 笔订单" in with_zhou.page.card._about.text()
