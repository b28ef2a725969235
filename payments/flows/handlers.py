"""Which flow does which kind of job: the table that workers dispatch by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from payments.channels.registry import Channels
from payments.flows import job_kinds
from payments.flows.expire_orders import expire_order
from payments.flows.fulfil import confirm
from payments.flows.pay import Payments
from payments.flows.send_refund import Refunds
from payments.store.database import Database

Handler = Callable[[Mapping[str, Any]], Awaitable[None]]


def handlers(database: Database, channels: Channels, notify_base: str) -> Mapping[str, Handler]:
    """The handler of every kind of job; each is given the job's arguments."""
    payments = Payments(database, channels, notify_base)
    refunds = Refunds(database, channels, notify_base)

    async def ask_attempt(args: Mapping[str, Any]) -> None:
        await payments.ask_later(args["id"])

    async def expire(args: Mapping[str, Any]) -> None:
        await expire_order(database, payments, args["id"])

    async def confirm_order(args: Mapping[str, Any]) -> None:
        await database.run(confirm, args["id"])

    async def submit_refund(args: Mapping[str, Any]) -> None:
        await refunds.submit(args["id"])

    async def ask_refund(args: Mapping[str, Any]) -> None:
        await refunds.ask(args["id"])

    return {
        job_kinds.ASK_ATTEMPT: ask_attempt,
        job_kinds.EXPIRE_ORDER: expire,
        job_kinds.CONFIRM_ORDER: confirm_order,
        job_kinds.SUBMIT_REFUND: submit_refund,
        job_kinds.ASK_REFUND: ask_refund,
    }
