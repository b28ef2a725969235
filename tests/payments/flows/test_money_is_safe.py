"""Any order of requests, decisions and answers: what must always hold, holds after every step."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from payments.channels.protocol import PaymentResult, RefundResult
from payments.contract.lifecycles import RESERVING_REFUNDS, Disposition, OrderState, RefundState
from payments.contract.problems import RefusedError
from payments.contract.wire.records import Method, ProductKind
from payments.contract.wire.requests import CaseNote
from payments.flows import refund as refunds
from payments.flows import review_risk
from payments.flows.cancel_order import cancel_order
from payments.store.database import Database
from payments.store.records import attempts_of, cases_of, refunds_of

METHODS = st.sampled_from([Method.ALIPAY_QR, Method.WECHAT_PAY_NATIVE, None])
SAID = st.sampled_from(PaymentResult)
AMOUNTS = st.sampled_from([1, 3_333, 50_000, 100_000, 199_999, 200_000])


class Business(RuleBasedStateMachine):
    """One order, everything that may happen to it."""

    template: Path
    shop_of: type

    @initialize(kind=st.sampled_from([ProductKind.COURSE, ProductKind.TOP_UP]))
    def open_shop(self, kind):
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "suanpan.db"
        shutil.copy(self.template, path)
        self.shop = self.shop_of(Database.open(f"sqlite:///{path}"))
        self.shop.sells("dear", 200_000, kind=kind, tax_rate="0.06")
        self.order_id = self.shop.order("dear", payer="payer")

    def teardown(self):
        if hasattr(self, "shop"):
            self.shop.check_books()
            self.shop.database.close_sync()
            self.folder.cleanup()

    def _attempts(self):
        return self.shop.database.read_sync(attempts_of, self.order_id)

    def _refunds(self):
        return self.shop.database.read_sync(refunds_of, self.order_id)

    @rule(method=METHODS)
    def begins(self, method):
        with suppress(RefusedError):
            self.shop.begin(self.order_id, method)

    @precondition(lambda self: self._attempts())
    @rule(data=st.data(), said=SAID)
    def channel_says(self, data, said):
        self.shop.told(data.draw(st.sampled_from(self._attempts())), said)

    @precondition(lambda self: self._attempts())
    @rule(data=st.data())
    def payer_pays(self, data):
        self.shop.told(data.draw(st.sampled_from(self._attempts())))

    @rule()
    def cancelled(self):
        with suppress(RefusedError):
            self.shop.run(cancel_order, self.order_id)

    @rule(amount=AMOUNTS)
    def asks_refund(self, amount):
        with suppress(RefusedError):
            self.shop.asks_refund(self.order_id, amount)

    @precondition(lambda self: self._refunds())
    @rule(
        data=st.data(),
        act=st.sampled_from(["approve", "reject", "cancel", "retry", "send"]),
    )
    def person_acts_on_refund(self, data, act):
        refund_id = data.draw(st.sampled_from(self._refunds())).id
        with suppress(RefusedError):
            match act:
                case "approve" | "reject":
                    self.shop.decides(refund_id, approve=act == "approve")
                case "cancel":
                    self.shop.run(refunds.cancel, refund_id)
                case "retry":
                    self.shop.run(refunds.retry, refund_id, self.shop.terms)
                case "send":
                    self.shop.sends(refund_id)

    @precondition(lambda self: any(it.submitted_ms for it in self._refunds()))
    @rule(data=st.data(), said=st.sampled_from(RefundResult))
    def channel_says_of_refund(self, data, said):
        sent = [it for it in self._refunds() if it.submitted_ms]
        self.shop.refund_told(data.draw(st.sampled_from(sent)).id, said)

    @precondition(lambda self: self.shop.the_order(self.order_id).review.value != "none")
    @rule(disposition=st.sampled_from(Disposition))
    def reviewed(self, disposition):
        case_id = self.shop.case_id(self.order_id)
        with suppress(RefusedError):
            self.shop.reviews(case_id, disposition)

    @precondition(lambda self: self.shop.database.read_sync(cases_of, self.order_id))
    @rule()
    def reopened(self):
        note = CaseNote(note="again")
        with suppress(RefusedError):
            self.shop.run(review_risk.reopen, self.shop.case_id(self.order_id), note)

    @invariant()
    def never_more_goes_back_than_was_paid(self):
        order = self.shop.the_order(self.order_id)
        own = [it for it in self._refunds() if not it.automatic]
        reserved = sum(it.amount for it in own if it.state in RESERVING_REFUNDS)
        refunded = sum(it.amount for it in own if it.state is RefundState.SUCCEEDED)
        assert (order.refunding, order.refunded) == (reserved, refunded)
        assert order.paid >= order.refunded + order.refunding
        assert order.paid == (order.amount if order.state is OrderState.PAID else 0)

    @invariant()
    def everything_received_is_on_the_ledger_once(self):
        succeeded = [it for it in self._attempts() if it.state.value == "succeeded"]
        received = sum(it.amount for it in succeeded)
        returned = sum(it.amount for it in self._refunds() if it.state is RefundState.SUCCEEDED)
        postings = self.shop.postings(self.order_id)
        there = sum(
            it.amount for it in postings if it.account.startswith(("channel_clearing", "fees"))
        )
        assert there == received - returned
        assert sum(it.amount for it in postings) == 0

    @invariant()
    def unasked_money_goes_back_once(self):
        order = self.shop.the_order(self.order_id)
        received = sum(it.amount for it in self._attempts() if it.state.value == "succeeded")
        live = RESERVING_REFUNDS | {RefundState.SUCCEEDED}
        going = sum(it.amount for it in self._refunds() if it.automatic and it.state in live)
        assert going <= received - order.paid

    @invariant()
    def a_balance_is_never_below_nothing(self):
        assert self.shop.balance("payer") >= 0


@pytest.mark.timeout(300)
def test_money_is_safe_whatever_happens_in_whatever_order(sqlite_template, shop_of):
    Business.template, Business.shop_of = sqlite_template, shop_of
    run_state_machine_as_test(
        Business,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
