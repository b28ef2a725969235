"""One HTTPS server on this machine that plays all providers, the till page and the controls.

``/v3/…`` is WeChat Pay and ``/gateway.do`` Alipay, because each signs or prints its own path; ``/``
is the till; ``/control/…`` scripts and drives the simulators. Only loopback is listened on.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qsl

import msgspec
import uvicorn

from payments.certificates import Authority
from payments.channels.alipay.simulator import AlipaySimulator
from payments.channels.simulation.notifier import Notifier
from payments.channels.simulation.provider import (
    Action,
    Answering,
    Exchange,
    ImpossibleActionError,
    Provider,
    Recall,
    Surroundings,
    UnknownTradeError,
    nothing_before,
)
from payments.channels.simulation.script import Outcome, Script
from payments.channels.simulation.till import language_of, page
from payments.channels.wechat_pay.simulator import WeChatPaySimulator

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_LOOPBACK: Final = "127.0.0.1"
_LARGEST_BODY: Final = 1024 * 1024
_START_S: Final = 10.0
_JSON: Final = {"content-type": "application/json"}
_PAGE: Final = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
}


class _ScriptOrder(msgspec.Struct, forbid_unknown_fields=True):
    number: str
    outcome: Outcome


class _ActOrder(msgspec.Struct, forbid_unknown_fields=True):
    channel: str
    number: str
    action: Action


class Desk:
    """Decides who answers a request: a provider, the till or the controls."""

    def __init__(self, providers: Mapping[str, Provider], script: Script) -> None:
        """``providers`` by the beginning of the paths they answer."""
        self._providers = providers
        self._by_name = {provider.name: provider for provider in providers.values()}
        self._script = script

    def handle(self, exchange: Exchange) -> Answering:
        """Answer one request."""
        for beginning, provider in self._providers.items():
            if exchange.path.startswith(beginning):
                return provider.handle(exchange)
        try:
            return self._own(exchange)
        except (msgspec.DecodeError, ImpossibleActionError) as error:
            return _json(400, {"problem": str(error)})
        except UnknownTradeError as error:
            return _json(404, {"problem": f"no payment {error}"})

    def _own(self, exchange: Exchange) -> Answering:
        match exchange.method, exchange.path:
            case "GET", "/":
                language = language_of(exchange.headers.get("accept-language", ""))
                trades = {name: one.trades() for name, one in self._by_name.items()}
                return Answering(200, _PAGE, page(trades, language))
            case "POST", "/act":
                form = dict(parse_qsl(exchange.body.decode("utf-8", "replace")))
                self._act(msgspec.convert(form, _ActOrder))
                return Answering(303, {"location": "/"})
            case "GET", "/control/trades":
                return _json(200, {name: one.trades() for name, one in self._by_name.items()})
            case "POST", "/control/script":
                order = msgspec.json.decode(exchange.body, type=_ScriptOrder)
                self._script.set(order.number, order.outcome)
                return Answering(204)
            case "POST", "/control/act":
                self._act(msgspec.json.decode(exchange.body, type=_ActOrder))
                return Answering(204)
        return _json(404, {"problem": "nothing here"})

    def _act(self, order: _ActOrder) -> None:
        provider = self._by_name.get(order.channel)
        if provider is None:
            raise UnknownTradeError(f"{order.channel} {order.number}")
        provider.act(order.number, order.action)


class Simulators:
    """The running simulators; ``with Simulators.start(folder) as simulators: …``."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int,
        notify_ca: Path | None,
        time_scale: float,
        clock: Callable[[], datetime],
        recall: Recall,
    ) -> None:
        authority = Authority.in_folder(folder)
        listening = socket.create_server((_LOOPBACK, port))
        base_url = f"https://{_LOOPBACK}:{listening.getsockname()[1]}"
        self.script = Script()
        ca_file = str(notify_ca or authority.ca_file)
        self.notifier = Notifier(ca_file=ca_file, time_scale=time_scale)

        def around(name: str) -> Surroundings:
            own = folder / name
            return Surroundings(
                own, base_url, clock, self.script, self.notifier, time_scale, recall
            )

        self.alipay = AlipaySimulator(around("alipay"))
        self.wechat_pay = WeChatPaySimulator(around("wechat_pay"))
        self._base_url = base_url
        self._ca_file = str(authority.ca_file)
        providers: dict[str, Provider] = {"/gateway.do": self.alipay, "/v3/": self.wechat_pay}
        self._server = _Server(authority, Desk(providers, self.script), listening)

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        port: int = 0,
        notify_ca: Path | None = None,
        time_scale: float = 1.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        recall: Recall = nothing_before,
    ) -> Simulators:
        """Make keys in ``folder`` (or find them there), listen on loopback and answer.

        ``port`` 0 takes a free one. ``notify_ca`` is what the merchant's certificate is checked
        with, by default the authority of ``folder``. All waiting times of notifications, refunds
        and slow answers are divided by ``time_scale``. ``recall`` knows payments of earlier days. Raises OSError when the port is taken or
        the folder cannot be written.
        """
        return cls(
            folder,
            port=port,
            notify_ca=notify_ca,
            time_scale=time_scale,
            clock=clock,
            recall=recall,
        )

    @property
    def details(self) -> dict[str, Any]:
        """Everything an independent client needs: URLs, ids, paths of keys, by channel."""
        channels = {
            provider.name: {**provider.details(), "ca_file": self._ca_file}
            for provider in (self.alipay, self.wechat_pay)
        }
        return {
            "base_url": self._base_url,
            "till": f"{self._base_url}/",
            "control": f"{self._base_url}/control",
            "ca_file": self._ca_file,
            "channels": channels,
        }

    def close(self) -> None:
        """Stop listening, drop notifications that are not yet due, and wait for the threads."""
        self._server.close()
        self.notifier.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Server:
    """uvicorn in a thread of its own, ready when it is built."""

    def __init__(self, authority: Authority, desk: Desk, listening: socket.socket) -> None:
        config = uvicorn.Config(
            _application(desk),
            ssl_certfile=authority.certificate_file,
            ssl_keyfile=authority.key_file,
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = _Announcing(config)
        self._listening = listening
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name="simulators", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_START_S):
            raise OSError("the simulators' server did not start")

    def close(self) -> None:
        self._server.should_exit = True
        # Merchants keep their connections open; do not wait for them to let go.
        self._server.force_exit = True
        self._thread.join()
        self._listening.close()


class _Announcing(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def _application(
    desk: Desk,
) -> Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]:
    async def application(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if len(body) > _LARGEST_BODY:
            await _answer(_json(413, {"problem": "too large"}), send)
            return
        exchange = Exchange(
            method=scope["method"],
            # The path as sent, still percent-encoded: providers sign it.
            path=scope["raw_path"].decode("ascii"),
            query=scope["query_string"].decode("ascii"),
            headers={
                name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
            },
            body=body,
        )
        answering = await asyncio.to_thread(desk.handle, exchange)
        await asyncio.sleep(answering.delay_s)
        await _answer(answering, send)

    return application


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more and len(body) <= _LARGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _answer(answering: Answering, send: Send) -> None:
    headers = [(name.encode(), value.encode()) for name, value in answering.headers.items()]
    if answering.drop:
        # An announced body that never comes: the server breaks the connection.
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]}
        )
        return
    headers.append((b"content-length", str(len(answering.body)).encode()))
    await send({"type": "http.response.start", "status": answering.status, "headers": headers})
    await send({"type": "http.response.body", "body": answering.body})


def _json(status: int, body: object) -> Answering:
    return Answering(status, _JSON, msgspec.json.encode(body))
