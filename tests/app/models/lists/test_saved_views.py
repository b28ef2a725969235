from __future__ import annotations

from datetime import date

from app.models.lists import saved_views
from app.models.lists.query import CaseQuery, OrderQuery, RefundQuery, Sort
from payments.contract.lifecycles import OrderStatus
from payments.contract.wire.records import ChannelName

BUSY = OrderQuery(
    statuses=(OrderStatus.PAID, OrderStatus.ON_HOLD),
    channels=(ChannelName.ALIPAY,),
    first_day=date(2024, 2, 29),
    smallest=1,
    text="算盘",
    sort=Sort("amount", descending=False),
)


def test_a_saved_view_comes_back_as_it_was(store):
    with store.writing() as db:
        saved_views.save(db, "忙", BUSY)
    with store.reading() as db:
        (view,) = saved_views.saved(db, OrderQuery)
    assert (view.name, view.query) == ("忙", BUSY)


def test_each_list_has_its_own_views_in_the_order_they_were_saved(store):
    with store.writing() as db:
        for name in ("b", "a"):
            saved_views.save(db, name, OrderQuery(text=name))
        saved_views.save(db, "a", RefundQuery())
        saved_views.save(db, "b", OrderQuery(text="new"))
    with store.reading() as db:
        views = saved_views.saved(db, OrderQuery)
        assert [(view.name, view.query.text) for view in views] == [("b", "new"), ("a", "a")]
        assert [view.name for view in saved_views.saved(db, RefundQuery)] == ["a"]
        assert saved_views.saved(db, CaseQuery) == []


def test_a_removed_view_is_gone(store):
    with store.writing() as db:
        saved_views.save(db, "a", CaseQuery())
        saved_views.remove(db, "a", CaseQuery)
        assert saved_views.saved(db, CaseQuery) == []
