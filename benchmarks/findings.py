"""What benchmarks of rows on event loops have found so far, and how it is shown."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field

from report import number, ratio

__all__ = ["REFERENCE", "Cell", "Findings"]

REFERENCE = "aiohttp"
# A median that is further above the minimum is noted: the machine was busy.
_FAR = 0.1

# A contender's name, a row's and a loop's.
Cell = tuple[str, str, str]


@dataclass(kw_only=True)
class Findings:
    """What was found so far."""

    costs: dict[Cell, list[float]] = field(default_factory=dict)
    failures: list[Cell] = field(default_factory=list)

    def text(self, name: str, row: str, loop: str) -> str:
        """The minimum, and its ratio to the reference's."""
        costs = self.costs.get((name, row, loop))
        if (name, row, loop) in self.failures:
            return "failed"
        if not costs:
            return "-"
        compared = self.costs.get((REFERENCE, row, loop))
        best = number(min(costs))
        return f"{best} ({ratio(min(costs), min(compared))})" if compared else best

    def notes(self) -> Iterator[str]:
        """What a reader must know about them."""
        for name, row, loop in self.failures:
            yield f"{row}: {name} on {loop} failed."
        far = [
            f"{row}: {name} on {loop} {statistics.median(costs) / min(costs) - 1:.0%}"
            for (name, row, loop), costs in self.costs.items()
            if statistics.median(costs) / min(costs) - 1 > _FAR
        ]
        if far:
            yield f"Median far above the minimum: {', '.join(far)}."
