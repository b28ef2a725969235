"""One order of the sample business from placement to today, by the domain's own rules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from payments.contract.lifecycles import (
    AttemptState,
    Fulfilment,
    OrderState,
    Review,
    order_status,
)
from payments.contract.money import Money, half_up
from payments.contract.wire.records import (
    ChannelName,
    Event,
    Happening,
    Method,
    OrderLine,
    ProductKind,
    Related,
    Routing,
)
from payments.demo.catalogue import catalogue
from payments.demo.demand import AttemptDraw, OrderDraw
from payments.demo.history import FEES, History
from payments.domain.commission import Shares, shares
from payments.domain.ledger_entries import (
    Entry,
    LedgerEvent,
    Sale,
    balance_granted,
    payment_received,
)
from payments.domain.masking import masked_name, masked_phone
from payments.domain.pricing import priced
from payments.store.instants import milliseconds
from payments.store.merchants import Settings
from payments.store.stored import (
    StoredAttempt,
    StoredCase,
    StoredHold,
    StoredOrder,
    StoredPayer,
    StoredProduct,
    StoredRefund,
)

CURRENCY: Final = "CNY"
COMMISSION: Final = Decimal("0.7")
REFUND_DAYS: Final = 7
CONFIRMED_AFTER: Final = timedelta(days=Settings().confirm_days)
EXPIRES_AFTER: Final = timedelta(minutes=30)
_CHANNEL_REFS: Final = {"alipay": "20881", "wechat_pay": "42000", "balance": ""}


@dataclass(frozen=True, slots=True)
class Booking:
    """A ledger transaction of the story and when it happened."""

    at: datetime
    event: LedgerEvent
    entries: tuple[Entry, ...]
    order_id: str
    refund_id: str = ""


@dataclass(slots=True)
class Story:
    """All records of one order as they stand today."""

    order: StoredOrder
    payer: StoredPayer
    attempts: list[StoredAttempt] = field(default_factory=list)
    refund: StoredRefund | None = None
    case: StoredCase | None = None
    hold: StoredHold | None = None
    bookings: list[Booking] = field(default_factory=list)

    @property
    def sale(self) -> Sale:
        """The order as the ledger knows it."""
        order = self.order
        if order.channel is None:
            message = f"{order.id} was not paid"
            raise AssertionError(message)
        return Sale(order.channel, order.currency, order.kind, order.payer_id, order.instructor_id)

    @property
    def shares(self) -> Shares:
        """Who earns what of the order."""
        order = self.order
        return Shares(
            order.instructor_share, order.amount - order.tax - order.instructor_share, order.tax
        )

    def tells(self, *events: Event) -> None:
        """Add lines to the order's timeline."""
        told = sorted((*self.order.events, *events), key=lambda event: event.at)
        self.order = replace(self.order, events=tuple(told))

    def related(self, link: str = "payer", value: str = "") -> Related:
        """The order as evidence in somebody's case."""
        order = self.order
        status = order_status(
            order.state,
            order.review,
            paid=order.paid,
            refunded=order.refunded,
            last_attempt_failed=bool(self.attempts)
            and self.attempts[-1].state is AttemptState.FAILED,
        )
        placed = order.events[0].at
        return Related(
            order.id, placed, order.title, order.currency, order.amount, status.value, link, value
        )


def products() -> list[StoredProduct]:
    """The sample catalogue as it is stored."""
    known = catalogue()
    return [
        StoredProduct(
            id=product.id,
            kind=product.kind,
            title=product.title,
            title_en=product.title_en,
            currency=CURRENCY,
            price=product.price,
            instructor_id=product.instructor,
            instructor=known.instructor_name(product.instructor),
            commission_rate=str(_commission(product.kind)),
            tax_rate=product.tax_rate,
            refund_days=REFUND_DAYS,
            period_days=product.period_days,
            expert=product.expert,
        )
        for product in known.products
    ]


def _commission(kind: ProductKind) -> Decimal:
    return Decimal(0) if kind is ProductKind.TOP_UP else COMMISSION


def placed(draw: OrderDraw, order_id: str) -> Story:
    """The order as it is placed: price, discount and tax locked."""
    product, payer = draw.product, draw.payer
    rate = draw.discount_percent / 100
    parts = priced(product.price * draw.quantity, rate, Decimal(product.tax_rate))
    commission = _commission(product.kind)
    order = StoredOrder(
        id=order_id,
        placed_ms=milliseconds(draw.at),
        kind=product.kind,
        product_id=product.id,
        title=product.title,
        quantity=draw.quantity,
        instructor_id=product.instructor,
        instructor=catalogue().instructor_name(product.instructor),
        payer_id=payer.id,
        payer=masked_name(payer.name),
        payer_phone=masked_phone(payer.phone),
        currency=CURRENCY,
        price=parts.price,
        discount=parts.discount,
        discount_rate=f"{rate.normalize():f}",
        tax=parts.tax,
        tax_rate=product.tax_rate,
        amount=parts.amount,
        commission_rate=str(commission),
        instructor_share=shares(parts.net, commission).instructor,
        refund_days=REFUND_DAYS,
        state=OrderState.AWAITING_PAYMENT,
        expires_ms=milliseconds(draw.at + EXPIRES_AFTER),
        device_id=draw.device_id,
        address=draw.address,
        country=draw.country,
        lines=(
            OrderLine(
                product.id,
                product.title,
                draw.quantity,
                Money(product.price, CURRENCY).plain(),
                parts.amount,
            ),
        ),
        events=(Event(draw.at, Happening.PLACED),),
    )
    known = StoredPayer(
        id=payer.id,
        name=payer.name,
        phone=payer.phone,
        email=payer.email,
        first_seen_ms=milliseconds(payer.since),
    )
    return Story(order, known)


def attempted(
    story: Story, draw: OrderDraw, routing: Routing, history: History, until: datetime
) -> datetime | None:
    """Play the attempts; answers the moment of payment, or None when the order stays unpaid."""
    story.order = replace(story.order, routing=routing)
    at = draw.at + timedelta(seconds=4)
    for number, drawn in enumerate(_methods(draw, routing), start=1):
        attempt, ended = _attempt(story.order, number, drawn, at, until)
        story.attempts.append(attempt)
        _tell_attempt(story, attempt, drawn, at, ended)
        if ended is None:
            break
        history.attempted(
            ended,
            draw.payer.id,
            drawn.method,
            succeeded=drawn.succeeds,
            took_s=drawn.ends_after_s,
        )
        at = ended + timedelta(seconds=20)
        if drawn.succeeds:
            story.order = replace(story.order, attempt_count=number)
            return ended
    story.order = replace(story.order, attempt_count=len(story.attempts))
    _end_unpaid(story, draw, until)
    return None


def _methods(draw: OrderDraw, routing: Routing) -> list[AttemptDraw]:
    """The draws with the first attempts on the routed channel, as long as the payer does not switch."""
    first = draw.attempts[0].method if draw.attempts else routing.chosen
    return [
        replace(drawn, method=routing.chosen) if drawn.method is first else drawn
        for drawn in draw.attempts
    ]


def _attempt(
    order: StoredOrder, number: int, drawn: AttemptDraw, at: datetime, until: datetime
) -> tuple[StoredAttempt, datetime | None]:
    ended: datetime | None = at + timedelta(seconds=drawn.ends_after_s)
    state = AttemptState.SUCCEEDED if drawn.succeeds else AttemptState.FAILED
    if ended is not None and ended > until:
        ended, state = None, AttemptState.REQUIRES_ACTION
    channel = _channel(drawn.method)
    prefix = _CHANNEL_REFS[channel]
    paid = state is AttemptState.SUCCEEDED and prefix
    return StoredAttempt(
        id=f"{order.id}_{number}",
        order_id=order.id,
        channel=ChannelName(channel),
        method=drawn.method,
        state=state,
        currency=order.currency,
        amount=order.amount,
        started_ms=milliseconds(at),
        ended_ms=milliseconds(ended) if ended else None,
        expires_ms=milliseconds(at + EXPIRES_AFTER),
        failure=drawn.failure if state is AttemptState.FAILED else "",
        channel_ref=f"{prefix}{milliseconds(at)}{number:04d}" if paid else "",
        took={"request": drawn.shown_after_ms, "channel": drawn.ends_after_s * 1000},
    ), ended


def _tell_attempt(
    story: Story, attempt: StoredAttempt, drawn: AttemptDraw, at: datetime, ended: datetime | None
) -> None:
    data: dict[str, str | int] = {"attempt": attempt.id, "method": attempt.method.value}
    shown = at + timedelta(milliseconds=drawn.shown_after_ms)
    story.tells(
        Event(at, Happening.ATTEMPT_STARTED, "", data),
        Event(shown, Happening.ATTEMPT_SHOWN, "", data),
    )
    if ended is not None and not drawn.succeeds:
        failed = {**data, "failure": drawn.failure}
        story.tells(Event(ended, Happening.ATTEMPT_FAILED, "", failed))


def _end_unpaid(story: Story, draw: OrderDraw, until: datetime) -> None:
    expired = draw.at + EXPIRES_AFTER
    if expired > until:
        return
    story.order = replace(story.order, state=OrderState.EXPIRED)
    story.tells(Event(expired, Happening.EXPIRED))


def paid(story: Story, at: datetime) -> None:
    """The money has arrived and is on the ledger."""
    attempt = story.attempts[-1]
    fee = half_up(attempt.amount * FEES[attempt.method])
    story.order = replace(
        story.order,
        state=OrderState.PAID,
        channel=attempt.channel,
        method=attempt.method,
        paid=attempt.amount,
        fee=fee,
        paid_ms=milliseconds(at),
        refundable_until_ms=milliseconds(at + timedelta(days=REFUND_DAYS)),
    )
    data: dict[str, str | int] = {"attempt": attempt.id, "amount": attempt.amount}
    story.tells(Event(at, Happening.PAID, "", data))
    entries = payment_received(story.sale, story.shares, fee)
    story.bookings.append(Booking(at, LedgerEvent.PAYMENT_RECEIVED, entries, story.order.id))


def granted(story: Story, at: datetime, until: datetime, history: History) -> None:
    """The goods are handed over, and confirmed by themselves after two weeks."""
    order = replace(story.order, fulfilment=Fulfilment.GRANTED)
    told = [Event(at, Happening.GRANTED)]
    confirmed = at + CONFIRMED_AFTER
    if confirmed <= until and order.review is not Review.DECLINED:
        order = replace(order, fulfilment=Fulfilment.CONFIRMED, state=OrderState.COMPLETED)
        told += [Event(confirmed, Happening.CONFIRMED), Event(confirmed, Happening.COMPLETED)]
    story.order = order
    story.tells(*told)
    if order.kind is ProductKind.TOP_UP:
        history.balances[order.payer_id] += order.amount
        entries = balance_granted(story.sale, order.amount)
        story.bookings.append(Booking(at, LedgerEvent.BALANCE_GRANTED, entries, order.id))


def _channel(method: Method) -> str:
    return method.value.split(".")[0]
