"""The whole interface against its own document: generated requests, good and bad, every check on.

On SQLite: each generated request runs in an event loop of its own, which that engine does not mind.
"""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from payments.api.app import ROUTES
from payments.contract.roles import Role

bounded = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CONFIG = SchemathesisConfig.from_dict(
    {
        "generation": {"with-security-parameters": False},
        "checks": {
            # A request that fits its schema may still meet a business rule or a newer version.
            "positive_data_acceptance": {"expected-statuses": ["2xx", 401, 404, 409, 412, 422, 429]}
        },
    }
)
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CASES = [
    pytest.param(route, mode, id=f"{route.name}-{mode.value}")
    for route in ROUTES
    for mode in GenerationMode
    # Without parameters or a body there is nothing that could be wrong.
    if mode is GenerationMode.POSITIVE or route.body or route.query or route.idempotent
]


def whole(value):
    """JSON Schema takes 5.0 for an integer; an amount is written as 5."""
    if isinstance(value, dict):
        return {name: whole(part) for name, part in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


@pytest.mark.parametrize(("route", "mode"), CASES)
def test_the_service_keeps_to_its_document(api, route, mode):
    document = schemathesis.openapi.from_asgi("/openapi.json", api.app, config=CONFIG)
    role = Role.SUPPORT if route.path == "/v1/customer" else Role.ADMIN

    @bounded
    @given(case=document[route.path][route.method].as_strategy(generation_mode=mode))
    def keeps_to_it(case):
        if mode is GenerationMode.POSITIVE and route.body:
            case.body = whole(case.body)
        if mode is GenerationMode.POSITIVE and route.name == "change_product":
            case.body["id"] = case.path_parameters["product_id"]
        if not route.public:
            # A session of its own for each request: two of the routes end theirs.
            case.headers["authorization"] = f"Bearer {api.as_role(role).token}"
            case._has_explicit_auth = True
        case.call_and_validate()

    keeps_to_it()
