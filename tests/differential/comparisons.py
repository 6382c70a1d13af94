"""One input, what this library and an oracle make of it, and the classes of inputs of which they make different things."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from outcomes import Outcome

__all__ = ["Class", "Comparison", "Read"]

# What completes a line, a head, a chunk or a trailer section, so that a parser has to judge what it waits with.
_MORE: Final = (b"\n", b"\r\n", b"\r\n\r\n")

Read = Callable[[bytes], Outcome]


@dataclass(frozen=True)
class Comparison:
    """One input, and what was made of it.

    Attributes:
        oracle: `h11` or `httptools`; `h11-lenient` where this library reads responses as leniently as h11 does.
        is_request: whether the input is a request.
        data: the input.
        ours: what this library makes of it.
        theirs: what the oracle makes of it.
        differences: in what the two differ.
        read_ours: this library, for more.
        read_theirs: the oracle, for more.
    """

    oracle: str
    is_request: bool
    data: bytes
    ours: Outcome
    theirs: Outcome
    differences: frozenset[str]
    read_ours: Read
    read_theirs: Read

    def ours_refuses(self, *errors: str) -> bool:
        """Whether only this library refuses the input, with an error that begins like one of these."""
        return self.ours.kind == "refused" != self.theirs.kind and self.ours.error.partition(": ")[
            2
        ].startswith(errors)

    def theirs_refuses(self, *errors: str) -> bool:
        """Whether only the oracle refuses the input, with one of these texts."""
        return self.theirs.kind == "refused" != self.ours.kind and any(
            error in self.theirs.error for error in errors
        )

    def has(self, pattern: bytes) -> bool:
        """Whether a pattern is in the input; letters of either case."""
        return re.search(pattern, self.data, re.IGNORECASE) is not None

    def count(self, name: bytes) -> int:
        """How many field lines of that name the input has."""
        return len(re.findall(rb"\n%b:" % re.escape(name), self.data, re.IGNORECASE))

    @property
    def words(self) -> list[bytes]:
        """The words of the start line."""
        return self.data.lstrip(b"\r\n").partition(b"\n")[0].rstrip(b"\r").split(b" ")

    def ours_judges_later(self) -> bool:
        """Whether this library waits with what it refuses as soon as the line, or the head, is complete."""
        return self.ours.kind == "incomplete" and _judged_later(self.read_ours, self.data)

    def theirs_judges_later(self) -> bool:
        """Whether the oracle waits with what it refuses as soon as the line, or the head, is complete."""
        return self.theirs.kind == "incomplete" and _judged_later(self.read_theirs, self.data)


@dataclass(frozen=True)
class Class:
    """A class of disagreements.

    Attributes:
        name: its name.
        oracles: with whom.
        says: who says what.
        decides: the section of the RFC, and what it says.
        matches: tells whether a comparison belongs to it.
        explains: which differences it explains.
    """

    name: str
    oracles: str
    says: str
    decides: str
    matches: Callable[[Comparison], bool]
    explains: frozenset[str] = frozenset({"kind"})


def _judged_later(read: Read, data: bytes) -> bool:
    return any(read(data + more).kind == "refused" for more in _MORE)
