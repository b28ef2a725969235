"""What proves a person: passwords, one-time codes, recovery codes and session tokens.

Nothing here touches the database. Passwords are hashed with Argon2id (19 MiB, two passes, one
lane: OWASP's first choice, about 20 ms); tokens are 256 random bits of which only the SHA-256 is
stored, so that a stolen database opens no session.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime
from typing import Final

import msgspec
import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 256
RECOVERY_CODES: Final = 10

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Compared against when the login is unknown, so that the answer takes as long as for a known one.
_NOBODY: Final = _HASHER.hash(secrets.token_urlsafe(32))
_STEP_S: Final = 30
_ISSUER: Final = "Suanpan"
# Without the letters and digits that are mistaken for one another on paper.
_RECOVERY_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class PasswordError(ValueError):
    """The password is too short or too long to be taken."""


class SecondFactor(msgspec.Struct, frozen=True):
    """A TOTP secret; ``last_step`` is the newest time step used, which never counts again."""

    secret: str
    confirmed: bool = False
    last_step: int = 0


def password_hash(password: str) -> str:
    """The Argon2id hash to store. Raises PasswordError outside 10–256 characters."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        message = f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise PasswordError(message)
    return _HASHER.hash(_normal(password))


def password_matches(stored: str | None, password: str) -> bool:
    """Whether this is the password; ``None`` (nobody) takes as long to be refused."""
    try:
        return _HASHER.verify(stored or _NOBODY, _normal(password)) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    # One keyboard composes é, another types e and an accent: the same password to a person.
    return unicodedata.normalize("NFKC", password)


def new_second_factor() -> SecondFactor:
    """A new secret that waits for its first code."""
    return SecondFactor(pyotp.random_base32())


def enrolment_uri(factor: SecondFactor, login: str) -> str:
    """The ``otpauth`` URI that an authenticator scans."""
    return pyotp.TOTP(factor.secret).provisioning_uri(name=login, issuer_name=_ISSUER)


def accepted_step(factor: SecondFactor, code: str, now: datetime) -> int | None:
    """The time step that a code proves, or None.

    One step either side is accepted for clocks that differ; a step once used is not (RFC 6238,
    section 5.2).
    """
    current = int(now.timestamp()) // _STEP_S
    totp = pyotp.TOTP(factor.secret)
    for step in (current, current - 1, current + 1):
        if step > factor.last_step and hmac.compare_digest(
            totp.generate_otp(step).encode(), code.strip().encode()
        ):
            return step
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 80 random bits, ``XXXX-XXXX-XXXX-XXXX``."""
    return tuple("-".join(_letters() for _ in range(4)) for _ in range(RECOVERY_CODES))


def _letters() -> str:
    return "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(4))


def recovery_digest(code: str) -> str:
    """What is stored of a recovery code; typing is forgiven case, spaces and the dash."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return digest(plain)


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token: its SHA-256. Fast on purpose: the token is random already."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
