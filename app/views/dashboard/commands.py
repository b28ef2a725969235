"""The dashboard's commands: any period from anywhere."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QWidget

from app.views.dashboard.period import Period
from app.views.frame.commands import Command, CommandBook
from payments.contract.roles import Permission


class Shows(Protocol):
    """What shows a period."""

    def show_period(self, period: Period) -> None:
        """Show it."""


class _ShowPeriod:
    """Shows one period."""

    def __init__(self, panel: Shows, period: Period) -> None:
        self._panel = panel
        self._period = period

    def __call__(self, _argument: object) -> None:
        self._panel.show_period(self._period)


def enter(book: CommandBook, panel: Shows, scope: QWidget) -> None:
    """Enter a command for each period that needs no further days."""
    for period in Period:
        if period is not Period.CUSTOM:
            command = Command(
                f"dashboard.{period.value}",
                f"dashboard.command.{period.value}",
                needs=Permission.REVENUE_READ,
                icon="dashboard",
                group="frame.panel.dashboard",
            )
            book.add(command, _ShowPeriod(panel, period), scope)
