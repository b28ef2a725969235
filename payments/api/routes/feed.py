"""The change feed, from which consoles sync; an answer waits for a change when asked to."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from payments.api.calls import Call
from payments.api.route import route
from payments.contract.wire.feed import FeedCheck, FeedPage
from payments.contract.wire.fields import Line
from payments.store import feed
from payments.store.work import Actor, Work


class FeedQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``after`` is the last page's ``upto``; ``wait`` seconds for a change when there is none."""

    scope: Line = ""
    after: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=5000)] = 5000
    wait: Annotated[int, msgspec.Meta(ge=0, le=25)] = 0


class CheckQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The scope that the console has synced in."""

    scope: Line = ""


@route("GET", "/v1/feed", answers=FeedPage)
async def read_feed(call: Call, query: FeedQuery) -> FeedPage:
    """A page of changes that the user may see; the next is asked for with ``after=upto``."""
    database = call.services.database
    page = await database.read(_page, call.actor, query)
    if query.wait and not page.restart and page.head <= query.after:
        await database.changed(query.after, query.wait)
        await call.still_signed_in()
        page = await database.read(_page, call.actor, query)
    return page


@route("GET", "/v1/feed/check", answers=FeedCheck)
async def check_feed(call: Call, query: CheckQuery) -> FeedCheck:
    """What a console that has applied everything up to ``at`` must hold."""
    del query
    return await call.services.database.read(_check, call.actor)


def _page(work: Work, actor: Actor, query: FeedQuery) -> FeedPage:
    viewer = feed.viewer_of(work, actor)
    return feed.page(work, viewer, query.scope, query.after, query.limit)


def _check(work: Work, actor: Actor) -> FeedCheck:
    return feed.check(work, feed.viewer_of(work, actor))


ROUTES: Final = (read_feed, check_feed)
