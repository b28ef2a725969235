"""The payment services as the console meets them: feed, decisions and idempotency, in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Condition

import msgspec

from payments.contract.lifecycles import CaseState, OrderState, RefundState
from payments.contract.problems import Code, RefusedError
from payments.contract.roles import Kind, Role
from payments.contract.wire.feed import Change, FeedCheck, FeedPage
from payments.contract.wire.records import (
    Order,
    Product,
    ProductKind,
    Record,
    Refund,
    Risk,
    RiskCase,
)
from payments.contract.wire.requests import CaseDecision, Me, NewRefund, RefundDecision, Session
from tests.app.services.loopback import Answering, Got, answering, refusing

AT = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
LATER = datetime(2036, 1, 1, tzinfo=UTC)
KINDS = {Order: Kind.ORDER, Refund: Kind.REFUND, RiskCase: Kind.RISK_CASE, Product: Kind.PRODUCT}
ME = Me(
    user_id="u1",
    login="lin",
    name="林",
    role=Role.ADMIN,
    merchant="main",
    merchant_name="示例",
    zone="Asia/Shanghai",
    base_currency="CNY",
    permissions=(),
    second_factor=True,
    refund_limit=50_000,
    risk_threshold="90",
)
SESSION = Session("access", "refresh", LATER, LATER, ME)


def an_order(record_id: str = "o1", amount: int = 10_000) -> Order:
    return Order(
        id=record_id,
        version=0,
        placed_at=AT,
        kind=ProductKind.COURSE,
        product_id="p1",
        title="算盘入门",
        quantity=1,
        instructor_id="i1",
        instructor="王",
        payer_id="b1",
        payer="李*",
        currency="CNY",
        price=amount,
        amount=amount,
        state=OrderState.PAID,
        paid=amount,
        paid_at=AT,
    )


def a_refund(record_id: str = "r1", amount: int = 5_000) -> Refund:
    return Refund(
        id=record_id,
        version=0,
        requested_at=AT,
        currency="CNY",
        amount=amount,
        state=RefundState.PENDING_APPROVAL,
        reason="unwanted",
        order_id="o1",
    )


def a_case(record_id: str = "c1") -> RiskCase:
    return RiskCase(
        id=record_id,
        version=0,
        order_id="o1",
        opened_at=AT,
        state=CaseState.OPEN,
        currency="CNY",
        amount=10_000,
        risk=Risk("100", "0.2", "500", "90", ()),
        title="算盘入门",
        payer_id="b1",
        payer="李*",
        review_by=LATER,
        at_risk=9_000,
    )


class Services:
    """Called with a request, it answers it as the contract says."""

    def __init__(self, page: int = 3) -> None:
        self.page = page
        self.scope = "all"
        self.head = 0
        self.records: dict[str, Record] = {}
        self.changes: dict[str, tuple[int, Kind]] = {}
        self.effects: list[str] = []
        self.answers: dict[str, tuple[bytes, Answering]] = {}
        self.waiting = 0
        self.closed = False
        self._news = Condition()

    def put(self, record: Record) -> Record:
        with self._news:
            self.head += 1
            stored = msgspec.structs.replace(record, version=self.head)
            self.records[record.id] = stored
            self.changes[record.id] = (self.head, KINDS[type(record)])
            self._news.notify_all()
            return stored

    def remove(self, record_id: str) -> None:
        with self._news:
            self.head += 1
            del self.records[record_id]
            self.changes[record_id] = (self.head, self.changes[record_id][1])
            self._news.notify_all()

    def see_only(self, scope: str, record_ids: set[str]) -> None:
        """The user's view changes: everything else is no longer theirs to see."""
        with self._news:
            self.scope = scope
            for gone in set(self.changes) - record_ids:
                del self.changes[gone]
                self.records.pop(gone, None)
            self._news.notify_all()

    def wait_for_poll(self) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.waiting > 0, 20)

    def close(self) -> None:
        with self._news:
            self.closed = True
            self._news.notify_all()

    def __call__(self, got: Got) -> Answering | None:
        try:
            if got.method == "GET":
                return self._read(got)
            return self._once(got)
        except RefusedError as refused:
            return refusing(refused.code)

    def _read(self, got: Got) -> Answering | None:
        if got.path == "/v1/feed":
            return answering(self._feed(got.query))
        if got.path == "/v1/feed/check":
            return answering(self.check())
        record = self.records.get(got.path.rpartition("/")[2])
        return refusing(Code.NOT_FOUND) if record is None else answering(record)

    def _feed(self, query: dict[str, str]) -> FeedPage:
        after, limit = int(query["after"]), min(int(query["limit"]), self.page)
        with self._news:
            scope_asked = query["scope"]
            self.waiting += 1
            self._news.notify_all()
            self._news.wait_for(
                lambda: self.head > after or self.scope != scope_asked or self.closed,
                float(query["wait"]),
            )
            self.waiting -= 1
            restart = scope_asked != self.scope
            after = 0 if restart else after
            newer = sorted((n, kind, i) for i, (n, kind) in self.changes.items() if n > after)
            more, newer = len(newer) > limit, newer[:limit]
            upto = newer[-1][0] if more else self.head
            changes = tuple(
                Change(n, kind, i, msgspec.Raw(msgspec.json.encode(self.records.get(i))))
                for n, kind, i in newer
            )
            return FeedPage(self.scope, after, upto, self.head, more, restart, changes)

    def check(self) -> FeedCheck:
        of_kind: dict[Kind, list[int]] = {kind: [] for kind in Kind}
        for record in self.records.values():
            of_kind[KINDS[type(record)]].append(record.version)
        counts = {kind: len(versions) for kind, versions in of_kind.items()}
        sums = {kind: sum(versions) for kind, versions in of_kind.items()}
        return FeedCheck(self.scope, self.head, counts, sums)

    def _once(self, got: Got) -> Answering:
        asked = got.path.encode() + got.body
        if got.key not in self.answers:
            self.answers[got.key] = (asked, self._act(got))
        before, answer = self.answers[got.key]
        return answer if before == asked else refusing(Code.IDEMPOTENCY_KEY_REUSED)

    def _act(self, got: Got) -> Answering:
        if got.path == "/v1/refunds":
            return self._request_refund(msgspec.json.decode(got.body, type=NewRefund))
        _, _, _, record_id, verb = got.path.split("/")
        record = self.records.get(record_id)
        if record is None:
            raise RefusedError(Code.NOT_FOUND)
        if got.headers["if-match"] != f'"{record.version}"':
            raise RefusedError(Code.VERSION_CHANGED)
        changed = self.put(_VERBS[verb](record, got.body))
        self.effects.append(f"{verb} {record_id}")
        return answering(changed)

    def _request_refund(self, asked: NewRefund) -> Answering:
        order = self.records.get(asked.order_id)
        if not isinstance(order, Order):
            raise RefusedError(Code.NOT_FOUND)
        if order.refunding + asked.amount > order.paid:
            raise RefusedError(Code.REFUND_EXCEEDS_PAID)
        self.put(msgspec.structs.replace(order, refunding=order.refunding + asked.amount))
        self.effects.append(f"refund {asked.order_id} {asked.amount}")
        return answering(self.put(a_refund(f"r{self.head}", asked.amount)), 201)


def _decided(record: Record, body: bytes) -> Record:
    if isinstance(record, Refund):
        approve = msgspec.json.decode(body, type=RefundDecision).approve
        state = RefundState.APPROVED if approve else RefundState.REJECTED
        return msgspec.structs.replace(record, state=state)
    decision = msgspec.json.decode(body, type=CaseDecision)
    return msgspec.structs.replace(
        record, state=CaseState.DECIDED, disposition=decision.disposition
    )


def _claimed(record: Record, _body: bytes) -> Record:
    if isinstance(record, RiskCase) and record.state is not CaseState.OPEN:
        raise RefusedError(Code.STEP_REFUSED)
    return msgspec.structs.replace(record, state=CaseState.IN_REVIEW, assignee="林")


_VERBS: dict[str, Callable[[Record, bytes], Record]] = {"decision": _decided, "claim": _claimed}
