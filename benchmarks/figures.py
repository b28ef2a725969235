"""One line of JSON per figure, with the budget it stands against and its ratio to a baseline."""

from __future__ import annotations

import json
from typing import Any


def report(
    figure: str, value: float, unit: str, budget: str = "", baseline: tuple[str, float] = ("", 0)
) -> None:
    """Print one figure; the baseline is its name and its value in the same unit."""
    line: dict[str, Any] = {"figure": figure, "value": round(value, 2), "unit": unit}
    if budget:
        line["budget"] = budget
    if baseline[1]:
        line |= {"baseline": baseline[0], "ratio": round(value / baseline[1], 3)}
    print(json.dumps(line, ensure_ascii=False), flush=True)
