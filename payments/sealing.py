"""Seals what must not lie in the database in plain: channel keys, second factors.

AES-256-GCM with one key per installation. The key lies beside an embedded database in a file that
only its owner may read, or comes from the environment where the database is a server's. What is
sealed is bound to its purpose: a sealed second factor does not open as a channel's configuration.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from payments.certificates import write_private

KEY_VARIABLE: Final = "SUANPAN_MASTER_KEY"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class SealError(Exception):
    """The key is missing or malformed, or what was sealed does not open with it."""


class Seal:
    """Seals and opens text with the key of this installation."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            message = f"the master key must be {_KEY_BYTES} bytes"
            raise SealError(message)
        self._cipher = AESGCM(key)

    def seal(self, text: str, purpose: str) -> str:
        """The text, sealed for one purpose (``"second factor of <user>"``)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), purpose.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, purpose: str) -> str:
        """The text again. Raises SealError when key, purpose or content differ."""
        raw = base64.b64decode(sealed)
        try:
            plain = self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode())
        except InvalidTag:
            message = "sealed with another key, or changed since"
            raise SealError(message) from None
        return plain.decode()


def seal_from(environment: Mapping[str, str], key_file: Path | None) -> Seal:
    """The seal of this installation: from the environment, else from a file made at first use.

    Raises SealError when the environment's key is malformed, or when there is neither a key nor a
    file to keep one in; OSError when the file cannot be read or written.
    """
    if text := environment.get(KEY_VARIABLE):
        return Seal(_decoded(text))
    if key_file is None:
        message = f"{KEY_VARIABLE} must be set: 32 random bytes in base64"
        raise SealError(message)
    if not key_file.exists():
        key_file.parent.mkdir(parents=True, exist_ok=True)
        write_private(key_file, base64.b64encode(os.urandom(_KEY_BYTES)))
    return Seal(_decoded(key_file.read_text()))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        message = "the master key is not base64"
        raise SealError(message) from None
