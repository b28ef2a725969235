"""Sign in, stay signed in, sign out; who is signed in; the second factor."""

from __future__ import annotations

from typing import Final

from payments.api.calls import Call
from payments.api.rights import token_of
from payments.api.route import route
from payments.api.writes import told
from payments.contract.problems import Code
from payments.contract.wire.requests import (
    Me,
    RecoveryCodes,
    Refresh,
    SecondFactorConfirm,
    SecondFactorSetup,
    Session,
    SignIn,
)
from payments.flows import sign_in as flows
from payments.store.work import Answer


@route(
    "POST",
    "/v1/sessions",
    answers=Session,
    status=201,
    public=True,
    problems=(
        Code.WRONG_CREDENTIALS,
        Code.SECOND_FACTOR_REQUIRED,
        Code.LOCKED_OUT,
        Code.TOO_MANY_REQUESTS,
    ),
)
async def sign_in(call: Call, body: SignIn) -> Session:
    """Sign in with login, password and, where there is one, the second factor."""
    call.door.slow_down(call.address)
    return await call.services.desk.sign_in(body)


@route(
    "POST",
    "/v1/sessions/refresh",
    answers=Session,
    status=201,
    public=True,
    problems=(Code.SESSION_ENDED, Code.TOO_MANY_REQUESTS),
)
async def refresh_session(call: Call, body: Refresh) -> Session:
    """Replace a session's tokens; a refresh token used twice ends the session everywhere."""
    call.door.slow_down(call.address)
    return await call.services.desk.refresh(body.refresh_token)


@route("DELETE", "/v1/sessions/current", status=204, idempotent=False)
async def sign_out(call: Call) -> None:
    """End this session."""
    await call.services.desk.sign_out(token_of(call.request.headers["authorization"]))
    call.door.forget(call.actor.user_id)


@route("DELETE", "/v1/sessions", status=204, idempotent=False)
async def sign_out_everywhere(call: Call) -> None:
    """End every session of the signed-in user."""
    await call.services.desk.sign_out_everywhere(call.actor)
    call.door.forget(call.actor.user_id)


@route("GET", "/v1/me", answers=Me)
async def get_me(call: Call) -> Me:
    """The signed-in user, their permissions and the merchant's settings."""
    return await call.services.desk.me(call.actor)


@route(
    "POST",
    "/v1/me/second-factor",
    answers=SecondFactorSetup,
    problems=(Code.STEP_REFUSED,),
)
async def set_up_second_factor(call: Call) -> Answer:
    """A new TOTP secret, which counts once its first code is confirmed."""
    return await told(call, flows.set_up_second_factor, call.services.seal)


@route(
    "POST",
    "/v1/me/second-factor/confirm",
    answers=RecoveryCodes,
    problems=(Code.STEP_REFUSED, Code.WRONG_CREDENTIALS),
)
async def confirm_second_factor(call: Call, body: SecondFactorConfirm) -> Answer:
    """Confirm the new second factor by a first code; answers the recovery codes, once."""
    return await told(call, flows.confirm_second_factor, body.code, call.services.seal)


ROUTES: Final = (
    sign_in,
    refresh_session,
    sign_out,
    sign_out_everywhere,
    get_me,
    set_up_second_factor,
    confirm_second_factor,
)
