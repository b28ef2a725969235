from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from payments.contract.problems import Code, RefusedError
from payments.contract.roles import Kind, Role
from payments.store import idempotency
from payments.store.idempotency import once
from payments.store.records import ORDERS
from payments.store.work import Actor, Answer

FINANCE = Actor("fin", "Fin", Role.FINANCE)


@pytest.fixture
def ask(desk):
    """Ask to place an order under a key; counts how often the asking had an effect."""
    template = desk.order("template")
    effects = []

    def flow(work, user, key, digest, refuse):
        def place():
            order = replace(template, id=work.new_id())
            ORDERS.add(work, order)
            if refuse:
                raise RefusedError(Code.STEP_REFUSED)
            effects.append(order.id)
            return work.answer(Kind.ORDER, order.id, 201)

        return once(work, user, key, digest, place)

    def asked(user="u", key="k", digest="d", *, refuse=False):
        return desk.database.run(flow, user, key, digest, refuse, actor=FINANCE)

    return asked, effects, desk.database.complete


def parts(answer):
    return answer.status, answer.version, answer.body


def test_the_same_key_and_body_have_one_effect_and_one_answer(ask, desk):
    asked, effects, complete = ask
    first = complete(asked())
    desk.change_order(effects[0], paid=50)
    again = complete(asked())
    assert parts(again) == parts(first)
    assert len(effects) == 1
    assert msgspec.json.decode(first.body)["version"] == first.version


def test_the_same_key_with_another_body_is_refused(ask):
    asked, effects, complete = ask
    complete(asked())
    with pytest.raises(RefusedError) as refusal:
        complete(asked(digest="other"))
    assert refusal.value.code is Code.IDEMPOTENCY_KEY_REUSED
    assert len(effects) == 1


def test_keys_belong_to_their_user(ask):
    asked, effects, complete = ask
    complete(asked(user="a"))
    complete(asked(user="b", digest="other"))
    assert len(effects) == 2


def test_repetitions_at_the_same_moment_have_one_effect(ask):
    asked, effects, complete = ask

    async def many():
        return await asyncio.gather(*(asked() for _ in range(12)))

    answers = complete(many())
    assert len({parts(answer) for answer in answers}) == 1
    assert len(effects) == 1


def test_a_refusal_leaves_the_key_unused(ask):
    asked, effects, complete = ask
    with pytest.raises(RefusedError):
        complete(asked(refuse=True))
    assert complete(asked(digest="corrected")).status == 201
    assert len(effects) == 1


def test_a_key_is_forgotten_after_its_time_and_not_before(ask, desk, clock):
    asked, effects, complete = ask
    complete(asked())
    desk.run(idempotency.forget_before, clock.now)
    complete(asked())
    assert len(effects) == 1
    desk.run(idempotency.forget_before, clock.now + timedelta(milliseconds=1))
    complete(asked())
    assert len(effects) == 2


def test_an_answer_that_is_no_record_is_kept_as_it_is(desk):
    def flow(work):
        return once(work, "u", "k", "d", lambda: Answer(status=202, body='{"id":"x"}'))

    assert parts(desk.run(flow)) == parts(desk.run(flow)) == (202, 0, '{"id":"x"}')
