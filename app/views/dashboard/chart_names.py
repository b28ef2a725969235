"""The charts of the dashboard by name, known without knowing how they are drawn."""

from __future__ import annotations

from enum import StrEnum


class ChartName(StrEnum):
    """In the order in which they are offered for saving."""

    REVENUE = "revenue"
    MIX = "mix"
    RATES = "rates"
    REFUNDS = "refunds"
    PRODUCTS = "products"
    HEAT = "heat"
