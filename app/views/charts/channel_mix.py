"""Each channel's share of net revenue, named beside its bar."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app import formatting
from app.views.charts.channels import channel_colour, channel_name
from app.views.charts.chart import Readout
from app.views.charts.rows import Rows, rows
from app.views.charts.scales import exact_money, short_money
from app.views.charts.sheet import Box, Sheet, fitted, width_of
from app.views.theme.tokens import Size

_BAR: Final = 8.0
_GAP: Final = 16.0
_WIDEST_NAME: Final = 120.0


@dataclass(frozen=True, slots=True)
class ChannelMixChart:
    """Net by channel in minor units, the largest first."""

    currency: str
    parts: tuple[tuple[str, int], ...]

    @property
    def empty(self) -> bool:
        """Whether no channel has any."""
        return not any(net for _, net in self.parts)

    def draw(self, sheet: Sheet) -> None:
        """Name, bar, amount and share of each channel."""
        tokens = sheet.tokens
        lines = self._rows(sheet.height)
        shown = self.parts[: lines.count]
        names = [fitted(channel_name(channel), _WIDEST_NAME, Size.TEXT) for channel, _ in shown]
        amounts = [short_money(net, self.currency) for _, net in shown]
        shares = [self._share(net) for _, net in shown]
        left = max(width_of(name, Size.TEXT) for name in names) + _GAP
        share_width = max(width_of(share, Size.TEXT) for share in shares)
        amount_right = sheet.width - share_width - 6
        right = amount_right - max(width_of(text, Size.TEXT) for text in amounts) - _GAP
        largest = max(1, *(net for _, net in self.parts))
        for row, (channel, net) in enumerate(shown):
            y = lines.middle(row)
            sheet.text(0, y, names[row], size=Size.TEXT)
            if right - left > _BAR:
                track = Box(left, y - _BAR / 2, right - left, _BAR)
                sheet.bar(track, tokens.hover, _BAR / 2)
                if net > 0:
                    width = max(_BAR, track.width * net / largest)
                    box = Box(left, track.top, width, _BAR)
                    sheet.bar(box, channel_colour(channel, tokens), _BAR / 2)
            sheet.text(amount_right, y, amounts[row], size=Size.TEXT, across="right")
            colour = tokens.muted
            sheet.text(sheet.width, y, shares[row], size=Size.TEXT, colour=colour, across="right")

    def read(self, width: float, height: float, x: float, y: float) -> Readout | None:
        """The exact amount of the channel under the pointer."""
        row = self._rows(height).at(y)
        if row is None or not 0 <= x <= width:
            return None
        channel, net = self.parts[row]
        return Readout(
            x,
            self._rows(height).middle(row),
            exact_money(net, self.currency),
            (channel_name(channel),),
        )

    def said(self) -> str:
        """Each channel with its share."""
        return ", ".join(
            f"{channel_name(channel)} {self._share(net)}" for channel, net in self.parts
        )

    def _share(self, net: int) -> str:
        total = sum(part for _, part in self.parts)
        ratio = Decimal(net) / Decimal(total) if total > 0 and net >= 0 else None
        return formatting.percent(ratio, 0)

    def _rows(self, height: float) -> Rows:
        return rows(len(self.parts), height, least=18, most=30)
