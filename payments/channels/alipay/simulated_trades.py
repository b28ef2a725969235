"""The trades of the simulated Alipay and the rules by which they come to exist, are paid and returned.

A request for a payment is no trade yet: the buyer makes it one by scanning or opening the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from payments.channels.alipay.messages import (
    BEIJING,
    LARGEST,
    PAGE_PRODUCT,
    QR_PRODUCT,
    SMALLEST,
    NewRefund,
    NewTrade,
    TradeName,
    TradeState,
    instant_from,
    money_from,
    wall_clock,
)

REFUND_WINDOW: Final = timedelta(days=365)
_QR_VALID: Final = timedelta(hours=2)
_LONGEST_SUBJECT: Final = 256
_TIMEOUT: Final = re.compile(r"([1-9]\d{0,4})([mhd])|1c")
_UNITS: Final = MappingProxyType(
    {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
)
_NUMBER: Final = re.compile(r"[0-9A-Za-z_]{1,64}")


class Product(StrEnum):
    """How the buyer comes to pay."""

    QR = QR_PRODUCT
    PAGE = PAGE_PRODUCT
    WAP = "QUICK_WAP_WAY"


# What the merchant is told of by a notification.
PUSHED: Final = MappingProxyType(
    {
        Product.QR: frozenset({TradeState.SUCCESS}),
        Product.PAGE: frozenset({TradeState.SUCCESS}),
        Product.WAP: frozenset({TradeState.SUCCESS, TradeState.FINISHED, TradeState.CLOSED}),
    }
)
_DEFAULT_EXPIRY: Final = MappingProxyType(
    {
        Product.QR: timedelta(hours=3),
        Product.PAGE: timedelta(days=15),
        Product.WAP: timedelta(days=15),
    }
)


class RefusedError(Exception):
    """The business refuses; the argument is the ``sub_code``."""

    @property
    def code(self) -> str:
        """The ``sub_code``."""
        return str(self.args[0])


class Returned(msgspec.Struct, frozen=True):
    """One refund of a sale, in fen; ``total`` is what was returned altogether including it."""

    number: str
    amount: int
    total: int
    reason: str
    at: datetime


class Sale(msgspec.Struct):
    """A payment asked for; a trade once ``state`` is set. Amounts in fen.

    A ``late`` buyer pays at the last moment: when it is closed or as it expires.
    """

    number: str
    amount: int
    subject: str
    product: Product
    app_id: str
    asked_at: datetime
    expires_at: datetime
    body: str = ""
    passback: str = ""
    notify_url: str = ""
    return_url: str = ""
    qr_code: str = ""
    late: bool = False
    state: TradeState | None = None
    trade_no: str = ""
    created_at: datetime | None = None
    paid_at: datetime | None = None
    closed_at: datetime | None = None
    refunds: dict[str, Returned] = {}

    @property
    def returned(self) -> int:
        """Fen returned so far."""
        return sum(refund.amount for refund in self.refunds.values())


def _nobody(_number: str) -> None:
    """Nothing was paid before."""


class Book:
    """All sales of the simulated provider. Not safe for threads by itself.

    ``changed`` is told of a sale that was closed, or that time alone has changed; the latter is
    noticed when the sale is next looked at. ``recalled`` finds sales of earlier days.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        changed: Callable[[Sale], None],
        recalled: Callable[[str], Sale | None] = _nobody,
    ) -> None:
        self._clock = clock
        self._recalled = recalled
        self._changed = changed
        self._sales: dict[str, Sale] = {}

    def request(
        self, new: NewTrade, product: Product, app_id: str, notify_url: str, return_url: str
    ) -> Sale:
        """Take a request for a payment; the same one again is continued while unpaid."""
        now = self._clock()
        amount = money_from(new.total_amount)
        if (
            not _NUMBER.fullmatch(new.out_trade_no)
            or not 1 <= len(new.subject) <= _LONGEST_SUBJECT
            or amount is None
            or not SMALLEST <= amount.amount <= LARGEST
        ):
            raise RefusedError("ACQ.INVALID_PARAMETER")
        expires_at = _expiry(new, now) or now + _DEFAULT_EXPIRY[product]
        if expires_at <= now:
            raise RefusedError("ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR")
        sale = Sale(
            number=new.out_trade_no,
            amount=amount.amount,
            subject=new.subject,
            product=product,
            app_id=app_id,
            asked_at=now,
            expires_at=min(expires_at, now + _QR_VALID) if product is Product.QR else expires_at,
            body=new.body,
            passback=new.passback_params,
            notify_url=notify_url,
            return_url=return_url,
        )
        return self._repeated(sale) or self._sales.setdefault(sale.number, sale)

    def _repeated(self, new: Sale) -> Sale | None:
        old = self.asked(new.number)
        if old is None:
            return None
        if old.paid_at is not None:
            raise RefusedError("ACQ.TRADE_HAS_SUCCESS")
        if old.state is TradeState.CLOSED:
            raise RefusedError("ACQ.TRADE_HAS_CLOSE")
        if (old.amount, old.subject) != (new.amount, new.subject):
            raise RefusedError("ACQ.CONTEXT_INCONSISTENT")
        if old.state is None:
            old.expires_at = new.expires_at
        return old

    def asked(self, number: str) -> Sale | None:
        """The sale of that number as it stands now, whether or not a trade came of it."""
        sale = self._sales.get(number)
        if sale is not None:
            self._age(sale)
        return sale

    def all(self) -> list[Sale]:
        """All sales, newest first."""
        for sale in self._sales.values():
            self._age(sale)
        return list(reversed(self._sales.values()))

    def trade(self, name: TradeName) -> Sale:
        """The trade of that name; the provider's number wins. Raises RefusedError."""
        if not name.trade_no and not name.out_trade_no:
            raise RefusedError("ACQ.INVALID_PARAMETER")
        if name.trade_no:
            found = (sale for sale in self._sales.values() if sale.trade_no == name.trade_no)
            sale = next(found, None)
        else:
            sale = self._sales.get(name.out_trade_no) or self._remember(name.out_trade_no)
        if sale is None or sale.state is None:
            raise RefusedError("ACQ.TRADE_NOT_EXIST")
        self._age(sale)
        return sale

    def _remember(self, number: str) -> Sale | None:
        sale = self._recalled(number)
        if sale is not None:
            self._sales[number] = sale
        return sale

    def can_pay(self, sale: Sale) -> bool:
        """Whether the buyer may still pay."""
        return sale.state in {None, TradeState.WAITING} and self._clock() < sale.expires_at

    def scan(self, sale: Sale) -> None:
        """The buyer comes to the payment: the trade exists from now on. Raises RefusedError."""
        if not self.can_pay(sale):
            raise RefusedError("ACQ.TRADE_STATUS_ERROR")
        if sale.state is None:
            sale.state = TradeState.WAITING
            sale.created_at = self._clock()
            day = wall_clock(sale.created_at)[:10].replace("-", "")
            sale.trade_no = f"{day}2200140000{len(self._sales):010d}"

    def pay(self, sale: Sale) -> None:
        """The buyer pays. Raises RefusedError."""
        self.scan(sale)
        sale.state = TradeState.SUCCESS
        sale.paid_at = self._clock()

    def close(self, sale: Sale) -> None:
        """Close an unpaid trade. Raises RefusedError."""
        if sale.late and self.can_pay(sale):
            self.pay(sale)
            self._changed(sale)
        if sale.state is not TradeState.WAITING:
            raise RefusedError("ACQ.REASON_TRADE_STATUS_INVALID")
        sale.state = TradeState.CLOSED
        sale.closed_at = self._clock()
        self._changed(sale)

    def refund(self, sale: Sale, request: NewRefund) -> tuple[Returned, bool]:
        """Return money and say whether funds changed: not for a repeat. Raises RefusedError."""
        amount = money_from(request.refund_amount)
        number = request.out_request_no or sale.number
        if amount is None or amount.amount < 1:
            raise RefusedError("ACQ.INVALID_PARAMETER")
        earlier = sale.refunds.get(number)
        if earlier is not None and earlier.amount != amount.amount:
            raise RefusedError("ACQ.DISCORDANT_REPEAT_REQUEST")
        if earlier is not None:
            return earlier, False
        if sale.state is TradeState.FINISHED:
            raise RefusedError("ACQ.TRADE_HAS_FINISHED")
        if sale.state is not TradeState.SUCCESS:
            raise RefusedError("ACQ.TRADE_STATUS_ERROR")
        total = sale.returned + amount.amount
        if total > sale.amount:
            raise RefusedError("ACQ.REASON_TRADE_REFUND_FEE_ERR")
        if total < sale.amount and not request.out_request_no:
            raise RefusedError("ACQ.INVALID_PARAMETER")
        refund = Returned(number, amount.amount, total, request.refund_reason, self._clock())
        sale.refunds[number] = refund
        if total == sale.amount:
            sale.state = TradeState.CLOSED
            sale.closed_at = refund.at
        return refund, True

    def _age(self, sale: Sale) -> None:
        now, before = self._clock(), sale.state
        if sale.state is TradeState.WAITING and sale.expires_at <= now:
            sale.state = TradeState.SUCCESS if sale.late else TradeState.CLOSED
            sale.paid_at = sale.expires_at if sale.late else None
            sale.closed_at = None if sale.late else sale.expires_at
        paid_at = sale.paid_at
        if sale.state is TradeState.SUCCESS and paid_at and now > paid_at + REFUND_WINDOW:
            sale.state = TradeState.FINISHED
        if sale.state is not before:
            self._changed(sale)


def _expiry(new: NewTrade, now: datetime) -> datetime | None:
    """When a payment ends as asked for: an instant, a span, or the end of the day (``1c``)."""
    if new.time_expire:
        told = instant_from(new.time_expire)
        if told is None:
            raise RefusedError("ACQ.INVALID_PARAMETER")
        return told
    if not new.timeout_express:
        return None
    span = _TIMEOUT.fullmatch(new.timeout_express)
    if span is None:
        raise RefusedError("ACQ.INVALID_PARAMETER")
    if span[1] is None:
        today = now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
        return today + timedelta(days=1)
    return now + int(span[1]) * _UNITS[span[2]]
