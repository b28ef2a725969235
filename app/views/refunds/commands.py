"""What can be done with refunds, for keys, palette and the other panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.views.frame.commands import Command, OfflinePolicy
from payments.contract.roles import Permission

if TYPE_CHECKING:
    from app.views.refunds.panel import RefundsPanel

_GROUP = "frame.panel.refunds"
_READ = Permission.REFUNDS_READ


def add_commands(panel: RefundsPanel) -> None:
    """Enter the panel's commands.

    ``refunds.new`` takes an order's id or nothing, ``refunds.open`` a refund's id.
    """
    book, scope = panel.context.book, panel.widget
    for command, act in (
        (
            Command(
                "refunds.new",
                "refunds.command.new",
                "Ctrl+N",
                needs=Permission.REFUNDS_REQUEST,
                offline=OfflinePolicy.QUEUED,
                icon="plus",
                group=_GROUP,
            ),
            panel.new_refund,
        ),
        (
            Command(
                "refunds.open",
                "refunds.command.open",
                needs=_READ,
                icon="refund",
                group=_GROUP,
                listed=False,
            ),
            panel.open_refund,
        ),
        (
            Command(
                "refunds.open_waiting",
                "refunds.command.open_waiting",
                needs=_READ,
                icon="refund",
                group=_GROUP,
            ),
            panel.open_waiting,
        ),
        (
            Command(
                "refunds.open_pending",
                "refunds.command.open_pending",
                needs=_READ,
                icon="clock",
                group=_GROUP,
            ),
            panel.open_pending,
        ),
        (
            Command(
                "refunds.approve",
                "refunds.command.approve",
                "A",
                needs=Permission.REFUNDS_APPROVE,
                offline=OfflinePolicy.QUEUED,
                icon="check",
                group=_GROUP,
            ),
            panel.approve,
        ),
        (
            Command(
                "refunds.reject",
                "refunds.command.reject",
                "R",
                needs=Permission.REFUNDS_APPROVE,
                offline=OfflinePolicy.QUEUED,
                icon="close",
                group=_GROUP,
            ),
            panel.reject,
        ),
    ):
        book.add(command, act, scope)
