"""Reads of records: one with its ETag, or a page with its cursor, as the user may see them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from payments.api.calls import Call
from payments.contract.problems import Code, RefusedError
from payments.contract.roles import Kind
from payments.store import feed, listings
from payments.store.work import Actor, Answer, Work


class PageQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which page: ``cursor`` is the last page's ``next``, empty for the first."""

    cursor: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{0,18}$(?!\n)")] = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100


async def seen(call: Call, kind: Kind, record_id: str) -> Answer:
    """A record. Raises NOT_FOUND when there is none that the user may see."""
    found = await call.services.database.read(_one, call.actor, kind, record_id)
    if found is None:
        raise RefusedError(Code.NOT_FOUND)
    version, body = found
    return Answer(body=body, version=version)


async def listed(call: Call, kind: Kind, query: PageQuery) -> Answer:
    """A page of records, in the order of their last change."""
    bodies, going_on = await call.services.database.read(
        _page, call.actor, kind, int(query.cursor or 0), query.limit
    )
    items = ",".join(bodies)
    return Answer(body=f'{{"items":[{items}],"next":"{going_on or ""}"}}')


def _one(work: Work, actor: Actor, kind: Kind, record_id: str) -> tuple[int, str] | None:
    return listings.one(work, kind, record_id, feed.viewer_of(work, actor))


def _page(work: Work, actor: Actor, kind: Kind, after: int, limit: int) -> tuple[list[str], int]:
    return listings.page(work, kind, feed.viewer_of(work, actor), after, limit)
