"""Records as the feed brings them, in any number: the same seed gives the same business.

For tests and benchmarks of the console; nothing here comes from real people.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from payments.contract.lifecycles import (
    AttemptState,
    CaseState,
    Fulfilment,
    OrderState,
    RefundState,
    Review,
)
from payments.contract.roles import Kind
from payments.contract.wire.feed import Change, FeedPage
from payments.contract.wire.records import (
    Attempt,
    ChannelName,
    Event,
    Happening,
    Method,
    Order,
    OrderLine,
    Product,
    ProductKind,
    Record,
    Refund,
    Risk,
    RiskCase,
)

FIRST_DAY: Final = datetime(2024, 1, 1, tzinfo=UTC)
SCOPE: Final = "everything"

_SURNAMES: Final = "王李张刘陈杨赵黄周吴"
_GIVEN: Final = "明华芳娜强磊洋艳杰丽"
_TOPICS: Final = ("算法", "写作", "摄影", "投资", "心理", "历史", "设计", "口语", "烹饪", "音乐")
_TOPICS_EN: Final = (
    "Algorithms", "Writing", "Photography", "Investing", "Psychology",
    "History", "Design", "Speaking", "Cooking", "Music",
)  # fmt: skip
_LEVELS: Final = ("入门", "进阶", "实战", "精讲", "训练营")
_METHODS: Final = {
    ChannelName.ALIPAY: Method.ALIPAY_QR,
    ChannelName.WECHAT_PAY: Method.WECHAT_PAY_NATIVE,
    ChannelName.BALANCE: Method.BALANCE,
    ChannelName.EXTERNAL: Method.EXTERNAL,
}
_KIND_OF: Final = {
    Order: Kind.ORDER,
    Refund: Kind.REFUND,
    RiskCase: Kind.RISK_CASE,
    Product: Kind.PRODUCT,
}


def a_product(number: int = 0, **changed: Any) -> Product:
    topic = number % len(_TOPICS)
    level = number // len(_TOPICS) % len(_LEVELS)
    product = Product(
        id=f"P{number:05}",
        version=number + 1,
        kind=list(ProductKind)[number % len(ProductKind)],
        title=f"{_TOPICS[topic]}{_LEVELS[level]}第{number}期",
        currency="CNY",
        price=9900 + 100 * (number % 90),
        instructor_id=f"I{number % 17}",
        instructor=f"{_SURNAMES[number % 10]}老师",
        commission_rate="0.7",
        tax_rate="0",
        refund_days=7,
        title_en=f"{_TOPICS_EN[topic]} {number}",
    )
    return msgspec.structs.replace(product, **changed)


def an_order(number: int = 0, *, seed: int = 0, **changed: Any) -> Order:
    """The order with this number: placed in sequence over three years, in a random state."""
    chance = random.Random(f"{seed}.{number}")
    product = a_product(chance.randrange(200))
    placed_at = FIRST_DAY + timedelta(seconds=95 * number + chance.randrange(90))
    channel = chance.choice(list(_METHODS))
    paid_at = placed_at + timedelta(seconds=chance.randrange(5, 600))
    paid, failed = chance.random() < 0.85, chance.random() < 0.1
    refunded = product.price if paid and chance.random() < 0.05 else 0
    attempts = [
        Attempt(
            id=f"A{number}-{turn}",
            channel=channel,
            method=_METHODS[channel],
            state=state,
            amount=product.price,
            started_at=placed_at,
            ended_at=paid_at,
            took_ms={"request": 12, "network": 30, "channel": 800},
        )
        for turn, state in enumerate(
            ([AttemptState.FAILED] if failed else []) + ([AttemptState.SUCCEEDED] if paid else [])
        )
    ]
    order = Order(
        id=f"SP{number:010}",
        version=number + 1,
        placed_at=placed_at,
        kind=product.kind,
        product_id=product.id,
        title=product.title,
        quantity=1,
        instructor_id=product.instructor_id,
        instructor=product.instructor,
        payer_id=f"U{chance.randrange(70_000):06}",
        payer=f"{chance.choice(_SURNAMES)}*{chance.choice(_GIVEN)}",
        payer_phone=f"138****{chance.randrange(10_000):04}",
        currency="CNY" if chance.random() < 0.97 else "USD",
        price=product.price,
        amount=product.price,
        state=OrderState.PAID if paid else OrderState.AWAITING_PAYMENT,
        channel=channel,
        method=_METHODS[channel],
        paid=product.price if paid else 0,
        refunded=refunded,
        paid_at=paid_at if paid else None,
        fulfilment=Fulfilment.GRANTED if paid else Fulfilment.UNFULFILLED,
        review=Review.PENDING if paid and chance.random() < 0.01 else Review.NONE,
        attempts=tuple(attempts),
        lines=(OrderLine(product.id, product.title, 1, "99.00", product.price),),
        events=(Event(placed_at, Happening.PLACED),)
        + ((Event(paid_at, Happening.PAID, data={"channel": channel.value}),) if paid else ()),
    )
    return msgspec.structs.replace(order, **changed)


def a_refund(number: int = 0, *, of: Order | None = None, **changed: Any) -> Refund:
    """A refund of an order, or one brought in without a link."""
    at = (of.placed_at if of else FIRST_DAY) + timedelta(days=2, minutes=number)
    refund = Refund(
        id=f"R{number:08}",
        version=number + 1,
        requested_at=at,
        currency=of.currency if of else "CNY",
        amount=of.paid if of and of.paid else 1200,
        state=RefundState.SUCCEEDED,
        reason="not_as_described",
        finished_at=at + timedelta(hours=5),
        order_id=of.id if of else "",
        title=of.title if of else "",
        product_id=of.product_id if of else "",
        payer_id=of.payer_id if of else "",
        payer=of.payer if of else "",
        channel=of.channel if of else None,
        kind=of.kind if of else None,
    )
    return msgspec.structs.replace(refund, **changed)


def a_case(number: int = 0, *, of: Order | None = None, **changed: Any) -> RiskCase:
    order = of or an_order(number)
    case = RiskCase(
        id=f"C{number:08}",
        version=number + 1,
        order_id=order.id,
        opened_at=order.placed_at + timedelta(seconds=2),
        state=CaseState.OPEN,
        currency=order.currency,
        amount=order.amount,
        risk=Risk(f"{90 + number % 60}.5", "0.2", "452.50", "90", ()),
        title=order.title,
        payer_id=order.payer_id,
        payer=order.payer,
        review_by=order.placed_at + timedelta(hours=4),
        at_risk=order.amount // 3 + number % 7,
        channel=order.channel,
    )
    return msgspec.structs.replace(case, **changed)


def encoded(record: Record) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(record))


def change_of(record: Record) -> Change:
    return Change(record.version, _KIND_OF[type(record)], record.id, encoded(record))


def removal(kind: Kind, record_id: str, seq: int) -> Change:
    return Change(seq, kind, record_id, msgspec.Raw(b"null"))


def pages(
    changes: Sequence[Change],
    *,
    size: int,
    after: int = 0,
    scope: str = SCOPE,
    restart: bool = False,
) -> Iterator[FeedPage]:
    """The feed's pages over these changes, which are in the order of their numbers."""
    left = [change for change in changes if change.seq > after]
    head = max((change.seq for change in changes), default=after)
    cursor = after
    while True:
        part, left = left[:size], left[size:]
        upto = part[-1].seq if left else max(head, cursor)
        yield FeedPage(
            scope=scope,
            after=cursor,
            upto=upto,
            head=head,
            more=bool(left),
            restart=restart,
            changes=tuple(part),
        )
        cursor, restart = upto, False
        if not left:
            return


def numbered(records: Iterable[Record], first: int = 1) -> list[Change]:
    """Changes with consecutive numbers, each record's version being its own."""
    return [
        change_of(msgspec.structs.replace(record, version=number))
        for number, record in enumerate(records, first)
    ]
