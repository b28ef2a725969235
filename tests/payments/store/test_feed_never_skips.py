from __future__ import annotations

import asyncio
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from payments.contract.roles import Role
from payments.store import feed
from payments.store.feed import Viewer

ADMIN = Viewer(Role.ADMIN)
WRITERS = 16
EACH = 12


class RolledBackError(Exception):
    pass


def pause(work, seconds):
    """Keep the transaction open, so that writers overtake one another where they can."""
    if work.connection.dialect.name == "postgresql":
        work.connection.execute(text("SELECT pg_sleep(:s)"), {"s": seconds})


async def write(desk, writer, draw):
    kept: list[str] = []
    for number in range(EACH):
        order_id = f"w{writer}n{number}"
        fails = draw.random() < 0.2
        seconds = draw.random() * 0.004

        def flow(work, order_id=order_id, fails=fails, seconds=seconds):
            desk.add_order(work, order_id)
            pause(work, seconds)
            if kept and seconds < 0.002:
                desk.pay_one(work, kept[0])
            if fails:
                raise RolledBackError

        try:
            await desk.database.run(flow)
        except RolledBackError:
            continue
        kept.append(order_id)
    return kept


async def read(desk, done):
    """Sync while others write: a page at a time, never going back."""
    console = desk.console(ADMIN, limit=7)
    while not done.is_set():
        await console.step()
    await console.step()
    return console


def test_sixteen_writers_with_rollbacks_skip_nothing_for_a_reader_beside_them(desk):
    draw = random.Random(20260302)

    async def all_of_it():
        done = asyncio.Event()
        reader = asyncio.create_task(read(desk, done))
        written = await asyncio.gather(*(write(desk, n, draw) for n in range(WRITERS)))
        done.set()
        return await reader, {order_id for kept in written for order_id in kept}

    console, written = desk.database.complete(all_of_it())
    assert console.ids == written
    assert console.held == desk.synced(ADMIN).held
    assert console.agrees()


def test_numbers_have_no_gap_and_follow_the_order_of_commits(desk):
    draw = random.Random(7)

    async def all_of_it():
        await asyncio.gather(*(write(desk, n, draw) for n in range(WRITERS)))

    desk.database.complete(all_of_it())
    head = desk.read(feed.head_of)
    changes = desk.read(feed.page, ADMIN, "", 0, 10_000).changes
    assert changes[-1].seq == head
    assert len({it.seq for it in changes}) == len(changes)


changes = st.lists(
    st.one_of(
        st.tuples(st.just("order"), st.integers(0, 4), st.booleans()),
        st.tuples(st.just("product"), st.integers(0, 2), st.sampled_from(["wang", "zhao"])),
        st.tuples(st.just("sync"), st.integers(0, 4), st.just(None)),
    ),
    max_size=25,
)
VIEWERS = (
    ADMIN,
    Viewer(Role.FINANCE),
    Viewer(Role.CREATOR, "wang"),
    Viewer(Role.CREATOR, "zhao"),
    Viewer(Role.RISK_REVIEWER),
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(changes)
def test_interrupted_syncs_end_where_a_fresh_one_does(desk, script):
    """Whatever changes between whichever syncs, every view converges to that of a fresh console."""
    consoles = [desk.synced(viewer, limit=3) for viewer in VIEWERS]
    for what, which, how in script:
        if what == "sync":
            consoles[which].sync()
        elif what == "order":
            desk.put_order(f"o{which}", at_risk=how)
        else:
            desk.put_product(f"p{which}", instructor_id=how)
    for console in consoles:
        console.sync()
        assert console.held == desk.synced(console.viewer).held
        assert console.agrees()
