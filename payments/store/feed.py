"""The change feed: every record once, at the number of its last change.

Numbers come from one row per merchant that is locked as the last thing before the commit, so their
order is the order of commits and none is ever skipped. Who may see what is decided here, in SQL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, false, func, or_, select, true, update

from payments.contract.roles import FEED_KINDS, SEES_INNER, VIEWS, Kind, Role, View
from payments.contract.wire.feed import Change, FeedCheck, FeedPage
from payments.store.prepared import Prepared
from payments.store.projections import Projection, project
from payments.store.tables import DESKS
from payments.store.tables_books import FEED, FEED_HEAD
from payments.store.upserts import Upsert
from payments.store.work import Actor, Work

_F: Final = FEED.c
_TAKE: Final = Prepared(
    update(FEED_HEAD)
    .where(FEED_HEAD.c.merchant == bindparam("of"))
    .values(seq=FEED_HEAD.c.seq + bindparam("count"))
    .returning(FEED_HEAD.c.seq)
)
_SHOW: Final = Prepared(
    Upsert(
        FEED,
        ("merchant", "kind", "id", "audience"),
        ("seq", "payer_id", "at_risk", "body", "inner_body"),
    )
)
_LEAVE: Final = (
    update(FEED)
    .where(
        _F.merchant == bindparam("of"),
        _F.kind == bindparam("at_kind"),
        _F.id == bindparam("at_id"),
        _F.audience == bindparam("at_audience"),
    )
    .values(seq=bindparam("to_seq"), body=None, inner_body=None)
)
_HEAD: Final = select(FEED_HEAD.c.seq, FEED_HEAD.c.generation).where(
    FEED_HEAD.c.merchant == bindparam("merchant")
)
_DESK: Final = select(DESKS.c.payer_id).where(
    DESKS.c.merchant == bindparam("merchant"), DESKS.c.user_id == bindparam("user_id")
)
# Each view as the criterion that its rows fulfil.
SEEN: Final[Mapping[View, ColumnElement[bool]]] = {
    View.EVERYTHING: true(),
    View.OWN_PRODUCTS: _F.audience == bindparam("instructor_id"),
    View.OPEN_CUSTOMER: _F.payer_id == bindparam("payer_id"),
    View.RISK_RELATED: _F.at_risk.is_(true()),
    View.NOTHING: false(),
}


def _seen_by(role: Role) -> ColumnElement[bool]:
    kinds = or_(false(), *(_F.kind == kind.value for kind in sorted(FEED_KINDS[role])))
    return and_(_F.merchant == bindparam("merchant"), kinds, SEEN[VIEWS[role]])


_PAGES: Final = {
    role: Prepared(
        select(_F.seq, _F.kind, _F.id, _F.body, _F.inner_body)
        .where(_seen_by(role), _F.seq > bindparam("after"), _F.seq <= bindparam("head"))
        .order_by(_F.seq)
        .limit(bindparam("limit"))
    )
    for role in Role
}
_ONE: Final = {
    role: select(_F.seq, _F.body, _F.inner_body).where(
        _seen_by(role),
        _F.kind == bindparam("kind"),
        _F.id == bindparam("id"),
        _F.body.is_not(None),
    )
    for role in Role
}
_VERSION: Final = select(func.max(_F.seq)).where(
    _F.merchant == bindparam("merchant"), _F.kind == bindparam("kind"), _F.id == bindparam("id")
)
# The head and the sums come from one statement: from one snapshot.
_CHECKS: Final = {
    role: select(
        FEED_HEAD.c.seq.label("head"),
        FEED_HEAD.c.generation,
        _F.kind,
        func.count().label("records"),
        func.sum(_F.seq).label("versions"),
    )
    .join_from(FEED_HEAD, FEED, and_(_seen_by(role), _F.body.is_not(None)), isouter=True)
    .where(FEED_HEAD.c.merchant == bindparam("merchant"))
    .group_by(FEED_HEAD.c.seq, FEED_HEAD.c.generation, _F.kind)
    for role in Role
}
_KINDS: Final = {kind.value: kind for kind in Kind}
_NULL: Final = msgspec.Raw(b"null")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose view of the feed: the role, whose products, and which customer is open."""

    role: Role
    instructor_id: str = ""
    payer_id: str = ""

    @property
    def sees_something(self) -> bool:
        """Whether there is anything that this viewer may see."""
        view = VIEWS[self.role]
        return not (
            view is View.NOTHING
            or (view is View.OWN_PRODUCTS and not self.instructor_id)
            or (view is View.OPEN_CUSTOMER and not self.payer_id)
        )


def viewer_of(work: Work, actor: Actor) -> Viewer:
    """The view of a signed-in user, with the customer that the user has open."""
    if VIEWS[actor.role] is not View.OPEN_CUSTOMER:
        return Viewer(actor.role, actor.instructor_id)
    bound = {"merchant": work.merchant, "user_id": actor.user_id}
    payer_id = work.connection.execute(_DESK, bound).scalar()
    return Viewer(actor.role, actor.instructor_id, payer_id or "")


def write(work: Work) -> None:
    """Number and write what the work has touched. The last part of ``finishing.finish``."""
    if not work.touched:
        return
    seq = take(work, len(work.touched) + len(work.left))
    for (kind, record_id), audience in work.left.items():
        seq += 1
        _leave(work, kind, record_id, audience, seq)
    rows = []
    for kind, record_id in work.touched:
        seq += 1
        rows.append(row_of(work, kind, record_id, seq, project(work, kind, record_id, seq)))
    show(work, rows)
    work.written = {(row["kind"], row["id"]): row for row in rows}


def take(work: Work, count: int) -> int:
    """Take the next ``count`` numbers; the one before the first. Others wait until the commit."""
    taken = {"of": work.merchant, "count": count}
    ((work.head,),) = _TAKE.rows(work, taken)
    return work.head - count


def show(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of the feed in place of those of the same records."""
    _SHOW.run_each(work, rows)


def row_of(work: Work, kind: Kind, record_id: str, seq: int, shown: Projection) -> dict[str, Any]:
    """The feed's row of a record at a number."""
    return {
        "merchant": work.merchant,
        "kind": kind.value,
        "id": record_id,
        "audience": shown.audience,
        "seq": seq,
        "payer_id": shown.payer_id,
        "at_risk": shown.at_risk,
        "body": shown.body,
        "inner_body": shown.inner,
    }


def _leave(work: Work, kind: Kind, record_id: str, audience: str, seq: int) -> None:
    bound = {
        "of": work.merchant,
        "at_kind": kind.value,
        "at_id": record_id,
        "at_audience": audience,
        "to_seq": seq,
    }
    work.connection.execute(_LEAVE, bound)


def scope_of(viewer: Viewer, generation: str) -> str:
    """The name of what a viewer may see; another name means: start from 0 again."""
    parts = (viewer.role.value, viewer.instructor_id, viewer.payer_id, generation)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def page(work: Work, viewer: Viewer, scope: str, after: int, limit: int) -> FeedPage:
    """The changes after a number that the viewer may see, oldest first, ``limit`` at most.

    ``scope`` is what the viewer was answered last ("" at first). In another scope, or after a
    number that was never given out, the page restarts from 0.
    """
    head, generation = work.connection.execute(_HEAD, {"merchant": work.merchant}).one()
    current = scope_of(viewer, generation)
    restart = scope != current or after > head
    start = 0 if restart else after
    changes = _changes(work, viewer, start, head, limit) if start < head else []
    more = len(changes) == limit
    return FeedPage(
        scope=current,
        after=start,
        upto=changes[-1].seq if more else head,
        head=head,
        more=more and changes[-1].seq < head,
        restart=restart,
        changes=tuple(changes),
    )


def head_of(work: Work) -> int:
    """The number of the last change of this merchant."""
    head, _ = work.connection.execute(_HEAD, {"merchant": work.merchant}).one()
    return int(head)


def check(work: Work, viewer: Viewer) -> FeedCheck:
    """What a console that has applied everything up to ``at`` must hold."""
    counts = dict.fromkeys(sorted(FEED_KINDS[viewer.role]), 0)
    sums = dict(counts)
    rows = work.connection.execute(_CHECKS[viewer.role], _bound(work, viewer)).all()
    for row in rows:
        if row.kind is not None and viewer.sees_something:
            counts[Kind(row.kind)] = row.records
            sums[Kind(row.kind)] = int(row.versions)
    return FeedCheck(
        scope=scope_of(viewer, rows[0].generation),
        at=rows[0].head,
        counts=counts,
        version_sums=sums,
    )


def body_of(work: Work, kind: Kind, record_id: str, viewer: Viewer) -> tuple[int, str] | None:
    """The version and body of one record; None when there is none that the viewer may see."""
    return _body(work, kind, record_id, viewer, viewer.role) if viewer.sees_something else None


def version_of(work: Work, kind: Kind, record_id: str) -> int | None:
    """The number of a record's last change; None when there is no such record."""
    bound = {"merchant": work.merchant, "id": record_id, "kind": kind.value}
    version: int | None = work.connection.execute(_VERSION, bound).scalar()
    return version


def body_for(work: Work, kind: Kind, record_id: str, role: Role) -> tuple[int, str] | None:
    """The version and body of one record as a role reads it, whoever may see the record."""
    return _body(work, kind, record_id, Viewer(Role.ADMIN), role)


def _body(
    work: Work, kind: Kind, record_id: str, viewer: Viewer, reader: Role
) -> tuple[int, str] | None:
    bound = {**_bound(work, viewer), "id": record_id, "kind": kind.value}
    row = work.connection.execute(_ONE[viewer.role], bound).first()
    return None if row is None else (row.seq, shown_to(reader, row.body, row.inner_body))


def shown_to(role: Role, body: str, inner: str | None) -> str:
    """A body with its inner part spliced in for the roles that are given it."""
    if inner is None or role not in SEES_INNER:
        return body
    return f'{body[:-1]},"inner":{inner}}}'


def _changes(work: Work, viewer: Viewer, after: int, head: int, limit: int) -> list[Change]:
    if not viewer.sees_something:
        return []
    bound = {**_bound(work, viewer), "after": after, "head": head, "limit": limit}
    return [
        Change(seq, _KINDS[kind], record_id, _raw(viewer.role, body, inner))
        for seq, kind, record_id, body, inner in _PAGES[viewer.role].rows(work, bound)
    ]


def _raw(role: Role, body: str | None, inner: str | None) -> msgspec.Raw:
    return _NULL if body is None else msgspec.Raw(shown_to(role, body, inner).encode())


def _bound(work: Work, viewer: Viewer) -> dict[str, Any]:
    return {
        "merchant": work.merchant,
        "instructor_id": viewer.instructor_id,
        "payer_id": viewer.payer_id,
    }
