"""The books of the simulated WeChat Pay: orders and refunds by the provider's rules.

Nothing here knows HTTP, signatures or scripts; instants are arguments.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from payments.channels.simulation.provider import (
    Action,
    ImpossibleActionError,
    Trade,
    UnknownTradeError,
)
from payments.channels.wechat_pay.messages import (
    BEIJING,
    DomesticRefund,
    ErrorDetail,
    NativeOrder,
    PaidAmount,
    Payer,
    Refund,
    RefundedAmount,
    RefundNotice,
    Transaction,
)

_CODE_LASTS: Final = timedelta(hours=2)
_ORDER_LASTS: Final = timedelta(days=7)
_SHORTEST: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(days=90)
_REFUNDABLE: Final = timedelta(days=365)
_MOST_REFUNDS: Final = 50
_STATE_WORDS: Final = {
    "NOTPAY": "订单未支付",
    "SUCCESS": "支付成功",
    "REFUND": "转入退款",
    "CLOSED": "订单已关闭",
}


class RefusalError(Exception):
    """What the provider refuses: HTTP status, code, words, and which field it is about."""

    def __init__(
        self, status: int, code: str, message: str, detail: ErrorDetail | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.detail = detail


class SimulatedRefund(msgspec.Struct):
    """A refund that becomes ``becomes`` at ``due``."""

    request: DomesticRefund
    refund_id: str
    created_at: datetime
    due: datetime
    becomes: str
    status: str = "PROCESSING"
    finished_at: datetime | None = None

    def finish(self, now: datetime) -> None:
        """Come to the end that was meant."""
        if self.status == "PROCESSING":
            self.status, self.finished_at = self.becomes, now


class SimulatedOrder(msgspec.Struct):
    """An order with its refunds."""

    request: NativeOrder
    created_at: datetime
    code_url: str
    code_made_at: datetime
    payable_until: datetime
    state: str = "NOTPAY"
    words: str = ""
    transaction_id: str = ""
    paid_at: datetime | None = None
    paid_total: int = 0
    refunds: dict[str, SimulatedRefund] = {}

    def can_pay(self, now: datetime) -> bool:
        """Whether a buyer who scans now may pay."""
        in_time = now <= self.payable_until and now <= self.code_made_at + _CODE_LASTS
        return self.state == "NOTPAY" and in_time

    def transaction(self) -> Transaction:
        """The order as a query tells it."""
        request, paid = self.request, self.paid_at is not None
        said = Transaction(
            appid=request.appid,
            mchid=request.mchid,
            out_trade_no=request.out_trade_no,
            trade_state=self.state,
            trade_state_desc=self.words or _STATE_WORDS[self.state],
            attach=request.attach or "",
        )
        if not paid:
            return said
        return msgspec.structs.replace(
            said,
            transaction_id=self.transaction_id,
            trade_type="NATIVE",
            bank_type="OTHERS",
            success_time=self.paid_at,
            payer=Payer(openid="oSimulatedBuyer0000000000001"),
            amount=PaidAmount(
                total=self.paid_total,
                payer_total=self.paid_total,
                currency="CNY",
                payer_currency="CNY",
            ),
        )

    def refund_said(self, refund: SimulatedRefund) -> Refund:
        """One of its refunds as a query tells it."""
        returned = refund.request.amount.refund
        return Refund(
            refund_id=refund.refund_id,
            out_refund_no=refund.request.out_refund_no,
            transaction_id=self.transaction_id,
            out_trade_no=self.request.out_trade_no,
            status=refund.status,
            channel="ORIGINAL",
            user_received_account="支付用户零钱",
            create_time=refund.created_at,
            success_time=refund.finished_at if refund.status == "SUCCESS" else None,
            funds_account="UNSETTLED",
            amount=RefundedAmount(
                total=self.paid_total,
                refund=returned,
                payer_total=self.paid_total,
                payer_refund=returned,
                settlement_refund=returned,
                settlement_total=self.paid_total,
                currency="CNY",
            ),
        )

    def refund_notice(self, refund: SimulatedRefund) -> RefundNotice:
        """One of its refunds as a notification tells it."""
        said = self.refund_said(refund)
        return RefundNotice(
            mchid=self.request.mchid,
            out_trade_no=said.out_trade_no,
            transaction_id=said.transaction_id,
            out_refund_no=said.out_refund_no,
            refund_id=said.refund_id,
            refund_status=said.status,
            success_time=said.success_time,
            user_received_account=said.user_received_account,
            amount=msgspec.structs.replace(said.amount, currency=""),
        )

    def trade(self, now: datetime) -> Trade:
        """The order as the till shows it."""
        request = self.request
        return Trade(
            number=request.out_trade_no,
            title=request.description,
            amount=request.amount.total,
            currency="CNY",
            state=self.state,
            can_pay=self.can_pay(now),
        )


def _nobody(_number: str) -> None:
    """Nothing was paid before."""


class Books:
    """All orders of the merchant. Not safe for several threads: its owner locks."""

    def __init__(self, recalled: Callable[[str], SimulatedOrder | None] = _nobody) -> None:
        self._recalled = recalled
        self.orders: dict[str, SimulatedOrder] = {}
        self._by_transaction: dict[str, SimulatedOrder] = {}
        self._by_refund: dict[str, SimulatedOrder] = {}

    def create(self, request: NativeOrder, now: datetime) -> SimulatedOrder:
        """A new order, or the same one again with a fresh code. Raises RefusalError."""
        known = self.orders.get(request.out_trade_no)
        if known is None:
            order = SimulatedOrder(request, now, _code_url(), now, _payable_until(request, now))
            self.orders[request.out_trade_no] = order
            return order
        self._age(known, now)
        if known.request != request:
            raise RefusalError(400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致")
        if known.state == "CLOSED":
            raise RefusalError(400, "ORDER_CLOSED", "该订单已关闭")
        if known.state != "NOTPAY":
            raise RefusalError(400, "ORDERPAID", "该订单已支付")
        known.code_url, known.code_made_at = _code_url(), now
        return known

    def order(self, number: str, now: datetime) -> SimulatedOrder:
        """An order by the merchant's number. Raises RefusalError."""
        if number not in self.orders and self._remember(number) is None:
            raise RefusalError(404, "ORDER_NOT_EXIST", "订单不存在")
        self._age(self.orders[number], now)
        return self.orders[number]

    def paid_order(self, transaction_id: str, number: str = "") -> SimulatedOrder:
        """A paid order by either number. Raises RefusalError."""
        named = (
            self._by_transaction.get(transaction_id)
            or self.orders.get(number)
            or self._remember(transaction_id or number)
        )
        if named is None or named.paid_at is None:
            raise RefusalError(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
        return named

    def close(self, number: str, now: datetime) -> None:
        """Close an unpaid order, again if need be. Raises RefusalError."""
        order = self.order(number, now)
        if order.state not in {"NOTPAY", "CLOSED"}:
            raise RefusalError(400, "ORDERPAID", "该订单已支付")
        order.state = "CLOSED"

    def act(self, number: str, action: Action, now: datetime) -> SimulatedOrder:
        """What a buyer does. Raises UnknownTradeError, ImpossibleActionError."""
        if number not in self.orders:
            raise UnknownTradeError(number)
        order = self.orders[number]
        self._age(order, now)
        if not order.can_pay(now):
            message = f"{number} cannot be paid: {order.state}"
            raise ImpossibleActionError(message)
        if action is Action.PAY:
            self.pay(order, order.request.amount.total, now)
        elif action is Action.REFUSE:
            order.words = "支付失败：余额不足"
        elif action is Action.CLOSE:
            order.state = "CLOSED"
        return order

    def pay(self, order: SimulatedOrder, total: int, now: datetime) -> None:
        """Take the buyer's money."""
        digits = f"{secrets.randbelow(10**10):010d}"
        order.transaction_id = f"42000000{now.astimezone(BEIJING):%Y%m%d}{digits}"
        order.state, order.words = "SUCCESS", ""
        order.paid_at = now.astimezone(BEIJING).replace(microsecond=0)
        order.paid_total = total
        self._by_transaction[order.transaction_id] = order

    def refund(
        self, request: DomesticRefund, becomes: str, now: datetime, due: datetime
    ) -> tuple[SimulatedOrder, SimulatedRefund, bool]:
        """Order, refund and whether it is new; the same number again is the same refund.

        Raises RefusalError.
        """
        if known := self._known_refund(request.out_refund_no):
            if known[1].request != request:
                raise RefusalError(400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致")
            return *known, False
        order = self.paid_order(request.transaction_id, request.out_trade_no)
        _check_refund(order, request, now)
        refund_id = f"5030{now.astimezone(BEIJING):%Y%m%d}{secrets.randbelow(10**15):015d}"
        created = now.astimezone(BEIJING).replace(microsecond=0)
        refund = SimulatedRefund(request, refund_id, created, due, becomes)
        order.refunds[request.out_refund_no] = refund
        order.state = "REFUND"
        self._by_refund[request.out_refund_no] = order
        return order, refund, True

    def refund_by_number(self, number: str, now: datetime) -> Refund:
        """A refund as it stands. Raises RefusalError."""
        known = self._known_refund(number)
        if known is None:
            raise RefusalError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        order, refund = known
        if now >= refund.due:
            refund.finish(now.astimezone(BEIJING).replace(microsecond=0))
        return order.refund_said(refund)

    def _remember(self, number: str) -> SimulatedOrder | None:
        order = self._recalled(number)
        if order is not None:
            self.orders[order.request.out_trade_no] = order
            self._by_transaction[order.transaction_id] = order
        return order

    def _known_refund(self, number: str) -> tuple[SimulatedOrder, SimulatedRefund] | None:
        order = self._by_refund.get(number)
        return None if order is None else (order, order.refunds[number])

    @staticmethod
    def _age(order: SimulatedOrder, now: datetime) -> None:
        if order.state == "NOTPAY" and now > order.created_at + _ORDER_LASTS:
            order.state = "CLOSED"


def _check_refund(order: SimulatedOrder, request: DomesticRefund, now: datetime) -> None:
    taken = [one for one in order.refunds.values() if one.status != "CLOSED"]
    returned = sum(one.request.amount.refund for one in taken)
    reason = ""
    if request.amount.total != order.paid_total:
        reason = "订单金额与原订单不一致"
    elif returned + request.amount.refund > order.paid_total:
        reason = "退款金额大于可退金额"
    elif len(taken) >= _MOST_REFUNDS:
        reason = "部分退款超过50次"
    elif order.paid_at is None or now > order.paid_at + _REFUNDABLE:
        reason = "订单已超过可退款期限"
    if reason:
        raise RefusalError(400, "INVALID_REQUEST", reason)


def _payable_until(request: NativeOrder, now: datetime) -> datetime:
    if isinstance(request.time_expire, datetime):
        return min(max(request.time_expire, now + _SHORTEST), now + _LONGEST)
    return now + _ORDER_LASTS


def _code_url() -> str:
    return f"weixin://wxpay/bizpayurl?pr={secrets.token_urlsafe(6)}"
