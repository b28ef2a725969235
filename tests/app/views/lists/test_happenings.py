from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.views.lists import happenings
from payments.contract.wire.records import Event, Happening

AT = datetime(2026, 11, 20, 6, 31, 7, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def told(*events):
    entries = happenings.entries(events, "CNY", now=AT, zone=ZONE)
    return [f"{entry.title} {entry.remark}" for entry in entries]


def test_the_newest_comes_first_also_within_one_instant():
    first = Event(AT, Happening.PAID)
    then = Event(AT, Happening.GRANTED)
    before = Event(AT - timedelta(minutes=1), Happening.PLACED)
    assert [line.split(" 14")[0] for line in told(first, then, before)] == [
        "Access given",
        "Paid",
        "Order placed",
    ]


def test_amounts_methods_and_attempts_are_said_in_words():
    events = [
        Event(AT, Happening.ATTEMPT_STARTED, data={"attempt": "a", "method": "alipay.qr"}),
        Event(AT, Happening.ATTEMPT_FAILED, data={"attempt": "a", "failure": "NOTENOUGH"}),
        Event(AT, Happening.PAID, "林", {"attempt": "b", "amount": 9450}),
    ]
    newest, failed, started = told(*events)
    assert newest == "Paid 14:31:07 · 林 · attempt 2 · ¥94.50"
    assert failed.endswith("attempt 1 · the payer’s account does not cover it")
    assert started.endswith("attempt 1 · Alipay, QR code")


def test_what_only_programs_read_is_left_out():
    assert told(Event(AT, Happening.HELD, data={"case": "C1"})) == ["Held for review 14:31:07"]


def test_what_is_newer_than_this_console_is_shown_as_it_came():
    assert happenings.failure("SOME_NEW_CODE") == "SOME_NEW_CODE"
    assert happenings.reason("agreed_by_phone") == "agreed by phone"
