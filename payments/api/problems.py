"""Every refusal and every failure leaves as an RFC 9457 problem with a stable code.

One place turns what was raised into the document: our own refusals keep their code, what the
framework refuses (no such path, wrong method, too large a body) gets the code of its status, and
what nobody expected is logged in full and answered with no detail at all.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from payments.contract.problems import STATUS, Code, FieldProblem, RefusedError
from payments.flows.sign_in import RefusedForNowError
from payments.store.errors import DatabaseBusyError

MEDIA_TYPE: Final = "application/problem+json"

_log = structlog.get_logger(__name__)

# Codes that stand for a status the framework answered by itself.
_BY_STATUS: Final = {
    400: Code.BAD_REQUEST,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.TOO_LARGE,
    415: Code.UNSUPPORTED_MEDIA_TYPE,
}


def refused_field(error: msgspec.ValidationError, source: str) -> RefusedError:
    """A refused request whose ``source`` ("body", "query") does not fit its schema."""
    words, _, path = str(error).partition(" - at `$")
    pointer = path.rstrip("`").replace("[", "/").replace("]", "").replace(".", "/")
    return RefusedError(
        Code.INVALID_FIELD, f"the {source} does not fit its schema", (FieldProblem(pointer, words),)
    )


def answer(refusal: RefusedError) -> Response[bytes]:
    """The problem document of a refusal, with the header that its code calls for."""
    headers = {}
    if STATUS[refusal.code] == 401:  # noqa: PLR2004 - RFC 9110 asks this header of this status
        headers["www-authenticate"] = "Bearer"
    if isinstance(refusal, RefusedForNowError):
        headers["retry-after"] = str(refusal.retry_after_s)
    return Response(
        msgspec.json.encode(
            refusal.problem(structlog.contextvars.get_contextvars().get("request_id", ""))
        ),
        status_code=STATUS[refusal.code],
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def _refused(_request: Request[Any, Any, Any], refusal: RefusedError) -> Response[bytes]:
    return answer(refusal)


def _refused_by_framework(
    _request: Request[Any, Any, Any], error: HTTPException
) -> Response[bytes]:
    refusal = answer(RefusedError(_BY_STATUS.get(error.status_code, Code.BAD_REQUEST)))
    for name, value in (error.headers or {}).items():
        refusal.headers[name] = value
    return refusal


def _unavailable(_request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    _log.warning("database_unavailable", exc_info=error)
    return answer(RefusedForNowError(Code.UNAVAILABLE, retry_after_s=1))


def _unexpected(_request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    _log.error("request_failed", exc_info=error)
    return answer(RefusedError(Code.INTERNAL))


HANDLERS: Final[ExceptionHandlersMap] = {
    RefusedError: _refused,
    HTTPException: _refused_by_framework,
    DatabaseBusyError: _unavailable,
    Exception: _unexpected,
}
