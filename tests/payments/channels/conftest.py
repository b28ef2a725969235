"""A merchant's HTTPS server that records notifications, and the running simulators."""

from __future__ import annotations

import queue
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from payments.certificates import Authority
from payments.channels.protocol import RawNotification
from payments.channels.simulation.host import Simulators

TIME_SCALE = 1000.0
PATIENCE_S = 20.0


class Merchant:
    """Takes notifications over TLS; answers 200 or the ``statuses`` put there, in turn."""

    def __init__(self, authority: Authority) -> None:
        self.received: queue.Queue[RawNotification] = queue.Queue()
        self.statuses: deque[int] = deque()
        merchant = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status = merchant.statuses.popleft() if merchant.statuses else 200
                answer = b"success" if status == 200 else b"fail"
                self.send_response(status)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
                merchant.received.put(RawNotification(headers, body))

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.certificate_file, authority.key_file)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._server.daemon_threads = True
        self.notify_url = f"https://127.0.0.1:{self._server.server_port}/notify"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def next(self) -> RawNotification:
        return self.received.get(timeout=PATIENCE_S)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.in_folder(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def merchant(authority: Authority) -> Iterator[Merchant]:
    merchant = Merchant(authority)
    yield merchant
    merchant.close()


@pytest.fixture(scope="module")
def simulators(
    authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Simulators]:
    folder = tmp_path_factory.mktemp("simulators")
    with Simulators.start(folder, notify_ca=authority.ca_file, time_scale=TIME_SCALE) as simulators:
        yield simulators
