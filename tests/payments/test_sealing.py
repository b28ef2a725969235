from __future__ import annotations

import base64
import os
import stat

import pytest

from payments.sealing import KEY_VARIABLE, Seal, SealError, seal_from

KEY = bytes(range(32))


def test_what_is_sealed_opens_for_its_purpose_only():
    seal = Seal(KEY)
    sealed = seal.seal("secret", "second factor of lin")
    assert "secret" not in sealed
    assert seal.open(sealed, "second factor of lin") == "secret"
    with pytest.raises(SealError):
        seal.open(sealed, "second factor of wang")


def test_another_key_does_not_open():
    with pytest.raises(SealError):
        Seal(bytes(32)).open(Seal(KEY).seal("secret", "use"), "use")


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    file = tmp_path / "master.key"
    sealed = seal_from({}, file).seal("secret", "use")
    assert seal_from({}, file).open(sealed, "use") == "secret"
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_environment_may_carry_the_key():
    text = base64.b64encode(KEY).decode()
    sealed = Seal(KEY).seal("secret", "use")
    assert seal_from({KEY_VARIABLE: text}, None).open(sealed, "use") == "secret"


@pytest.mark.parametrize("environment", [{}, {KEY_VARIABLE: "%%"}, {KEY_VARIABLE: "c2hvcnQ="}])
def test_a_missing_or_malformed_key_is_said(environment):
    with pytest.raises(SealError):
        seal_from(environment, None)
