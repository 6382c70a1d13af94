"""What a client may overlook in responses, each thing by its name."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields
from typing import Final

__all__ = ["Leniencies"]

# The flags as the parser keeps them.
STRICT: Final = 0
BARE_LF: Final = 1
EMPTY_LINES: Final = 2
MISSING_REASON: Final = 4
OBS_FOLD: Final = 8
CONTROL_CHARACTERS: Final = 16
SPACE_AFTER_CHUNK_SIZE: Final = 32


@dataclass(frozen=True, kw_only=True)
class Leniencies:
    """Deviations from RFC 9112 that are accepted in responses; without them parsing is strict.

    Requests are always parsed strictly: two servers in a row that read one request differently is how requests are
    smuggled. A client talks to the server it has chosen, and some servers are old. Where a message ends is decided
    strictly all the same: chunk data, Content-Length and Transfer-Encoding know no leniency.

    Each is a bool, False unless given.

    Attributes:
        bare_lf: a line of the head or of the trailer section may end with LF alone (RFC 9112, section 2.2, lets
            recipients do so). Chunk-size lines end with CRLF.
        empty_lines: empty lines before a status line are skipped, as far as the limit of a line goes.
        missing_reason: the space after the status code may be missing where the reason phrase is empty.
        obs_fold: a field value may go on in a line that begins with white space (RFC 9112, section 5.2); the pieces
            are joined by one space. Each such line counts as a field line, and all of them together as one line
            for `Limits.field`. Fields that frame the message or name its connection cannot be continued.
        control_characters: field values and reason phrases may hold control characters, but for NUL, CR and LF. In
            fields that frame the message or name its connection they are refused all the same.
        space_after_chunk_size: spaces and tabs may follow a chunk's size.

    Raises:
        TypeError: one of them is not a bool.
    """

    bare_lf: bool = False
    empty_lines: bool = False
    missing_reason: bool = False
    obs_fold: bool = False
    control_characters: bool = False
    space_after_chunk_size: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not bool:
                raise TypeError(f"Leniencies.{field.name} is a bool, not {type(value).__name__}")

    @functools.cached_property
    def bits(self) -> int:
        """The flags as one number, for the parser; a new connection asks for it."""
        return (
            self.bare_lf * BARE_LF
            + self.empty_lines * EMPTY_LINES
            + self.missing_reason * MISSING_REASON
            + self.obs_fold * OBS_FOLD
            + self.control_characters * CONTROL_CHARACTERS
            + self.space_after_chunk_size * SPACE_AFTER_CHUNK_SIZE
        )
