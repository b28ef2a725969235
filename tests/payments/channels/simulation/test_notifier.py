"""Notifications are sent on schedule until taken, over a connection that is checked."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from payments.certificates import Authority
from payments.channels.simulation.notifier import Delivery, NotificationRequest, Notifier


@pytest.fixture
def notifier(authority: Authority) -> Iterator[Notifier]:
    notifier = Notifier(ca_file=str(authority.ca_file), time_scale=1000)
    yield notifier
    notifier.close()


class Sendings:
    """Makes requests and says when the last one planned has been judged."""

    def __init__(self, url: str, wanted: int) -> None:
        self.url = url
        self.made = 0
        self.statuses: list[int] = []
        self.judged = threading.Event()
        self._wanted = wanted

    def make(self) -> NotificationRequest:
        self.made += 1
        return NotificationRequest(self.url, {}, b"%d" % self.made, self.is_acknowledged)

    def is_acknowledged(self, status: int, _answer: bytes) -> bool:
        self.statuses.append(status)
        if len(self.statuses) == self._wanted:
            self.judged.set()
        return status == 200


def test_it_is_sent_until_it_is_taken_and_made_anew_each_time(notifier, merchant) -> None:
    merchant.statuses.extend([500, 404])
    sendings = Sendings(merchant.notify_url, wanted=3)
    notifier.plan(sendings.make, (0, 1, 1, 1, 1, 1))
    assert sendings.judged.wait(10)
    notifier.close()
    assert sendings.statuses == [500, 404, 200]
    assert [merchant.next().body for _ in range(3)] == [b"1", b"2", b"3"]
    assert merchant.received.empty()


def test_it_is_given_up_at_the_end_of_the_schedule(notifier, merchant) -> None:
    merchant.statuses.extend([500] * 9)
    sendings = Sendings(merchant.notify_url, wanted=3)
    notifier.plan(sendings.make, (0, 1, 1))
    assert sendings.judged.wait(10)
    notifier.close()
    assert sendings.made == 3


def test_a_redirect_is_not_followed(notifier, merchant) -> None:
    merchant.statuses.append(302)
    sendings = Sendings(merchant.notify_url, wanted=1)
    notifier.plan(sendings.make, (0,))
    assert sendings.judged.wait(10)
    assert sendings.statuses == [302]


def test_a_merchant_whose_certificate_is_not_trusted_gets_nothing(merchant) -> None:
    notifier = Notifier(time_scale=1000)
    done = threading.Event()
    sendings = Sendings(merchant.notify_url, wanted=1)

    def last() -> NotificationRequest:
        done.set()
        return sendings.make()

    notifier.plan(sendings.make, (0,))
    notifier.plan(last, (50,))
    assert done.wait(10)
    notifier.close()
    assert notifier.deliveries[0] == Delivery(merchant.notify_url, 0, acknowledged=False)
    assert merchant.received.empty()


def test_what_is_not_yet_due_is_dropped_on_closing(notifier, merchant) -> None:
    sendings = Sendings(merchant.notify_url, wanted=1)
    notifier.plan(sendings.make, (10**9,))
    notifier.close()
    notifier.plan(sendings.make, (0,))
    assert sendings.made == 0


def test_an_empty_schedule_sends_nothing(notifier, merchant) -> None:
    sendings = Sendings(merchant.notify_url, wanted=1)
    notifier.plan(sendings.make, ())
    notifier.close()
    assert sendings.made == 0
