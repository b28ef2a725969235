"""The JSON of WeChat Pay APIv3 and what it means, both ways and without side effects.

Adapter and simulator share these structs. Requests refuse unknown fields as the provider does;
answers ignore them. Amounts are integer fen. A code or state that is not in a table here is
*unknown*, never a success or a failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import msgspec

from payments.channels.protocol import (
    Outcome,
    PaymentRequest,
    PaymentResult,
    RefundOutcome,
    RefundRequest,
    RefundResult,
)
from payments.contract.money import (
    AmountError,
    CurrencyMismatchError,
    Money,
    UnknownCurrencyError,
)

BEIJING: Final = timezone(timedelta(hours=8))
LONGEST_TITLE: Final = 127
LONGEST_REASON: Final = 80

Fen = Annotated[int, msgspec.Meta(ge=1, le=10**12)]
AppId = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
MchId = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
OutTradeNo = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_\-|*]{6,32}$")]
OutRefundNo = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_\-|*@]{1,64}$")]
NotifyUrl = Annotated[str, msgspec.Meta(pattern=r"^https://[^?#\s]+$", max_length=255)]
Text16 = Annotated[str, msgspec.Meta(max_length=16)]
Text32 = Annotated[str, msgspec.Meta(max_length=32)]
Text128 = Annotated[str, msgspec.Meta(max_length=128)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class _Request(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What a merchant sends: optional fields are left out, never null."""


class _Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the provider sends."""


class OrderAmount(_Request, frozen=True):
    """The amount of an order."""

    total: Fen
    currency: Literal["CNY"] | msgspec.UnsetType = msgspec.UNSET


class SettleInfo(_Request, frozen=True):
    """Whether the money is frozen for profit sharing."""

    profit_sharing: bool = False


class NativeOrder(_Request, frozen=True):
    """``POST /v3/pay/transactions/native``: an order paid by scanning a QR code."""

    appid: AppId
    mchid: MchId
    description: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TITLE)]
    out_trade_no: OutTradeNo
    notify_url: NotifyUrl
    amount: OrderAmount
    time_expire: Instant | msgspec.UnsetType = msgspec.UNSET
    attach: Text128 | msgspec.UnsetType = msgspec.UNSET
    goods_tag: Text32 | msgspec.UnsetType = msgspec.UNSET
    support_fapiao: bool | msgspec.UnsetType = msgspec.UNSET
    limit_pay: list[str] | msgspec.UnsetType = msgspec.UNSET
    settle_info: SettleInfo | msgspec.UnsetType = msgspec.UNSET
    detail: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    scene_info: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class CloseOrder(_Request, frozen=True):
    """Body of ``…/out-trade-no/{out_trade_no}/close``."""

    mchid: MchId


class RefundAmount(_Request, frozen=True):
    """What to return of which total."""

    refund: Fen
    total: Fen
    currency: Literal["CNY"]


class DomesticRefund(_Request, frozen=True):
    """``POST /v3/refund/domestic/refunds``; one of the two numbers of the order is given."""

    out_refund_no: OutRefundNo
    amount: RefundAmount
    transaction_id: Text32 = ""
    out_trade_no: Text32 = ""
    reason: Annotated[str, msgspec.Meta(max_length=LONGEST_REASON)] = ""
    notify_url: NotifyUrl | msgspec.UnsetType = msgspec.UNSET
    funds_account: Literal["AVAILABLE"] | msgspec.UnsetType = msgspec.UNSET
    goods_detail: list[dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET


class CodeUrl(_Answer, frozen=True):
    """The answer to a native order: what the QR code says."""

    code_url: str


class Payer(_Answer, frozen=True):
    """Who paid."""

    openid: str = ""


class PaidAmount(_Answer, frozen=True):
    """The order's amount; ``payer_total`` is less when coupons were used."""

    total: int
    currency: str
    payer_total: int = 0
    payer_currency: str = ""


class Transaction(_Answer, frozen=True):
    """A payment as the order query and the payment notification tell it."""

    appid: str
    mchid: str
    out_trade_no: str
    trade_state: str
    trade_state_desc: str = ""
    transaction_id: str = ""
    trade_type: str = ""
    bank_type: str = ""
    attach: str = ""
    success_time: Instant | None = None
    payer: Payer = Payer()
    amount: PaidAmount | None = None


class RefundedAmount(_Answer, frozen=True):
    """Amounts of a refund; its notification leaves the currency out, refunds are in CNY only."""

    total: int
    refund: int
    payer_total: int = 0
    payer_refund: int = 0
    settlement_refund: int = 0
    settlement_total: int = 0
    discount_refund: int = 0
    currency: str = ""


class Refund(_Answer, frozen=True):
    """A refund as its query tells it (``status``)."""

    refund_id: str
    out_refund_no: str
    transaction_id: str
    out_trade_no: str
    status: str
    amount: RefundedAmount
    channel: str = ""
    user_received_account: str = ""
    create_time: Instant | None = None
    success_time: Instant | None = None
    funds_account: str = ""


class RefundNotice(_Answer, frozen=True):
    """A refund as its notification tells it (``refund_status``, and no currency)."""

    mchid: str
    out_trade_no: str
    transaction_id: str
    out_refund_no: str
    refund_id: str
    refund_status: str
    amount: RefundedAmount
    success_time: Instant | None = None
    user_received_account: str = ""


class Sealed(_Answer, frozen=True):
    """An encrypted resource (AES-256-GCM with the APIv3 key)."""

    ciphertext: str
    nonce: str
    algorithm: Literal["AEAD_AES_256_GCM"]
    associated_data: str = ""
    original_type: str = ""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A notification; ``id`` is the same on retries."""

    id: str
    create_time: str
    event_type: str
    resource: Sealed
    resource_type: Literal["encrypt-resource"]
    summary: str = ""


class PlatformCertificate(_Answer, frozen=True):
    """One sealed certificate of the provider."""

    serial_no: str
    effective_time: str
    expire_time: str
    encrypt_certificate: Sealed


class PlatformCertificates(msgspec.Struct, frozen=True):
    """The answer of ``GET /v3/certificates``."""

    data: list[PlatformCertificate]


class ErrorDetail(_Answer, frozen=True):
    """Which field a parameter error is about."""

    field: str = ""
    issue: str = ""
    location: str = ""
    value: str = ""


class Error(_Answer, frozen=True):
    """The body of every answer that is no success."""

    code: str
    message: str = ""
    detail: ErrorDetail | None = None


def bare(code: str) -> str:
    """An error code in the one spelling used in the tables: document generations differ in ``_``."""
    return code.upper().replace("_", "")


# Refused for good: this number never becomes a payment.
REFUSED_CREATES: Final = frozenset(
    {
        "ACCOUNTERROR",
        "APPIDMCHIDNOTMATCH",
        "MCHNOTEXISTS",
        "NOAUTH",
        "PARAMERROR",
        "RULELIMIT",
        "SIGNERROR",
    }
)
# Something is known of this number: only a query can tell what.
ASK_AFTER_CREATE: Final = frozenset(
    {"INVALIDREQUEST", "ORDERCLOSED", "ORDERPAID", "OUTTRADENOUSED", "TRADEERROR"}
)
ORDER_NOT_EXIST: Final = "ORDERNOTEXIST"

PAYMENT_RESULTS: Final[Mapping[str, PaymentResult]] = MappingProxyType(
    {
        "NOTPAY": PaymentResult.NOT_YET,
        "PAYERROR": PaymentResult.NOT_YET,  # the payer may try again until the order is closed
        "USERPAYING": PaymentResult.PROCESSING,
        "SUCCESS": PaymentResult.PAID,
        # A refund of any part was started; the refund records, not this state, tell how much.
        "REFUND": PaymentResult.PAID,
        "CLOSED": PaymentResult.CLOSED,
        "REVOKED": PaymentResult.CLOSED,
    }
)

REFUND_RESULTS: Final[Mapping[str, RefundResult]] = MappingProxyType(
    {
        "PROCESSING": RefundResult.PROCESSING,
        "SUCCESS": RefundResult.SUCCEEDED,
        "CLOSED": RefundResult.FAILED,
        "ABNORMAL": RefundResult.REQUIRES_ACTION,
    }
)

REFUND_ERRORS: Final[Mapping[str, RefundResult]] = MappingProxyType(
    {
        "FREQUENCYLIMITED": RefundResult.RETRY_LATER,
        "RATELIMITEXCEEDED": RefundResult.RETRY_LATER,
        "NOTENOUGH": RefundResult.RETRY_LATER,
        "USERACCOUNTABNORMAL": RefundResult.REQUIRES_ACTION,
        "RESOURCENOTEXISTS": RefundResult.FAILED,
        "PARAMERROR": RefundResult.FAILED,
        "SIGNERROR": RefundResult.FAILED,
        "NOAUTH": RefundResult.FAILED,
        "MCHNOTEXISTS": RefundResult.FAILED,
        "REQUESTBLOCKED": RefundResult.FAILED,
    }
)


def native_order(request: PaymentRequest, *, appid: str, mchid: str) -> NativeOrder:
    """The order that starts a payment. Raises CurrencyMismatchError for anything but CNY."""
    return NativeOrder(
        appid=appid,
        mchid=mchid,
        description=request.title[:LONGEST_TITLE],
        out_trade_no=request.attempt_id,
        notify_url=request.notify_url,
        amount=OrderAmount(total=_fen(request.amount), currency="CNY"),
        time_expire=request.expires_at.astimezone(BEIJING).replace(microsecond=0),
    )


def domestic_refund(request: RefundRequest) -> DomesticRefund:
    """The refund that is asked for, by WeChat's number of the payment where it is known.

    Raises CurrencyMismatchError for anything but CNY.
    """
    return DomesticRefund(
        out_refund_no=request.refund_id,
        transaction_id=request.channel_ref,
        out_trade_no="" if request.channel_ref else request.attempt_id,
        reason=request.reason[:LONGEST_REASON],
        notify_url=request.notify_url or msgspec.UNSET,
        amount=RefundAmount(refund=_fen(request.amount), total=_fen(request.total), currency="CNY"),
    )


def outcome(said: Transaction, *, appid: str, mchid: str) -> Outcome:
    """What a transaction says. The order's ``total`` counts, not what coupons left to pay."""
    return Outcome(
        result=PAYMENT_RESULTS.get(said.trade_state, PaymentResult.UNKNOWN),
        attempt_id=said.out_trade_no,
        amount=_money(said.amount.total, said.amount.currency) if said.amount else None,
        merchant_matches=(said.appid, said.mchid) == (appid, mchid),
        channel_ref=said.transaction_id,
        paid_at=said.success_time,
        payer_ref=said.payer.openid,
        failure=said.trade_state if said.trade_state not in PAYMENT_RESULTS else "",
    )


def refund_outcome(said: Refund | RefundNotice) -> RefundOutcome:
    """What a refund query, the answer to a refund, or its notification says."""
    status = said.status if isinstance(said, Refund) else said.refund_status
    result = REFUND_RESULTS.get(status, RefundResult.UNKNOWN)
    understood = result in {RefundResult.PROCESSING, RefundResult.SUCCEEDED}
    return RefundOutcome(
        result=result,
        refund_id=said.out_refund_no,
        attempt_id=said.out_trade_no,
        amount=_money(said.amount.refund, said.amount.currency or "CNY"),
        channel_ref=said.refund_id,
        finished_at=said.success_time,
        failure="" if understood else status,
    )


def _fen(money: Money) -> int:
    if money.currency != "CNY":
        raise CurrencyMismatchError(money.currency)
    return money.amount


def _money(fen: int, currency: str) -> Money | None:
    """The amount, or nothing where it is none that Suanpan handles (which equals no order's)."""
    try:
        return Money(fen, currency)
    except (AmountError, UnknownCurrencyError):
        return None
