from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.views.widgets.columns import Arrangement, TableColumn
from app.views.widgets.delegates import TextDelegate

COLUMNS = [
    TableColumn(name, "frame.name", None, shown=name != "c")  # type: ignore[arg-type]
    for name in "abcd"
]
NAMES = st.sampled_from(["a", "b", "c", "d", "gone", ""])
KEPT = st.builds(
    Arrangement,
    st.lists(NAMES).map(tuple),
    st.frozensets(NAMES),
    st.dictionaries(NAMES, st.integers(-10, 10_000)),
)


@given(KEPT)
def test_whatever_was_kept_every_column_is_there_once(kept):
    fitted = kept.fitted(COLUMNS)
    assert sorted(fitted.order) == ["a", "b", "c", "d"]
    assert fitted.hidden <= set("abcd")
    assert fitted.widths.keys() == set("abcd")
    assert all(24 <= width <= 2000 for width in fitted.widths.values())


@given(KEPT)
def test_fitting_twice_changes_nothing(kept):
    once = kept.fitted(COLUMNS)
    assert once.fitted(COLUMNS) == once


@given(KEPT)
def test_an_arrangement_survives_being_written_and_read(kept):
    fitted = kept.fitted(COLUMNS)
    assert msgspec.convert(msgspec.to_builtins(fitted), Arrangement) == fitted


def test_a_new_column_comes_at_the_end_as_the_panel_wants_it():
    fitted = Arrangement(("d", "a"), frozenset({"a"})).fitted(COLUMNS)
    assert fitted.order == ("d", "a", "b", "c")
    assert fitted.hidden == {"a", "c"}


def test_delegates_are_made_without_a_parent():
    assert TextDelegate().parent() is None
