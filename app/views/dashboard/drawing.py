"""The answer of the store as charts. Imported once it is needed: matplotlib takes its time."""

from __future__ import annotations

from app.views.charts.channel_mix import ChannelMixChart
from app.views.charts.chart import Chart
from app.views.charts.heat_map import HeatMapChart
from app.views.charts.refunds import RefundsChart
from app.views.charts.revenue import RevenueChart
from app.views.charts.success_rates import ChannelRate, SuccessRatesChart
from app.views.charts.top_products import ProductPart, TopProductsChart
from app.views.dashboard.chart_names import ChartName
from app.views.dashboard.reading import Answer


def charts(answer: Answer) -> dict[ChartName, Chart]:
    """Every chart of an answer; none where the store has no figures."""
    if answer.now is None:
        return {}
    currency, now, before = answer.question.currency, answer.now, answer.before
    net = tuple(day.net for day in now.days)
    return {
        ChartName.REVENUE: RevenueChart(
            currency,
            now.span.first,
            net,
            before.span.first if before else None,
            tuple(day.net for day in before.days) if before else (),
        ),
        ChartName.MIX: ChannelMixChart(
            currency, tuple((one.channel, one.net) for one in answer.channels if one.net)
        ),
        ChartName.RATES: SuccessRatesChart(
            tuple(
                ChannelRate(one.channel, one.succeeded, one.attempts)
                for one in answer.channels
                if one.channel and (one.orders or one.attempts)
            )
        ),
        ChartName.REFUNDS: RefundsChart(
            currency,
            now.span.first,
            tuple(day.refunded for day in now.days),
            tuple(day.refunds for day in now.days),
        ),
        ChartName.PRODUCTS: TopProductsChart(
            currency,
            tuple(ProductPart(one.title, one.net, one.orders) for one in answer.products),
        ),
        ChartName.HEAT: HeatMapChart(answer.heat),
    }
