"""The few words that stand in every order, kept as small numbers.

The lists read indexes from end to end, a million entries at a time, and every byte of them is
decrypted: with numbers in place of words they are a third as long. The numbers are stored, so words
are only ever added at the end.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Codes:
    """Words and their numbers; the empty word has one too."""

    def __init__(self, *words: str) -> None:
        self._numbers = {word: number for number, word in enumerate(words)}
        self._words = words

    def number(self, word: StrEnum | str) -> int:
        """The number of a word. Raises KeyError for one that was never given any."""
        return self._numbers[str(word)]

    def of(self, member: StrEnum | None) -> int:
        """The number of a contract's member, of the empty word for None."""
        # ``_value_``: see ``standing.plain``.
        return self._numbers["" if member is None else member._value_]

    def word(self, number: int) -> str:
        """The word of a stored number."""
        return self._words[number]


STATUSES: Final = Codes(
    "",
    "awaiting_payment",
    "payment_failed",
    "on_hold",
    "paid",
    "completed",
    "partly_refunded",
    "refunded",
    "expired",
    "cancelled",
)
CHANNELS: Final = Codes(
    "", "alipay", "wechat_pay", "unionpay", "cards", "bank_transfer", "balance", "external"
)
KINDS: Final = Codes("", "course", "consultation", "paid_reading", "membership", "top_up")
REVIEWS: Final = Codes("", "none", "pending", "approved", "declined")
FULFILMENTS: Final = Codes("", "unfulfilled", "granted", "confirmed", "revoked")
SETTLEMENTS: Final = Codes("", "unsettled", "settled", "reconciled")
