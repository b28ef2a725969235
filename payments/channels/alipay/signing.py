"""Signatures of the Alipay gateway: raw text and bytes in, a verdict or a signature out.

Three things are signed and each has its own rule: requests (every parameter but ``sign``, empty
ones dropped), answers (the exact text of one node of the raw body) and notifications (every
parameter but ``sign`` and ``sign_type``, empty ones kept). All use RSASSA-PKCS1-v1_5 with
SHA-256, which the gateway calls RSA2.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from urllib.parse import quote_plus, unquote_to_bytes

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

SIGN_TYPE = "RSA2"
CHARSETS = frozenset({"utf-8", "gbk", "gb2312", "gb18030"})

_SMALLEST_KEY_BITS = 2048
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET_OR_STRING = re.compile(r'[{}\[\]]|"(?:[^"\\]|\\.)*"', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_BARE = re.compile(r"[^\s,{}\[\]\"]+")


class KeyTextError(ValueError):
    """The text is no RSA key of at least 2048 bits in a form that Alipay's tools give out."""


class AnswerTextError(ValueError):
    """The body is not one JSON object with its node and signature side by side."""


class FormError(ValueError):
    """The form cannot be read in one way only: undecodable text or a name given twice."""


class SignedNode(msgspec.Struct, frozen=True):
    """One node of an answer as it stood in the body, and what was said beside it."""

    text: str
    signature: str
    certificate_number: str = ""


def private_key(text: str) -> RSAPrivateKey:
    """Read the application's private key: PEM (PKCS#1 or PKCS#8) or the bare base64 of either.

    Takes some 30 ms, so a key is read once. Raises KeyTextError.
    """
    for candidate in _armoured(text, "PRIVATE KEY", "RSA PRIVATE KEY"):
        try:
            key = serialization.load_pem_private_key(candidate, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        if isinstance(key, RSAPrivateKey) and key.key_size >= _SMALLEST_KEY_BITS:
            return key
    raise KeyTextError("not an RSA private key of at least 2048 bits")


def public_key(text: str) -> RSAPublicKey:
    """Read a public key: PEM or the bare base64 shown in the provider's console.

    Raises KeyTextError.
    """
    for candidate in _armoured(text, "PUBLIC KEY", "RSA PUBLIC KEY"):
        try:
            key = serialization.load_pem_public_key(candidate)
        except (ValueError, UnsupportedAlgorithm):
            continue
        if isinstance(key, RSAPublicKey) and key.key_size >= _SMALLEST_KEY_BITS:
            return key
    raise KeyTextError("not an RSA public key of at least 2048 bits")


def _armoured(text: str, *labels: str) -> list[bytes]:
    stripped = text.strip()
    if stripped.startswith("-----BEGIN"):
        return [stripped.encode()]
    body = "".join(stripped.split())
    lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
    return [
        f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode() for label in labels
    ]


def sign(message: bytes, key: RSAPrivateKey) -> str:
    """Sign exactly these bytes; base64 without line breaks."""
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def verify(message: bytes, signature: str, key: RSAPublicKey) -> bool:
    """Whether the base64 signature is the key owner's over exactly these bytes."""
    try:
        key.verify(
            base64.b64decode(signature, validate=True), message, padding.PKCS1v15(), hashes.SHA256()
        )
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def request_text(parameters: Mapping[str, str], *, keep_empty: bool = False) -> str:
    """What a request signs: raw values, sorted by name, without ``sign`` and empty ones."""
    return _joined(
        {
            name: value
            for name, value in parameters.items()
            if name != "sign" and (value or keep_empty)
        }
    )


def notification_text(parameters: Mapping[str, str]) -> str:
    """What a notification signs (rule V1): all but ``sign`` and ``sign_type``, empty ones kept."""
    return _joined(
        {name: value for name, value in parameters.items() if name not in {"sign", "sign_type"}}
    )


def _joined(parameters: Mapping[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(parameters.items()))


def form(parameters: Mapping[str, str], charset: str = "utf-8") -> str:
    """URL-encode in order of name; the ``+`` of base64 becomes ``%2B``."""
    return "&".join(
        f"{quote_plus(name)}={quote_plus(value, encoding=charset)}"
        for name, value in sorted(parameters.items())
    )


def read_form(*encoded: bytes) -> dict[str, str]:
    """URL-decode forms once, in the charset that they name themselves, and merge them.

    Raises FormError: what could be read in two ways cannot be verified in one.
    """
    fields: dict[bytes, bytes] = {}
    for part in encoded:
        for pair in filter(None, part.split(b"&")):
            name, _, value = pair.partition(b"=")
            key = unquote_to_bytes(name.replace(b"+", b" "))
            if key in fields:
                raise FormError("a name is given twice")
            fields[key] = unquote_to_bytes(value.replace(b"+", b" "))
    charset = fields.get(b"charset", b"utf-8").decode("ascii", "replace").lower()
    if charset not in CHARSETS:
        charset = "utf-8"
    try:
        return {name.decode(charset): value.decode(charset) for name, value in fields.items()}
    except UnicodeDecodeError:
        raise FormError("the text is not in the charset it names") from None


def signed_node(body: str, *names: str) -> SignedNode:
    """Cut the first of the named nodes out of an answer, byte for byte.

    The text is not parsed and written again: the signature covers what was sent, spaces, order
    and escapes included. Raises AnswerTextError.
    """
    members = _members(body)
    node = next((members[name] for name in names if name in members), "")
    if not node.startswith("{"):
        raise AnswerTextError("the answer has none of the expected nodes")
    return SignedNode(
        text=node,
        signature=_plain(members.get("sign", "")),
        certificate_number=_plain(members.get("alipay_cert_sn", "")),
    )


def candidates(node_text: str) -> tuple[str, ...]:
    r"""The texts a node's signature may cover: as it stands, else with ``\/`` read as ``/``."""
    unescaped = node_text.replace("\\/", "/")
    return (node_text,) if unescaped == node_text else (node_text, unescaped)


def _plain(raw: str) -> str:
    if not _STRING.fullmatch(raw):
        return ""
    try:
        return str(json.loads(raw))
    except ValueError:
        raise AnswerTextError("a text of the answer is not JSON") from None


def _members(body: str) -> dict[str, str]:
    """The members of the outermost object, each value as its raw text."""
    text = body.strip()
    if not text.startswith("{") or _end(text, 0) != len(text):
        raise AnswerTextError("the answer is not one JSON object")
    members: dict[str, str] = {}
    position = _skip(_SPACE, text, 1)
    while text[position] != "}":
        name_end = _skip(_STRING, text, position)
        start = _skip(_COLON, text, name_end)
        end = _end(text, start)
        name = _plain(text[position:name_end])
        if name in members:
            raise AnswerTextError("a name is given twice")
        members[name] = text[start:end]
        position = _skip(_SPACE, text, end)
        if text[position] == ",":
            position = _skip(_SPACE, text, position + 1)
    return members


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    if found is None:
        raise AnswerTextError("the answer is not JSON")
    return found.end()


def _end(text: str, start: int) -> int:
    """Where the value that starts here ends; braces inside quotes do not count."""
    if text[start] not in "{[":
        return _skip(_STRING if text[start] == '"' else _BARE, text, start)
    depth = 0
    for token in _BRACKET_OR_STRING.finditer(text, start):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token.group(), 0)
        if depth == 0:
            return token.end()
    raise AnswerTextError("the answer is cut off")
