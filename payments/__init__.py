"""The payment services: orders, channels, risk, refunds and the ledger behind the console."""

from __future__ import annotations

from typing import Final

# As in pyproject.toml, which is not at hand in a copy that nobody has installed (a test compares).
VERSION: Final = "0.1.0"
