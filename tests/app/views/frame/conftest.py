"""A main window with panels that only say what was asked of them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from app.views.frame.commands import CommandBook
from app.views.frame.main_window import MainWindow
from payments.contract.roles import Permission


class Spoken:
    """A panel that remembers."""

    def __init__(self, name, icon, needs=None):
        self.name, self.icon, self.needs = name, icon, needs
        self.title = f"frame.panel.{name}"
        self.widget: QWidget = QLabel(name)
        self.asked = []

    def retranslate(self):
        self.asked.append("retranslate")

    def refresh(self):
        self.asked.append("refresh")

    def focus_filter(self):
        self.asked.append("focus_filter")

    def export(self):
        self.asked.append("export")


@pytest.fixture
def panels():
    return [
        Spoken("dashboard", "dashboard", Permission.REVENUE_READ),
        Spoken("orders", "orders"),
        Spoken("risk", "shield", Permission.RISK_READ),
    ]


@pytest.fixture
def window(qtbot, preferences, panels, now):
    made = MainWindow(CommandBook(), preferences, lambda: now)
    qtbot.addWidget(made)
    for panel in panels:
        made.add_panel(panel)
    made.allow(list(Permission))
    made.resize(1440, 900)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made
