"""The notifications of the simulated Alipay: what is pushed, when, and what is scripted to go wrong."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from payments.channels.alipay import messages, signing
from payments.channels.alipay import simulated_answers as answers
from payments.channels.alipay.messages import TradeNotice, TradeState, wall_clock
from payments.channels.alipay.simulated_keys import SimulatedKeys
from payments.channels.alipay.simulated_trades import PUSHED, Returned, Sale
from payments.channels.simulation.notifier import NotificationRequest, Notifier
from payments.channels.simulation.script import Outcome

# At once, then after 4 min, 10 min, 10 min, 1 h, 2 h, 6 h and 15 h.
SCHEDULE_S: Final = (0.0, 240.0, 600.0, 600.0, 3600.0, 7200.0, 21600.0, 54000.0)

_LATE_S: Final = 600.0
_AFTER_THE_REFUND_S: Final = 300.0
_WRONG_FEN: Final = 1
_HEADERS: Final = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


class Notices:
    """Plans the notifications of sales. ``certified`` are the applications in certificate mode."""

    def __init__(
        self,
        *,
        notifier: Notifier,
        clock: Callable[[], datetime],
        keys: SimulatedKeys,
        seller_id: str,
        certified: frozenset[str],
    ) -> None:
        self._notifier = notifier
        self._clock = clock
        self._keys = keys
        self._seller_id = seller_id
        self._certified = certified
        self._numbers = itertools.count(1)
        self._held: dict[str, TradeNotice] = {}

    def changed(
        self, sale: Sale, outcome: Outcome, changes: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """The sale was paid or closed: tell the merchant as its product and script say.

        ``changes`` are made before signing: what Alipay would say by mistake.
        """
        if not self._pushes(sale) or outcome is Outcome.NO_NOTIFICATION:
            return
        told = msgspec.structs.replace(self._notice(sale), **changes)
        if outcome is Outcome.REORDERED_NOTIFICATION:
            self._held[sale.number] = told
        elif outcome is Outcome.LATE_NOTIFICATION:
            self._plan(sale, told, (_LATE_S, *SCHEDULE_S[1:]))
        elif outcome is Outcome.ALTERED_NOTIFICATION:
            self._plan(sale, told, SCHEDULE_S, altered_first=True)
        elif outcome is Outcome.WRONG_AMOUNT:
            wrong = answers.yuan(sale.amount + _WRONG_FEN)
            self._plan(sale, msgspec.structs.replace(told, total_amount=wrong), SCHEDULE_S)
        else:
            self._plan(sale, told, SCHEDULE_S)
        if outcome is Outcome.DUPLICATE_NOTIFICATION:
            self._plan(sale, told, SCHEDULE_S[:1])

    def refunded(self, sale: Sale, refund: Returned, outcome: Outcome) -> None:
        """Money went back: a partial refund repeats TRADE_SUCCESS, a full one is TRADE_CLOSED."""
        if self._pushes(sale) and outcome is not Outcome.NO_NOTIFICATION:
            told = self._notice(sale)
            self._plan(sale, msgspec.structs.replace(told, **_refund_fields(refund)), SCHEDULE_S)
        held = self._held.pop(sale.number, None)
        if held is not None:
            self._plan(sale, held, (_AFTER_THE_REFUND_S, *SCHEDULE_S[1:]))

    def forged(self, sale: Sale) -> None:
        """Somebody else, with a key that is not Alipay's, claims that the sale is paid."""
        told = msgspec.structs.replace(
            self._notice(sale),
            trade_status=TradeState.SUCCESS.value,
            gmt_payment=wall_clock(self._clock()),
        )
        self._plan(sale, told, SCHEDULE_S[:1], key=self._keys.app)

    def returning(self, sale: Sale) -> str:
        """Where the browser goes after paying: the merchant's page with signed parameters."""
        parameters = {
            "out_trade_no": sale.number,
            "trade_no": sale.trade_no,
            "total_amount": answers.yuan(sale.amount),
            "seller_id": self._seller_id,
            "app_id": sale.app_id,
            "auth_app_id": sale.app_id,
            "charset": "utf-8",
            "method": f"{messages.Operation.PAGE_PAY}.return",
            "version": "1.0",
            "timestamp": wall_clock(self._clock()),
        }
        joint = "&" if "?" in sale.return_url else "?"
        return (
            f"{sale.return_url}{joint}{signing.form(self._signed(parameters, self._keys.alipay))}"
        )

    def _pushes(self, sale: Sale) -> bool:
        return bool(sale.notify_url) and sale.state in PUSHED[sale.product]

    def _notice(self, sale: Sale) -> TradeNotice:
        paid = answers.yuan(sale.amount) if sale.paid_at else ""
        at = self._clock()
        return TradeNotice(
            notify_id=f"{at:%Y%m%d}{next(self._numbers):026d}",
            notify_type="trade_status_sync",
            app_id=sale.app_id,
            auth_app_id=sale.app_id,
            version="1.0",
            trade_no=sale.trade_no or f"{at:%Y%m%d}22001400009999999999",
            out_trade_no=sale.number,
            buyer_id=answers.BUYER_ID,
            buyer_logon_id=answers.BUYER_LOGON,
            seller_id=self._seller_id,
            trade_status=str(sale.state or TradeState.WAITING),
            total_amount=answers.yuan(sale.amount),
            receipt_amount=paid,
            invoice_amount=paid,
            buyer_pay_amount=paid,
            subject=sale.subject,
            body=sale.body,
            passback_params=sale.passback,
            gmt_create=wall_clock(sale.created_at) if sale.created_at else "",
            gmt_payment=wall_clock(sale.paid_at) if sale.paid_at else "",
            gmt_close=wall_clock(sale.closed_at) if sale.closed_at else "",
        )

    def _plan(
        self,
        sale: Sale,
        told: TradeNotice,
        schedule_s: Sequence[float],
        *,
        altered_first: bool = False,
        key: RSAPrivateKey | None = None,
    ) -> None:
        sendings = itertools.count()

        def make_request() -> NotificationRequest:
            now = wall_clock(self._clock())
            fields = msgspec.to_builtins(msgspec.structs.replace(told, notify_time=now))
            # The charset is the default of the message, but has to be said and signed.
            parameters = {**fields, "charset": "utf-8"}
            if sale.app_id in self._certified:
                parameters["alipay_cert_sn"] = self._keys.alipay_number
            signed = self._signed(parameters, key or self._keys.alipay)
            if altered_first and next(sendings) == 0:
                signed["total_amount"] = answers.yuan(_WRONG_FEN)
            return NotificationRequest(
                url=sale.notify_url,
                headers=_HEADERS,
                body=signing.form(signed).encode(),
                is_acknowledged=_is_acknowledged,
            )

        self._notifier.plan(make_request, schedule_s)

    @staticmethod
    def _signed(parameters: Mapping[str, str], key: RSAPrivateKey) -> dict[str, str]:
        text = signing.notification_text(parameters)
        return {
            **parameters,
            "sign": signing.sign(text.encode(), key),
            "sign_type": signing.SIGN_TYPE,
        }


def _is_acknowledged(status: int, body: bytes) -> bool:
    return status == 200 and body == b"success"  # noqa: PLR2004 - the status that acknowledges


def _refund_fields(refund: Returned) -> dict[str, str]:
    return {
        "refund_fee": answers.yuan(refund.total),
        "gmt_refund": f"{wall_clock(refund.at)}.{refund.at.microsecond // 1000:03d}",
        "out_biz_no": refund.number,
    }
