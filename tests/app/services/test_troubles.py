"""Whatever goes wrong, a person reads what happened and what to do next, in both languages."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from app import words
from app.models.store.database import DamagedStoreError, WrongKeyError
from app.models.store.upgrades import NewerStoreError
from app.services import embedded, keychain
from app.services.payments_api.problems import (
    BadAnswerError,
    NoAnswerError,
    ProblemError,
    UntrustedError,
)
from app.services.sync.engine import AnotherUserError
from app.services.troubles import UNEXPECTED, words_key
from payments.contract.problems import Code

KNOWN = [
    *(ProblemError(code) for code in Code),
    NoAnswerError("x"),
    UntrustedError("x"),
    BadAnswerError("x"),
    AnotherUserError("x"),
    embedded.ServicesFailedError("x", Path("log")),
    keychain.PassphraseNeededError(new=True),
    keychain.PassphraseTooShortError(),
    keychain.WrongPassphraseError(),
    keychain.KeychainRefusedError(),
    keychain.KeyLostError(),
    WrongKeyError("x"),
    DamagedStoreError("x"),
    NewerStoreError("x"),
    PermissionError("x"),
]


@pytest.mark.parametrize("language", words.Language)
@pytest.mark.parametrize("error", KNOWN, ids=repr)
def test_every_error_has_words_in_both_languages(error, language):
    key = words_key(error)
    assert key != UNEXPECTED
    assert {f"{key}.what", f"{key}.next"} <= words.catalogue(language).keys()


@pytest.mark.parametrize("language", words.Language)
@pytest.mark.parametrize("error", [KeyError("x"), httpx.ReadError("x"), MemoryError()])
def test_what_nobody_foresaw_has_words_too(error, language):
    assert words_key(error) == UNEXPECTED
    assert {f"{UNEXPECTED}.what", f"{UNEXPECTED}.next"} <= words.catalogue(language).keys()
