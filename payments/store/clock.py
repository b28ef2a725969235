"""The database's own clock, for leases: two machines' clocks are never compared."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class database_now_ms(FunctionElement[int]):  # noqa: N801 - reads as the SQL function it is
    """Milliseconds since 1970 on the database's clock, at the moment the statement runs."""

    type = BigInteger()
    inherit_cache = True


@compiles(database_now_ms, "postgresql")
def _on_postgresql(_element: Any, _compiler: Any, **_options: Any) -> str:  # noqa: ANN401 - the hook's types
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"


@compiles(database_now_ms, "sqlite")
def _on_sqlite(_element: Any, _compiler: Any, **_options: Any) -> str:  # noqa: ANN401 - the hook's types
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
