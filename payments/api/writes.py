"""Writes: one effect and one answer for each Idempotency-Key, judged at the version that was seen."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import msgspec

from payments.api.calls import Call
from payments.contract.roles import Kind
from payments.flows.versions import expect_version
from payments.sealing import Seal
from payments.store.idempotency import once
from payments.store.work import Answer, Work

Flow = Callable[..., str]
_SEALED_FOR = "answer to a repeated request"


class _UnusedError(Exception):
    """The key was not used yet; raised to leave it unused."""


async def changed(
    call: Call, kind: Kind, flow: Flow, *arguments: object, expecting: tuple[str, int] | None = None
) -> Answer:
    """Run a flow that answers a record's id, once; the answer is that record.

    ``expecting`` is a record's id and the version that the caller has seen of it. Raises what the
    flow raises, VERSION_CHANGED and IDEMPOTENCY_KEY_REUSED.
    """

    def run(work: Work) -> Answer:
        if expecting is not None:
            expect_version(work, kind, *expecting)
        return work.answer(kind, flow(work, *arguments), call.status)

    return await _run_once(call, run)


async def told(call: Call, flow: Callable[..., Any], *arguments: object) -> Answer:
    """Run a flow whose answer names a person or holds a secret, once.

    The answer is kept for a repetition only sealed.
    """
    seal = call.services.seal

    def run(work: Work) -> Answer:
        body = msgspec.json.encode(flow(work, *arguments)).decode()
        return Answer(status=call.status, body=seal.seal(body, _SEALED_FOR))

    return _opened(await _run_once(call, run), seal)


async def done(call: Call, flow: Callable[..., None], *arguments: object) -> None:
    """Run a flow that has no answer, once."""

    def run(work: Work) -> Answer:
        flow(work, *arguments)
        return Answer(status=call.status)

    await _run_once(call, run)


async def once_outside(call: Call, act: Callable[[], Awaitable[Any]]) -> Answer:
    """Do something that takes several transactions and a call to a channel, once.

    Its answer is kept when all of it is done. A repetition before that does it again: what is done
    here finds its own earlier traces.
    """

    def unused(_work: Work) -> Answer:
        raise _UnusedError

    try:
        return await _run_once(call, unused)
    except _UnusedError:
        body = msgspec.json.encode(await act()).decode()
    return await _run_once(call, lambda _work: Answer(status=call.status, body=body))


async def _run_once(call: Call, run: Callable[[Work], Answer]) -> Answer:
    digest = _digest(call)

    def flow(work: Work) -> Answer:
        return once(work, call.actor.user_id, call.key, digest, lambda: run(work))

    return await call.services.database.run(flow, actor=call.actor)


def _digest(call: Call) -> str:
    request = call.request
    parts = (request.method, request.url.path, request.headers.get("if-match", ""))
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + call.raw).hexdigest()


def _opened(answer: Answer, seal: Seal) -> Answer:
    return replace(answer, body=seal.open(answer.body, _SEALED_FOR))
