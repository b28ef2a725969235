from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from payments.workers.retry import MOST_ATTEMPTS, pause_after


def test_pauses_double_from_a_second_to_ten_minutes_and_then_end():
    pauses = [pause_after(attempts, 0) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert pauses[:4] == [timedelta(seconds=s) for s in (1, 2, 4, 8)]
    assert pauses[-2] == timedelta(minutes=10)
    assert pauses[-1] is None


@given(st.integers(1, MOST_ATTEMPTS - 1), st.floats(0, 1))
def test_a_pause_is_shortened_by_a_quarter_at_most(attempts, share):
    longest = pause_after(attempts, 0)
    assert longest is not None
    shortened = pause_after(attempts, share)
    assert shortened is not None
    assert 0.75 * longest <= shortened <= longest
