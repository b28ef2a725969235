"""Between a frozen row value and its columns: enums as their value, structures as JSON text."""

from __future__ import annotations

import dataclasses
import operator
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

import msgspec

Row = TypeVar("Row")
_PLAIN: Final = (str, int)
_encode: Final = msgspec.json.Encoder()


class RowCodec(Generic[Row]):
    """Reads and writes rows of one dataclass whose fields are named as the columns."""

    def __init__(self, row: type[Row]) -> None:
        hints = typing.get_type_hints(row)
        self.row = row
        self.fields: Final = tuple(field.name for field in dataclasses.fields(row))  # type: ignore[arg-type]  # a TypeVar cannot say "dataclass"
        self._values: Callable[[Row], tuple[Any, ...]] = operator.attrgetter(*self.fields)
        pairs = {name: _converters(hints[name]) for name in self.fields}
        self._writers = {name: pair[0] for name, pair in pairs.items() if pair}
        self._readers = {name: pair[1] for name, pair in pairs.items() if pair}

    def read(self, columns: Sequence[Any]) -> Row:
        """The row value of columns in the order of ``fields``."""
        values = dict(zip(self.fields, columns, strict=True))
        for name, reader in self._readers.items():
            if values[name] is not None:
                values[name] = reader(values[name])
        return self.row(**values)

    def columns(self, row: Row) -> dict[str, Any]:
        """The columns of a row value."""
        return self._written(dict(zip(self.fields, self._values(row), strict=True)))

    def changes(self, before: Row, after: Row) -> dict[str, Any]:
        """The columns in which two values of the same row differ, as they are after."""
        pairs = zip(self.fields, self._values(before), self._values(after), strict=True)
        return self._written(
            {name: new for name, old, new in pairs if old is not new and old != new}
        )

    def _written(self, values: dict[str, Any]) -> dict[str, Any]:
        for name, value in values.items():
            if value is not None and name in self._writers:
                values[name] = self._writers[name](value)
        return values


def _converters(hint: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]] | None:  # noqa: ANN401 - any annotation
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        (hint,) = (part for part in typing.get_args(hint) if part is not type(None))
    if hint in _PLAIN:
        return None
    if hint is bool:
        # SQLite has no truth values of its own.
        return bool, bool
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        members: Mapping[str, StrEnum] = {member.value: member for member in hint}
        return operator.attrgetter("value"), members.__getitem__
    decoder = msgspec.json.Decoder(hint)
    return (lambda value: _encode.encode(value).decode()), decoder.decode
