"""One method per request that the console makes on behalf of the signed-in user.

What a person decides (refunds, risk cases) is not here: it is first a row in the store and then sent
by ``app.services.sync.pending_actions`` through ``PaymentsApi.send``.
"""

from __future__ import annotations

from typing import Final, TypeVar
from urllib.parse import quote

from app.services.payments_api.client import Call, Client
from app.services.payments_api.problems import NOT_SIGNED_IN, ProblemError
from app.services.payments_api.session import SignedIn
from payments.contract.wire.feed import FeedCheck, FeedPage
from payments.contract.wire.records import Product
from payments.contract.wire.requests import (
    Customer,
    Health,
    Identity,
    LedgerCheck,
    Me,
    NewProduct,
    OpenCustomer,
    Postings,
    RecoveryCodes,
    SecondFactorConfirm,
    SecondFactorSetup,
    SignIn,
)

T = TypeVar("T")

PAGE_LIMIT: Final = 5000


def segment(record_id: str) -> str:
    """An id as one segment of a path: an id with a slash in it leads nowhere else."""
    return quote(record_id, safe="")


class PaymentsApi:
    """The payment services as the signed-in user may use them. All methods raise ``ApiError``."""

    def __init__(self, client: Client, session: SignedIn) -> None:
        self._client = client
        self.session = session

    def another(self) -> PaymentsApi:
        """The same user over connections of its own, to be interrupted apart from the others."""
        return PaymentsApi(self._client.another(), self.session)

    def interrupt(self) -> None:
        """End what is under way, from any thread; nothing can be asked afterwards."""
        self._client.interrupt()

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def send(self, call: Call, answer: type[T]) -> T:
        """Send a call as the signed-in user, renewing the session once where that is needed."""
        token = self.session.access_token()
        try:
            return self._client.send(call, answer, token)
        except ProblemError as problem:
            if problem.code not in NOT_SIGNED_IN:
                raise
        return self._client.send(call, answer, self.session.renewed(self._client, token))

    def health(self) -> Health:
        """Whether the services are up; asked without signing in."""
        return self._client.send(Call("GET", "/health"), Health)

    def sign_in(self, sign_in: SignIn) -> Me:
        """Begin a session; see ``SignedIn.sign_in``."""
        return self.session.sign_in(self._client, sign_in)

    def sign_out(self, *, everywhere: bool = False) -> None:
        """End the session; see ``SignedIn.sign_out``."""
        self.session.sign_out(self._client, everywhere=everywhere)

    def me(self) -> Me:
        """The signed-in user as the services know them now."""
        return self.send(Call("GET", "/v1/me"), Me)

    def set_up_second_factor(self, key: str) -> SecondFactorSetup:
        """A new TOTP secret, which counts once it is confirmed."""
        return self.send(Call("POST", "/v1/me/second-factor", key=key), SecondFactorSetup)

    def confirm_second_factor(self, code: str, key: str) -> RecoveryCodes:
        """Confirm the new secret by its first code."""
        body = SecondFactorConfirm(code)
        return self.send(
            Call("POST", "/v1/me/second-factor/confirm", body=body, key=key), RecoveryCodes
        )

    def feed(self, scope: str, after: int, *, limit: int = PAGE_LIMIT, wait_s: int = 0) -> FeedPage:
        """The next page of changes; the services hold the answer up to ``wait_s`` for a change."""
        query: dict[str, str | int] = {
            "scope": scope,
            "after": after,
            "limit": limit,
            "wait": wait_s,
        }
        return self.send(Call("GET", "/v1/feed", query, wait_s=wait_s), FeedPage)

    def feed_check(self, scope: str) -> FeedCheck:
        """What a console that has applied everything must hold."""
        return self.send(Call("GET", "/v1/feed/check", {"scope": scope}), FeedCheck)

    def postings(self, order_id: str) -> Postings:
        """The ledger postings of one order."""
        return self.send(Call("GET", f"/v1/orders/{segment(order_id)}/postings"), Postings)

    def ledger_check(self) -> LedgerCheck:
        """Whether the ledger balances and its chain is intact."""
        return self.send(Call("GET", "/v1/ledger/check"), LedgerCheck)

    def identity(self, payer_id: str, key: str) -> Identity:
        """A payer unmasked; the services keep who asked."""
        return self.send(
            Call("POST", f"/v1/payers/{segment(payer_id)}/identity", key=key), Identity
        )

    def open_customer(self, find: str, key: str) -> Customer:
        """Open one customer for support; the scope of the feed changes with it."""
        return self.send(Call("POST", "/v1/customer", body=OpenCustomer(find), key=key), Customer)

    def close_customer(self, key: str) -> None:
        """Close the customer that is open."""
        self.send(Call("DELETE", "/v1/customer", key=key), type(None))

    def add_product(self, product: NewProduct, key: str) -> Product:
        """Put a product on sale."""
        return self.send(Call("POST", "/v1/products", body=product, key=key), Product)

    def change_product(self, product: NewProduct, version: int, key: str) -> Product:
        """Change a product of which ``version`` was seen."""
        path = f"/v1/products/{segment(product.id)}"
        return self.send(Call("PUT", path, body=product, key=key, version=version), Product)
