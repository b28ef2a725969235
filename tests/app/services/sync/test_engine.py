"""The store becomes and stays what the services say, whatever happens on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import current_thread, main_thread

import msgspec
import pytest

from app.models.store import meta, orders, pending, records
from app.models.store.pending import ActionState
from app.services.payments_api.calls import PaymentsApi
from app.services.payments_api.client import Client
from app.services.sync import engine as engine_module
from app.services.sync.engine import AnotherUserError, Engine, Phase, SyncState
from app.services.sync.pending_actions import ActionKind, queue
from payments.contract.problems import Code
from payments.contract.roles import Kind
from payments.contract.wire.feed import Change, FeedCheck, FeedPage
from payments.contract.wire.requests import RefundDecision
from tests.app.services.loopback import Answering, answering, refusing
from tests.app.services.services import a_case, a_refund, an_order

pytestmark = pytest.mark.usefixtures("qapp")

FEED = "/v1/feed"
NOW = datetime(2026, 3, 2, tzinfo=UTC)


class Listener:
    def __init__(self, engine: Engine) -> None:
        self.states: list[SyncState] = []
        self.changes: list[object] = []
        self.actions: list[object] = []
        self.threads: set[object] = set()
        engine.state_changed.connect(self.on_state)
        engine.changed.connect(self.on_changed)
        engine.actions_changed.connect(self.on_actions)

    def on_state(self, state) -> None:
        self.threads.add(current_thread())
        self.states.append(state)

    def on_changed(self, changed) -> None:
        self.threads.add(current_thread())
        self.changes.append(changed)

    def on_actions(self, targets) -> None:
        self.actions.append(targets)

    def phases(self) -> list[Phase]:
        return [state.phase for state in self.states]


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(engine_module, "_FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(engine_module, "_LEAST_POLL_S", 0.01)


@pytest.fixture
def engine(store, api, services):
    made = Engine(store, api, lambda: NOW)
    yield made
    services.close()
    made.stop()


@pytest.fixture
def listener(engine):
    return Listener(engine)


@pytest.fixture
def live(qtbot, engine):
    def live() -> None:
        qtbot.waitUntil(lambda: engine.state.phase is Phase.LIVE, timeout=20_000)

    return live


@pytest.fixture
def same(store, services):
    """Whether the store holds exactly what the services show."""

    def same() -> bool:
        with store.reading() as db:
            held = {
                key: version
                for shelf in records.SHELVES.values()
                for key, version in db.all(f"SELECT id, version FROM {shelf.table}")
            }
        return held == {key: record.version for key, record in services.records.items()}

    return same


@pytest.fixture
def is_same(qtbot, same):
    return lambda: qtbot.waitUntil(same, timeout=20_000)


def test_everything_is_fetched_page_by_page(engine, listener, services, live, same, store):
    for number in range(10):
        services.put(an_order(f"o{number}"))
    engine.start()
    live()
    assert same()
    assert listener.phases()[0] is Phase.SYNCING
    assert [(s.done, s.total) for s in listener.states if s.total] == [(3, 10), (6, 10), (9, 10)]
    assert listener.threads == {main_thread()}
    with store.reading() as db:
        assert meta.last_sync(db) == NOW


def test_a_change_arrives_without_asking_again(qtbot, engine, listener, services, live, same):
    services.put(an_order())
    engine.start()
    live()
    services.wait_for_poll()
    listener.changes.clear()
    services.put(a_refund())
    services.remove("o1")
    qtbot.waitUntil(same)
    qtbot.waitUntil(lambda: len(listener.changes) >= 1)
    assert listener.phases().count(Phase.LIVE) == 1
    assert "r1" in listener.changes[0].changed[Kind.REFUND]


def test_it_goes_on_where_the_store_stands(engine, services, server, live):
    for number in range(7):
        services.put(an_order(f"o{number}"))
    engine.start()
    live()
    engine.stop()
    server.got.clear()
    services.put(an_order("o7"))
    engine.start()
    live()
    asked = [got.query["after"] for got in server.got if got.path == FEED]
    assert asked[0] == "7"


def test_stopping_in_the_middle_of_a_wait_is_prompt_and_closes_everything(engine, services, live):
    engine.start()
    live()
    services.wait_for_poll()
    engine.stop()
    assert engine.state.phase is Phase.STOPPED
    engine.stop()


@pytest.mark.parametrize("at", range(1, 6))
def test_a_page_interrupted_in_its_middle_costs_nothing(engine, services, server, live, same, at):
    for number in range(12):
        services.put(an_order(f"o{number}"))
    answered = 0

    def cutting(got):
        nonlocal answered
        answer = services(got)
        if got.path == FEED:
            answered += 1
            if answered == at:
                return Answering(answer.body, cut=len(answer.body) // 2)
        return answer

    server.service = cutting
    engine.start()
    live()
    assert same()


def test_offline_is_said_since_when_and_ends_by_itself(qtbot, engine, services, server, live, same):
    services.put(an_order())
    engine.start()
    live()
    services.close()
    server.stop()
    qtbot.waitUntil(lambda: engine.state.phase is Phase.OFFLINE, timeout=20_000)
    assert engine.state.since == NOW
    assert engine.state.problem == "trouble.no_answer"
    services.closed = False
    services.put(an_order("o2"))
    server.start()
    live()
    assert same()


def test_a_server_that_is_not_ours_is_an_error_and_not_offline(
    qtbot, store, api, server, another_ca
):
    stranger = PaymentsApi(Client(server.url, another_ca), api.session)
    engine = Engine(store, stranger, lambda: NOW)
    engine.start()
    qtbot.waitUntil(lambda: engine.state.phase is Phase.ERROR, timeout=20_000)
    assert engine.state.problem == "trouble.untrusted"
    engine.stop()
    stranger.close()


def test_an_ended_session_waits_for_a_person(qtbot, engine, server):
    server.script(FEED, refusing(Code.SESSION_ENDED))
    server.script("/v1/sessions/refresh", refusing(Code.SESSION_ENDED))
    engine.start()
    qtbot.waitUntil(lambda: engine.state.phase is Phase.SIGNED_OUT)
    assert server.paths() == [FEED, "/v1/sessions/refresh"]
    engine.start()
    assert engine.state.phase is Phase.SIGNED_OUT


def page(**changes) -> Answering:
    plain = FeedPage("all", 0, 1, 1, more=False, restart=True, changes=())
    return answering(msgspec.structs.replace(plain, **changes))


def change(number: int, body: bytes, record_id: str = "o1") -> Change:
    return Change(number, Kind.ORDER, record_id, msgspec.Raw(body))


POISON = {
    "no json": Answering(b"{"),
    "no page": answering({"scope": 1}),
    "a page from further on": page(after=5, upto=9, head=9),
    "a page of another scope": page(scope="else", restart=False),
    "a page that leads nowhere": page(upto=0, more=True),
    "a page beyond the head": page(upto=2),
    "a page that goes back": page(after=0, upto=-1, head=9),
    "changes outside the page": page(changes=(change(7, b"null"),)),
    "changes twice": page(changes=(change(1, b"null"), change(1, b"null"))),
    "no record": page(changes=(change(1, b'{"id": "o1"}'),)),
    "a float amount": page(
        changes=(change(1, msgspec.json.encode(an_order()).replace(b"10000", b"0.1")),)
    ),
    "a huge amount": page(
        changes=(change(1, msgspec.json.encode(an_order()).replace(b"10000", b"9" * 30)),)
    ),
}


@pytest.mark.parametrize("name", POISON)
def test_a_poisoned_page_changes_nothing_and_sync_recovers(
    engine, listener, services, server, live, same, name
):
    services.put(an_order())
    server.script(FEED, POISON[name])
    engine.start()
    live()
    assert Phase.ERROR in listener.phases()
    assert same()


def test_a_store_that_differs_is_found_out_and_fetched_anew(engine, services, live, same, store):
    services.put(an_order("o1"))
    services.put(an_order("o2"))
    engine.start()
    live()
    engine.stop()
    with store.writing() as db:
        db.execute("DELETE FROM orders WHERE id = 'o1'")
    assert not same()
    engine.start()
    live()
    assert same()


def test_a_check_of_another_moment_says_nothing(engine, services, server, live, same):
    services.put(an_order())
    server.script("/v1/feed/check", answering(FeedCheck("all", 77, {}, {})))
    engine.start()
    live()
    assert same()
    assert [got.query["after"] for got in server.got if got.path == FEED][:1] == ["0"]


def test_what_leaves_the_users_view_leaves_the_store(engine, services, live, is_same):
    for number in range(8):
        services.put(an_order(f"o{number}"))
    engine.start()
    live()
    services.wait_for_poll()
    services.see_only("one customer", {"o3"})
    is_same()
    assert set(services.records) == {"o3"}


def test_a_decision_goes_out_when_woken(qtbot, engine, listener, services, store, live):
    seen = services.put(a_refund()).version
    engine.start()
    live()
    with store.writing() as db:
        queue(
            db,
            ActionKind.REFUND_DECIDE,
            "r1",
            RefundDecision(approve=True),
            seen_version=seen,
            key="k1",
            made_at=1,
        )
    engine.wake()
    qtbot.waitUntil(lambda: listener.actions == [("r1",)], timeout=20_000)
    assert services.effects == ["decision r1"]


def test_a_decision_made_offline_goes_out_once_when_the_network_returns(
    qtbot, engine, listener, services, server, store, live
):
    seen = services.put(a_refund()).version
    engine.start()
    live()
    services.close()
    server.stop()
    qtbot.waitUntil(lambda: engine.state.phase is Phase.OFFLINE, timeout=20_000)
    with store.writing() as db:
        queue(
            db,
            ActionKind.REFUND_DECIDE,
            "r1",
            RefundDecision(approve=True),
            seen_version=seen,
            key="k1",
            made_at=1,
        )
    engine.wake()
    services.closed = False
    server.start()
    qtbot.waitUntil(lambda: listener.actions == [("r1",)], timeout=20_000)
    with store.reading() as db:
        assert [action.state for action in pending.actions(db)] == [ActionState.DONE]
    assert services.effects == ["decision r1"]


def test_another_users_store_is_not_touched(engine, store, server):
    with store.writing() as db:
        meta.put(db, meta.USER, "somebody else")
    with pytest.raises(AnotherUserError):
        engine.start()
    assert server.got == []


def test_records_of_every_kind_arrive_whole(engine, services, store, live, same):
    order = services.put(an_order())
    services.put(a_refund())
    services.put(a_case())
    engine.start()
    live()
    assert same()
    with store.reading() as db:
        assert orders.detail(db, "o1") == order
