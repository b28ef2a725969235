"""What can go wrong between the console and the services, sorted by what a caller can do about it.

ApiError
├── ProblemError      the services refused and changed nothing; ``code`` says why
├── NoAnswerError     no answer: it may or may not have had its effect; repeat it with the same key
│   └── UntrustedError    nothing was sent, for the server could not prove that it is ours
└── BadAnswerError    an answer that is not what the contract promises; believed in no part

Sentences from a server are never shown: ``words_key`` of each error names the console's own.
"""

from __future__ import annotations

from typing import ClassVar, Final

from payments.contract.problems import Code, FieldProblem

# A new try may be answered differently, without anybody doing anything about it.
PASSING: Final = frozenset({Code.INTERNAL, Code.UNAVAILABLE, Code.TOO_MANY_REQUESTS})
# The access token is not (or no longer) good; a refresh may help.
NOT_SIGNED_IN: Final = frozenset({Code.NOT_SIGNED_IN, Code.SESSION_ENDED})


class ApiError(Exception):
    """A request that did not bring what was asked for."""


class ProblemError(ApiError):
    """The services refused; nothing was changed."""

    def __init__(self, code: Code, errors: tuple[FieldProblem, ...] = ()) -> None:
        super().__init__(code.value)
        self.code = code
        self.errors = errors
        self.words_key = f"problems.{code.value}"


class NoAnswerError(ApiError):
    """No answer came; whether the request had its effect is not known."""

    words_key: ClassVar[str] = "trouble.no_answer"


class UntrustedError(NoAnswerError):
    """The server's certificate was not issued by the authority that the console trusts."""

    words_key = "trouble.untrusted"


class BadAnswerError(ApiError):
    """An answer that breaks the contract: wrong type, too large, a redirect, no JSON."""

    words_key: ClassVar[str] = "trouble.bad_answer"
