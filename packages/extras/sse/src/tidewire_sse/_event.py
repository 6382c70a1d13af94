"""Events as they go out (WHATWG HTML, section 9.2.5)."""

from __future__ import annotations

import re
from typing import Final

__all__: list[str] = []

SEPARATORS: Final = ("\r\n", "\n", "\r")
# What ends a line of a stream of events; other line separators of Unicode do not.
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def serialise_event(
    data: str,
    *,
    id: str | None = None,  # noqa: A002 - the field's name
    event: str | None = None,
    retry: int | None = None,
    sep: str = "\r\n",
) -> bytes:
    """Return the bytes of an event.

    Args:
        data: its data, any number of lines. Their ends arrive as newlines, whatever they were.
        id: what a client says as Last-Event-ID when it comes back; empty to take back an earlier one.
        event: its type; None for the client's default, which is `message`.
        retry: milliseconds after which a client that has lost its connection comes back.
        sep: what ends lines.

    Raises:
        TypeError: an argument of another type.
        ValueError: a line break or NUL in the id, a line break in the type, a negative time, or text that is not Unicode.
    """
    lines: list[str] = []
    if id is not None:
        if _LINE_END.search(_text("id", id)) or "\0" in id:
            raise ValueError(f"an id has neither line breaks nor NUL: {id!r}")
        lines.append(f"id: {id}")
    if event is not None:
        if _LINE_END.search(_text("event", event)):
            raise ValueError(f"the type of an event has no line breaks: {event!r}")
        lines.append(f"event: {event}")
    lines += [f"data: {line}" for line in _LINE_END.split(_text("data", data))]
    if retry is not None:
        number: object = retry
        if not isinstance(number, int) or isinstance(number, bool):
            raise TypeError(f"retry is a number of milliseconds, not {retry!r}")
        if retry < 0:
            raise ValueError(f"retry is not negative: {retry}")
        lines.append(f"retry: {retry}")
    return sep.join([*lines, "", ""]).encode("utf-8")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} is a str, not {type(value).__name__}")
    return value
