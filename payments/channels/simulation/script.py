"""What is scripted to happen to a payment or refund at the simulated providers.

A script is found by the merchant's number (exact, or a prefix ending in ``*``; ``*`` alone is
everything) or by a token in the title or reason such as ``[sim:paid]``. Without one a person
decides by hand on the till page.
"""

from __future__ import annotations

import re
import threading
from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """How a simulated payment or refund goes.

    Faults of the answer (``no_answer`` to ``forged_answer``) strike the first request of a
    number; a repeated request is answered well, so that recovery can be watched. Afterwards the
    payment waits for a buyer as in ``by_hand``.
    """

    BY_HAND = "by_hand"
    PAID = "paid"
    INSUFFICIENT_FUNDS = "insufficient_funds"  # buyer refused; a refund: merchant's balance too low
    CLOSED = "closed"  # the provider closes it unpaid; a refund: closed, nothing returned
    ABNORMAL = "abnormal"  # refunds only: the payer's account cannot take the money
    PAID_LATE = "paid_late"  # the buyer pays at the moment the merchant closes
    NO_ANSWER = "no_answer"  # taken, then the connection breaks
    NO_ANSWER_BEFORE = "no_answer_before"  # the connection breaks, nothing taken
    SLOW_ANSWER = "slow_answer"
    SERVER_ERROR = "server_error"  # 5xx, nothing taken
    SERVER_ERROR_AFTER = "server_error_after"  # taken, then 5xx
    BUSY = "busy"  # the provider's rate limit, nothing taken
    UNSIGNED_ANSWER = "unsigned_answer"  # taken, the answer lacks its signature
    FORGED_ANSWER = "forged_answer"  # taken, the answer is signed by somebody else
    UNSUPPORTED_METHOD = "unsupported_method"  # refused for good: not opened for this merchant
    DUPLICATE_NOTIFICATION = "duplicate_notification"
    REORDERED_NOTIFICATION = "reordered_notification"  # the payment's after the refund's
    LATE_NOTIFICATION = "late_notification"
    FORGED_NOTIFICATION = "forged_notification"  # unpaid; somebody else claims it is paid
    ALTERED_NOTIFICATION = "altered_notification"  # paid; the first one is changed on its way
    WRONG_AMOUNT = "wrong_amount"  # signed by the provider, of another amount
    NO_NOTIFICATION = "no_notification"


# The buyer pays as soon as the payment exists.
BUYER_PAYS: Final = frozenset(
    {
        Outcome.PAID,
        Outcome.DUPLICATE_NOTIFICATION,
        Outcome.REORDERED_NOTIFICATION,
        Outcome.LATE_NOTIFICATION,
        Outcome.ALTERED_NOTIFICATION,
        Outcome.WRONG_AMOUNT,
        Outcome.NO_NOTIFICATION,
    }
)

# Faults of the answer, before anything is taken and after.
FAULTS_BEFORE: Final = frozenset({Outcome.NO_ANSWER_BEFORE, Outcome.SERVER_ERROR, Outcome.BUSY})
FAULTS_AFTER: Final = frozenset(
    {
        Outcome.NO_ANSWER,
        Outcome.SLOW_ANSWER,
        Outcome.SERVER_ERROR_AFTER,
        Outcome.UNSIGNED_ANSWER,
        Outcome.FORGED_ANSWER,
    }
)
# How long a slow answer takes, a late notification waits; seconds before the time scale.
SLOW_S: Final = 20.0
LATE_S: Final = 600.0

_BY_WORD: Final = {outcome.value: outcome for outcome in Outcome}
_TOKEN: Final = re.compile(r"\[sim:([a-z_]+)\]")


class Script:
    """The scripted outcomes; may be changed while the simulators run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outcomes: dict[str, Outcome] = {}
        self._struck: set[tuple[str, str]] = set()

    def set(self, number: str, outcome: Outcome) -> None:
        """Script a number, a prefix (``P-17*``) or everything (``*``)."""
        with self._lock:
            self._outcomes[number] = outcome

    def outcome(self, number: str, text: str = "") -> Outcome:
        """The outcome of a number whose title or reason is ``text``.

        Exact numbers come first, then the token in the text, then the longest prefix.
        """
        with self._lock:
            exact = self._outcomes.get(number)
            prefixes = [
                pattern
                for pattern in self._outcomes
                if pattern.endswith("*") and number.startswith(pattern[:-1])
            ]
            longest = self._outcomes[max(prefixes, key=len)] if prefixes else Outcome.BY_HAND
        token = _TOKEN.search(text)
        if exact is not None:
            return exact
        if token is not None and token[1] in _BY_WORD:
            return _BY_WORD[token[1]]
        return longest

    def strikes(self, operation: str, number: str) -> bool:
        """Whether a fault of this operation on this number happens now: True the first time only."""
        with self._lock:
            first = (operation, number) not in self._struck
            self._struck.add((operation, number))
            return first
