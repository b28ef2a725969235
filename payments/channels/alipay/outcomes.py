"""What the gateway's words mean for a payment or a refund. What is not listed here is unknown.

Pure: verified answers and notifications in, outcomes of the channel protocol out.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from payments.channels.alipay.messages import (
    SUCCESS,
    Answer,
    CloseAnswer,
    PrecreateAnswer,
    RefundAnswer,
    RefundQueryAnswer,
    TradeAnswer,
    TradeNotice,
    TradeState,
    instant_from,
    money_from,
)
from payments.channels.protocol import (
    AttemptRef,
    Instruction,
    Notice,
    Outcome,
    PaymentResult,
    RefundOutcome,
    RefundRequest,
    RefundResult,
    UnreadableNotificationError,
)


class Kind(StrEnum):
    """What a request can do, which decides how far an unsigned failure is believed."""

    READ = "read"
    WRITE = "write"
    MONEY = "money"


# The gateway refused the request as such: nothing happened and nothing will until the
# application's set-up is mended.
REFUSED_CODES: Final = frozenset({"20001", "40001", "40002", "40003", "40006"})
LIMITED_CODE: Final = "40005"

_UNSIGNED_REFUSALS: Final = frozenset({"40001", "40002", "40006"})

# A payable request may stand under the number, or it is paid: ask before anything else.
_ASK_FIRST_ON_START: Final = frozenset(
    {"TRADE_HAS_SUCCESS", "CONTEXT_INCONSISTENT", "APPLY_PC_MERCHANT_CODE_ERROR"}
)
_FINAL_ON_START: Final = frozenset(
    {
        "INVALID_PARAMETER",
        "ACCESS_FORBIDDEN",
        "EXIST_FORBIDDEN_WORD",
        "PARTNER_ERROR",
        "TOTAL_FEE_EXCEED",
        "TRADE_HAS_CLOSE",
        "BUYER_SELLER_EQUAL",
        "TRADE_BUYER_NOT_MATCH",
        "BEYOND_PAY_RESTRICTION",
        "SELLER_BEEN_BLOCKED",
        "INVALID_RECEIVE_ACCOUNT",
        "NOW_TIME_AFTER_EXPIRE_TIME_ERROR",
        "MERCHANT_STATUS_NOT_NORMAL",
        "RISK_MERCHANT_IP_NOT_EXIST",
    }
)
# The trade is in no state to be closed: probably paid or closed already.
ASK_ON_CLOSE: Final = frozenset(
    {"TRADE_STATUS_ERROR", "REASON_TRADE_STATUS_INVALID", "REASON_ILLEGAL_STATUS"}
)
# The trade is in no state to be refunded: unpaid, or refunded in full already.
ASK_ON_REFUND: Final = frozenset(
    {"TRADE_NOT_EXIST", "TRADE_STATUS_ERROR", "REASON_TRADE_STATUS_INVALID", "TRADE_HAS_CLOSE"}
)
_REFUND_REFUSALS: Final = {
    "SELLER_BALANCE_NOT_ENOUGH": RefundResult.RETRY_LATER,
    "DISCORDANT_REPEAT_REQUEST": RefundResult.FAILED,
    "REFUND_AMT_NOT_EQUAL_TOTAL": RefundResult.FAILED,
    "REASON_TRADE_REFUND_FEE_ERR": RefundResult.FAILED,
    "REFUND_FEE_ERROR": RefundResult.FAILED,
    "TRADE_HAS_FINISHED": RefundResult.FAILED,
    "TRADE_NOT_ALLOW_REFUND": RefundResult.FAILED,
    "REASON_TRADE_BEEN_FREEZEN": RefundResult.FAILED,
    "NOT_ALLOW_PARTIAL_REFUND": RefundResult.FAILED,
    "ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND": RefundResult.FAILED,
    "CURRENCY_NOT_SUPPORT": RefundResult.FAILED,
    "INVALID_PARAMETER": RefundResult.FAILED,
    "BUYER_ENABLE_STATUS_FORBID": RefundResult.REQUIRES_ACTION,
    "BUYER_NOT_EXIST": RefundResult.REQUIRES_ACTION,
    "BUYER_ERROR": RefundResult.REQUIRES_ACTION,
}


def believed_unsigned(code: str, kind: Kind) -> bool:
    """Whether a failure without a signature counts; a success never does, nor one about money."""
    if code == SUCCESS or kind is Kind.MONEY:
        return False
    return kind is Kind.READ or code in _UNSIGNED_REFUSALS


def instruction(answer: PrecreateAnswer, number: str) -> Instruction:
    """What the answer to a new QR payment says."""
    if answer.taken and answer.qr_code and answer.out_trade_no == number:
        return Instruction(PaymentResult.NOT_YET, kind="qr", content=answer.qr_code)
    if answer.code in REFUSED_CODES or answer.business_reason in _FINAL_ON_START:
        return Instruction(PaymentResult.FAILED, failure=answer.reason)
    return Instruction(PaymentResult.UNKNOWN, failure=answer.reason)


def payment(answer: TradeAnswer, attempt: AttemptRef) -> Outcome:
    """How the queried trade stands. A trade that does not exist may still come to exist."""
    if answer.business_reason == "TRADE_NOT_EXIST":
        return Outcome(PaymentResult.NOT_YET, attempt.attempt_id)
    amount = money_from(answer.total_amount)
    if not answer.taken or amount is None or not answer.out_trade_no:
        return unknown_payment(answer, attempt)
    was_paid = bool(answer.send_pay_date or answer.refund_fee or answer.gmt_refund)
    result = _payment_result(answer.trade_status, was_paid=was_paid)
    return Outcome(
        result,
        answer.out_trade_no,
        amount=amount,
        channel_ref=answer.trade_no,
        paid_at=instant_from(answer.send_pay_date),
        payer_ref=answer.buyer_user_id or answer.buyer_open_id,
        failure=answer.trade_status if result is PaymentResult.UNKNOWN else "",
    )


def _payment_result(status: str, *, was_paid: bool) -> PaymentResult:
    if status == TradeState.CLOSED:
        return PaymentResult.REFUNDED if was_paid else PaymentResult.CLOSED
    return {
        TradeState.WAITING.value: PaymentResult.NOT_YET,
        TradeState.SUCCESS.value: PaymentResult.PAID,
        TradeState.FINISHED.value: PaymentResult.PAID,
    }.get(status, PaymentResult.UNKNOWN)


def unknown_payment(answer: Answer, attempt: AttemptRef) -> Outcome:
    """Nothing is known of the payment; the reason is kept."""
    return Outcome(PaymentResult.UNKNOWN, attempt.attempt_id, failure=answer.reason)


def closing(answer: CloseAnswer, attempt: AttemptRef) -> Outcome:
    """What the answer to a close says, apart from ``ASK_ON_CLOSE``.

    Without a trade there is nothing to close, and the buyer may still come until it expires.
    """
    if answer.taken:
        return Outcome(
            PaymentResult.CLOSED, attempt.attempt_id, attempt.amount, channel_ref=answer.trade_no
        )
    if answer.business_reason == "TRADE_NOT_EXIST":
        return Outcome(PaymentResult.NOT_YET, attempt.attempt_id, failure=answer.reason)
    return unknown_payment(answer, attempt)


def refund(answer: RefundAnswer, request: RefundRequest) -> RefundOutcome:
    """What the answer to a refund says, apart from ``ASK_ON_REFUND``.

    Only a change of funds is a success of *this* refund; without one (a repeated request) it is
    undecided and has to be asked about.
    """
    result = _REFUND_REFUSALS.get(answer.business_reason, RefundResult.UNKNOWN)
    if answer.taken:
        changed = answer.fund_change == "Y"
        result = RefundResult.SUCCEEDED if changed else RefundResult.PROCESSING
    elif answer.code == LIMITED_CODE:
        result = RefundResult.RETRY_LATER
    elif answer.code in REFUSED_CODES:
        result = RefundResult.FAILED
    return RefundOutcome(
        result,
        request.refund_id,
        request.attempt_id,
        channel_ref=answer.trade_no,
        finished_at=instant_from(answer.gmt_refund_pay),
        failure="" if answer.taken else answer.reason,
    )


def refund_state(answer: RefundQueryAnswer, request: RefundRequest) -> RefundOutcome:
    """How the queried refund stands; no status means that it was not received, or failed."""
    result = RefundResult.UNKNOWN
    if answer.taken and not answer.refund_status:
        result = RefundResult.NOT_FOUND
    elif answer.taken and answer.refund_status == "REFUND_SUCCESS":
        same = answer.out_request_no == request.refund_id
        result = RefundResult.SUCCEEDED if same else RefundResult.UNKNOWN
    return RefundOutcome(
        result,
        request.refund_id,
        request.attempt_id,
        amount=money_from(answer.refund_amount) if answer.refund_amount else None,
        channel_ref=answer.trade_no,
        finished_at=instant_from(answer.gmt_refund_pay),
        failure=(answer.refund_status or answer.reason if result is RefundResult.UNKNOWN else ""),
    )


def refused_refund(
    found: Outcome, asked: RefundOutcome, refusal: RefundOutcome, request: RefundRequest
) -> RefundOutcome:
    """What a refund refused for the trade's state comes to, once both have been asked about.

    Where everything went back already it may have been by this very refund: it has failed only if
    the provider says that it does not know it.
    """
    failed = found.result in {PaymentResult.NOT_YET, PaymentResult.CLOSED} or (
        found.result is PaymentResult.REFUNDED and asked.result is RefundResult.NOT_FOUND
    )
    result = RefundResult.FAILED if failed else RefundResult.UNKNOWN
    return RefundOutcome(result, request.refund_id, request.attempt_id, failure=refusal.failure)


def notice(told: TradeNotice, *, app_id: str, seller_id: str) -> Notice:
    """What a verified notification says. Raises UnreadableNotificationError.

    A refund's notification repeats the trade's state; it names the refund but not its amount, only
    the sum of all refunds.
    """
    amount = money_from(told.total_amount)
    refunded = bool(told.refund_fee or told.gmt_refund)
    result = _payment_result(told.trade_status, was_paid=refunded)
    if amount is None or result is PaymentResult.UNKNOWN:
        what = f"{told.trade_status} of {told.total_amount} for {told.out_trade_no}"
        raise UnreadableNotificationError(what)
    paid = Outcome(
        result,
        told.out_trade_no,
        amount=amount,
        merchant_matches=told.app_id == app_id and told.seller_id == seller_id,
        channel_ref=told.trade_no,
        paid_at=instant_from(told.gmt_payment),
        payer_ref=told.buyer_id or told.buyer_open_id,
    )
    if not (refunded and told.out_biz_no):
        return Notice(told.notify_id, payment=paid)
    returned = RefundOutcome(
        RefundResult.SUCCEEDED,
        told.out_biz_no,
        told.out_trade_no,
        channel_ref=told.trade_no,
        finished_at=instant_from(told.gmt_refund),
    )
    return Notice(told.notify_id, payment=paid, refund=returned)
