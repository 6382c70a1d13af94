"""What lower modules expect of objects that are defined above them."""

from __future__ import annotations

from typing import Any, Protocol

__all__: list[str] = []


class JobOwner(Protocol):
    """What a job has above itself."""

    @property
    def close_timeout(self) -> float | None:
        """Seconds that a cancelled job has to come to its end; None for any number."""

    def forget(self, job: Any) -> None:
        """Take note that a job has ended, or will never begin."""

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Tell of a failure that nobody else hears of."""
