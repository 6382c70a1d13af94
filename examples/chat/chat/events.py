"""What happens in a room, as it is told to everybody there."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import asdict, dataclass, field
from typing import Final, Literal

LONGEST_NAME: Final = 24


class InvalidMessageError(ValueError):
    """What a browser has sent is nothing that can be said."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that has happened.

    Attributes:
        type: what.
        name: who did it.
        text: what was said.
        members: who is in the room now, where that has changed.
        time: when, in seconds since the epoch.
        key: tells it from all others. Who comes in while it happens may be told twice.
    """

    type: Literal["said", "joined", "left"]
    name: str
    text: str = ""
    members: tuple[str, ...] | None = None
    time: float = field(default_factory=time.time)
    key: str = field(default_factory=lambda: secrets.token_hex(8))

    def to_json(self) -> str:
        """Write it as it is sent."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_name(text: str) -> str:
    """Return the name in a text.

    Raises:
        InvalidMessageError: there is none.
    """
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidMessageError(f"A name has 1 to {LONGEST_NAME} characters.")
    return name


def read_message(data: str, limit: int) -> str:
    """Return what a browser wants to have said.

    Args:
        data: a JSON object with a `text`.
        limit: characters that it may have.

    Raises:
        InvalidMessageError: it is no such thing.
    """
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):  # not JSON, or too many brackets
        message = None
    text = message.get("text") if isinstance(message, dict) else None
    if not isinstance(text, str) or not (text := text.strip()):
        raise InvalidMessageError("A message has a text.")
    if len(text) > limit:
        raise InvalidMessageError(f"A message has up to {limit} characters.")
    # What is half of a character cannot be sent to anybody.
    return text.encode("utf-8", "replace").decode()
