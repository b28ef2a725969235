"""What can be done with refunds, for keys, palette and the other panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.views.frame.commands import Command, OfflinePolicy
from payments.contract.roles import Permission

if TYPE_CHECKING:
    from app.views.refunds.panel import RefundsPanel

_REQUEST = Permission.REFUNDS_REQUEST
_APPROVE = Permission.REFUNDS_APPROVE


def add_commands(panel: RefundsPanel) -> None:
    """Enter the panel's commands.

    ``refunds.new`` takes an order's id or nothing, ``refunds.open`` a refund's id.
    """
    book, scope = panel.context.book, panel.widget
    for command, act in (
        (_deciding("new", "Ctrl+N", "plus", _REQUEST), panel.new_refund),
        (_showing("open", "refund", listed=False), panel.open_refund),
        (_showing("open_waiting", "refund"), panel.open_waiting),
        (_showing("open_pending", "clock"), panel.open_pending),
        (_deciding("approve", "A", "check", _APPROVE), panel.approve),
        (_deciding("reject", "R", "close", _APPROVE), panel.reject),
    ):
        book.add(command, act, scope)


def _showing(name: str, icon: str, *, listed: bool = True) -> Command:
    return Command(
        f"refunds.{name}",
        f"refunds.command.{name}",
        needs=Permission.REFUNDS_READ,
        icon=icon,
        group="frame.panel.refunds",
        listed=listed,
    )


def _deciding(name: str, key: str, icon: str, needs: Permission) -> Command:
    return Command(
        f"refunds.{name}",
        f"refunds.command.{name}",
        key,
        needs=needs,
        offline=OfflinePolicy.QUEUED,
        icon=icon,
        group="frame.panel.refunds",
    )
