from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.domain.masking import masked_name, masked_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [("", ""), ("王", "*"), ("王明", "王*"), ("王小明", "王*明"), ("欧阳小明", "欧*明")],
)
def test_a_name_shows_its_ends(name, shown):
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"), [("", ""), ("13812345678", "138****5678"), ("1234567", "****")]
)
def test_a_phone_shows_its_ends(phone, shown):
    assert masked_phone(phone) == shown


@given(st.text(min_size=3))
def test_at_most_two_characters_of_a_name_are_shown(name):
    assert len(masked_name(name)) == 3
