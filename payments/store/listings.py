"""Pages of records of one kind, and single records, for the interface's reads.

The change feed carries what a console keeps; these reads answer the course platform too, which
keeps nothing and asks for one order or for the catalogue. Nobody sees more here than in the feed,
but for what ``_view`` names.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Select, false, select, true

from payments.contract.roles import VIEWS, Kind, Role, View
from payments.store.feed import Viewer, shown_to
from payments.store.tables_books import FEED
from payments.store.work import Work

_F: Final = FEED.c


def one(work: Work, kind: Kind, record_id: str, viewer: Viewer) -> tuple[int, str] | None:
    """The version and body of a record; None when there is none that the viewer may see."""
    found = _records(work, kind, viewer).where(_F.id == record_id)
    row = work.connection.execute(found).first()
    return None if row is None else (row.seq, shown_to(viewer.role, row.body, row.inner_body))


def page(work: Work, kind: Kind, viewer: Viewer, after: int, limit: int) -> tuple[list[str], int]:
    """Bodies in the order of their last change, and the number to go on after (0: no more)."""
    found = _records(work, kind, viewer).where(_F.seq > after).order_by(_F.seq).limit(limit + 1)
    rows = work.connection.execute(found).all()
    shown = rows[:limit]
    going_on = shown[-1].seq if len(rows) > limit else 0
    return [shown_to(viewer.role, row.body, row.inner_body) for row in shown], going_on


def _records(work: Work, kind: Kind, viewer: Viewer) -> Select[tuple[int, str, str | None]]:
    return select(_F.seq, _F.body, _F.inner_body).where(
        _F.merchant == work.merchant,
        _F.kind == kind.value,
        _F.body.is_not(None),
        _seen(_view(kind, viewer.role), viewer),
    )


def _view(kind: Kind, role: Role) -> View:
    # The platform has placed every order, and the catalogue is no secret to who may read it.
    if role is Role.PLATFORM or (kind is Kind.PRODUCT and role is Role.SUPPORT):
        return View.EVERYTHING
    return VIEWS[role]


def _seen(view: View, viewer: Viewer) -> ColumnElement[bool]:
    match view:
        case View.EVERYTHING:
            return true()
        case View.OWN_PRODUCTS if viewer.instructor_id:
            return _F.audience == viewer.instructor_id
        case View.OPEN_CUSTOMER if viewer.payer_id:
            return _F.payer_id == viewer.payer_id
        case View.RISK_RELATED:
            return _F.at_risk.is_(True)
        case _:
            return false()
