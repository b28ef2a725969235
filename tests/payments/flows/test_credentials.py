from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from payments.flows import credentials
from payments.flows.credentials import PasswordError, SecondFactor

NOW = datetime(2026, 5, 4, 3, 2, 10, tzinfo=UTC)


def test_a_password_matches_its_hash_only():
    stored = credentials.password_hash("correct horse")
    assert "correct" not in stored
    assert credentials.password_matches(stored, "correct horse")
    assert not credentials.password_matches(stored, "correct horsf")


def test_a_password_typed_on_another_keyboard_is_the_same_password():
    assert credentials.password_matches(credentials.password_hash("café café!"), "cafe\u0301 café!")


def test_nobody_has_no_password():
    assert not credentials.password_matches(None, "anything at all")


@pytest.mark.parametrize("password", ["short", "x" * 9, "x" * 257])
def test_a_password_outside_its_limits_is_not_taken(password):
    with pytest.raises(PasswordError):
        credentials.password_hash(password)


@pytest.mark.parametrize(
    ("drift", "accepted"), [(-31, True), (0, True), (30, True), (-70, False), (90, False)]
)
def test_a_code_counts_one_step_either_side(drift, accepted):
    factor = SecondFactor(pyotp.random_base32())
    code = pyotp.TOTP(factor.secret).at(NOW + timedelta(seconds=drift))
    assert (credentials.accepted_step(factor, code, NOW) is not None) is accepted


def test_a_code_counts_once():
    factor = SecondFactor(pyotp.random_base32())
    code = pyotp.TOTP(factor.secret).at(NOW)
    step = credentials.accepted_step(factor, code, NOW)
    assert step is not None
    used = SecondFactor(factor.secret, confirmed=True, last_step=step)
    assert credentials.accepted_step(used, code, NOW) is None


def test_a_code_of_other_characters_is_refused_and_breaks_nothing():
    assert (
        credentials.accepted_step(SecondFactor(pyotp.random_base32()), "１２３４５６é", NOW) is None
    )


def test_recovery_codes_differ_and_forgive_typing():
    codes = credentials.new_recovery_codes()
    assert len(set(codes)) == 10
    typed = f" {codes[0].lower().replace('-', ' ')} "
    assert credentials.recovery_digest(typed) == credentials.recovery_digest(codes[0])


def test_tokens_are_long_and_never_the_same():
    tokens = {credentials.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43
