"""Pages of the change feed: asked for where the store stands, believed only where they add up."""

from __future__ import annotations

from app.models.store import meta
from app.models.store.database import Store
from app.services.payments_api.calls import PaymentsApi
from app.services.payments_api.problems import BadAnswerError
from payments.contract.wire.feed import FeedPage


def position(store: Store) -> tuple[str, int]:
    """The scope and the number of the last change that the store has come to."""
    with store.reading() as db:
        return meta.get(db, meta.SCOPE), meta.cursor(db)


def next_page(api: PaymentsApi, store: Store, *, wait_s: int) -> FeedPage:
    """The page after the store's position; with ``wait_s`` the services may wait for a change.

    Raises ApiError; BadAnswerError also for a page that does not follow, or leads nowhere.
    """
    scope, cursor = position(store)
    page = api.feed(scope, cursor, wait_s=wait_s)
    if not _follows(page, scope, cursor):
        message = f"{page.after}..{page.upto} of {page.head} does not follow {cursor}"
        raise BadAnswerError(message)
    return page


def _follows(page: FeedPage, scope: str, cursor: int) -> bool:
    numbers = [change.seq for change in page.changes]
    return (
        page.after == (0 if page.restart else cursor)
        and (page.restart or page.scope == scope)
        and page.after <= page.upto <= page.head
        and (not page.more or page.after < page.upto)
        and numbers == sorted(set(numbers))
        and all(page.after < number <= page.upto for number in numbers[:1] + numbers[-1:])
    )
