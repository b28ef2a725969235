from __future__ import annotations

import pytest

from app.models.store import codes
from payments.contract.lifecycles import Fulfilment, OrderStatus, Review, Settlement
from payments.contract.wire.records import ChannelName, ProductKind


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (codes.STATUSES, OrderStatus),
        (codes.CHANNELS, ChannelName),
        (codes.KINDS, ProductKind),
        (codes.REVIEWS, Review),
        (codes.FULFILMENTS, Fulfilment),
        (codes.SETTLEMENTS, Settlement),
    ],
)
def test_every_word_of_the_contract_has_a_number_and_comes_back(known, words):
    assert [known.word(known.of(word)) for word in words] == list(words)
    assert known.of(None) == known.number("") == 0


def test_stored_numbers_never_change():
    assert codes.STATUSES.of(OrderStatus.ON_HOLD) == 3
    assert codes.STATUSES.of(OrderStatus.CANCELLED) == 9
    assert codes.CHANNELS.of(ChannelName.EXTERNAL) == 7
    assert codes.KINDS.of(ProductKind.TOP_UP) == 5
