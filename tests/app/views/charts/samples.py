"""One chart of each kind with the difficult cases in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.views.charts.channel_mix import ChannelMixChart
from app.views.charts.heat_map import HeatMapChart
from app.views.charts.refunds import RefundsChart
from app.views.charts.revenue import RevenueChart
from app.views.charts.success_rates import ChannelRate, SuccessRatesChart
from app.views.charts.top_products import ProductPart, TopProductsChart

FIRST = date(2026, 10, 22)
VALUES = tuple(10_000_00 + 137_00 * day for day in range(30))

REVENUE = RevenueChart("CNY", FIRST, VALUES, date(2026, 9, 22), VALUES[::-1])
LOSS = RevenueChart("CNY", FIRST, (120_00, -45_50, 300_00))
ONE_DAY = RevenueChart("CNY", FIRST, (-45_50,), date(2026, 10, 21), (90_00,))
MIX = ChannelMixChart("CNY", (("wechat_pay", 600_00), ("alipay", 400_00), ("", -10_00)))
RATES = SuccessRatesChart(
    (
        ChannelRate("wechat_pay", 950, 1000),
        ChannelRate("cards", 0, 3),
        ChannelRate("external", 0, 0),
    )
)
REFUNDS = RefundsChart("CNY", FIRST, (0, 45_50, 0, 1_000_00), (0, 1, 0, 2))
PRODUCTS = TopProductsChart(
    "CNY",
    (
        ProductPart("零基础数据分析实战：从一张表到一份让人愿意读完的报告", 118_655_00, 312),
        ProductPart("Earn US$1,000 or $2,000 a month", 100, 1),
        ProductPart("退掉的课", -399_00, 0),
    ),
)
HEAT = HeatMapChart(
    tuple(tuple(weekday * hour for hour in range(24)) for weekday in range(7)),
)
ALL: dict[str, Any] = {
    "revenue": REVENUE,
    "loss": LOSS,
    "one day": ONE_DAY,
    "mix": MIX,
    "rates": RATES,
    "refunds": REFUNDS,
    "products": PRODUCTS,
    "heat": HEAT,
}
EMPTY: dict[str, Any] = {
    "revenue": RevenueChart("CNY", FIRST, (0, 0), FIRST, (0, 0)),
    "mix": ChannelMixChart("CNY", (("alipay", 0),)),
    "rates": SuccessRatesChart((ChannelRate("external", 0, 0),)),
    "refunds": RefundsChart("CNY", FIRST, (0,), (0,)),
    "products": TopProductsChart("CNY", ()),
    "heat": HeatMapChart(((0,) * 24,) * 7),
}
