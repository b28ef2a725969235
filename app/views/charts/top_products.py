"""The products with the largest net revenue, each with a thin bar below its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app import words
from app.views.charts.chart import Readout
from app.views.charts.rows import Rows, rows
from app.views.charts.scales import exact_money
from app.views.charts.sheet import Box, Sheet, fitted, width_of
from app.views.theme.tokens import Size

_BAR: Final = 4.0
_GAP: Final = 16.0


@dataclass(frozen=True, slots=True)
class ProductPart:
    """One product: net in minor units and paid orders."""

    title: str
    net: int
    orders: int


@dataclass(frozen=True, slots=True)
class TopProductsChart:
    """Products, the largest first."""

    currency: str
    products: tuple[ProductPart, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing was sold or refunded."""
        return not self.products

    def draw(self, sheet: Sheet) -> None:
        """As many products as fit."""
        tokens = sheet.tokens
        lines = self._rows(sheet.height)
        largest = max(1, *(product.net for product in self.products))
        for row, product in enumerate(self.products[: lines.count]):
            amount = exact_money(product.net, self.currency)
            room = sheet.width - width_of(amount, Size.TEXT) - _GAP
            y = lines.middle(row) - _BAR
            sheet.text(0, y, fitted(product.title, room, Size.TEXT), size=Size.TEXT)
            sheet.text(sheet.width, y, amount, size=Size.TEXT, across="right")
            track = Box(0, y + 11, sheet.width, _BAR)
            sheet.bar(track, tokens.hover, _BAR / 2)
            if product.net > 0:
                width = max(_BAR, track.width * product.net / largest)
                sheet.bar(Box(0, track.top, width, _BAR), tokens.accent, _BAR / 2)

    def read(self, width: float, height: float, x: float, y: float) -> Readout | None:
        """The whole title and the orders of the product under the pointer."""
        lines = self._rows(height)
        row = lines.at(y)
        if row is None or not 0 <= x <= width:
            return None
        product = self.products[row]
        orders = words.say("dashboard.readout.orders", count=product.orders)
        return Readout(x, lines.middle(row), product.title, (orders,))

    def said(self) -> str:
        """Each product with its amount."""
        return ", ".join(
            f"{one.title} {exact_money(one.net, self.currency)}" for one in self.products
        )

    def _rows(self, height: float) -> Rows:
        return rows(len(self.products), height, least=32, most=40)
