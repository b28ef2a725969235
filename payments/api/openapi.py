"""The OpenAPI 3.1 document, made from the declared routes and the wire schemas.

Schemas come from msgspec, the same declarations that decode requests, so the document cannot say
one thing and the service do another.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from payments.api.examples import EXAMPLES
from payments.api.problems import MEDIA_TYPE
from payments.api.route import Route
from payments.contract.money import DECIMALS
from payments.contract.problems import STATUS, Code, Problem, RefusedError

_REFERENCE: Final = "#/components/schemas/{name}"
_CURRENCY: Final = "ISO 4217 code"
_BEARER: Final = {"bearer": {"type": "http", "scheme": "bearer", "description": "Access token"}}
_PATH_PART: Final = {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$"}
_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names this request: repeated, it has one effect and the same answer.",
    "schema": {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$"},
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "ETag of the record as it was when the person decided.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
}
_ETAG: Final = {
    "ETag": {"description": "Version of the record", "schema": {"type": "string"}, "required": True}
}


def document(routes: Sequence[Route], version: str) -> bytes:
    """The document as JSON."""
    models = {Problem, *_models(routes)}
    _, components = msgspec.json.schema_components(models, ref_template=_REFERENCE)
    for name, example in EXAMPLES.items():
        components[name]["examples"] = [example]
    for schema in components.values():
        for field in schema.get("properties", {}).values():
            _spell_out(field)
    paths: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for route in routes:
        paths[route.path][route.method.lower()] = _operation(route)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Suanpan payment services",
                "version": version,
                "description": "Orders, payments, refunds, risk review and the change feed.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "paths": paths,
            "components": {"schemas": components, "securitySchemes": _BEARER},
        }
    )


def _spell_out(field: dict[str, Any]) -> None:
    """Say what Python's patterns leave out or other readers of patterns cannot read."""
    if "pattern" not in field:
        return
    if field.get("description") == _CURRENCY:
        field["enum"] = sorted(DECIMALS)
    # No text of JSON has lone surrogates, and elsewhere ``$`` is the end.
    field["pattern"] = field["pattern"].replace(r"\ud800-\udfff", "").removesuffix(r"(?!\n)")


def _models(routes: Iterable[Route]) -> set[Any]:
    return {model for route in routes for model in (route.body, route.answers) if model is not None}


def _operation(route: Route) -> dict[str, Any]:
    lines = inspect.cleandoc(route.handler.__doc__ or route.name).partition("\n")
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": lines[0],
        "description": lines[2].strip() or lines[0],
        "tags": [route.path.split("/")[2 if route.path.startswith("/v1/") else 1]],
        "security": [] if route.public else [{"bearer": []}],
        "parameters": list(_parameters(route)),
        "responses": {str(route.status): _success(route), **_refusals(route.problems)},
    }
    if route.body is not None:
        content = {"application/json": {"schema": _schema(route.body)}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _schema(model: object) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([model], ref_template=_REFERENCE)
    return schema


def _parameters(route: Route) -> Iterable[dict[str, Any]]:
    for name in route.path_parts:
        yield {"name": name, "in": "path", "required": True, "schema": _PATH_PART}
    if route.query is not None:
        _, schemas = msgspec.json.schema_components([route.query], ref_template=_REFERENCE)
        for name, schema in schemas[route.query.__name__]["properties"].items():
            _spell_out(schema)
            yield {"name": name, "in": "query", "required": False, "schema": schema}
    if route.idempotent:
        yield _IDEMPOTENCY_KEY
    if route.versioned:
        yield _IF_MATCH


def _success(route: Route) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.answers is not None:
        success["content"] = {"application/json": {"schema": _schema(route.answers)}}
    if route.tagged:
        success["headers"] = _ETAG
    return success


def _refusals(codes: Iterable[Code]) -> dict[str, Any]:
    by_status: defaultdict[int, list[Code]] = defaultdict(list)
    for code in codes:
        by_status[STATUS[code]].append(code)
    return {
        str(status): {
            "description": " · ".join(code.value for code in together),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": _REFERENCE.format(name="Problem")},
                    "examples": {
                        code.value: {"value": msgspec.to_builtins(RefusedError(code).problem())}
                        for code in together
                    },
                }
            },
        }
        for status, together in sorted(by_status.items())
    }
