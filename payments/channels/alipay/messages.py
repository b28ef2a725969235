"""What is said to the Alipay gateway and what it says, as values; used by both sides of the wire.

Everything on the wire is text: amounts are yuan with two decimals, instants are Beijing wall-clock
time without a zone. An empty field is never sent.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

import msgspec

from payments.contract.money import AmountError, Money, money_of

BEIJING: Final = timezone(timedelta(hours=8))
CURRENCY: Final = "CNY"
SMALLEST: Final = 1
LARGEST: Final = 100_000_000_00
PAGE_PRODUCT: Final = "FAST_INSTANT_TRADE_PAY"
QR_PRODUCT: Final = "FACE_TO_FACE_PAYMENT"
SUCCESS: Final = "10000"
BUSINESS_FAILED: Final = "40004"
# Codes of our own for an answer that never came or proves nothing; no code of the gateway is empty.
UNHEARD: Final = ""

_INSTANT: Final = "%Y-%m-%d %H:%M:%S"
_LONGEST_SUBJECT: Final = 256
_UNWANTED_IN_SUBJECT: Final = str.maketrans("/=&", "   ")


class Operation(StrEnum):
    """The gateway's methods that are used here."""

    PAGE_PAY = "alipay.trade.page.pay"
    WAP_PAY = "alipay.trade.wap.pay"
    PRECREATE = "alipay.trade.precreate"
    QUERY = "alipay.trade.query"
    CLOSE = "alipay.trade.close"
    REFUND = "alipay.trade.refund"
    REFUND_QUERY = "alipay.trade.fastpay.refund.query"
    CERTIFICATE = "alipay.open.app.alipaycert.download"

    @property
    def node(self) -> str:
        """The name of the answer's node."""
        return self.value.replace(".", "_") + "_response"


ERROR_NODE: Final = "error_response"


class TradeState(StrEnum):
    """``trade_status``; paid are SUCCESS and FINISHED, CLOSED is unpaid or fully refunded."""

    WAITING = "WAIT_BUYER_PAY"
    SUCCESS = "TRADE_SUCCESS"
    FINISHED = "TRADE_FINISHED"
    CLOSED = "TRADE_CLOSED"


class Content(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The business content of a request."""

    def text(self) -> str:
        """Compact JSON: what is signed is what is sent."""
        return msgspec.json.encode(self).decode()


class NewTrade(Content, frozen=True, omit_defaults=True, kw_only=True):
    """Ask for a payment: QR code, PC page or phone page, told apart by ``product_code``."""

    out_trade_no: str
    total_amount: str
    subject: str
    product_code: str = ""
    body: str = ""
    time_expire: str = ""
    timeout_express: str = ""
    passback_params: str = ""
    goods_type: str = ""
    quit_url: str = ""


class TradeName(Content, frozen=True, omit_defaults=True, kw_only=True):
    """Query or close a trade; the provider's number wins over the merchant's."""

    out_trade_no: str = ""
    trade_no: str = ""


class NewRefund(TradeName, frozen=True, omit_defaults=True, kw_only=True):
    """Return money; ``out_request_no`` is the idempotency key within the trade."""

    refund_amount: str
    out_request_no: str = ""
    refund_reason: str = ""


class RefundName(TradeName, frozen=True, omit_defaults=True, kw_only=True):
    """Ask how a refund stands; its time is told only when asked for."""

    out_request_no: str
    query_options: tuple[str, ...] = ()


class CertificateName(Content, frozen=True, omit_defaults=True, kw_only=True):
    """Ask for the certificate that an answer named."""

    alipay_cert_sn: str


class Answer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The gateway's verdict, in every answer."""

    code: str
    msg: str = ""
    sub_code: str = ""
    sub_msg: str = ""

    @property
    def taken(self) -> bool:
        """The gateway took the request; what came of it stands in the other fields."""
        return self.code == SUCCESS

    @property
    def reason(self) -> str:
        """The code to log and to look up: the detailed one where there is one."""
        return self.sub_code or self.code

    @property
    def business_reason(self) -> str:
        """The detailed code of a business failure without its prefix, else empty."""
        if self.code != BUSINESS_FAILED:
            return ""
        return self.sub_code.removeprefix("ACQ.").removeprefix("AQC.")


class PrecreateAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """A QR code for one payment."""

    out_trade_no: str = ""
    qr_code: str = ""


class TradeAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """How a trade stands."""

    trade_no: str = ""
    out_trade_no: str = ""
    trade_status: str = ""
    total_amount: str = ""
    buyer_logon_id: str = ""
    buyer_user_id: str = ""
    buyer_open_id: str = ""
    buyer_pay_amount: str = ""
    invoice_amount: str = ""
    point_amount: str = ""
    receipt_amount: str = ""
    send_pay_date: str = ""
    subject: str = ""
    passback_params: str = ""
    refund_fee: str = ""
    gmt_refund: str = ""


class CloseAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """The trade is closed."""

    trade_no: str = ""
    out_trade_no: str = ""


class RefundAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """A refund was taken; ``refund_fee`` is what the trade has had refunded altogether."""

    trade_no: str = ""
    out_trade_no: str = ""
    buyer_logon_id: str = ""
    buyer_user_id: str = ""
    fund_change: str = ""
    refund_fee: str = ""
    gmt_refund_pay: str = ""


class RefundQueryAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """How a refund stands; all is absent when the gateway does not know the refund."""

    trade_no: str = ""
    out_trade_no: str = ""
    out_request_no: str = ""
    total_amount: str = ""
    refund_amount: str = ""
    refund_status: str = ""
    refund_reason: str = ""
    gmt_refund_pay: str = ""


class CertificateAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """A certificate: base64 of its PEM text."""

    alipay_cert_content: str = ""


class TradeNotice(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The parameters of a trade notification; ``refund_fee`` is cumulative, ``out_biz_no`` the refund."""

    notify_id: str
    notify_type: str = ""
    notify_time: str = ""
    app_id: str
    auth_app_id: str = ""
    charset: str = "utf-8"
    version: str = ""
    trade_no: str
    out_trade_no: str
    out_biz_no: str = ""
    buyer_id: str = ""
    buyer_open_id: str = ""
    buyer_logon_id: str = ""
    seller_id: str
    seller_email: str = ""
    trade_status: str
    total_amount: str
    receipt_amount: str = ""
    invoice_amount: str = ""
    buyer_pay_amount: str = ""
    point_amount: str = ""
    refund_fee: str = ""
    subject: str = ""
    body: str = ""
    passback_params: str = ""
    gmt_create: str = ""
    gmt_payment: str = ""
    gmt_refund: str = ""
    gmt_close: str = ""


def yuan_of(money: Money) -> str:
    """Yuan with two decimals."""
    return money.plain()


def money_from(yuan: str) -> Money | None:
    """Read yuan exactly; None for what is no amount of yuan and fen."""
    try:
        money = money_of(yuan, CURRENCY)
    except AmountError:
        return None
    return money if money.amount >= 0 else None


def wall_clock(instant: datetime) -> str:
    """An instant as Beijing wall-clock time."""
    return instant.astimezone(BEIJING).strftime(_INSTANT)


def instant_from(text: str) -> datetime | None:
    """Read Beijing wall-clock time, with or without a fraction; None for anything else."""
    whole, _, _ = text.partition(".")
    try:
        return datetime.strptime(whole, _INSTANT).replace(tzinfo=BEIJING).astimezone(UTC)
    except ValueError:
        return None


def subject_of(title: str) -> str:
    """A title as the gateway wants it: without ``/ = &``, at most 256 characters."""
    return title.translate(_UNWANTED_IN_SUBJECT)[:_LONGEST_SUBJECT]
