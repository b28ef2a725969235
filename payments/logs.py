"""Structured logs: one JSON object per line on standard error, and nothing secret in any of them.

Three things keep secrets out. What is logged is named field by field and never a whole request.
Fields with a telling name are emptied whatever they hold. An exception is logged by its type and
the lines it passed through; its message is left out, because libraries quote values in messages.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final

import structlog

# Fields that are emptied wherever they turn up, also as part of a longer name.
_SECRET_NAMES: Final = (
    "password",
    "secret",
    "token",
    "authorization",
    "cookie",
    "credential",
    "private_key",
    "phone",
    "email",
    "payer_name",
)
_REMOVED: Final = "(removed)"


def set_up(level: str = "INFO") -> None:
    """Send every log of this process, the libraries' too, to standard error as JSON lines."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        failure_without_message,
        without_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def without_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Empty the fields whose name says that they hold a secret or a payer's identity."""
    for name in event:
        if any(secret in name.lower() for secret in _SECRET_NAMES):
            event[name] = _REMOVED
    return event


def failure_without_message(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace ``exc_info`` by the exception's type and the lines it passed through."""
    given = event.pop("exc_info", None)
    failure = sys.exc_info()[1] if given is True else given
    if isinstance(failure, tuple):
        failure = failure[1]
    if isinstance(failure, BaseException):
        event["failure"] = type(failure).__qualname__
        event["passed"] = [
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(failure.__traceback__)
        ]
    return event
