from __future__ import annotations

import pytest

from app.views.theme.tokens import Tone
from app.views.theme.tones import TONES, tone_of
from payments.contract.lifecycles import OrderStatus
from payments.contract.wire.records import ChannelName


@pytest.mark.parametrize("kind", TONES, ids=lambda kind: kind.__name__)
def test_every_status_has_a_tone(kind):
    assert TONES[kind].keys() == {status.value for status in kind}


def test_what_is_no_status_is_neutral():
    assert tone_of(ChannelName.ALIPAY) is Tone.NEUTRAL
    assert tone_of(OrderStatus.PAID) is Tone.SUCCESS
