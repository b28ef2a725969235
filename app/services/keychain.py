"""Where the key of the local store lies: never in plain.

In the operating system's keychain. Where there is none, in a file next to the store, sealed by a
passphrase that is asked at every start. The built-in sample business, which holds nothing of
anybody, is the one exception: its key is sealed by a random file of this machine, so that trying
Suanpan asks for nothing.
"""

from __future__ import annotations

import secrets
import unicodedata
from pathlib import Path
from typing import Annotated, Final

import keyring
import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from keyring.errors import KeyringError, NoKeyringError

from app.services.files import write_whole

KEY_BYTES: Final = 32
SHORTEST_PASSPHRASE: Final = 8
_SERVICE: Final = "suanpan"
_NONCE_BYTES: Final = 12
_SALT_BYTES: Final = 16


class StoreKeyError(Exception):
    """The key of the store cannot be had; the subclass says what a person can do about it."""


class PassphraseNeededError(StoreKeyError):
    """No keychain here: ask for a passphrase. ``new``: twice, for it is chosen now."""

    words_key = "trouble.passphrase_needed"

    def __init__(self, *, new: bool) -> None:
        super().__init__("new" if new else "known")
        self.new = new


class PassphraseTooShortError(StoreKeyError):
    """A passphrase has at least ``SHORTEST_PASSPHRASE`` characters."""

    words_key = "trouble.passphrase_too_short"


class WrongPassphraseError(StoreKeyError):
    """This passphrase does not open the sealed key."""

    words_key = "trouble.wrong_passphrase"


class KeychainRefusedError(StoreKeyError):
    """There is a keychain, but it did not give or take the key: unlock it and try again."""

    words_key = "trouble.keychain_refused"


class KeyLostError(StoreKeyError):
    """The key is gone or damaged: the local copy has to be fetched again."""

    words_key = "trouble.key_lost"


class _Sealed(msgspec.Struct, frozen=True):
    """The key file. The bounds keep a forged file from asking for hours and all memory."""

    salt: bytes
    nonce: bytes
    sealed: bytes
    time: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    memory_kib: Annotated[int, msgspec.Meta(ge=8192, le=1_048_576)] = 65_536
    lanes: Annotated[int, msgspec.Meta(ge=1, le=16)] = 4


class StoreKey:
    """The key of one store. The calls may take half a second: make them in the background."""

    def __init__(self, folder: Path, account: str) -> None:
        """``folder`` holds the store; ``account`` names its key in the keychain."""
        self._file = folder / "store.key.json"
        self._account = account

    def open(self, *, store_exists: bool) -> bytes:
        """The 32-byte key, made now for a new store.

        Raises PassphraseNeededError, KeychainRefusedError, or KeyLostError for an existing store
        whose key is nowhere.
        """
        if self._file.exists():
            raise PassphraseNeededError(new=False)
        try:
            kept = keyring.get_password(_SERVICE, self._account)
            if kept is None and not store_exists:
                return self._make_in_keychain()
        except NoKeyringError:
            if store_exists:
                raise KeyLostError(self._account) from None
            raise PassphraseNeededError(new=True) from None
        except KeyringError as error:
            raise KeychainRefusedError(type(error).__name__) from error
        return self._read(kept)

    def choose(self, passphrase: str) -> bytes:
        """A new key, sealed by a passphrase. Raises PassphraseTooShortError."""
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise PassphraseTooShortError
        key = secrets.token_bytes(KEY_BYTES)
        salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
        empty = _Sealed(salt, nonce, b"")
        sealed = AESGCM(_derived(passphrase, empty)).encrypt(nonce, key, self._bound())
        write_whole(self._file, msgspec.json.encode(_Sealed(salt, nonce, sealed)))
        return key

    def unlock(self, passphrase: str) -> bytes:
        """The sealed key. Raises WrongPassphraseError or KeyLostError."""
        try:
            sealed = msgspec.json.decode(self._file.read_bytes(), type=_Sealed)
        except (OSError, msgspec.DecodeError) as error:
            raise KeyLostError(self._account) from error
        try:
            wrapping = AESGCM(_derived(passphrase, sealed))
            return wrapping.decrypt(sealed.nonce, sealed.sealed, self._bound())
        except (InvalidTag, ValueError) as error:
            raise WrongPassphraseError from error

    def forget(self) -> None:
        """Remove the key wherever it lies; what it encrypted cannot be read ever again."""
        self._file.unlink(missing_ok=True)
        try:
            if keyring.get_password(_SERVICE, self._account) is not None:
                keyring.delete_password(_SERVICE, self._account)
        except NoKeyringError:
            return
        except KeyringError as error:
            raise KeychainRefusedError(type(error).__name__) from error

    def _make_in_keychain(self) -> bytes:
        key = secrets.token_bytes(KEY_BYTES)
        keyring.set_password(_SERVICE, self._account, key.hex())
        # Some keychains take a secret and drop it: better found out now than at the next start.
        if keyring.get_password(_SERVICE, self._account) != key.hex():
            raise KeychainRefusedError("kept nothing")
        return key

    def _read(self, kept: str | None) -> bytes:
        try:
            key = bytes.fromhex(kept or "")
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise KeyLostError(self._account)
        return key

    def _bound(self) -> bytes:
        """A sealed key opens only the store it was made for."""
        return f"{_SERVICE} store key {self._account}".encode()


def _derived(passphrase: str, sealed: _Sealed) -> bytes:
    # The same keys pressed give the same passphrase on every system.
    typed = unicodedata.normalize("NFC", passphrase).encode()
    return hash_secret_raw(
        typed, sealed.salt, sealed.time, sealed.memory_kib, sealed.lanes, KEY_BYTES, Type.ID
    )


def sample_key(folder: Path, machine_file: Path) -> bytes:
    """The key of the sample business's store in ``folder``, sealed by a file of this machine.

    For sample data only: whoever can read both files can read the store. A missing or damaged file
    means a new key, for the sample can be fetched again.
    """
    sealed_file = folder / "sample.key"
    bound = b"suanpan sample store key"
    try:
        wrapping, sealed = AESGCM(machine_file.read_bytes()), sealed_file.read_bytes()
        return wrapping.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (OSError, ValueError, InvalidTag):
        machine_secret, key = (secrets.token_bytes(KEY_BYTES) for _ in range(2))
    nonce = secrets.token_bytes(_NONCE_BYTES)
    write_whole(machine_file, machine_secret)
    write_whole(sealed_file, nonce + AESGCM(machine_secret).encrypt(nonce, key, bound))
    return key
