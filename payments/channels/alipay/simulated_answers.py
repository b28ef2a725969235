"""The words of the simulated Alipay: how a sale or a refund is told in an answer."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from payments.channels.alipay import messages
from payments.channels.alipay.messages import BUSINESS_FAILED, SUCCESS, Answer, wall_clock
from payments.channels.alipay.simulated_trades import Returned, Sale
from payments.contract.money import Money

BUYER_ID: Final = "2088101117955611"
BUYER_LOGON: Final = "159****5620"
MESSAGES: Final = MappingProxyType(
    {
        SUCCESS: "Success",
        "20000": "Service Currently Unavailable",
        "40001": "Missing Required Arguments",
        "40002": "Invalid Arguments",
        "40003": "Insufficient Conditions",
        BUSINESS_FAILED: "Business Failed",
        "40005": "Call Limited",
        "40006": "Insufficient Permissions",
    }
)

_ZERO: Final = "0.00"
# One public client counts braces inside texts too.
_NO_BRACES: Final = str.maketrans("{}", "()")


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals."""
    return messages.yuan_of(Money(fen, messages.CURRENCY))


def refused(code: str, sub_code: str) -> Answer:
    """A failure as every method words it."""
    return Answer(code=code, msg=MESSAGES.get(code, ""), sub_code=sub_code, sub_msg=sub_code)


def no_trade(sub_code: str, number: str) -> messages.TradeAnswer:
    """A query about nothing still names the number and zero amounts."""
    return messages.TradeAnswer(
        code=BUSINESS_FAILED,
        msg=MESSAGES[BUSINESS_FAILED],
        sub_code=sub_code,
        sub_msg=sub_code,
        out_trade_no=number,
        buyer_pay_amount=_ZERO,
        invoice_amount=_ZERO,
        point_amount=_ZERO,
        receipt_amount=_ZERO,
    )


def trade(sale: Sale) -> messages.TradeAnswer:
    """How a trade stands; a time of payment only when it was paid."""
    paid = yuan(sale.amount if sale.paid_at else 0)
    return messages.TradeAnswer(
        code=SUCCESS,
        msg=MESSAGES[SUCCESS],
        trade_no=sale.trade_no,
        out_trade_no=sale.number,
        trade_status=str(sale.state),
        total_amount=yuan(sale.amount),
        buyer_logon_id=BUYER_LOGON,
        buyer_user_id=BUYER_ID,
        buyer_pay_amount=paid,
        invoice_amount=paid,
        point_amount=_ZERO,
        receipt_amount=paid,
        send_pay_date=wall_clock(sale.paid_at) if sale.paid_at else "",
    )


def closed(sale: Sale) -> messages.CloseAnswer:
    """The trade is closed."""
    return messages.CloseAnswer(
        code=SUCCESS,
        msg=MESSAGES[SUCCESS],
        trade_no=sale.trade_no,
        out_trade_no=sale.number,
    )


def refund(sale: Sale, returned: Returned, *, changed: bool) -> messages.RefundAnswer:
    """A refund was taken; the fee is the sum of all of the trade."""
    return messages.RefundAnswer(
        code=SUCCESS,
        msg=MESSAGES[SUCCESS],
        trade_no=sale.trade_no,
        out_trade_no=sale.number,
        buyer_logon_id=BUYER_LOGON,
        buyer_user_id=BUYER_ID,
        fund_change="Y" if changed else "N",
        refund_fee=yuan(sale.returned),
        gmt_refund_pay=wall_clock(returned.at),
    )


def refund_state(
    sale: Sale, returned: Returned | None, *, timed: bool
) -> messages.RefundQueryAnswer:
    """How a refund stands: success, or no word of it."""
    if returned is None:
        return messages.RefundQueryAnswer(code=SUCCESS, msg=MESSAGES[SUCCESS])
    return messages.RefundQueryAnswer(
        code=SUCCESS,
        msg=MESSAGES[SUCCESS],
        trade_no=sale.trade_no,
        out_trade_no=sale.number,
        out_request_no=returned.number,
        total_amount=yuan(sale.amount),
        refund_amount=yuan(returned.amount),
        refund_status="REFUND_SUCCESS",
        refund_reason=returned.reason.translate(_NO_BRACES),
        gmt_refund_pay=wall_clock(returned.at) if timed else "",
    )
