"""From the first page to one's own business and back, over the real services of this machine."""

from __future__ import annotations

import pytest

from app.launch import places
from app.launch.places import LAST_PLACE, NOWHERE, PlaceChoice
from app.services.preferences import Preferences
from app.services.sync.engine import Phase
from app.views.frame.first_run import FirstRunPage, NewBusiness
from app.views.frame.lock import LockPage
from app.views.frame.opening import OpeningPage
from app.views.frame.passphrase import PassphrasePage
from app.views.frame.sign_in import Credentials, SignInPage

WAIT_MS = 30_000
PASSPHRASE = "一把很长很长的钥匙"
LIN = NewBusiness("-Lin's courses-", "林 Lin", "lin", "lin's password")


def come_back(entrance, tmp_path):
    kept = Preferences(tmp_path / "preferences.json").value(LAST_PLACE, PlaceChoice, NOWHERE)
    entrance.enter(places.remembered(tmp_path, kept))


@pytest.fixture
def waits_for(qtbot):
    def wait(entrance, kind):
        qtbot.waitUntil(lambda: isinstance(entrance.stage.page, kind), timeout=WAIT_MS)
        return entrance.stage.page

    return wait


def test_one_s_own_business_is_set_up_locked_reopened_and_survives_a_damaged_copy(
    qtbot, tmp_path, entrances, waits_for
):
    first = entrances()
    first.show_first_run()
    first.stage.page.own_chosen.emit(LIN)
    waits_for(first, PassphrasePage).submitted.emit(PASSPHRASE)
    qtbot.waitUntil(lambda: first.console is not None, timeout=WAIT_MS)
    assert (first.console.me.login, first.console.me.name) == (LIN.login, LIN.name)
    first.console.lock()
    assert isinstance(first.stage.window._page, LockPage)
    entrances.leave(first)
    assert LIN.password.encode() not in b"".join(
        file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()
    )

    second = entrances()
    come_back(second, tmp_path)
    assert isinstance(second.stage.page, OpeningPage)
    page = waits_for(second, PassphrasePage)
    page.submitted.emit("another passphrase")
    qtbot.waitUntil(lambda: "not the passphrase" in page._error.text(), timeout=WAIT_MS)
    page.submitted.emit(PASSPHRASE)
    qtbot.waitUntil(lambda: second.console is not None, timeout=WAIT_MS)
    lock = second.stage.window._page
    assert isinstance(lock, LockPage), "ending the program opened the lock"
    lock.submitted.emit(LIN.password)
    qtbot.waitUntil(lambda: second.stage.window._page is None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: second.console.engine.state.phase is Phase.LIVE, timeout=WAIT_MS)
    entrances.leave(second)

    (store,) = places.own(tmp_path).stores
    store.write_bytes(b"damaged" * 10_000)
    third = entrances()
    come_back(third, tmp_path)
    waits_for(third, PassphrasePage).submitted.emit(PASSPHRASE)
    waits_for(third, SignInPage).submitted.emit(Credentials(LIN.login, LIN.password))
    qtbot.waitUntil(lambda: third.console is not None, timeout=WAIT_MS)
    assert list(store.parent.glob("console.store.unreadable-*"))


def test_another_way_in_can_be_chosen_while_services_start(qtbot, entrances, waits_for):
    entrance = entrances()
    entrance.enter_sample()
    waits_for(entrance, OpeningPage)
    qtbot.waitUntil(lambda: bool(entrance._started), timeout=WAIT_MS)
    entrance.stage.page.left.emit()
    page = waits_for(entrance, FirstRunPage)
    entrances.leave(entrance)
    assert not page._error.text()


def test_a_lost_key_is_replaced_only_when_a_new_passphrase_is_chosen(
    qtbot, tmp_path, entrances, waits_for
):
    place = places.own(tmp_path)
    store = place.store_file("somebody")
    store.parent.mkdir(parents=True)
    store.write_bytes(b"of a key that is gone")
    entrance = entrances(offline=True)
    entrance.enter(place)
    page = waits_for(entrance, PassphrasePage)
    assert "is gone" in page._error.text()
    assert store.exists()
    page.submitted.emit("short")
    qtbot.waitUntil(lambda: "too short" in page._error.text(), timeout=WAIT_MS)
    assert store.exists()
    page.submitted.emit(PASSPHRASE)
    qtbot.waitUntil(lambda: not store.exists(), timeout=WAIT_MS)
    assert list(store.parent.glob("*.unreadable-1"))
