from __future__ import annotations

import itertools
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from payments.certificates import Authority
from payments.channels.alipay.adapter import AlipayChannel
from payments.channels.alipay.config import simulated
from payments.channels.alipay.simulator import AlipaySimulator
from payments.channels.protocol import (
    AttemptRef,
    BadSignatureError,
    Notice,
    Outcome,
    PaymentRequest,
    RawNotification,
    RefundRequest,
    UnreadableNotificationError,
)
from payments.channels.simulation.notifier import Notifier
from payments.channels.simulation.provider import Answering, Exchange, Surroundings
from payments.channels.simulation.script import Script
from payments.contract.money import Money
from payments.contract.wire.records import Method

NOTIFIED_FASTER = 2000.0
SLOW_FASTER = 20.0  # a slow answer takes 1 s
WAIT_S = 10.0


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 4, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Server:
    """HTTPS on loopback; ``handle`` takes an Exchange and gives an Answering."""

    handle: Callable[[Exchange], Answering]

    def __init__(self, authority: Authority) -> None:
        self._closing = threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.certificate_file, authority.key_file)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"https://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        self._closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one packet
            timeout = 30

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def log_message(self, *_: object) -> None:
                pass

            def _answer(self) -> None:
                path, _, query = self.path.partition("?")
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", "0")))
                answering = server.handle(Exchange(self.command, path, query, headers, body))
                server._closing.wait(answering.delay_s)
                if answering.drop or server._closing.is_set():
                    self.close_connection = True
                    return
                self.send_response(answering.status)
                for name, value in answering.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answering.body)))
                self.end_headers()
                self.wfile.write(answering.body)

        return Handler


class Inbox:
    """The merchant's notification address, reading with the channels under test."""

    def __init__(self) -> None:
        self.channels: dict[str, AlipayChannel] = {}
        self.arrived: dict[str, Queue[Any]] = defaultdict(Queue)
        self.url = ""

    def handle(self, exchange: Exchange) -> Answering:
        _, _, key, number = exchange.path.split("/")
        channel = self.channels[key]
        said: Notice | Exception
        try:
            said = channel.read_notification(RawNotification(exchange.headers, exchange.body))
            reply = channel.accepted()
        except UnreadableNotificationError as error:
            said, reply = error, channel.accepted()
        except BadSignatureError as error:
            said, reply = error, channel.refused(str(error))
        self.arrived[number].put(said)
        return Answering(reply.status, {"content-type": reply.content_type}, reply.body)

    def next(self, number: str):
        return self.arrived[number].get(timeout=WAIT_S)


class World:
    """A simulator, a merchant's inbox and a channel in each key mode, over real TLS."""

    def __init__(self, folder: Path) -> None:
        authority = Authority.in_folder(folder / "tls")
        self.ca_file = str(authority.ca_file)
        self.clock = Clock()
        self.script = Script()
        self.inbox = Inbox()
        self._numbers = itertools.count(1)
        self._merchant = Server(authority)
        self._merchant.handle = self.inbox.handle
        self._provider = Server(authority)
        self._notifier = Notifier(ca_file=self.ca_file, time_scale=NOTIFIED_FASTER)
        self.simulator = AlipaySimulator(
            Surroundings(
                folder=folder / "alipay",
                base_url=self._provider.url,
                clock=self.clock,
                script=self.script,
                notifier=self._notifier,
                time_scale=SLOW_FASTER,
            )
        )
        self._provider.handle = self.simulator.handle
        self.configs = {
            "plain": simulated(self.simulator.details(), ca_file=self.ca_file),
            "certificates": simulated(
                self.simulator.details(), ca_file=self.ca_file, certificate_mode=True
            ),
        }
        for key, config in self.configs.items():
            self.inbox.channels[key] = AlipayChannel(config, clock=self.clock)

    def close(self) -> None:
        self._notifier.close()
        for channel in self.inbox.channels.values():
            channel.shut_down()
        self._provider.close()
        self._merchant.close()

    def number(self) -> str:
        return f"KP{next(self._numbers):08d}"

    def notify_url(self, key: str, number: str) -> str:
        return f"{self._merchant.url}/notify/{key}/{number}"


class Shop:
    """One merchant's doings with one key mode."""

    def __init__(self, world: World, key: str) -> None:
        self.world = world
        self.key = key
        self.channel = world.inbox.channels[key]
        self.simulator = world.simulator

    def request(
        self,
        title: str = "Python 入门课 + 答疑",
        *,
        fen: int = 19900,
        method: Method = Method.ALIPAY_QR,
        **more: Any,
    ) -> PaymentRequest:
        number = self.world.number()
        fields: dict[str, Any] = {
            "notify_url": self.world.notify_url(self.key, number),
            "expires_at": self.world.clock() + timedelta(minutes=30),
            **more,
        }
        return PaymentRequest(number, method, Money(fen, "CNY"), title, **fields)

    def started(self, outcome: str = "", **more: Any) -> PaymentRequest:
        request = self.request(f"课程 [sim:{outcome}]" if outcome else "课程", **more)
        self.channel.start(request)
        return request

    def ask(self, request: PaymentRequest) -> Outcome:
        return self.channel.ask(self.attempt(request))

    def close(self, request: PaymentRequest) -> Outcome:
        return self.channel.close(self.attempt(request))

    @staticmethod
    def attempt(request: PaymentRequest) -> AttemptRef:
        return AttemptRef(request.attempt_id, request.amount, request.method)

    def refund_of(
        self, request: PaymentRequest, fen: int, reason: str = "不想要了", number: str = ""
    ) -> RefundRequest:
        return RefundRequest(
            refund_id=number or f"R{self.world.number()}",
            attempt_id=request.attempt_id,
            channel_ref="",
            amount=Money(fen, "CNY"),
            total=request.amount,
            reason=reason,
            notify_url="",
        )

    def told(self, request: PaymentRequest) -> Any:
        return self.world.inbox.next(request.attempt_id)

    def untold(self, request: PaymentRequest) -> bool:
        return self.world.inbox.arrived[request.attempt_id].empty()


@pytest.fixture(scope="session")
def make_world(tmp_path_factory):
    made = []

    def make() -> World:
        made.append(World(tmp_path_factory.mktemp("alipay")))
        return made[-1]

    yield make
    for world in made:
        world.close()


@pytest.fixture(scope="session")
def world(make_world):
    return make_world()


@pytest.fixture(params=["plain", "certificates"])
def shop(world, request):
    return Shop(world, request.param)


@pytest.fixture
def plain_shop(world):
    return Shop(world, "plain")


@pytest.fixture
def certified_shop(world):
    return Shop(world, "certificates")


@pytest.fixture
def shop_of_its_own(make_world):
    return Shop(make_world(), "certificates")
