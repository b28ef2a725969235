"""Keys: which are accepted, for how long, and which re-issued certificate is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from payments.channels.alipay import certificates, signing
from payments.channels.alipay.certificates import CertificateError
from payments.channels.alipay.config import Keys
from payments.channels.alipay.simulated_keys import SimulatedKeys

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def keys(world):
    return Keys(world.configs["certificates"], lambda: NOW)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    return SimulatedKeys(tmp_path_factory.mktemp("elsewhere"))


def _number(text: str) -> str:
    return certificates.number_of(certificates.leaf(text))


def test_a_reissued_certificate_of_the_same_holder_is_learned(world, keys):
    simulated = world.simulator.keys
    simulated.reissue()
    number = _number(simulated.reissued)
    assert keys.lacks(number)
    keys.learn(simulated.reissued, number)
    assert not keys.lacks(number)
    signature = signing.sign(b"x", simulated.alipay)
    assert keys.verifies(b"x", signature)


def test_a_certificate_of_another_holder_under_the_same_root_is_not(world, keys):
    app = world.configs["certificates"].certificates.app
    with pytest.raises(CertificateError, match="somebody else"):
        keys.learn(app, _number(app))


def test_a_certificate_under_another_root_is_not(keys, elsewhere):
    with pytest.raises(CertificateError, match="root"):
        keys.learn(elsewhere.reissued, _number(elsewhere.reissued))


def test_another_certificate_than_asked_for_is_not(world, keys):
    with pytest.raises(CertificateError, match="another"):
        keys.learn(world.simulator.keys.reissued, "0" * 32)


def test_an_expired_certificate_is_not_accepted(world):
    with pytest.raises(CertificateError, match="valid"):
        Keys(world.configs["certificates"], lambda: NOW + timedelta(days=9000))


def test_plain_keys_learn_no_certificate(world):
    plain = Keys(world.configs["plain"], lambda: NOW)
    assert not plain.lacks("0" * 32)
    with pytest.raises(CertificateError):
        plain.learn(world.simulator.keys.reissued, "0" * 32)


def test_an_earlier_key_is_good_until_its_day(world, elsewhere):
    config = msgspec.structs.replace(
        world.configs["plain"],
        earlier_alipay_key=elsewhere.alipay_public_file.read_text(),
        earlier_key_until=NOW,
    )
    signature = signing.sign(b"x", elsewhere.alipay)
    assert Keys(config, lambda: NOW - timedelta(seconds=1)).verifies(b"x", signature)
    assert not Keys(config, lambda: NOW).verifies(b"x", signature)


def test_keys_are_kept_between_runs(world):
    folder = world.simulator.keys.app_private_file.parent
    again = SimulatedKeys(folder)
    assert again.app.private_numbers() == world.simulator.keys.app.private_numbers()
    assert world.simulator.keys.app_private_file.stat().st_mode & 0o077 == 0
