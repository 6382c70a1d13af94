"""What a check prints when it fails: the rule, why there is one, how to mend it, and where it is broken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of the repository."""

    says: str
    why: str
    mend: str

    def hold(self, violations: Iterable[str]) -> None:
        """Fail the running test if there are violations."""
        found = sorted(violations)
        if found:
            lines = [f"Rule: {self.says}", f"Why:  {self.why}", f"Mend: {self.mend}", ""]
            pytest.fail("\n".join([*lines, *(f"  {violation}" for violation in found)]), pytrace=False)
