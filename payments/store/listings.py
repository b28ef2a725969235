"""Records read outside the feed: one, or a page, as a role may read them.

The feed leaves out what a console has no panel for; these reads give what the role's permissions
give: the course platform reads back the orders it has placed, everyone reads the catalogue.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, select, true

from payments.contract.roles import VIEWS, Kind, Role, View
from payments.store.feed import SEEN, Viewer, shown_to
from payments.store.tables_books import FEED
from payments.store.work import Work

_F: Final = FEED.c
_PLATFORM_READS: Final = frozenset({Kind.ORDER, Kind.PRODUCT})


def _readable(role: Role, kind: Kind) -> ColumnElement[bool]:
    if role is Role.PLATFORM:
        return true() if kind in _PLATFORM_READS else false()
    if kind is Kind.PRODUCT and VIEWS[role] is not View.OWN_PRODUCTS:
        return true()
    # Records brought in may have no instructor and no payer: nobody's are not everybody's.
    match VIEWS[role]:
        case View.OWN_PRODUCTS:
            return and_(SEEN[View.OWN_PRODUCTS], _F.audience != "")
        case View.OPEN_CUSTOMER:
            return and_(SEEN[View.OPEN_CUSTOMER], _F.payer_id != "")
        case view:
            return SEEN[view]


def _listing(role: Role, kind: Kind) -> Select[Any]:
    return select(_F.seq, _F.body, _F.inner_body).where(
        _F.merchant == bindparam("merchant"),
        _F.kind == kind.value,
        _F.body.is_not(None),
        _readable(role, kind),
    )


_ONE: Final = {
    (role, kind): _listing(role, kind).where(_F.id == bindparam("id"))
    for role in Role
    for kind in Kind
}
_PAGE: Final = {
    (role, kind): _listing(role, kind)
    .where(_F.seq > bindparam("after"))
    .order_by(_F.seq)
    .limit(bindparam("limit"))
    for role in Role
    for kind in Kind
}


def one(work: Work, kind: Kind, record_id: str, viewer: Viewer) -> tuple[int, str] | None:
    """The version and body of a record; None when there is none that the viewer may read."""
    bound = {**_bound(work, viewer), "id": record_id}
    row = work.connection.execute(_ONE[viewer.role, kind], bound).first()
    return None if row is None else (row.seq, shown_to(viewer.role, row.body, row.inner_body))


def page(work: Work, kind: Kind, viewer: Viewer, after: int, limit: int) -> tuple[list[str], int]:
    """Bodies in the order of their last change, and the cursor to go on with (0: there is no more)."""
    bound = {**_bound(work, viewer), "after": after, "limit": limit + 1}
    rows = work.connection.execute(_PAGE[viewer.role, kind], bound).all()
    shown = rows[:limit]
    bodies = [shown_to(viewer.role, row.body, row.inner_body) for row in shown]
    return bodies, shown[-1].seq if len(rows) > limit else 0


def _bound(work: Work, viewer: Viewer) -> dict[str, Any]:
    return {
        "merchant": work.merchant,
        "instructor_id": viewer.instructor_id,
        "payer_id": viewer.payer_id,
    }
