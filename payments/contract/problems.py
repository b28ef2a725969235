"""Every way the services refuse, as a stable code: RFC 9457 problem details.

The console turns codes into words; it never shows a sentence that a server sent.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec


class Code(StrEnum):
    """The stable name of a refusal."""

    BAD_REQUEST = "bad_request"
    INVALID_FIELD = "invalid_field"
    NOT_SIGNED_IN = "not_signed_in"
    WRONG_CREDENTIALS = "wrong_credentials"
    SECOND_FACTOR_REQUIRED = "second_factor_required"
    LOCKED_OUT = "locked_out"
    SESSION_ENDED = "session_ended"
    NOT_ALLOWED = "not_allowed"
    SECOND_PERSON_REQUIRED = "second_person_required"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    TOO_LARGE = "too_large"
    IDEMPOTENCY_KEY_MISSING = "idempotency_key_missing"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    VERSION_MISSING = "version_missing"
    VERSION_CHANGED = "version_changed"
    STEP_REFUSED = "step_refused"
    ORDER_NOT_PAYABLE = "order_not_payable"
    PRODUCT_NOT_ON_SALE = "product_not_on_sale"
    CURRENCY_NOT_SUPPORTED = "currency_not_supported"
    NO_CHANNEL_AVAILABLE = "no_channel_available"
    CHANNEL_NOT_CONFIGURED = "channel_not_configured"
    CHANNEL_REFUSED = "channel_refused"
    INSUFFICIENT_BALANCE = "insufficient_balance"
    REFUND_EXCEEDS_PAID = "refund_exceeds_paid"
    REFUND_WINDOW_OVER = "refund_window_over"
    ORDER_NOT_REFUNDABLE = "order_not_refundable"
    ALREADY_EXISTS = "already_exists"
    TOO_MANY_REQUESTS = "too_many_requests"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


STATUS: Final = MappingProxyType(
    {
        Code.BAD_REQUEST: 400,
        Code.INVALID_FIELD: 400,
        Code.NOT_SIGNED_IN: 401,
        Code.WRONG_CREDENTIALS: 401,
        Code.SECOND_FACTOR_REQUIRED: 401,
        Code.SESSION_ENDED: 401,
        Code.LOCKED_OUT: 429,
        Code.NOT_ALLOWED: 403,
        Code.SECOND_PERSON_REQUIRED: 403,
        Code.NOT_FOUND: 404,
        Code.METHOD_NOT_ALLOWED: 405,
        Code.UNSUPPORTED_MEDIA_TYPE: 415,
        Code.TOO_LARGE: 413,
        Code.IDEMPOTENCY_KEY_MISSING: 400,
        Code.IDEMPOTENCY_KEY_REUSED: 422,
        Code.VERSION_MISSING: 428,
        Code.VERSION_CHANGED: 412,
        Code.STEP_REFUSED: 409,
        Code.ORDER_NOT_PAYABLE: 409,
        Code.PRODUCT_NOT_ON_SALE: 409,
        Code.CURRENCY_NOT_SUPPORTED: 422,
        Code.NO_CHANNEL_AVAILABLE: 409,
        Code.CHANNEL_NOT_CONFIGURED: 409,
        Code.CHANNEL_REFUSED: 502,
        Code.INSUFFICIENT_BALANCE: 409,
        Code.REFUND_EXCEEDS_PAID: 409,
        Code.REFUND_WINDOW_OVER: 409,
        Code.ORDER_NOT_REFUNDABLE: 409,
        Code.ALREADY_EXISTS: 409,
        Code.TOO_MANY_REQUESTS: 429,
        Code.INTERNAL: 500,
        Code.UNAVAILABLE: 503,
    }
)


class FieldProblem(msgspec.Struct, frozen=True):
    """One field of a request that was refused."""

    pointer: str
    detail: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every answer that is not a success (``application/problem+json``)."""

    type: str
    title: str
    status: int
    code: Code
    detail: str = ""
    request_id: str = ""
    errors: tuple[FieldProblem, ...] = ()


class RefusedError(Exception):
    """A request that the rules refuse; nothing was changed."""

    def __init__(self, code: Code, detail: str = "", errors: tuple[FieldProblem, ...] = ()) -> None:
        super().__init__(f"{code.value}: {detail}" if detail else code.value)
        self.code = code
        self.detail = detail
        self.errors = errors

    def problem(self, request_id: str = "") -> Problem:
        """The problem document for this refusal."""
        return Problem(
            type=f"urn:suanpan:problem:{self.code.value}",
            title=self.code.value.replace("_", " ").capitalize(),
            status=STATUS[self.code],
            code=self.code,
            detail=self.detail,
            request_id=request_id,
            errors=self.errors,
        )
