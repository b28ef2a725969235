"""A small server over real TLS on loopback whose answers a test decides."""

from __future__ import annotations

import socket
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qsl, urlsplit

import msgspec

from payments.certificates import Authority
from payments.contract.problems import Code, RefusedError


@dataclass
class Got:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        return self.headers.get("idempotency-key", "")

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass
class Answering:
    """``cut`` ends the connection after so many bytes of the body."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/json"
    cut: int | None = None


def answering(value: object, status: int = 200) -> Answering:
    return Answering(msgspec.json.encode(value), status)


def refusing(code: Code) -> Answering:
    problem = RefusedError(code).problem()
    return Answering(msgspec.json.encode(problem), problem.status, kind="application/problem+json")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def answer(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length", "0"))
        got = Got(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        given = self.server.loopback.respond(got)
        if given is None:
            self.close_connection = True
            return
        self.send_response(given.status)
        headers = {"content-type": given.kind, "content-length": str(len(given.body))}
        for name, value in (headers | given.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(given.body[: given.cut])
        self.close_connection = self.close_connection or given.cut is not None

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


for _method in ("GET", "POST", "PUT", "DELETE"):
    setattr(_Handler, f"do_{_method}", _Handler.answer)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    loopback: LoopbackServer

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    def handle_error(self, *_arguments: object) -> None:
        """Broken connections are what these tests are about."""


class LoopbackServer:
    """Answers what ``scripted`` holds for a path first, then what ``service`` says.

    ``None`` as an answer ends the connection without one.
    """

    def __init__(self, authority: Authority) -> None:
        self.ca_file = authority.ca_file
        self.got: list[Got] = []
        self.scripted: dict[str, deque[Answering | None]] = {}
        self.service: Callable[[Got], Answering | None] = lambda _got: refusing(Code.NOT_FOUND)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(authority.certificate_file, authority.key_file)
        self._port = 0
        self._lock = Lock()
        self.start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._server = _Server(self._port, self._context)
        self._server.loopback = self
        self._port = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for connection in self._server.connections:
            try:
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            except OSError:
                continue

    def script(self, path: str, *answers: Answering | None) -> None:
        self.scripted.setdefault(path, deque()).extend(answers)

    def paths(self) -> list[str]:
        return [got.path for got in self.got]

    def respond(self, got: Got) -> Answering | None:
        with self._lock:
            self.got.append(got)
            waiting = self.scripted.get(got.path)
            if waiting:
                return waiting.popleft()
        return self.service(got)
