"""Take what a channel tells: verified on the raw bytes, processed once, acknowledged after the commit.

What cannot be verified or read is kept as a security event and changes nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Final

from payments.channels.protocol import (
    BadSignatureError,
    Notice,
    RawNotification,
    Reply,
    UnreadableNotificationError,
)
from payments.channels.registry import Channels
from payments.contract.wire.records import ChannelName
from payments.flows.alarms import alarm
from payments.flows.settle_attempt import apply_outcome
from payments.flows.settle_refund import apply_refund_outcome
from payments.store import notices
from payments.store.database import Database
from payments.store.records import ATTEMPTS, REFUNDS
from payments.store.work import Work

_UNKNOWN_CHANNEL: Final = Reply(status=404, body=b"", content_type="text/plain")


async def take(
    database: Database, channels: Channels, name: ChannelName, raw: RawNotification
) -> Reply:
    """Verify, match and apply a notification; the reply is sent to the channel as it is."""
    channel = channels.get(name)
    if channel is None:
        return _UNKNOWN_CHANNEL
    try:
        notice = await asyncio.to_thread(channel.read_notification, raw)
    except BadSignatureError:
        await database.run(_not_taken, "bad_signature", name, raw)
        return channel.refused("the signature does not verify")
    except UnreadableNotificationError:
        await database.run(_not_taken, "unreadable_notification", name, raw)
        return channel.refused("the notification cannot be read")
    await database.run(take_notice, name, notice)
    return channel.accepted()


def take_notice(work: Work, name: ChannelName, notice: Notice) -> str:
    """Apply a verified notification once; answers what came of it, which is kept with it."""
    if not notices.is_new(work, name.value, notice.notice_id):
        return "repeated"
    result = _payment_told(work, name, notice) or _refund_told(work, name, notice) or "nothing_said"
    notices.conclude(work, name.value, notice.notice_id, result)
    return result


def _payment_told(work: Work, name: ChannelName, notice: Notice) -> str:
    if notice.payment is None:
        return ""
    attempt = ATTEMPTS.get(work, notice.payment.attempt_id)
    if attempt is None or attempt.channel is not name:
        return _unmatched(work, name, notice.payment.attempt_id)
    return apply_outcome(work, attempt, notice.payment).state.value


def _refund_told(work: Work, name: ChannelName, notice: Notice) -> str:
    if notice.refund is None:
        return ""
    refund = REFUNDS.get(work, notice.refund.refund_id)
    if refund is None or refund.channel is not name or not refund.order_id:
        return _unmatched(work, name, notice.refund.refund_id)
    return apply_refund_outcome(work, refund.id, notice.refund).state.value


def _unmatched(work: Work, name: ChannelName, number: str) -> str:
    alarm(work, "unknown_number", channel=name, subject=number)
    return "unknown_number"


def _not_taken(work: Work, kind: str, name: ChannelName, raw: RawNotification) -> None:
    """Keep that something came, by its digest: what is not verified is not worth keeping whole."""
    digest = hashlib.sha256(raw.body).hexdigest()
    alarm(work, kind, channel=name, subject=digest[:32], data={"bytes": len(raw.body)})
