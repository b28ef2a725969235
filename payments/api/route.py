"""How a route is declared: who may, what comes in, what goes out, which refusals it knows.

A route's function says most of it by its signature: a parameter ``body`` or ``query`` has its
schema, ``version`` is the number of an ``If-Match`` header (which the route then requires), every
other name is a part of the path. The declaration is data: the application, the OpenAPI document
and the test of every role against every route are all made from the same table.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, get_type_hints

from payments.contract.problems import Code
from payments.contract.roles import Permission

Handler = Callable[..., Awaitable[Any]]

_PATH_PART: Final = re.compile(r"{(\w+)}")
_GIVEN: Final = frozenset({"call", "body", "query", "version", "return"})


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the interface."""

    method: str
    path: str
    handler: Handler
    status: int
    answers: Any
    needs: Permission | None
    public: bool
    idempotent: bool
    tagged: bool
    own_problems: tuple[Code, ...]
    body: type[Any] | None
    query: type[Any] | None
    versioned: bool

    @property
    def name(self) -> str:
        """The operation's name: its function's."""
        return self.handler.__name__

    @property
    def path_parts(self) -> tuple[str, ...]:
        """Names of the path's variable parts, in order."""
        return tuple(_PATH_PART.findall(self.path))

    @property
    def problems(self) -> tuple[Code, ...]:
        """Every code this route may answer with: its own and those of what it declares."""
        codes = [Code.BAD_REQUEST, Code.METHOD_NOT_ALLOWED, Code.INTERNAL, Code.UNAVAILABLE]
        if not self.public:
            codes += [Code.NOT_SIGNED_IN, Code.SESSION_ENDED]
        if self.needs is not None:
            codes.append(Code.NOT_ALLOWED)
        if self.path_parts:
            codes.append(Code.NOT_FOUND)
        if self.query is not None:
            codes.append(Code.INVALID_FIELD)
        if self.body is not None:
            codes += [Code.INVALID_FIELD, Code.UNSUPPORTED_MEDIA_TYPE]
        if self.method != "GET":
            codes.append(Code.TOO_LARGE)
        if self.idempotent:
            codes += [Code.IDEMPOTENCY_KEY_MISSING, Code.IDEMPOTENCY_KEY_REUSED]
        if self.versioned:
            codes += [Code.VERSION_MISSING, Code.VERSION_CHANGED]
        return tuple(sorted({*codes, *self.own_problems}))


def route(
    method: str,
    path: str,
    *,
    answers: object = None,
    status: int = 200,
    needs: Permission | None = None,
    public: bool = False,
    idempotent: bool | None = None,
    tagged: bool = False,
    problems: tuple[Code, ...] = (),
) -> Callable[[Handler], Route]:
    """Declare the decorated function as a route.

    ``answers`` is the schema of the success (None: no content), ``tagged`` sends the record's
    version as its ETag, ``idempotent`` (default: every signed-in write) requires an
    Idempotency-Key. Raises TypeError when path and parameters do not agree.
    """

    def declare(handler: Handler) -> Route:
        hints = get_type_hints(handler)
        parts = set(_PATH_PART.findall(path))
        if parts != set(inspect.signature(handler).parameters) - _GIVEN:
            message = f"{handler.__name__}: parameters and {path} differ"
            raise TypeError(message)
        return Route(
            method=method,
            path=path,
            handler=handler,
            status=status,
            answers=answers,
            needs=needs,
            public=public,
            idempotent=(method != "GET" and not public) if idempotent is None else idempotent,
            tagged=tagged,
            own_problems=problems,
            body=hints.get("body"),
            query=hints.get("query"),
            versioned="version" in hints,
        )

    return declare
