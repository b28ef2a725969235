"""Personal data as it is shown by default: enough to tell two payers apart, not to know them."""

from __future__ import annotations

from typing import Final

_SHORT_NAME: Final = 2
_PHONE_HEAD: Final = 3
_PHONE_TAIL: Final = 4


def masked_name(name: str) -> str:
    """First and last character of a name: 王小明 → 王*明, 王明 → 王*, 王 → *."""
    if len(name) < _SHORT_NAME:
        return "*" * len(name)
    if len(name) == _SHORT_NAME:
        return f"{name[0]}*"
    return f"{name[0]}*{name[-1]}"


def masked_phone(phone: str) -> str:
    """First three and last four digits: 13812345678 → 138****5678; short numbers not at all."""
    if not phone:
        return ""
    if len(phone) <= _PHONE_HEAD + _PHONE_TAIL:
        return "****"
    return f"{phone[:_PHONE_HEAD]}****{phone[-_PHONE_TAIL:]}"
