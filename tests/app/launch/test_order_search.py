"""The palette leads from what is typed to the orders, for those who may see them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from app.launch.order_search import OrderSearch
from app.views.frame.commands import Command, CommandBook
from payments.contract.roles import Permission


@pytest.fixture
def searched(qtbot):
    scope = QWidget()
    qtbot.addWidget(scope)
    book, asked = CommandBook(scope), []
    searching = Command("orders.search", "orders.command.search", needs=Permission.ORDERS_READ)
    book.add(searching, asked.append, scope)
    return book, asked


def test_what_is_typed_is_looked_for_among_the_orders(searched):
    book, asked = searched
    book.allow([Permission.ORDERS_READ])
    (found,) = OrderSearch(book)("王明")
    assert found.title == "Search orders for “王明”"
    book.run(found.command, found.argument)
    assert asked == ["王明"]


def test_it_is_not_offered_to_those_who_may_not_see_orders(searched):
    book, _ = searched
    book.allow([])
    assert OrderSearch(book)("王明") == ()
