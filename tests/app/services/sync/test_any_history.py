"""Whatever happens, in whatever order, on whatever network: the store ends as a fresh sync's."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models.store import records
from app.models.store.database import Store
from app.services.payments_api.problems import ApiError
from app.services.sync.engine import Phase, SyncState, _Follower
from payments.contract.problems import Code
from payments.contract.wire.records import Record
from tests.app.services.loopback import Answering, Got, refusing
from tests.app.services.services import Services, a_case, a_refund, an_order

NAMES = [f"{kind}{number}" for kind in "orc" for number in range(4)]
MAKERS: dict[str, Callable[[str], Record]] = {"o": an_order, "r": a_refund, "c": a_case}
TROUBLES: dict[str, Callable[[Answering], Answering | None]] = {
    "refused": lambda _answer: refusing(Code.UNAVAILABLE),
    "silent": lambda _answer: None,
    "cut": lambda answer: Answering(answer.body, cut=len(answer.body) // 2),
    "poisoned": lambda answer: Answering(answer.body.replace(b'"id"', b'"ID"')),
}
EVENTS = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(NAMES)),
    st.tuples(st.just("remove"), st.sampled_from(NAMES)),
    st.tuples(st.just("see"), st.sets(st.sampled_from(NAMES))),
    st.tuples(st.just("step"), st.sampled_from(["fine", *TROUBLES])),
    st.tuples(st.just("restart"), st.none()),
)


class Sure(_Follower):
    """What is applied must be right by itself, never by being fetched again after a check."""

    def _start_afresh(self) -> None:
        raise AssertionError("the store differed")


class Business:
    """Runs a history against the services, and a follower of theirs that is often interrupted."""

    def __init__(self, server, api, store: Store) -> None:
        self.services = Services(page=2)
        self.server = server
        self.api = api
        self.store = store
        self.scopes = 0
        self.told: list[object] = []
        self.restart()

    def restart(self, _nothing: object = None) -> None:
        self.follower = _Follower(self.store, self.api, lambda: datetime.now(UTC), self.told.append)

    def put(self, name: str) -> None:
        self.services.put(MAKERS[name[0]](name))

    def remove(self, name: str) -> None:
        if name in self.services.records:
            self.services.remove(name)

    def see(self, names: set[str]) -> None:
        self.scopes += 1
        self.services.see_only(f"scope {self.scopes}", names)

    def step(self, trouble: str) -> None:
        def answer(got: Got) -> Answering | None:
            good = self.services(got)
            return good if trouble == "fine" or good is None else TROUBLES[trouble](good)

        self.follower._live = False  # nobody waits for a poll here
        self.server.service = answer
        try:
            self.follower.step()
        except (ApiError, ValueError):
            return

    def settle(self) -> None:
        self.told.clear()
        while SyncState(Phase.LIVE) not in self.told:
            self.step("fine")

    def held(self) -> dict[str, int]:
        with self.store.reading() as db:
            return {
                key: version
                for shelf in records.SHELVES.values()
                for key, version in db.all(f"SELECT id, version FROM {shelf.table}")
            }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=st.lists(EVENTS, max_size=25))
def test_any_history_ends_as_a_fresh_sync(server, api, events):
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "store.db", b"k" * 32)
        business = Business(server, api, store)
        for name, argument in events:
            getattr(business, name)(argument)
        business.settle()
        versions = {key: record.version for key, record in business.services.records.items()}
        assert business.held() == versions
        business.follower.close()
        store.close()
