from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from app import words
from app.models.store import pending, refundable
from app.models.store.pending import ActionState
from app.models.store.refundable import Obstacle
from app.services.sync.engine import Phase, SyncState
from app.services.sync.pending_actions import ActionKind, ServerAnswer, queue
from app.views.refunds.filters import QUEUES, Queue
from app.views.widgets.confirmation import Confirmation
from payments.contract.lifecycles import OrderState, RefundState
from payments.contract.money import Money
from payments.contract.problems import Code
from payments.contract.roles import Role
from payments.contract.wire.records import ChannelName, RefundEffects
from payments.contract.wire.requests import NewRefund, RefundDecision
from tests.builders.console import a_refund, an_order
from tests.builders.panels import NOW, acts, button, said

PAID = {
    "placed_at": NOW - timedelta(hours=2),
    "paid_at": NOW - timedelta(hours=1),
    "state": OrderState.PAID,
    "channel": ChannelName.WECHAT_PAY,
    "payer": "王*明",
    "currency": "CNY",
    "price": 9450,
    "amount": 9450,
    "paid": 9450,
    "refunded": 0,
    "refunding": 0,
    "refundable_until": NOW + timedelta(days=6),
}


def paid(number=1, **changed):
    return an_order(number, **(PAID | changed))


def waiting(number=1, of=None, **changed):
    usual = {
        "state": RefundState.PENDING_APPROVAL,
        "requested_at": NOW - timedelta(minutes=number),
        "requested_by_id": "u9",
        "requested_by": "何田",
        "finished_at": None,
        "effects": RefundEffects(6615, 2835, 0, 57),
    }
    return a_refund(number, of=of or paid(number, refunding=9450), **(usual | changed))


def shown_ids(panel):
    return [panel.list.model.id_at(row) for row in range(panel.list.model.rowCount())]


def open_refund(qtbot, console, panel, refund_id):
    console.context.book.run("refunds.open", refund_id)
    qtbot.waitUntil(lambda: panel.pane.refund is not None and panel.pane.refund.id == refund_id)


def actions(console, *states):
    with console.context.store.reading() as db:
        return pending.actions(db, *states)


def question(console):
    return next(one for one in console.window.findChildren(Confirmation) if one.isVisible())


def form_for(qtbot, console, panel, order):
    console.context.book.run("refunds.new", order.id)
    qtbot.waitUntil(panel.form.entering.isVisible)
    return panel.form


def keep(console, kind, target, body, *, code=None, theirs=None):
    """A decision in the store; with a code it was refused, with a record it is in conflict."""
    with console.context.store.writing() as db:
        queue(db, kind, target, body, seen_version=1, key=f"{kind}{target}", made_at=0)
        if code is None:
            return
        pending.take(db)
        record = msgspec.Raw(msgspec.json.encode(theirs))
        answer = msgspec.json.encode(ServerAnswer(code, record)).decode()
        state = ActionState.REFUSED if theirs is None else ActionState.CONFLICT
        pending.finish(db, f"{kind}{target}", state, answer)


def test_every_state_of_a_refund_that_can_change_has_its_queue():
    in_queues = [state for states in QUEUES.values() for state in states]
    assert len(in_queues) == len(set(in_queues))
    ended = {RefundState.SUCCEEDED, RefundState.REJECTED, RefundState.CANCELLED}
    assert set(in_queues) == set(RefundState) - ended


def test_the_queue_that_waits_is_one_command_away_and_counted(qtbot, console, panel):
    mine, _, _ = console.arrive(
        waiting(1), waiting(2, state=RefundState.PROCESSING), waiting(3, state=RefundState.FAILED)
    )
    console.context.book.run("refunds.open_waiting")
    qtbot.waitUntil(lambda: shown_ids(panel) == [mine.id])
    qtbot.waitUntil(lambda: "Waiting for me 1" in acts(panel._filters))
    assert "Failed 1" in acts(panel._filters)


def test_the_pane_says_what_is_left_and_what_will_happen(qtbot, console, panel):
    order = paid(refunding=9450)
    console.arrive(order, waiting(of=order))
    open_refund(qtbot, console, panel, "R00000001")
    read = said(panel.pane)
    for part in (
        "Paid: ¥94.50",
        "Being refunded (reserved): ¥94.50",
        "Left after that: ¥0.00",
        "Back to the payer, WeChat Pay: ¥94.50",
        "From the instructor’s share: −¥66.15",
        "Channel fee returned: +¥0.57",
        "Requested by: 何田",
    ):
        assert part in read
    button(panel.pane, f"Open order {order.id}").click()
    assert console.asked == [("orders.open", order.id)]


def test_nobody_approves_their_own_request(qtbot, console, panel):
    console.arrive(waiting(requested_by_id=console.context.me.user_id))
    open_refund(qtbot, console, panel, "R00000001")
    assert "a colleague decides it" in said(panel.pane)
    assert not any(act.startswith(("Approve", "Reject")) for act in acts(panel.pane))
    console.context.book.run("refunds.approve")
    assert not console.window.findChildren(Confirmation)


@pytest.mark.parametrize("role", [Role.SUPPORT])
def test_who_may_not_approve_is_told_who_does(qtbot, console, panel):
    console.arrive(waiting())
    open_refund(qtbot, console, panel, "R00000001")
    assert "Finance or an administrator decides" in said(panel.pane)
    assert "Withdraw…" in acts(panel.pane)


@pytest.mark.parametrize("role", [Role.CREATOR])
def test_a_creator_is_offered_nothing_to_do(qtbot, console, panel):
    console.arrive(waiting())
    open_refund(qtbot, console, panel, "R00000001")
    assert "New refund" not in acts(panel.widget)
    assert not {"Approve ¥94.50", "Reject…", "Withdraw…"} & set(acts(panel.pane))


def test_approving_repeats_amount_person_and_channel_and_is_kept(qtbot, console, panel):
    (refund,) = console.arrive(waiting())
    open_refund(qtbot, console, panel, refund.id)
    button(panel.pane, "Approve ¥94.50").click()
    asked = question(console)
    assert "Refund ¥94.50 to 王*明 through WeChat Pay?" in said(asked)
    button(asked, "Refund ¥94.50").click()
    qtbot.waitUntil(lambda: len(actions(console)) == 1)
    (action,) = actions(console)
    assert action.kind == ActionKind.REFUND_DECIDE
    assert action.base_version == refund.version
    assert msgspec.json.decode(action.body, type=RefundDecision) == RefundDecision(approve=True)
    qtbot.waitUntil(lambda: "Being sent." in said(panel.pane))
    assert "Approve ¥94.50" not in acts(panel.pane)


def test_esc_at_the_question_keeps_nothing(qtbot, console, panel):
    console.arrive(waiting())
    open_refund(qtbot, console, panel, "R00000001")
    console.context.book.run("refunds.approve")
    qtbot.keyClick(question(console), Qt.Key.Key_Escape)
    assert not actions(console)


def test_rejecting_takes_a_reason(qtbot, console, panel):
    console.arrive(waiting())
    open_refund(qtbot, console, panel, "R00000001")
    console.context.book.run("refunds.reject")
    asked = question(console)
    assert not button(asked, "Reject ¥94.50").isEnabled()
    panel.pane._asking._note.setPlainText("course was finished")
    button(asked, "Reject ¥94.50").click()
    qtbot.waitUntil(lambda: len(actions(console)) == 1)
    said_no = RefundDecision(approve=False, note="course was finished")
    assert msgspec.json.decode(actions(console)[0].body, type=RefundDecision) == said_no


def test_a_failed_refund_says_why_and_can_be_tried_again(qtbot, console, panel):
    console.arrive(waiting(state=RefundState.FAILED, failure="NOT_ENOUGH"))
    open_refund(qtbot, console, panel, "R00000001")
    assert "the balance at the channel does not cover it" in said(panel.pane)
    button(panel.pane, "Try again…").click()
    button(question(console), "Refund ¥94.50").click()
    qtbot.waitUntil(lambda: [it.kind for it in actions(console)] == [ActionKind.REFUND_RETRY])


def test_an_unlinked_refund_is_shown_as_such(qtbot, console, panel):
    console.arrive(a_refund(7, of=None))
    open_refund(qtbot, console, panel, "R00000007")
    assert "without its order" in said(panel.pane)
    qtbot.waitUntil(lambda: panel.list.model.rowCount() == 1)
    assert panel.list.model.index(0, 3).data() == "Without an order"


def test_the_form_asks_for_all_that_is_left(qtbot, console, panel):
    (order,) = console.arrive(paid(refunded=1000, refunding=450))
    form = form_for(qtbot, console, panel, order)
    assert form.entering.full.text() == "All that is left, ¥80.00"
    button(form, "Continue").click()
    assert "Refund ¥80.00 to 王*明 through WeChat Pay?" in said(form.confirming)
    assert "cannot be undone" in said(form.confirming)
    button(form, "Refund ¥80.00").click()
    qtbot.waitUntil(lambda: len(actions(console)) == 1)
    asked = msgspec.json.decode(actions(console)[0].body, type=NewRefund)
    assert asked == NewRefund(order.id, 8000, "CNY", "not_as_expected")
    assert panel.form is None


def test_a_part_is_never_more_than_what_is_left(qtbot, console, panel):
    (order,) = console.arrive(paid())
    form = form_for(qtbot, console, panel, order)
    form.entering.part.setChecked(True)
    form.entering.amount.set_value(Money(9451, "CNY"))
    assert form.entering.asked() is None
    form.entering._submit()
    assert "At most ¥94.50." in said(form)
    form.entering.amount.set_value(Money(9450, "CNY"))
    assert form.entering.asked().amount == 9450


def test_another_reason_needs_a_note(qtbot, console, panel):
    (order,) = console.arrive(paid())
    entering = form_for(qtbot, console, panel, order).entering
    entering.reason.setCurrentIndex(entering.reason.findData("other"))
    assert entering.asked() is None
    entering.note.setPlainText("agreed by phone")
    assert entering.asked().note == "agreed by phone"


def test_the_form_follows_the_order_while_it_is_open(qtbot, console, panel):
    (order,) = console.arrive(paid())
    form = form_for(qtbot, console, panel, order)
    form.entering.suggest(Money(9000, "CNY"))
    form._confirm()
    assert form.confirming.isVisible()
    console.arrive(paid(refunding=5000))
    qtbot.waitUntil(form.entering.isVisible)
    assert form.entering.asked() is None
    assert "Refundable now: ¥44.50" in said(form.entering)


def test_what_is_not_sent_yet_is_no_longer_offered(qtbot, console, panel):
    (order,) = console.arrive(paid())
    asked = NewRefund(order.id, 9000, "CNY", "duplicate")
    keep(console, ActionKind.REFUND_REQUEST, order.id, asked)
    entering = form_for(qtbot, console, panel, order).entering
    assert entering.full.text() == "All that is left, ¥4.50"


def test_above_the_limit_a_second_person_is_announced(qtbot, console, panel):
    (order,) = console.arrive(paid(amount=80_000, paid=80_000, refunding=10_000))
    entering = form_for(qtbot, console, panel, order).entering
    assert entering.needs_second_person()
    entering.suggest(Money(40_000, "CNY"))
    assert not entering.needs_second_person()
    entering.suggest(Money(40_001, "CNY"))
    assert entering.needs_second_person()
    assert "a second person decides" in said(entering)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"refunded": 9450}, "Everything has been refunded."),
        ({"refunding": 9450}, "already being refunded"),
        ({"refundable_until": NOW - timedelta(days=1)}, "The time for refunds is over."),
        ({"channel": ChannelName.EXTERNAL}, "through another system"),
    ],
)
def test_the_form_says_why_nothing_can_be_refunded(qtbot, console, panel, changed, told):
    (order,) = console.arrive(paid(**changed))
    form = form_for(qtbot, console, panel, order)
    assert told in said(form.entering)
    assert form.entering.asked() is None


def test_an_order_that_is_not_here_is_asked_for_again(qtbot, console, panel):
    console.context.book.run("refunds.new")
    panel.form.finding.field.setText("SP9")
    qtbot.keyClick(panel.form.finding.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Order SP9 is not on this computer" in said(panel.form))


def test_a_request_made_offline_is_sent_once_when_the_services_answer(qtbot, console, panel):
    order = console.services.put(paid())
    console.services.page = 50
    console.context.engine.start()
    qtbot.waitUntil(lambda: console.context.engine.state.phase is Phase.LIVE, timeout=15_000)
    console.server.stop()
    try:
        form = form_for(qtbot, console, panel, order)
        button(form, "Continue").click()
        button(form, "Refund ¥94.50").click()
        qtbot.waitUntil(lambda: len(actions(console)) == 1)
        qtbot.waitUntil(panel.strip.isVisible)
    finally:
        console.server.start()
    console.context.engine.wake()
    qtbot.waitUntil(lambda: bool(actions(console, ActionState.DONE)), timeout=15_000)
    assert console.services.effects == [f"refund {order.id} 9450"]
    qtbot.waitUntil(lambda: not panel.strip.isVisible())


def test_a_decision_not_sent_yet_can_be_taken_back(qtbot, console, panel):
    console.arrive(waiting())
    console.context.engine._set_state(SyncState(Phase.OFFLINE, since=NOW))
    keep(console, ActionKind.REFUND_DECIDE, "R00000001", RefundDecision(approve=True))
    open_refund(qtbot, console, panel, "R00000001")
    assert "Waiting to be sent: you are offline." in said(panel.pane)
    button(panel.pane, "Take back").click()
    qtbot.waitUntil(lambda: not actions(console))
    qtbot.waitUntil(lambda: "Approve ¥94.50" in acts(panel.pane))


def test_a_conflict_shows_both_sides_and_a_way_out(qtbot, console, panel):
    refund = waiting()
    console.arrive(refund)
    theirs = waiting(state=RefundState.REJECTED, decided_by="陈静", decided_at=NOW)
    keep(
        console,
        ActionKind.REFUND_DECIDE,
        refund.id,
        RefundDecision(approve=True),
        code=Code.VERSION_CHANGED,
        theirs=theirs,
    )
    open_refund(qtbot, console, panel, refund.id)
    read = said(panel.pane)
    for part in ("Your decision", "As it stands now", "Status: Rejected", "Decided by: 陈静"):
        assert part in read
    qtbot.waitUntil(panel.strip.isVisible)
    button(panel.pane, "Drop my decision").click()
    qtbot.waitUntil(lambda: not actions(console))


def test_a_request_in_conflict_becomes_one_for_what_is_left(qtbot, console, panel):
    (order,) = console.arrive(paid(refunding=5000))
    asked = NewRefund(order.id, 9450, "CNY", "duplicate")
    keep(
        console,
        ActionKind.REFUND_REQUEST,
        order.id,
        asked,
        code=Code.REFUND_EXCEEDS_PAID,
        theirs=order,
    )
    panel.refresh()
    qtbot.waitUntil(panel.strip.isVisible)
    console.context.book.run("refunds.open_pending")
    assert "more than remains refundable" in said(panel.pane)
    button(panel.pane, "Ask for what is left…").click()
    qtbot.waitUntil(panel.form.entering.isVisible)
    button(panel.form, "Continue").click()
    button(panel.form, "Refund ¥44.50").click()
    qtbot.waitUntil(lambda: [it.state for it in actions(console)] == [ActionState.QUEUED])
    (action,) = actions(console)
    assert msgspec.json.decode(action.body, type=NewRefund).amount == 4450


def test_a_refused_decision_says_what_to_do(qtbot, console, panel):
    console.arrive(waiting())
    keep(
        console,
        ActionKind.REFUND_DECIDE,
        "R00000001",
        RefundDecision(approve=True),
        code=Code.SECOND_PERSON_REQUIRED,
    )
    open_refund(qtbot, console, panel, "R00000001")
    assert "Ask a colleague to approve it." in said(panel.pane)


def test_everything_is_said_again_in_the_other_language(qtbot, console, panel):
    console.arrive(waiting())
    open_refund(qtbot, console, panel, "R00000001")
    console.window.choose_language(words.Language.CHINESE)
    assert "批准退款 ¥94.50" in acts(panel.pane)
    assert "待我审批 1" in acts(panel._filters)


def test_the_model_keeps_the_rules_of_qt_with_these_columns(qtbot, console, panel):
    QAbstractItemModelTester(
        panel.list.model, QAbstractItemModelTester.FailureReportingMode.Fatal, panel.list.model
    )
    console.arrive(*(waiting(number) for number in range(1, 20)))
    qtbot.waitUntil(lambda: panel.list.model.rowCount() == 19)


def test_clearing_an_empty_queue_shows_all(qtbot, console, panel):
    console.arrive(waiting())
    panel._filters.show_queue(Queue.FAILED)
    qtbot.waitUntil(lambda: "No refund here." in said(panel.list.page.state))
    button(panel.list.page.state, "Show all refunds").click()
    qtbot.waitUntil(lambda: shown_ids(panel) == ["R00000001"])


@given(
    charged=st.integers(0, 10**9),
    refunded=st.integers(0, 10**9),
    refunding=st.integers(0, 10**9),
    state=st.sampled_from(OrderState),
)
def test_what_is_left_lies_between_nothing_and_what_was_paid(charged, refunded, refunding, state):
    order = paid(paid=charged, refunded=refunded, refunding=refunding, state=state)
    left = refundable.left(order)
    assert 0 <= left.amount <= charged
    if refundable.obstacle(order, NOW) is None:
        assert left.amount == charged - refunded - refunding
    elif refundable.obstacle(order, NOW) is Obstacle.NOTHING_LEFT:
        assert left.amount == 0


def test_nobody_decides_on_a_refund_they_do_not_see(qtbot, console, panel):
    console.arrive(waiting())
    open_refund(qtbot, console, panel, "R00000001")
    panel.pane.closed.emit()
    console.context.book.run("refunds.approve")
    assert not console.window.findChildren(Confirmation)
