"""The panels of the console, in the order of the rail."""

from __future__ import annotations

from collections.abc import Sequence

from app.views.frame.context import Context
from app.views.frame.panel import Panel
from payments.contract.roles import Permission


def make_panels(context: Context) -> Sequence[Panel]:
    """Every panel this person may use."""
    # Imported when somebody is signed in: the first page does not wait for what it does not show.
    from app.views.customers.panel import CustomersPanel  # noqa: PLC0415
    from app.views.dashboard.panel import DashboardPanel  # noqa: PLC0415
    from app.views.orders.panel import OrdersPanel  # noqa: PLC0415
    from app.views.refunds.panel import RefundsPanel  # noqa: PLC0415
    from app.views.risk.panel import RiskPanel  # noqa: PLC0415

    panels: list[Panel] = [DashboardPanel(context), OrdersPanel(context), RefundsPanel(context)]
    if Permission.RISK_READ in context.me.permissions:
        panels.append(RiskPanel(context))
    if Permission.CUSTOMERS_OPEN in context.me.permissions:
        panels.append(CustomersPanel(context))
    return panels
