"""The version a caller has seen, checked in the transaction that changes the record."""

from __future__ import annotations

from payments.contract.roles import Kind
from payments.store.work import Work


def expect_version(work: Work, kind: Kind, record_id: str, version: int) -> None:
    """Lock the record and raise RefusedError(VERSION_CHANGED) when it is not at ``version`` any more."""
    raise NotImplementedError
