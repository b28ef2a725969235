"""A whole business on loopback: services as they are started, simulated providers, people.

Nothing of the product is replaced: a process serves over TLS, the providers speak their protocols,
people sign in with their passwords and the course platform places orders over the interface.
"""

from __future__ import annotations

import itertools
import json
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import msgspec
import pytest

from payments.assembly import add_user, found_merchant
from payments.certificates import Authority
from payments.channels.simulation.host import Simulators
from payments.contract.roles import Kind, Role
from payments.contract.wire.records import Order, ProductKind, Refund, RiskCase
from payments.contract.wire.requests import NewProduct
from payments.flows import change_catalogue, credentials
from payments.flows.job_kinds import EXPIRE_ORDER, plan
from payments.store import security_events
from payments.store.database import Database
from payments.store.migrations import migrate
from payments.store.records import ORDERS
from payments.store.work import Actor, Work

T = TypeVar("T")

PASSWORD: Final = "correct horse battery"
WAIT_S: Final = 45.0
# Ten thousand minor units, and a price at which an unusual order scores above the threshold of 90.
COURSE, MASTERCLASS = "photography", "masterclass"
PRICES: Final = {COURSE: 10_000, MASTERCLASS: 150_000}
_LOOK_EVERY_S: Final = 0.02
_ADMIN: Final = Actor("u-setup", "setup", Role.ADMIN)


def until(answer: Callable[[], Any], what: str = "") -> Any:
    """The first true answer. Fails the test when there is none in time."""
    deadline = time.monotonic() + WAIT_S
    while not (found := answer()):
        if time.monotonic() > deadline:
            pytest.fail(f"never came true: {what or answer}")
        time.sleep(_LOOK_EVERY_S)
    return found


def prepare(folder: Path) -> None:
    """Found the business in a folder: authority, schema, products and a user of each role."""
    Authority.in_folder(folder / "tls")
    password_hash = credentials.password_hash(PASSWORD)

    def people(work: Work) -> None:
        for role in Role:
            teaches = "instructor-7" if role is Role.CREATOR else ""
            add_user(work, role.value, role.value, role, teaches, password_hash)
        # Whoever decides must not be the only one who could: two of each that decides.
        for role in (Role.FINANCE, Role.RISK_REVIEWER):
            add_user(work, f"second_{role.value}", f"second {role.value}", role, "", password_hash)

    with Database.open(f"sqlite:///{folder}/suanpan.db") as database:
        database.run_sync(migrate)
        database.run_sync(found_merchant)
        database.run_sync(people)
        for product, price in PRICES.items():
            database.run_sync(change_catalogue.add, _a_product(product, price), actor=_ADMIN)


def _a_product(product_id: str, price: int) -> NewProduct:
    return NewProduct(
        id=product_id,
        kind=ProductKind.COURSE,
        title=f"摄影 {product_id}",
        currency="CNY",
        price=price,
        instructor_id="instructor-7",
        instructor="陈老师",
    )


class Services:
    """``python -m payments serve`` in a process of its own, on a port that it keeps."""

    def __init__(self, data: Path, channels: Path) -> None:
        self.data = data
        self.ca = data / "tls" / "ca.pem"
        self._channels = channels
        self._port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        return self._port

    def start(self) -> None:
        command = [sys.executable, "-m", "payments", "serve", "--exit-with-parent"]
        options = ["--data", self.data, "--channels", self._channels, "--port", str(self._port)]
        self._process = subprocess.Popen(
            [*command, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self.data / "services.log").open("a"),
            text=True,
        )
        assert self._process.stdout
        ready = self._process.stdout.readline()
        assert ready, (self.data / "services.log").read_text(encoding="utf-8")
        self._port = int(json.loads(ready)["url"].rpartition(":")[2])

    def kill(self) -> None:
        """End it as a power cut does."""
        self._end(lambda process: process.kill())

    def stop(self) -> None:
        """End it as its parent does; nothing when it does not run."""
        self._end(lambda process: process.stdin and process.stdin.close())

    def _end(self, how: Callable[[subprocess.Popen[str]], object]) -> None:
        process, self._process = self._process, None
        if process is not None:
            how(process)
            process.wait(timeout=WAIT_S)
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


class Person:
    """Somebody signed in over HTTPS, or the course platform's program."""

    def __init__(self, url: str, ca: Path, login: str) -> None:
        self.client = httpx.Client(
            base_url=url, verify=ssl.create_default_context(cafile=ca), timeout=WAIT_S
        )
        self._keys = (f"{login}-{number}" for number in itertools.count())
        signed_in = self.client.post("/v1/sessions", json={"login": login, "password": PASSWORD})
        assert signed_in.status_code in {200, 201}, signed_in.text
        self.client.headers["authorization"] = f"Bearer {signed_in.json()['access_token']}"

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, *, version: int | None = None) -> Any:
        answer = self.tries(path, body, version=version)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def tries(
        self, path: str, body: Any = None, *, version: int | None = None, key: str = ""
    ) -> httpx.Response:
        """Send a request whose refusal is as good an answer."""
        headers = {"idempotency-key": key or next(self._keys)}
        if version is not None:
            headers["if-match"] = f'"{version}"'
        return self.client.post(path, json=body, headers=headers)

    def seen(self, kind: Kind, schema: type[T]) -> list[T]:
        """All records of a kind that the feed brings this person, oldest change first."""
        page = {"scope": "", "upto": 0, "more": True}
        found: dict[str, Any] = {}
        while page["more"]:
            page = self.get("/v1/feed", scope=page["scope"], after=page["upto"])
            found |= {one: body for _, of, one, body in page["changes"] if of == kind}
        return [msgspec.convert(body, schema) for body in found.values() if body is not None]


class Business:
    """The services, the providers and everybody who works with them."""

    def __init__(self, folder: Path, founded: Path, simulators: Simulators) -> None:
        shutil.copytree(founded, folder / "services")
        channels = folder / "channels.json"
        channels.write_text(json.dumps(simulators.details), encoding="utf-8")
        self.services = Services(folder / "services", channels)
        self._buyer = httpx.Client(
            base_url=simulators.details["control"],
            verify=ssl.create_default_context(cafile=simulators.details["ca_file"]),
        )
        self._people: dict[str, Person] = {}
        self._payers = itertools.count(1)

    def close(self) -> None:
        for one in self._people.values():
            one.client.close()
        self._buyer.close()
        self.services.stop()

    def person(self, login: str) -> Person:
        """Somebody by login (the role's name, or ``second_…``), signed in when first asked for."""
        if login not in self._people:
            self._people[login] = Person(self.services.url, self.services.ca, login)
        return self._people[login]

    @property
    def platform(self) -> Person:
        return self.person("platform")

    @property
    def admin(self) -> Person:
        return self.person("admin")

    # the course platform

    def new_order(self, product: str = COURSE, payer: str = "", **device: str) -> dict[str, Any]:
        """What the platform says to place an order."""
        payer = payer or f"student-{next(self._payers)}"
        who = {"payer_id": payer, "name": "王小明", "phone": "13800138000"}
        return {"product_id": product, "payer": who, "device": device}

    def places(self, product: str = COURSE, payer: str = "", **device: str) -> str:
        order: str = self.platform.post("/v1/orders", self.new_order(product, payer, **device))[
            "id"
        ]
        return order

    def begins(self, order: str, method: str = "wechat_pay.native") -> Any:
        return self.platform.post(f"/v1/orders/{order}/payments", {"method": method})

    def sells(self, product: str = COURSE, payer: str = "", **device: str) -> str:
        """An order, placed and paid by WeChat Pay; its id."""
        order = self.places(product, payer, **device)
        self.acts("wechat_pay", self.begins(order)["attempt_id"], "pay")
        self.becomes(order, state="paid")
        return order

    # the buyer at the providers

    def acts(self, channel: str, number: str, action: str) -> None:
        act = {"channel": channel, "number": number, "action": action}
        assert self._buyer.post("act", json=act).status_code == 204

    def scripts(self, number: str, outcome: str) -> None:
        script = {"number": number, "outcome": outcome}
        assert self._buyer.post("script", json=script).status_code == 204

    def trades(self, order: str) -> list[dict[str, Any]]:
        """What all providers know of an order."""
        every = self._buyer.get("trades").json()
        return [
            trade for one in every.values() for trade in one if trade["number"].startswith(order)
        ]

    # beside the services, in the same database

    def alarms(self) -> dict[str, int]:
        """How many alarms of each kind there have been."""
        with self._database() as database:
            return database.read_sync(security_events.counted)

    def grows_old(self, order: str, hours: int) -> None:
        """An unpaid order's time was over so many hours ago, and the job that says so is due."""

        def back(work: Work) -> None:
            row = ORDERS.locked(work, order)
            ORDERS.save(work, replace(row, expires_ms=work.now_ms - hours * 3_600_000))
            plan(work, EXPIRE_ORDER, order)

        with self._database() as database:
            database.run_sync(back)

    def _database(self) -> Database:
        return Database.open(f"sqlite:///{self.services.data}/suanpan.db")

    # what has become of it

    def order(self, order: str) -> Order:
        return msgspec.convert(self.admin.get(f"/v1/orders/{order}"), Order)

    def becomes(self, order: str, **expected: Any) -> Order:
        """The order as soon as these of its fields are so."""

        def so() -> Order | None:
            seen = self.order(order)
            fits = all(getattr(seen, name) == value for name, value in expected.items())
            return seen if fits else None

        found: Order = until(so, f"{order} {expected}")
        return found

    def happened(self, order: str) -> list[str]:
        return [event.what.value for event in self.order(order).events]

    def refunds(self, order: str) -> list[Refund]:
        return [one for one in self.admin.seen(Kind.REFUND, Refund) if one.order_id == order]

    def case(self, order: str) -> RiskCase:
        """The risk case of an order."""
        cases = self.admin.seen(Kind.RISK_CASE, RiskCase)
        return next(one for one in cases if one.order_id == order)

    def postings(self, order: str) -> set[str]:
        """The ledger's transactions of an order."""
        found = self.admin.get(f"/v1/orders/{order}/postings")["postings"]
        return {posting["transaction"] for posting in found}

    def books(self) -> Any:
        """The ledger's own check, which must always hold."""
        check = self.admin.get("/v1/ledger/check")
        assert check["balanced"], check
        assert check["chain_intact"], check
        assert not any(check["sums"].values()), check
        return check
