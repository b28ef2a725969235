from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app import words
from app.views.risk.columns import _first_line
from app.views.risk.wording import (
    APPROVING,
    REJECTING,
    above,
    because,
    figure,
    headline,
    reason,
    time_left,
    urgency,
)
from app.views.theme.tokens import Tone
from app.words import Language
from payments.contract.lifecycles import Disposition
from payments.contract.wire.records import Risk, RiskPart
from payments.risk.rules import RULES

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
# The data that each rule finds.
DATA = {
    "shared_device": {"payers": 3},
    "failed_attempts": {"attempts": 4},
    "payer_velocity": {"orders": 3},
    "device_velocity": {"orders": 5},
    "unusual_amount": {"times": 9},
    "unusual_place": {"country": "VN"},
    "repeated_purchase": {"orders": 1},
    "new_payer": {"minutes": 125},
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.reason)
def test_every_rule_has_its_words(rule, language):
    words.use(language)
    said = reason(RiskPart(rule.reason, "0.1", DATA.get(rule.reason, {})))
    assert said != rule.reason.replace("_", " ")
    assert "{" not in said


def test_a_country_has_its_name_and_an_unknown_one_its_code():
    assert "Vietnam" in reason(RiskPart("unusual_place", "0.1", {"country": "VN"}))
    assert "QQ" in reason(RiskPart("unusual_place", "0.1", {"country": "QQ"}))


@pytest.mark.parametrize("width", range(40, 200, 7))
def test_no_chinese_line_begins_with_a_comma(qapp, width):
    assert qapp is not None
    text = "付款地为新加坡，与平时不同，另 1 项"
    assert not text[len(_first_line(text, width)) :].startswith("，")


def test_a_rule_of_a_newer_service_is_shown_plainly():
    assert reason(RiskPart("strange_browser", "0.1")) == "strange browser"
    assert reason(RiskPart("shared_device", "0.1", {})) == "shared device"
    assert because("some_new_code") == "some new code"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", [*REJECTING, *APPROVING])
def test_every_reason_of_a_decision_has_its_words(code, language):
    words.use(language)
    assert because(code) != code.replace("_", " ")


def test_only_approving_releases():
    assert set(APPROVING.values()) == {Disposition.APPROVE}
    assert Disposition.APPROVE not in REJECTING.values()


def test_the_formula_is_shown_with_its_figures():
    assert headline(Risk("4282.80", "0.86", "4980.00", "90", ())) == "¥4,980.00 × 0.86 = 4,282.8"
    assert figure("100") == "100"
    assert figure("0.00") == "0"


@pytest.mark.parametrize(
    ("score", "said"), [("100", "above 90"), ("90", "not above 90"), ("90.01", "above 90")]
)
def test_exactly_the_threshold_is_not_above_it(score, said):
    assert above(Risk(score, "0.2", "500", "90", ()))[0] == said


@pytest.mark.parametrize(
    ("seconds", "said", "tone"),
    [
        (252, "04:12", Tone.WARNING),
        (899, "14:59", Tone.WARNING),
        (900, "15:00", Tone.INFO),
        (11_520, "3:12:00", Tone.INFO),
        (0, "0 s over", Tone.DANGER),
        (-780, "13 min over", Tone.DANGER),
        (-60_840, "16 h over", Tone.DANGER),
    ],
)
def test_time_left_warns_under_a_quarter_of_an_hour(seconds, said, tone):
    assert time_left(NOW + timedelta(seconds=seconds), NOW) == (said, tone)


def test_the_place_in_the_queue_is_loss_for_each_minute_left():
    each, formula = urgency(10_000_000, NOW + timedelta(minutes=10), NOW)
    assert each == "¥100/min"
    assert formula == "Expected loss ¥1,000.00 ÷ 10 min left = ¥100/min"


def test_what_is_overdue_counts_as_one_minute_left():
    late = urgency(956_800, NOW - timedelta(hours=2), NOW)
    assert late == urgency(956_800, NOW + timedelta(minutes=1), NOW)
