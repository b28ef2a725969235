"""What support can do with a customer, as data."""

from __future__ import annotations

from typing import Final

from app.views.frame.commands import Command, OfflinePolicy
from payments.contract.roles import Permission

_GROUP: Final = "frame.panel.customers"

# Takes what to find: order number, payer number, phone or email; without it, the field is shown.
OPEN: Final = Command(
    "customers.open",
    "customers.command.open",
    needs=Permission.CUSTOMERS_OPEN,
    offline=OfflinePolicy.NEEDS_NETWORK,
    icon="person",
    group=_GROUP,
)
CLOSE: Final = Command(
    "customers.close",
    "customers.command.close",
    needs=Permission.CUSTOMERS_OPEN,
    offline=OfflinePolicy.NEEDS_NETWORK,
    icon="close",
    group=_GROUP,
)
