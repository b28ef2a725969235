from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import words
from app.models.store import pending
from app.models.store.pending import ActionState
from app.services.sync.apply import Changed, apply_page
from app.services.sync.pending_actions import ActionKind, ServerAnswer, queue
from app.views.risk.reading import Tab
from app.views.theme.tokens import Tone
from app.views.widgets.state_page import Situation
from app.views.widgets.toast import Toast
from payments.contract.lifecycles import CaseState, Disposition
from payments.contract.problems import Code
from payments.contract.roles import Kind, Permission
from payments.contract.wire.requests import CaseDecision
from tests.app.views.risk.conftest import a_held_case
from tests.builders.console import SCOPE, FeedPage, change_of

Key = Qt.Key


def listed(panel):
    model = panel.queue.model
    return [model.id_at(row) for row in range(model.rowCount())]


def on_screen(panel):
    return panel.decision.file.case.id if panel.decision.file else ""


def press(panel, key):
    target = QApplication.focusWidget() or panel.queue.table
    QTest.keyClick(target, key)


def press_apart(panel, key):
    """A second press that is meant: long enough after the first."""
    panel.decision._armed_at -= 1
    press(panel, key)


def actions(store, case_id):
    with store.reading() as db:
        return pending.on_target(db, case_id)


def decision_of(action):
    return msgspec.json.decode(action.body, type=CaseDecision)


def toast_button(window):
    toast = window.findChildren(Toast)[-1]
    return next(b for b in toast.findChildren(object) if getattr(b, "text", str)() == "Undo")


def arrive(panel, store, case, seq=100):
    """A newer state of a case comes with the feed."""
    newer = msgspec.structs.replace(case, version=seq)
    with store.reading() as db:
        cursor = int(db.value("SELECT value FROM meta WHERE key = 'cursor'"))
    page = FeedPage(SCOPE, cursor, seq, seq, more=False, restart=False, changes=(change_of(newer),))
    changed = apply_page(store, page)
    panel._context.engine.changed.emit(changed)
    return changed


def test_the_queue_goes_by_loss_over_time_left(panel):
    # 9000 ÷ 600 = 15 a minute, 400 ÷ 5 = 80, 400 ÷ 120 = 3.3, 400 ÷ 300, 400 ÷ 900.
    assert listed(panel) == ["C2", "C3", "C1", "C4", "C5"]
    assert on_screen(panel) == "C2"


def test_the_queue_can_go_by_score_or_age(qtbot, panel):
    panel.queue.order.set_values(("score",))
    panel.queue.show_again()
    qtbot.waitUntil(lambda: listed(panel)[0] == "C3")


def test_tabs_count_their_cases(qtbot, panel):
    shown = panel.queue.tabs._counts
    qtbot.waitUntil(lambda: bool(panel.queue.tabs._counts))
    shown = panel.queue.tabs._counts
    assert shown == {"open": 5, "mine": 1, "waiting": 1, "decided": 1}


def test_j_and_k_go_through_the_cases(qtbot, panel):
    press(panel, Key.Key_J)
    qtbot.waitUntil(lambda: on_screen(panel) == "C3")
    press(panel, Key.Key_K)
    qtbot.waitUntil(lambda: on_screen(panel) == "C2")
    press(panel, Key.Key_K)
    assert on_screen(panel) == "C2"


def test_approving_is_one_key_and_the_next_case_is_shown(qtbot, panel, store):
    press(panel, Key.Key_A)
    qtbot.waitUntil(lambda: on_screen(panel) == "C3")
    qtbot.waitUntil(lambda: listed(panel) == ["C3", "C1", "C4", "C5"])
    (action,) = actions(store, "C2")
    assert action.kind == ActionKind.CASE_DECIDE
    assert action.state == ActionState.QUEUED
    assert action.base_version == 2
    assert decision_of(action) == CaseDecision(Disposition.APPROVE, "usual_habits")


def test_rejecting_asks_for_a_second_press_that_repeats_the_amount(qtbot, panel, store):
    press(panel, Key.Key_R)
    armed = panel.decision._armed
    assert armed.isVisible()
    assert armed.text() == "Press R again to refund ¥4,980.00 to 王*明"
    assert actions(store, "C2") == []
    press_apart(panel, Key.Key_R)
    qtbot.waitUntil(lambda: on_screen(panel) == "C3")
    qtbot.waitUntil(lambda: len(actions(store, "C2")) == 1)
    decision = decision_of(actions(store, "C2")[0])
    assert decision == CaseDecision(Disposition.REFUND_AS_FRAUD, "stolen_payment")


def test_a_case_that_changes_meanwhile_needs_the_first_press_again(qtbot, panel, store):
    press(panel, Key.Key_R)
    arrive(panel, store, msgspec.structs.replace(panel.decision.file.case, payer="李*"))
    qtbot.waitUntil(lambda: panel.decision.file.case.payer == "李*")
    assert panel.decision.reject.isVisible()
    assert not panel.decision._armed.isVisible()


def test_a_double_press_by_accident_refunds_nothing(panel, store):
    press(panel, Key.Key_R)
    press(panel, Key.Key_R)
    assert on_screen(panel) == "C2"
    assert actions(store, "C2") == []


@pytest.mark.parametrize("key", [Key.Key_Escape, Key.Key_1, Key.Key_J])
def test_anything_else_takes_the_first_press_back(qtbot, panel, key):
    press(panel, Key.Key_R)
    press(panel, key)
    qtbot.waitUntil(lambda: not panel.decision._armed.isVisible())
    if key == Key.Key_J:
        qtbot.waitUntil(lambda: on_screen(panel) == "C3")
    assert panel.decision.reject.isVisible()


def test_digits_choose_the_reason_and_with_it_what_happens_to_the_payer(qtbot, panel, store):
    press(panel, Key.Key_4)
    assert "not marked as fraud" in panel.decision._effect.text()
    press(panel, Key.Key_R)
    press_apart(panel, Key.Key_R)
    qtbot.waitUntil(lambda: len(actions(store, "C2")) == 1)
    assert decision_of(actions(store, "C2")[0]) == CaseDecision(Disposition.REFUND, "reseller")


def test_a_note_goes_with_the_decision_and_letters_in_it_decide_nothing(qtbot, panel, store):
    press(panel, Key.Key_N)
    note = panel.decision.note
    qtbot.waitUntil(note.hasFocus)
    QTest.keyClicks(note, "Area 51")
    QTest.keyClick(note, Key.Key_Return)
    assert note.text() == "Area 51"
    assert actions(store, "C2") == []
    press(panel, Key.Key_A)
    qtbot.waitUntil(lambda: len(actions(store, "C2")) == 1)
    assert decision_of(actions(store, "C2")[0]).note == "Area 51"
    qtbot.waitUntil(lambda: on_screen(panel) == "C3")
    assert note.text() == ""


def test_undo_takes_the_decision_back_and_shows_the_case_again(qtbot, panel, store, window):
    press(panel, Key.Key_A)
    qtbot.waitUntil(lambda: len(actions(store, "C2")) == 1)
    toast_button(window).click()
    qtbot.waitUntil(lambda: actions(store, "C2") == [])
    qtbot.waitUntil(lambda: on_screen(panel) == "C2")
    assert listed(panel)[0] == "C2"


def test_ctrl_z_takes_the_last_decision_back(qtbot, panel, store):
    press(panel, Key.Key_A)
    qtbot.waitUntil(lambda: len(actions(store, "C2")) == 1)
    panel._context.book.run("risk.undo")
    qtbot.waitUntil(lambda: actions(store, "C2") == [])


def test_what_is_being_sent_cannot_be_taken_back(qtbot, panel, store, window):
    press(panel, Key.Key_A)
    qtbot.waitUntil(lambda: len(actions(store, "C2")) == 1)
    with store.writing() as db:
        pending.take(db)
    panel._context.book.run("risk.undo")
    expected = words.say("risk.toast.too_late")
    qtbot.waitUntil(
        lambda: any(toast.accessibleName() == expected for toast in window.findChildren(Toast))
    )
    assert len(actions(store, "C2")) == 1


def test_deciding_the_last_case_leaves_none_on_screen(qtbot, panel):
    for remaining in range(4, 0, -1):
        allowed = panel.decision.approve.isVisible()
        press(panel, Key.Key_A if allowed else Key.Key_J)
        if not allowed:
            break
        qtbot.waitUntil(lambda wanted=remaining: panel.queue.model.rowCount() == wanted)
        qtbot.waitUntil(lambda: panel.decision.file is not None)
    assert listed(panel) == ["C5"]


def test_escalating_and_claiming_are_queued(qtbot, panel, store):
    press(panel, Key.Key_C)
    qtbot.waitUntil(lambda: len(actions(store, "C2")) == 1)
    press(panel, Key.Key_E)
    qtbot.waitUntil(lambda: len(actions(store, "C2")) == 2)
    kinds = [action.kind for action in actions(store, "C2")]
    assert kinds == [ActionKind.CASE_CLAIM, ActionKind.CASE_ESCALATE]


def test_a_case_under_another_review_can_only_be_read(qtbot, panel, store):
    panel.queue.choose("C5")
    qtbot.waitUntil(lambda: on_screen(panel) == "C5")
    assert "张伟" in panel.evidence.notice.accessibleName()
    assert not panel.decision.isVisible()
    for key in (Key.Key_A, Key.Key_R, Key.Key_E, Key.Key_C):
        press(panel, key)
    assert actions(store, "C5") == []


def test_a_case_that_others_decide_stays_on_screen(qtbot, panel, store):
    case = panel.decision.file.case
    closed = msgspec.structs.replace(
        case, state=CaseState.CLOSED, disposition=Disposition.APPROVE, decider="张伟"
    )
    changed = arrive(panel, store, closed)
    assert isinstance(changed, Changed)
    assert changed.changed[Kind.RISK_CASE] == ("C2",)
    qtbot.waitUntil(lambda: "C2" not in listed(panel))
    qtbot.waitUntil(lambda: panel.decision.file.case.state is CaseState.CLOSED)
    assert on_screen(panel) == "C2"
    press(panel, Key.Key_A)
    assert actions(store, "C2") == []


def conflict(store, theirs):
    decided = CaseDecision(Disposition.APPROVE, "known_payer", "电话已核实")
    with store.writing() as db:
        queue(db, ActionKind.CASE_DECIDE, "C2", decided, seen_version=2, key="k", made_at=0)
        pending.take(db)
        answer = ServerAnswer(Code.STEP_REFUSED, msgspec.Raw(msgspec.json.encode(theirs)))
        written = msgspec.json.encode(answer).decode()
        pending.finish(db, "k", ActionState.CONFLICT, written)


def test_a_conflict_shows_both_versions_and_nothing_is_decided_before_it_is_settled(
    qtbot, panel, store
):
    theirs = a_held_case(
        2, version=9, state=CaseState.CLOSED, disposition=Disposition.REFUND, decider="张伟"
    )
    conflict(store, theirs)
    panel._context.engine.actions_changed.emit(None)
    said = panel.evidence.notice
    qtbot.waitUntil(said.isVisible)
    assert "Yours: Approve and release · Known payer · 电话已核实" in said.accessibleName()
    assert "At the service: Refund · 张伟" in said.accessibleName()
    assert not panel.decision.isVisible()
    said.asked.emit("drop")
    qtbot.waitUntil(lambda: actions(store, "C2") == [])
    qtbot.waitUntil(lambda: not said.isVisible())


def test_a_conflict_over_an_open_case_can_be_sent_again_upon_their_version(qtbot, panel, store):
    conflict(store, a_held_case(2, version=9, state=CaseState.ESCALATED))
    panel._context.engine.actions_changed.emit(None)
    qtbot.waitUntil(panel.evidence.notice.isVisible)
    panel.evidence.notice.asked.emit("again")
    qtbot.waitUntil(lambda: [a.state for a in actions(store, "C2")] == [ActionState.QUEUED])
    (again,) = actions(store, "C2")
    assert again.base_version == 9
    assert again.idempotency_key != "k"
    assert decision_of(again).reason == "known_payer"


def test_decided_cases_show_how_and_can_be_reopened_with_a_reason(qtbot, panel, store):
    panel._context.book.run("risk.open", "C7")
    qtbot.waitUntil(lambda: on_screen(panel) == "C7")
    assert panel.queue.tab() is Tab.DECIDED
    assert not panel.decision.approve.isVisible()
    assert not panel.decision.reopen.isEnabled()
    panel.decision.note.setText("付款人申诉")
    press(panel, Key.Key_O)
    qtbot.waitUntil(lambda: len(actions(store, "C7")) == 1)
    assert actions(store, "C7")[0].kind == ActionKind.CASE_REOPEN


def test_evidence_says_the_formula_the_parts_and_what_is_alike(panel):
    evidence = panel.evidence
    assert evidence.head._formula.text() == "¥1,000.00 × 0.4 = 400"
    assert evidence.head._pill.accessibleName() == "above 90"
    assert evidence._bars.accessibleName() == (
        "Payer is known for fraud +0.35; Payer first seen 3 min before +0.05"
    )
    assert evidence._alike.text() == "11 of 12 were fraud"
    assert "device 9f3e: SPL1 Refunded" in evidence._graph.accessibleName()


def test_a_related_order_opens_by_command(panel, opened_orders):
    rows = panel.evidence._linked
    rows.setFocus()
    QTest.keyClick(rows, Key.Key_Return)
    assert opened_orders == ["SPL1"]


def test_both_languages_can_be_switched_at_any_time(panel):
    words.use(words.Language.CHINESE)
    panel.retranslate()
    assert panel.decision.approve.text() == "通过并放行"
    assert panel.evidence.head._pill.accessibleName() == "高于 90"
    words.use(words.Language.ENGLISH)
    panel.retranslate()
    assert panel.decision.approve.text() == "Approve and release"


class TestWithoutTheRightToDecide:
    @pytest.fixture
    def permissions(self):
        return frozenset({Permission.RISK_READ, Permission.ORDERS_READ})

    def test_everything_can_be_read_and_nothing_decided(self, panel, store):
        assert on_screen(panel) == "C2"
        assert not panel.decision.isVisible()
        for key in (Key.Key_A, Key.Key_R, Key.Key_E, Key.Key_C):
            press(panel, key)
        assert actions(store, "C2") == []


class TestWithoutTheRightToRead:
    @pytest.fixture
    def permissions(self):
        return frozenset({Permission.ORDERS_READ})

    def test_the_panel_says_so(self, panel):
        assert panel._outer.state.situation is Situation.FORBIDDEN
        assert panel._outer.currentWidget() is panel._outer.state


def test_nothing_is_decided_from_the_palette_where_the_case_is_not_on_screen(panel):
    book = panel._context.book
    listed = {command.name for command in book.offered() if command.listed}
    assert not listed & {"risk.approve", "risk.reject", "risk.escalate", "risk.claim"}


def test_a_held_key_acts_once(panel):
    shortcuts = panel._context.book._shortcuts
    assert not shortcuts["risk.approve"].autoRepeat()
    assert not shortcuts["risk.reject"].autoRepeat()
    assert shortcuts["risk.next"].autoRepeat()


def test_tones_follow_the_time_left(panel):
    delegate = panel.queue.table.itemDelegateForColumn(3)
    model = panel.queue.model
    assert delegate._pill(model.index(0, 3))[1] is Tone.WARNING
    assert delegate._pill(model.index(1, 3))[1] is Tone.INFO
