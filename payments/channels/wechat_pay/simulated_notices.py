"""The notifications of the simulated WeChat Pay: sealed, signed, and spoiled as scripted."""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from payments.channels.simulation.notifier import NotificationRequest
from payments.channels.simulation.provider import Surroundings
from payments.channels.simulation.script import LATE_S, Outcome
from payments.channels.wechat_pay.messages import (
    BEIJING,
    PaidAmount,
    RefundNotice,
    Sealed,
    Transaction,
)
from payments.channels.wechat_pay.signing import Signer, seal
from payments.channels.wechat_pay.simulated_keys import SimulatedKeys
from payments.channels.wechat_pay.simulated_orders import SimulatedOrder, SimulatedRefund

# Waits between sendings until the merchant has taken a notification; 15 retries in 24 h 4 min.
RETRIES_S: Final = (
    *(15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600),
    *(10_800, 10_800, 10_800, 21_600, 21_600),
)
# How long a refund takes before it ends and is notified.
REFUND_S: Final = 5.0
_FIRST_S: Final = 1.0
_TAKEN: Final = frozenset({200, 204})


class Signing(Protocol):
    """How the simulator signs a body: with its own key of the moment, or with that signer."""

    def __call__(self, body: bytes, signer: Signer | None = None) -> dict[str, str]:
        """The signature headers."""
        ...


class Notices:
    """Plans every notification of the simulator."""

    def __init__(self, surroundings: Surroundings, keys: SimulatedKeys, sign: Signing) -> None:
        self._around = surroundings
        self._keys = keys
        self._sign = sign
        self._lock = threading.Lock()
        self._held: dict[str, list[Callable[[], None]]] = {}

    def paid(self, order: SimulatedOrder, scripted: Outcome) -> None:
        """Tell the merchant of a payment."""
        body = self._envelope("TRANSACTION.SUCCESS", "transaction", order.transaction())
        request = order.request
        if scripted is Outcome.REORDERED_NOTIFICATION:
            with self._lock:
                held = self._held.setdefault(request.out_trade_no, [])
                held.append(lambda: self._plan(request.notify_url, lambda: body, Outcome.PAID))
        else:
            self._plan(request.notify_url, lambda: body, scripted)

    def refunded(self, order: SimulatedOrder, refund: SimulatedRefund, scripted: Outcome) -> None:
        """Tell the merchant how a refund ends, when it does."""
        bodies: list[bytes] = []

        def body() -> bytes:
            with self._lock:
                if not bodies:
                    refund.finish(self._around.clock().astimezone(BEIJING).replace(microsecond=0))
                    notice = order.refund_notice(refund)
                    event = f"REFUND.{notice.refund_status}"
                    bodies.append(self._envelope(event, "refund", notice))
                return bodies[0]

        if isinstance(url := refund.request.notify_url, str):
            number = order.request.out_trade_no
            self._plan(url, body, scripted, first_s=REFUND_S, releases=number)

    def forge(self, order: SimulatedOrder) -> None:
        """Let somebody else claim once that an unpaid order is paid."""
        claimed = msgspec.structs.replace(
            order.transaction(),
            trade_state="SUCCESS",
            amount=PaidAmount(total=order.request.amount.total, currency="CNY"),
        )
        body = self._envelope("TRANSACTION.SUCCESS", "transaction", claimed)
        url, stranger = order.request.notify_url, self._keys.stranger
        self._around.notifier.plan(
            lambda: _sending(url, body, self._sign(body, stranger), _is_taken), (0,)
        )

    def _plan(
        self,
        url: str,
        body: Callable[[], bytes],
        scripted: Outcome,
        *,
        first_s: float = _FIRST_S,
        releases: str = "",
    ) -> None:
        """Have a notification sent as scripted; its answer ``releases`` what an order holds back."""
        if scripted is Outcome.NO_NOTIFICATION:
            return
        spoiled = iter([scripted is Outcome.ALTERED_NOTIFICATION])

        def is_acknowledged(status: int, answer: bytes) -> bool:
            self._release(releases)
            return _is_taken(status, answer)

        def make() -> NotificationRequest:
            content = body()
            headers = self._sign(content)
            if next(spoiled, False):
                content = content.replace(b'"summary":"', b'"summary":"!')
            return _sending(url, content, headers, is_acknowledged)

        first_s = LATE_S if scripted is Outcome.LATE_NOTIFICATION else first_s
        for _ in range(2 if scripted is Outcome.DUPLICATE_NOTIFICATION else 1):
            self._around.notifier.plan(make, (first_s, *RETRIES_S))

    def _release(self, number: str) -> None:
        with self._lock:
            held = self._held.pop(number, [])
        for send in held:
            send()

    def _envelope(
        self, event: str, original_type: str, resource: Transaction | RefundNotice
    ) -> bytes:
        nonce = secrets.token_hex(6)
        plain = msgspec.json.encode(resource)
        sealed = Sealed(
            original_type=original_type,
            algorithm="AEAD_AES_256_GCM",
            ciphertext=seal(self._keys.apiv3_key, nonce, original_type, plain),
            associated_data=original_type,
            nonce=nonce,
        )
        return msgspec.json.encode(
            {
                "id": str(uuid.uuid4()),
                "create_time": self._around.clock().astimezone(BEIJING).isoformat("T", "seconds"),
                "event_type": event,
                "resource_type": "encrypt-resource",
                "summary": event,
                "resource": sealed,
            }
        )


def _is_taken(status: int, _answer: bytes) -> bool:
    return status in _TAKEN


def _sending(
    url: str,
    body: bytes,
    signature: dict[str, str],
    is_acknowledged: Callable[[int, bytes], bool],
) -> NotificationRequest:
    headers = {"content-type": "application/json", "user-agent": "Mozilla/4.0", **signature}
    return NotificationRequest(url, headers, body, is_acknowledged)
