"""Path patterns: `/users/{name}`, `/files/{path:.+}`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from yarl import URL

__all__: list[str] = []

_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")

# What a variable without a pattern of its own matches: within a segment, and no braces.
_DEFAULT = "[^{}/]+"


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One segment of a path pattern.

    Attributes:
        literal: the segment itself where nothing in it varies, decoded; else None.
        name: the variable's name where it is the whole segment and has no pattern of its own; else empty.
        regex: the segment as a regular expression.
        own_pattern: whether a variable has a pattern of its own, which may match more than this segment.
    """

    literal: str | None
    name: str
    regex: str
    own_pattern: bool


def parse_path(path: str) -> list[Segment]:
    """Take a path pattern apart.

    Raises:
        ValueError: it does not begin with a slash, braces do not match, a name is no identifier or is there twice, or
            a regular expression is none.
    """
    if path and not path.startswith("/"):
        raise ValueError(f"a path begins with a slash: {path!r}")
    names: set[str] = set()
    return [_parse_segment(text, path, names) for text in _split(path)[1:]]


def decode(text: str) -> str:
    """Decode a path, but for `%2F` and `%25`, which would change its meaning."""
    if "%" not in text and text.isascii():
        return text
    return URL.build(path=text, encoded="%" in text).path_safe


def matcher(regex: str) -> Callable[[str], dict[str, str] | None]:
    """A function that matches a whole text and returns the values of the variables."""
    fullmatch = re.compile(regex).fullmatch

    def match(text: str) -> dict[str, str] | None:
        found = fullmatch(text)
        return None if found is None else found.groupdict("")

    return match


def _split(path: str) -> list[str]:
    """Split at slashes, but not at those within the braces of a variable."""
    parts = [""]
    depth = 0
    for character in path:
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth < 0:
                raise ValueError(f"unbalanced braces in path {path!r}")
        if character == "/" and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    if depth:
        raise ValueError(f"unbalanced braces in path {path!r}")
    return parts


def _parse_segment(text: str, path: str, names: set[str]) -> Segment:
    if "{" not in text:
        literal = decode(text)
        return Segment(literal=literal, name="", regex=re.escape(literal), own_pattern=False)
    regex = ""
    own_pattern = False
    whole = ""
    position = 0
    while position < len(text):
        start = text.find("{", position)
        if start < 0:
            regex += re.escape(decode(text[position:]))
            break
        regex += re.escape(decode(text[position:start]))
        end = _closing_brace(text, start)
        name, colon, pattern = text[start + 1 : end].partition(":")
        if not _NAME.fullmatch(name) or name in names:
            raise ValueError(f"bad or repeated variable name {name!r} in path {path!r}")
        names.add(name)
        if colon:
            own_pattern = True
            _check_regex(pattern, path)
        elif start == 0 and end == len(text) - 1:
            whole = name
        regex += f"(?P<{name}>{pattern if colon else _DEFAULT})"
        position = end + 1
    return Segment(literal=None, name=whole, regex=regex, own_pattern=own_pattern)


def _closing_brace(text: str, start: int) -> int:
    depth = 0
    for position in range(start, len(text)):
        if text[position] == "{":
            depth += 1
        elif text[position] == "}":
            depth -= 1
            if depth == 0:
                return position
    raise ValueError(f"unbalanced braces in {text!r}")


def _check_regex(pattern: str, path: str) -> None:
    try:
        re.compile(pattern)
        re.compile(f"(?:{pattern})")  # flags for the whole expression cannot be set from within it
    except re.error as error:
        raise ValueError(f"bad pattern {pattern!r} in path {path!r}: {error}") from error
