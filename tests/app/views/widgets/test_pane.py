from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from app import words
from app.views.theme.tokens import Tone
from app.views.widgets.buttons import danger, primary
from app.views.widgets.detail_pane import DetailPane
from app.views.widgets.labels import Label, paragraph
from app.views.widgets.pill import Badge, Pill
from app.views.widgets.qr_picture import QrPicture
from app.views.widgets.selection_bar import SelectionBar
from app.views.widgets.splitter import RememberedSplitter
from app.views.widgets.state_page import ContentOrState, Situation
from app.views.widgets.summary_row import SummaryRow
from app.views.widgets.timeline import Entry, Timeline, entry_of
from app.views.widgets.toast import ToastArea
from app.words import Language
from payments.contract.lifecycles import OrderStatus
from payments.contract.problems import Code
from payments.contract.wire.records import Event, Happening


@pytest.fixture
def pane(qtbot):
    made = DetailPane()
    qtbot.addWidget(made)
    return made


def texts(widget):
    return [label.text() for label in widget.findChildren(Label) if label.text()]


def read(pane):
    return texts(pane._head.itemAt(0).widget()) + texts(pane._scroll.widget())


def test_a_pane_shows_one_record_at_a_time(pane):
    pane.begin("Order SP1", "¥269.10", subtitle="course").show_status(OrderStatus.PAID)
    pane.add_section("Amount").add_rows([("Price", "¥299.00"), ("Refundable", "¥269.10", "strong")])
    assert read(pane) == [
        "Order SP1",
        "¥269.10",
        "course",
        "Amount",
        "Price",
        "¥299.00",
        "Refundable",
        "¥269.10",
    ]
    pane.begin("Order SP2", "¥1.00")
    assert read(pane) == ["Order SP2", "¥1.00"]


def test_the_head_stays_when_the_rest_is_scrolled(pane):
    pane.begin("Order SP1", "¥269.10")
    assert "¥269.10" not in texts(pane._scroll.widget())


def test_a_long_number_gets_a_line_of_its_own_and_never_widens_the_pane(qtbot, pane):
    pane.begin("Order SP1", "¥269.10")
    number = "4" * 28
    pane.add_section("Attempts").add_rows([("1. WeChat Pay, QR code", "Paid"), ("Number", number)])
    pane.add_section("Risk").add_findings([("A finding of more than a line " * 4, "+0.2")])
    pane.resize(pane.minimumWidth(), 400)
    with qtbot.waitExposed(pane):
        pane.show()
    assert pane._scroll.widget().minimumSizeHint().width() <= pane._scroll.viewport().width()


def test_acts_stand_at_the_foot_and_go_with_the_record(qtbot, pane):
    with qtbot.waitExposed(pane):
        pane.show()
    pane.set_actions([danger("Refund ¥94.50", key="Ctrl+R"), primary("Approve")])
    assert pane._foot.isVisible()
    pane.begin("Order SP2", "¥1.00")
    assert not pane._foot.isVisible()
    assert not [one for one in pane._foot.findChildren(QPushButton) if one.isVisible()]


def test_escape_and_the_cross_close(qtbot, pane):
    with qtbot.waitSignal(pane.closed):
        qtbot.keyClick(pane, Qt.Key.Key_Escape)
    with qtbot.waitSignal(pane.closed):
        pane._close.click()


def test_data_never_becomes_markup(qtbot):
    label = paragraph("<b>1 & 2</b>")
    qtbot.addWidget(label)
    assert "&lt;b&gt;1 &amp; 2&lt;/b&gt;" in label.text()
    plain = Label("<b>x</b>")
    qtbot.addWidget(plain)
    assert plain.textFormat() == Qt.TextFormat.PlainText


def test_an_unknown_look_is_an_error():
    with pytest.raises(ValueError, match="loud"):
        Label("x", "loud")


def test_a_pill_follows_the_language(qtbot):
    pill = Pill()
    qtbot.addWidget(pill)
    pill.show_status(OrderStatus.ON_HOLD)
    assert pill.accessibleName() == "On hold"
    words.use(Language.CHINESE)
    pill.retranslate()
    assert pill.accessibleName() == "冻结中"
    pill.show_words("高于 90", Tone.DANGER)
    pill.retranslate()
    assert pill.accessibleName() == "高于 90"


def test_a_badge_shows_what_waits_and_nothing_for_nothing(qtbot):
    badge = Badge()
    qtbot.addWidget(badge)
    badge.set_count(0)
    assert badge.isHidden()
    badge.set_count(120)
    assert not badge.isHidden()
    assert badge.text() == "99+"


def test_an_event_says_what_when_and_who(now):
    event = Event(at=now, what=Happening.REFUND_REQUESTED, by="何*田")
    entry = entry_of(event, now=now + timedelta(minutes=8), remark="¥680.00")
    assert entry == Entry("Refund requested", "14:31:07 · 何*田 · ¥680.00", Tone.ACCENT)
    later = entry_of(event, now=now + timedelta(days=2))
    assert later.remark == "20 Nov 14:31 · 何*田"


def test_a_failure_in_the_timeline_is_red(now):
    event = Event(at=now, what=Happening.REFUND_FAILED)
    assert entry_of(event, now=now).tone is Tone.DANGER


def test_a_timeline_wraps_to_its_width(qtbot):
    timeline = Timeline()
    qtbot.addWidget(timeline)
    timeline.show_entries([Entry("Paid", "14:31:07 · WeChat Pay 4200002…9913 " * 3)])
    assert timeline.heightForWidth(200) > timeline.heightForWidth(900)
    assert "Paid" in timeline.accessibleName()
    assert not timeline.grab().isNull()


def test_the_state_page_says_what_happened_and_what_to_do(qtbot):
    content = QWidget()
    both = ContentOrState(content)
    qtbot.addWidget(both)
    both.state.show_problem(Code.UNAVAILABLE)
    assert texts(both.state) == list(words.problem(Code.UNAVAILABLE))
    both.state.show_problem("trouble.untrusted")
    assert texts(both.state) == list(words.problem("trouble.untrusted"))
    both.show_situation(Situation.OFFLINE)
    assert both.currentWidget() is both.state
    assert both.state.accessibleName().startswith("You are offline")
    with qtbot.waitSignal(both.state.acted):
        both.state._action.click()
    both.show_content()
    assert both.currentWidget() is content


def test_toasts_stack_at_the_lower_right_and_leave(qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(800, 600)
    with qtbot.waitExposed(over):
        over.show()
    area = ToastArea(over)
    toasts = [area.say(f"Refund {number} requested", "Undo") for number in range(4)]
    kept = area._toasts
    assert len(kept) == 3
    assert kept[0].y() < kept[1].y() < kept[2].y()
    assert all(toast.geometry().right() == 800 - 20 - 1 for toast in kept)
    with qtbot.waitSignal(toasts[3].acted):
        toasts[3].findChildren(QPushButton)[0].click()
    assert len(area._toasts) == 2
    over.resize(700, 500)
    assert area._toasts[-1].geometry().right() == 700 - 20 - 1


def test_a_toast_leaves_by_itself_but_not_while_it_is_read(qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    toast = ToastArea(over).say("Copied")
    assert toast._time.isActive()
    QApplication.sendEvent(toast, QEnterEvent(QPointF(), QPointF(), QPointF()))
    assert not toast._time.isActive()
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    assert toast._time.isActive()
    toast._time.timeout.emit()
    assert toast.isHidden()


def test_the_bar_appears_when_many_are_selected(qtbot):
    bar = SelectionBar()
    qtbot.addWidget(bar)
    bar.show_selection(1)
    assert bar.isHidden()
    bar.show_selection(12, "¥1,204.50")
    assert not bar.isHidden()
    assert texts(bar) == ["12 selected", "¥1,204.50"]


def test_the_summary_is_read_out(qtbot):
    row = SummaryRow()
    qtbot.addWidget(row)
    row.show_figures([("12,408", "orders"), ("¥97.06", "average")], "All amounts in CNY")
    assert row.accessibleName() == "12,408 orders, ¥97.06 average"
    for width in (900, 120):
        row.resize(width, 28)
        assert not row.grab().isNull()


def test_a_qr_code_has_the_modules_of_its_text(qtbot):
    picture = QrPicture("weixin://wxpay/bizpayurl?pr=abc", 290)
    qtbot.addWidget(picture)
    image = picture.grab().toImage()
    edge = 290 / (len(picture._modules) + 8)
    read = [
        [
            image.pixelColor(int((across + 4.5) * edge), int((down + 4.5) * edge)).lightness() < 128
            for across in range(len(picture._modules))
        ]
        for down in range(len(picture._modules))
    ]
    assert read == [[bool(module) for module in line] for line in picture._modules]
    picture.show_text("")
    assert picture._modules == []


def test_a_splitter_comes_back_where_it_was(qtbot, preferences):
    def made():
        splitter = RememberedSplitter("orders", preferences, usual=400)
        qtbot.addWidget(splitter)
        splitter.set_widgets(QWidget(), QWidget())
        splitter.resize(1400, 400)
        with qtbot.waitExposed(splitter):
            splitter.show()
        return splitter

    first = made()
    assert first.sizes()[1] == 400
    first.moveSplitter(1400 - 450, 1)
    first._moved(0, 1)
    assert made().sizes()[1] == first.sizes()[1] == pytest.approx(450, abs=1)
