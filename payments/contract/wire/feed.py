"""The change feed: every change the signed-in user may see, in order, resumable.

State-based: each record stands in the feed once, at the number of its last change, so numbers of
superseded changes are not seen again. Loss is proved differently: pages chain, and ``FeedCheck``
says what a console that has applied everything up to ``at`` must hold.
"""

from __future__ import annotations

import msgspec

from payments.contract.roles import Kind


class Change(msgspec.Struct, frozen=True, array_like=True):
    """One record's latest state, or its removal from this user's view (``body`` is null)."""

    seq: int
    kind: Kind
    id: str
    body: msgspec.Raw


class FeedPage(msgspec.Struct, frozen=True):
    """Changes in ``(after, upto]``. The next page is asked with ``after=upto``.

    ``scope`` names what the user may see. A page is answered only for the scope that was asked
    with; on a mismatch ``restart`` is true and the changes start from 0 again: what such a fresh
    run does not bring is no longer the user's to see.
    """

    scope: str
    after: int
    upto: int
    head: int
    more: bool
    restart: bool
    changes: tuple[Change, ...]


class FeedCheck(msgspec.Struct, frozen=True):
    """Per kind: how many records the user sees and the sum of their versions, as of ``at``."""

    scope: str
    at: int
    counts: dict[Kind, int]
    version_sums: dict[Kind, int]
