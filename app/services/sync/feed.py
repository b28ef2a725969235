"""Pages of the change feed: asked for where the store stands, believed only where they add up."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

from app.models.store import meta
from app.models.store.database import Store
from app.services.payments_api.calls import PaymentsApi
from app.services.payments_api.problems import BadAnswerError
from payments.contract.wire.feed import FeedPage

Position: TypeAlias = tuple[str, int]


def position(store: Store) -> Position:
    """The scope and the number of the last change that the store has come to."""
    with store.reading() as db:
        return meta.get(db, meta.SCOPE), meta.cursor(db)


class Pages:
    """The pages of the feed; while one is applied, the one after it is already on its way."""

    def __init__(self, api: PaymentsApi, store: Store) -> None:
        self._api = api
        self._store = store
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="sync-ahead")
        self._coming: tuple[Position, Future[FeedPage]] | None = None

    def next(self, *, wait_s: int) -> FeedPage:
        """The page after the store's position; with ``wait_s`` the services may wait for a change.

        Raises ApiError; BadAnswerError also for a page that does not follow, or leads nowhere.
        """
        stands = position(self._store)
        coming, self._coming = self._coming, None
        # The one on its way is of no use when the page before it was not applied.
        if coming is not None and coming[0] == stands:
            page = coming[1].result()
        else:
            page = _page(self._api, stands, wait_s)
        if page.more:
            then = (page.scope, page.upto)
            self._coming = (then, self._ahead.submit(_page, self._api, then, 0))
        return page

    def close(self) -> None:
        """Wait for the page on its way; interrupt the connection first."""
        self._ahead.shutdown(wait=True)


def _page(api: PaymentsApi, stands: Position, wait_s: int) -> FeedPage:
    scope, cursor = stands
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
