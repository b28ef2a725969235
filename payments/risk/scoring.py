"""From what the rules find to a score: base amount × coefficient, against a threshold."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from payments.contract.wire.records import Risk, RiskPart
from payments.domain.exact import text_of
from payments.domain.risk_score import is_held, risk_score
from payments.risk.features import Features
from payments.risk.rules import RULES

_CERTAIN: Final = Decimal(1)


def assess(features: Features, threshold: Decimal) -> Risk:
    """The assessment of an order; the parts of the coefficient add up, at most to 1."""
    parts: list[RiskPart] = []
    coefficient = Decimal(0)
    for rule in RULES:
        data = rule.finds(features)
        if data is not None and coefficient < _CERTAIN:
            part = min(rule.part, _CERTAIN - coefficient)
            coefficient += part
            parts.append(RiskPart(rule.reason, text_of(part), data))
    return Risk(
        score=text_of(risk_score(features.base_amount, coefficient)),
        coefficient=text_of(coefficient),
        base_amount=text_of(features.base_amount),
        threshold=text_of(threshold),
        parts=tuple(parts),
    )


def holds(risk: Risk) -> bool:
    """Whether the assessment keeps the goods back until a person has looked."""
    return is_held(Decimal(risk.score), Decimal(risk.threshold))


def expected_loss(amount: int, coefficient: Decimal) -> int:
    """What is at stake in minor units: the amount × coefficient, rounded down."""
    return int(amount * coefficient)
