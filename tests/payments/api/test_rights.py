"""Every role against every route: who may is written once more here, by hand, from the contract."""

from __future__ import annotations

import msgspec
import pytest

from payments.api.app import ROUTES
from payments.api.examples import EXAMPLES
from payments.contract.problems import Problem
from payments.contract.roles import Role

C, K, F, S, A, P = (
    Role.CREATOR,
    Role.RISK_REVIEWER,
    Role.FINANCE,
    Role.SUPPORT,
    Role.ADMIN,
    Role.PLATFORM,
)
EVERYONE = {C, K, F, S, A, P}
ALLOWED = {
    "sign_out": EVERYONE,
    "sign_out_everywhere": EVERYONE,
    "get_me": EVERYONE,
    "set_up_second_factor": EVERYONE,
    "confirm_second_factor": EVERYONE,
    "read_feed": EVERYONE,
    "check_feed": EVERYONE,
    "place_order": {A, P},
    "list_orders": EVERYONE,
    "get_order": EVERYONE,
    "get_postings": {F, A},
    "cancel_order": {A, P},
    "start_payment": {A, P},
    "get_payment": {A, P},
    "request_refund": {F, S, A},
    "get_refund": {C, K, F, S, A},
    "decide_refund": {F, A},
    "cancel_refund": {F, S, A},
    "retry_refund": {F, A},
    "get_risk_case": {K, A},
    "claim_risk_case": {K, A},
    "decide_risk_case": {K, A},
    "escalate_risk_case": {K, A},
    "reopen_risk_case": {K, A},
    "list_products": {C, F, S, A, P},
    "add_product": {A},
    "change_product": {A},
    "open_customer": {S},
    "close_customer": {S},
    "unmask_payer": {K, F, S, A},
    "check_ledger": {F, A},
}
SIGNED_IN = [route for route in ROUTES if not route.public]


def call(api, route):
    path = route.path
    for name in route.path_parts:
        path = path.replace(f"{{{name}}}", "none-such")
    body = EXAMPLES.get(route.body.__name__, {"code": "1"}) if route.body else None
    headers = {"if-match": '"1"'} if route.versioned else {}
    return api.request(route.method, path, json=body, headers=headers)


def test_the_table_names_every_route_that_needs_a_session():
    assert set(ALLOWED) == {route.name for route in SIGNED_IN}
    assert {route.name for route in ROUTES if route.public} == {
        "health",
        "sign_in",
        "refresh_session",
    }


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_through_where_it_may_and_nowhere_else(api, role):
    user = api.as_role(role)
    through = set()
    for route in sorted(SIGNED_IN, key=lambda route: route.name.startswith("sign_out")):
        user = user if user.get("/v1/me").status_code == 200 else api.as_role(role)
        answer = call(user, route)
        assert answer.status_code < 500, (route.name, answer.text)
        if answer.status_code != 403:
            through.add(route.name)
        else:
            assert answer.json()["code"] == "not_allowed"
    assert through == {name for name, roles in ALLOWED.items() if role in roles}


def test_without_a_session_every_route_is_closed(api):
    for user in (api, api.with_token("stolen-or-made-up")):
        for route in SIGNED_IN:
            answer = call(user, route)
            assert answer.status_code == 401, route.name
            code = msgspec.json.decode(answer.content, type=Problem).code
            assert code == ("session_ended" if user.token else "not_signed_in")
