"""A shop on each database: orders are placed, attempts begun and channels' words applied by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from payments.channels.balance.adapter import TRAITS as BALANCE_TRAITS
from payments.channels.balance.adapter import BalanceChannel
from payments.channels.protocol import (
    ChannelTraits,
    Outcome,
    PaymentResult,
    RefundOutcome,
    RefundResult,
)
from payments.contract.lifecycles import AttemptState
from payments.contract.money import Money
from payments.contract.problems import Code, RefusedError
from payments.contract.roles import Kind, Role
from payments.contract.wire.records import ChannelName, Method, Order, ProductKind, Refund, RiskCase
from payments.contract.wire.requests import (
    CaseDecision,
    Device,
    NewOrder,
    NewPayment,
    NewProduct,
    NewRefund,
    PayerInfo,
    Posting,
    RefundDecision,
)
from payments.flows import begin_payment, change_catalogue, refund, review_risk, send_refund
from payments.flows.balance import balance_of
from payments.flows.pay import Payments
from payments.flows.place_order import place_order
from payments.flows.settle_attempt import apply_outcome
from payments.flows.settle_refund import apply_refund_outcome
from payments.store import feed, ledger, merchants, security_events
from payments.store.database import Database
from payments.store.feed import Viewer
from payments.store.records import ATTEMPTS, cases_of, refunds_of
from payments.store.stored import StoredAttempt
from payments.store.work import Actor, Work

ADMIN = Actor("u-admin", "管理员", Role.ADMIN)
SUPPORT = Actor("u-support", "客服", Role.SUPPORT)
FINANCE = Actor("u-finance", "财务", Role.FINANCE)
REVIEWER = Actor("u-reviewer", "风控", Role.RISK_REVIEWER)
PLATFORM = Actor("u-platform", "platform", Role.PLATFORM)

ALIPAY = ChannelTraits(
    name=ChannelName.ALIPAY,
    methods=(Method.ALIPAY_QR,),
    currencies=frozenset({"CNY"}),
    smallest=1,
    largest=10_000_000,
    fee_rate=Decimal("0.006"),
    refund_window=timedelta(days=365),
    partial_refunds=True,
    refund_spacing=timedelta(0),
    fee_returned_on_refund=False,
)
WECHAT = msgspec.structs.replace(
    ALIPAY,
    name=ChannelName.WECHAT_PAY,
    methods=(Method.WECHAT_PAY_NATIVE,),
    fee_rate=Decimal("0.0038"),
    fee_returned_on_refund=True,
    refund_spacing=timedelta(minutes=1),
)
TERMS = {it.name: it for it in (ALIPAY, WECHAT, BALANCE_TRAITS)}


class Shop:
    """The business under test; every method is one flow in its own transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.terms = dict(TERMS)
        self._payers = 0
        self.run = database.run_sync

    def sells(self, product_id: str = "course", price: int = 10_000, **changes: Any) -> str:
        product = NewProduct(
            id=product_id,
            kind=changes.pop("kind", ProductKind.COURSE),
            title="算法入门",
            currency=changes.pop("currency", "CNY"),
            price=price,
            instructor_id="teacher",
            instructor="王老师",
            **changes,
        )
        return self.run(change_catalogue.add, product, actor=ADMIN)

    def order(self, product_id: str = "course", payer: str = "", **changes: Any) -> str:
        self._payers += 1
        info = PayerInfo(payer_id=payer or f"payer-{self._payers}", name="王小明")
        device = Device(device_id=changes.pop("device", ""))
        new = NewOrder(product_id=product_id, payer=info, device=device, **changes)
        return self.run(place_order, new, actor=PLATFORM)

    def begin(self, order_id: str, method: Method | None = Method.ALIPAY_QR) -> StoredAttempt:
        begun = self.run(
            begin_payment.begin, order_id, method, self.terms, frozenset(self.terms), {}
        )
        return begun.attempt

    def begun_in(self, order_id: str, state: AttemptState) -> StoredAttempt:
        attempt = self.begin(order_id)

        def put(work: Work) -> StoredAttempt:
            return ATTEMPTS.save(work, replace(ATTEMPTS.locked(work, attempt.id), state=state))

        return self.run(put)

    def told(
        self, attempt: StoredAttempt, result: PaymentResult = PaymentResult.PAID, **said: Any
    ) -> StoredAttempt:
        amount = Money(attempt.amount, attempt.currency)
        words: dict[str, Any] = {"attempt_id": attempt.id, "amount": amount} | said
        return self.run(apply_outcome, attempt, Outcome(result, **words))

    def paid(
        self, product_id: str = "course", method: Method = Method.ALIPAY_QR, **order: Any
    ) -> str:
        order_id = self.order(product_id, **order)
        self.told(self.begin(order_id, method))
        return order_id

    def topped_up(self, payer: str, amount: int) -> str:
        product = f"top-up-{amount}"
        self.sells(product, amount, kind=ProductKind.TOP_UP)
        return self.paid(product, payer=payer)

    def asks_refund(self, order_id: str, amount: int, actor: Actor = SUPPORT) -> str:
        new = NewRefund(order_id=order_id, amount=amount, currency="CNY", reason="no_longer_needed")
        return self.run(refund.request, new, self.terms, actor=actor)

    def decides(self, refund_id: str, *, approve: bool = True, actor: Actor = FINANCE) -> None:
        self.run(refund.decide, refund_id, RefundDecision(approve=approve), actor=actor)

    def sends(self, refund_id: str) -> object:
        return self.run(send_refund.begin_submission, refund_id, self.terms, "https://shop.test")

    def refund_told(
        self, refund_id: str, result: RefundResult = RefundResult.SUCCEEDED, **said: Any
    ) -> None:
        words = {"refund_id": refund_id} | said
        self.run(apply_refund_outcome, refund_id, RefundOutcome(result, **words))

    def refunded(self, order_id: str, amount: int) -> str:
        refund_id = self.asks_refund(order_id, amount)
        if self.the_refund(refund_id).needs_second_person:
            self.decides(refund_id)
        self.sends(refund_id)
        self.refund_told(refund_id)
        return refund_id

    def reviews(self, case_id: str, disposition: Any, actor: Actor = REVIEWER) -> None:
        decision = CaseDecision(disposition=disposition, reason="looked_at")
        self.run(review_risk.decide, case_id, decision, self.terms, actor=actor)

    def pays_by_balance(self, order_id: str) -> None:
        channels = {ChannelName.BALANCE: BalanceChannel()}
        payments = Payments(self.database, channels, "https://shop.test")
        new = NewPayment(method=Method.BALANCE)
        self.database.complete(payments.start(order_id, new, PLATFORM))

    def the_order(self, order_id: str) -> Order:
        order: Order = self._record(Kind.ORDER, order_id, Order)
        return order

    def the_refund(self, refund_id: str) -> Refund:
        found: Refund = self._record(Kind.REFUND, refund_id, Refund)
        return found

    def the_case(self, case_id: str) -> RiskCase:
        case: RiskCase = self._record(Kind.RISK_CASE, case_id, RiskCase)
        return case

    def the_attempt(self, attempt_id: str) -> StoredAttempt:
        attempt = self.database.read_sync(ATTEMPTS.get, attempt_id)
        assert attempt is not None
        return attempt

    def refund_ids(self, order_id: str) -> list[str]:
        return [it.id for it in self.database.read_sync(refunds_of, order_id)]

    def case_id(self, order_id: str) -> str:
        return self.database.read_sync(cases_of, order_id)[-1].id

    def happened(self, order_id: str) -> list[str]:
        return [event.what.value for event in self.the_order(order_id).events]

    def alarms(self) -> dict[str, int]:
        return self.database.read_sync(security_events.counted)

    def postings(self, order_id: str) -> tuple[Posting, ...]:
        return self.database.read_sync(ledger.postings_of, order_id)

    def balance(self, payer: str) -> int:
        return self.database.read_sync(balance_of, payer, "CNY")

    def account(self, name: str) -> int:
        return self.database.read_sync(ledger.balance, name, "CNY")

    def head(self) -> int:
        return self.database.read_sync(feed.head_of)

    def settings(self, **changes: Any) -> None:
        def change(work: Work) -> None:
            merchant = merchants.get(work)
            settings = msgspec.structs.replace(merchant.settings, **changes)
            merchants.save(work, replace(merchant, settings=settings))

        self.run(change)

    def check_books(self) -> None:
        """What must always hold: the ledger balances and its chain is intact."""
        books = self.database.read_sync(ledger.check)
        assert books.balanced
        assert books.chain_intact

    def _record(self, kind: Kind, record_id: str, schema: Any) -> Any:
        seen = self.database.read_sync(feed.body_of, kind, record_id, Viewer(Role.ADMIN))
        assert seen is not None
        return msgspec.json.decode(seen[1], type=schema)


@pytest.fixture
def shop(database: Database) -> Iterator[Shop]:
    shop = Shop(database)
    shop.sells()
    yield shop
    shop.check_books()


@contextmanager
def refusing(code: Code) -> Iterator[None]:
    with pytest.raises(RefusedError) as refusal:
        yield
    assert refusal.value.code is code


Refusing = Callable[[Code], AbstractContextManager[None]]


@pytest.fixture
def refused(shop: Shop) -> Refusing:
    """A request that is refused with this code changes nothing at all."""

    @contextmanager
    def unchanged(code: Code) -> Iterator[None]:
        before = shop.head()
        with refusing(code):
            yield
        assert shop.head() == before

    return unchanged


@pytest.fixture
def shop_of() -> type[Shop]:
    return Shop
