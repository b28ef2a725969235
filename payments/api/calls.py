"""What happens to every request before and after its route: one order, one place.

Who is asking, may they, is the request well formed, then the route, then the answer. The order
matters: nobody learns from an error what they may not know, so who and may come first.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from payments.api import problems
from payments.api.rights import Door, check
from payments.api.route import Route
from payments.api.services import Services
from payments.contract.problems import Code, FieldProblem, RefusedError
from payments.store.sessions import SignedIn
from payments.store.work import Actor, Answer

Call_ = Request[Any, Any, Any]

_KEY: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_PART: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_VERSION: Final = re.compile(r'"([0-9]{1,18})"')
_JSON: Final = "application/json"
_NOBODY: Final = "nobody is signed in on a public route"


class Call:
    """One request on its way through: the services, who asks, and what names the request."""

    __slots__ = ("_signed_in", "door", "key", "raw", "request", "services", "status")

    def __init__(
        self, services: Services, door: Door, request: Call_, signed_in: SignedIn | None
    ) -> None:
        self.services = services
        self.door = door
        self.request = request
        self.key = ""
        self.raw = b""
        self.status = 200
        self._signed_in = signed_in

    @property
    def signed_in(self) -> SignedIn:
        """Who asks; every route that is not public has somebody."""
        if self._signed_in is None:
            raise AssertionError(_NOBODY)
        return self._signed_in

    @property
    def actor(self) -> Actor:
        """The person or program that asks."""
        return self.signed_in.actor

    async def still_signed_in(self) -> None:
        """After a wait: raise SESSION_ENDED when the session has ended or changed meanwhile."""
        header = self.request.headers.get("authorization", "")
        if (await self.door.let_in(header)).actor != self.actor:
            raise RefusedError(Code.SESSION_ENDED)

    @property
    def address(self) -> str:
        """The network address the request came from."""
        return self.request.client.host if self.request.client else ""


def handler_of(route: Route, services: Services, door: Door) -> HTTPRouteHandler:
    """The framework's handler for a declared route."""

    async def handle(request: Call_) -> Response[bytes]:
        return await _answered(route, services, door, request)

    path = re.sub(r"{(\w+)}", r"{\1:str}", route.path)
    return HTTPRouteHandler(
        path,
        http_method=route.method,  # type: ignore[arg-type]  # a str of the enum's values
        # Of no effect: each response carries its own. The default for DELETE forbids content.
        status_code=200,
        name=route.name,
        include_in_schema=False,
    )(handle)


async def _answered(
    route: Route, services: Services, door: Door, request: Call_
) -> Response[bytes]:
    signed_in = None
    if not route.public:
        signed_in = await door.let_in(request.headers.get("authorization", ""))
        if route.needs is not None:
            check(signed_in.actor.role, route.needs)
    call = Call(services, door, request, signed_in)
    call.status = route.status
    arguments: dict[str, Any] = {name: _part(request, name) for name in route.path_parts}
    if route.idempotent:
        call.key = _key(request)
    if route.versioned:
        arguments["version"] = _version(request)
    if route.query is not None:
        arguments["query"] = _query(request, route.query)
    if route.method != "GET":
        call.raw = await request.body()
    if route.body is not None:
        arguments["body"] = _body(request, call.raw, route.body)
    return _response(route, await route.handler(call, **arguments))


def _response(route: Route, value: object) -> Response[bytes]:
    if not isinstance(value, Answer):
        body = b"" if value is None else msgspec.json.encode(value)
        return Response(body, status_code=route.status, media_type=_JSON)
    headers = {"etag": f'"{value.version}"'} if route.tagged else {}
    return Response(
        value.body.encode(), status_code=value.status, media_type=_JSON, headers=headers
    )


def _part(request: Call_, name: str) -> str:
    value: str = request.path_params[name]
    if not _PART.fullmatch(value):
        raise RefusedError(Code.NOT_FOUND)
    return value


def _key(request: Call_) -> str:
    key = request.headers.get("idempotency-key", "")
    if not key:
        raise RefusedError(Code.IDEMPOTENCY_KEY_MISSING)
    if not _KEY.fullmatch(key):
        detail = FieldProblem("Idempotency-Key", "1 to 64 letters, digits, - or _")
        raise RefusedError(Code.BAD_REQUEST, "the Idempotency-Key is malformed", (detail,))
    return key


def _version(request: Call_) -> int:
    header = request.headers.get("if-match", "")
    if not header:
        raise RefusedError(Code.VERSION_MISSING)
    match = _VERSION.fullmatch(header.strip())
    if match is None:
        detail = FieldProblem("If-Match", 'the ETag of the record: "<number>"')
        raise RefusedError(Code.BAD_REQUEST, "If-Match is malformed", (detail,))
    return int(match[1])


def _query(request: Call_, schema: type[Any]) -> object:
    given = request.query_params
    if repeated := next((name for name in given if len(given.getall(name)) > 1), None):
        detail = (FieldProblem(repeated, "given more than once"),)
        raise RefusedError(Code.INVALID_FIELD, "the query does not fit its schema", detail)
    try:
        return msgspec.convert(dict(given), schema, strict=False)
    except msgspec.ValidationError as error:
        raise problems.refused_field(error, "query") from None


def _body(request: Call_, raw: bytes, schema: type[Any]) -> object:
    if request.content_type[0].lower() != "application/json":
        raise RefusedError(Code.UNSUPPORTED_MEDIA_TYPE, "send application/json")
    try:
        return msgspec.json.decode(raw, type=schema)
    except msgspec.ValidationError as error:
        raise problems.refused_field(error, "body") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RefusedError(Code.BAD_REQUEST, "the body is no JSON") from None
