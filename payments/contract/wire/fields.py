"""Field types shared by the wire schemas, each with the bounds both sides rely on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

# No control characters (NUL would be refused by one database and stored by the other), no lone
# surrogates; a note may have line breaks and tabs.
_PLAIN = r"^[^\x00-\x1f\x7f\ud800-\udfff]*$(?!\n)"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]*$"
# ``(?!\n)`` above and below: in Python alone, ``$`` also matches before a line break at the end.

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_-]{1,64}$(?!\n)")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=_PLAIN)]
Line = Annotated[str, msgspec.Meta(max_length=256, pattern=_PLAIN)]
Note = Annotated[str, msgspec.Meta(max_length=2000, pattern=_LINES)]
Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Count = Annotated[int, msgspec.Meta(ge=1, le=999)]
Days = Annotated[int, msgspec.Meta(ge=0, le=36_500)]
Cursor = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[0-9A-Za-z_.:=-]*$(?!\n)")]
Positive = Annotated[int, msgspec.Meta(ge=1, le=10**15, description="amount in minor units")]
CurrencyCode = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="ISO 4217 code")
]
# Exact decimal text: a share of one (``"0.7"`` = 70 %), and a percentage (``"10"`` = 10 %).
Rate = Annotated[str, msgspec.Meta(pattern=r"^(0(\.[0-9]{1,12})?|1(\.0{1,12})?)$(?!\n)")]
Percent = Annotated[
    str, msgspec.Meta(pattern=r"^([0-9]{1,2}(\.[0-9]{1,10})?|100(\.0{1,10})?)$(?!\n)")
]
# RFC 3339 in UTC.
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
