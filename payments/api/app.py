"""The HTTPS application: every declared route, the problems, the request log, the document."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Final

import structlog
from litestar import Litestar, Response
from litestar.config.compression import CompressionConfig
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from payments import VERSION
from payments.api import openapi, problems
from payments.api.calls import handler_of
from payments.api.rights import Door
from payments.api.route import Route
from payments.api.routes import (
    customers,
    feed,
    ledger,
    notifications,
    orders,
    payments,
    products,
    refunds,
    risk,
    service,
    sessions,
)
from payments.api.services import Services

# The largest body that any route has use for; provider notifications are below 64 KiB as well.
LARGEST_BODY: Final = 256 * 1024
_COMPRESSION: Final = CompressionConfig(backend="gzip", gzip_compress_level=1, minimum_size=4096)
ROUTES: Final[Sequence[Route]] = (
    *service.ROUTES,
    *sessions.ROUTES,
    *feed.ROUTES,
    *orders.ROUTES,
    *payments.ROUTES,
    *refunds.ROUTES,
    *risk.ROUTES,
    *products.ROUTES,
    *customers.ROUTES,
    *ledger.ROUTES,
)

_log = structlog.get_logger(__name__)


def create_app(services: Services, *, compressed: bool = False) -> ASGIApp:
    """The application over running services; it starts and stops nothing itself.

    ``compressed`` for clients beyond this machine: on loopback it costs more than it saves.
    """
    door = Door(services.desk)
    application = Litestar(
        route_handlers=[
            *(handler_of(route, services, door) for route in ROUTES),
            *notifications.handlers(services),
            _document(),
        ],
        exception_handlers=problems.HANDLERS,
        openapi_config=None,
        compression_config=_COMPRESSION if compressed else None,
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
    )
    return _logged(application)


def _document() -> HTTPRouteHandler:
    content = openapi.document(ROUTES, VERSION)

    async def openapi_document() -> Response[bytes]:
        return Response(content, media_type="application/json")

    return HTTPRouteHandler("/openapi.json", http_method="GET", include_in_schema=False)(
        openapi_document
    )


def _logged(app: ASGIApp) -> ASGIApp:
    """Give each request a number, log its template (never its path or query) and its end.

    Outside the framework, so that what finds no route is numbered and logged too.
    """

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            await _run_logged(app, scope, receive, send)
        else:
            await app(scope, receive, send)

    return run


async def _run_logged(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    request_id = secrets.token_hex(8)
    started = time.perf_counter()
    status = 0

    async def sending(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            message["headers"] = [
                *message["headers"],
                (b"x-request-id", request_id.encode()),
                (b"cache-control", b"no-store"),
                (b"x-content-type-options", b"nosniff"),
            ]
        await send(message)

    with structlog.contextvars.bound_contextvars(request_id=request_id):
        try:
            await app(scope, receive, sending)
        finally:
            _log.info(
                "request",
                method=scope.get("method", ""),
                route=scope.get("path_template", ""),
                status=status,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )
