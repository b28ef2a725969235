from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from payments.domain.hash_chain import START, first_broken, link

contents = st.dictionaries(st.text(max_size=5), st.integers(-(10**9), 10**9), max_size=4)


def _chain(records: list[dict[str, int]]) -> list[tuple[str, str, dict[str, int]]]:
    previous = START
    chain: list[tuple[str, str, dict[str, int]]] = []
    for content in records:
        current = link(previous, content)
        chain.append((previous, current, content))
        previous = current
    return chain


@given(st.lists(contents, max_size=6))
def test_an_untouched_chain_is_intact(records):
    assert first_broken(_chain(records)) is None


@given(st.lists(contents, min_size=1, max_size=6), st.data())
def test_a_changed_record_shows_where_it_stands(records, data):
    chain = _chain(records)
    place = data.draw(st.integers(0, len(chain) - 1))
    previous, current, content = chain[place]
    chain[place] = (previous, current, {**content, "added": 1})
    assert first_broken(chain) == place


def test_a_removed_record_shows():
    chain = _chain([{"a": 1}, {"b": 2}, {"c": 3}])
    assert first_broken([chain[0], chain[2]]) == 1


def test_the_order_of_keys_does_not_matter():
    assert link(START, {"a": 1, "b": 2}) == link(START, {"b": 2, "a": 1})
