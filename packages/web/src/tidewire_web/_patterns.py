"""Path patterns: `/users/{name}`, `/files/{path:.+}`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tidewire_web._match_tree import Pattern
from tidewire_web._quoting import decode, encode, encode_value
from tidewire_web._segment_regexes import stays_in_segment

__all__: list[str] = []

_NAME: Final = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")

# What a variable without a pattern of its own matches: within a segment, and no braces.
_DEFAULT: Final = "[^{}/]+"


@dataclass(frozen=True)
class Variable:
    """What varies in a path.

    Attributes:
        name: its name.
        regex: the pattern that the path gives for it; None where it is a segment, or a part of one.
    """

    name: str
    regex: str | None


# A literal as it was written, or a variable.
Part = str | Variable


@dataclass(frozen=True, kw_only=True)
class Step:
    """One segment of a path pattern, or what remains of it from a variable on that may match more than one.

    Attributes:
        literal: the segment where nothing in it varies, decoded; else None.
        name: the name of the variable that the whole segment, or rest, is the value of; else empty.
        pattern: what the segment or rest has to be; None where that is a literal or any variable.
        is_tail: whether it is the rest of the path.
    """

    literal: str | None = None
    name: str = ""
    pattern: Pattern | None = None
    is_tail: bool = False


class PathPattern:
    """A path, taken apart.

    Args:
        path: the path, with variables in braces; empty or beginning with a slash. Several whose expressions match
            slashes take a time that grows with a power of the length of requests' paths; see `UrlDispatcher`.

    Raises:
        ValueError: it does not begin with a slash, braces do not match, a name is no identifier or is there twice, or
            a regular expression is none.

    Attributes:
        path: the path as it was written.
        canonical: the path percent-encoded, without the patterns of its variables.
        steps: what a request's path is compared with, segment by segment.
        literal_depth: how many segments there are before the first that varies.
    """

    def __init__(self, path: str) -> None:
        if path and not path.startswith("/"):
            raise ValueError(f"a path is empty or begins with a slash: {path!r}")
        self.path = path
        self._segments = _segments(_parts(path))
        self._take_apart()

    def __repr__(self) -> str:
        return f"<PathPattern {self.path}>"

    def _take_apart(self) -> None:
        self.canonical = "".join(
            "/" + "".join(_encoded(part) if isinstance(part, str) else f"{{{part.name}}}" for part in segment)
            for segment in self._segments
        )
        self.steps = _steps(self._segments)
        self.literal_depth = len(self.steps)
        for depth, step in enumerate(self.steps):
            if step.literal is None:
                self.literal_depth = depth
                break

    @property
    def is_fixed(self) -> bool:
        """Whether nothing varies."""
        return self.literal_depth == len(self.steps)

    @property
    def decoded(self) -> str:
        """The path of which nothing varies, decoded but for `%2F` and `%25`; `/` where it is empty."""
        return "/" + "/".join(step.literal or "" for step in self.steps)

    def below(self, prefix: PathPattern) -> PathPattern:
        """The pattern behind a prefix in which nothing varies."""
        made = PathPattern.__new__(PathPattern)
        made.path = prefix.path + self.path
        made._segments = prefix._segments + self._segments
        made._take_apart()
        return made

    def regex(self) -> re.Pattern[str]:
        """The regular expression of the percent-encoded path."""
        return re.compile("".join("/" + _regex(segment, encoded=True) for segment in self._segments))

    def fill(self, values: Mapping[str, str]) -> str:
        """The path with values for its variables, percent-encoded.

        Slashes in the value of a variable without a pattern of its own are encoded, for it is one segment.

        Raises:
            KeyError: a variable has no value.
            TypeError: a value is no str.
        """
        filled: list[str] = []
        for segment in self._segments:
            filled.append("/")
            for part in segment:
                if isinstance(part, str):
                    filled.append(_encoded(part))
                    continue
                value = values[part.name]
                if not isinstance(value, str):
                    raise TypeError(f"the value of {part.name} is a str, not {value!r}")
                filled.append(encode_value(value, slashes=part.regex is not None))
        return "".join(filled)


def _parts(path: str) -> list[Part]:
    """Literals and variables in turn."""
    parts: list[Part] = []
    names: set[str] = set()
    position = 0
    while position < len(path):
        start = path.find("{", position)
        literal = path[position:] if start < 0 else path[position:start]
        if "}" in literal:
            raise ValueError(f"unbalanced braces in path {path!r}")
        if literal:
            parts.append(literal)
        if start < 0:
            break
        end = _closing_brace(path, start)
        name, colon, regex = path[start + 1 : end].partition(":")
        if not _NAME.fullmatch(name) or name in names:
            raise ValueError(f"bad or repeated variable name {name!r} in path {path!r}")
        names.add(name)
        if colon:
            _check_regex(regex, path)
        parts.append(Variable(name, regex if colon else None))
        position = end + 1
    return parts


def _closing_brace(path: str, start: int) -> int:
    depth = 0
    for position in range(start, len(path)):
        if path[position] == "{":
            depth += 1
        elif path[position] == "}":
            depth -= 1
            if depth == 0:
                return position
    raise ValueError(f"unbalanced braces in path {path!r}")


def _check_regex(regex: str, path: str) -> None:
    if not regex:
        raise ValueError(f"empty pattern in path {path!r}")
    try:
        re.compile(regex)
        re.compile(f"(?:{regex})")  # flags for the whole expression cannot be set from within it
    except re.error as error:
        raise ValueError(f"bad pattern {regex!r} in path {path!r}: {error}") from error


def _segments(parts: Sequence[Part]) -> list[list[Part]]:
    """The parts of each segment; no segment for an empty path."""
    segments: list[list[Part]] = []
    for part in parts:
        if isinstance(part, Variable):
            segments[-1].append(part)
            continue
        first, *others = part.split("/")
        if first:
            segments[-1].append(first)
        segments.extend([other] if other else [] for other in others)
    return segments


def _steps(segments: Sequence[Sequence[Part]]) -> list[Step]:
    steps: list[Step] = []
    for position, segment in enumerate(segments):
        variables = [part for part in segment if isinstance(part, Variable)]
        if not variables:
            steps.append(Step(literal=decode("".join(map(str, segment)))))
        elif any(
            variable.regex is not None and not stays_in_segment(variable.regex) for variable in variables
        ):
            rest: list[Part] = list(segment)
            for other in segments[position + 1 :]:
                rest += ["/", *other]
            steps.append(_matched(rest, is_tail=True))
            break
        elif len(segment) == 1 and variables[0].regex is None:
            steps.append(Step(name=variables[0].name))
        else:
            steps.append(_matched(segment, is_tail=False))
    return steps


def _matched(parts: Sequence[Part], *, is_tail: bool) -> Step:
    """The step for a segment or rest that has to match something."""
    variables = [part for part in parts if isinstance(part, Variable)]
    if all(variable.regex is None for variable in variables):
        literals = [""]
        for part in parts:
            if isinstance(part, str):
                literals[-1] += part
            else:
                literals.append("")
        literals = [decode(literal) for literal in literals]
        names = [variable.name for variable in variables]
        source = repr((literals, names))
        pattern = Pattern(source, decode=decode, names=names, literals=literals, encoded=None, decoded=None)
        return Step(pattern=pattern, is_tail=is_tail)
    decoded = re.compile(_regex(parts, encoded=False))
    encoded = re.compile(_regex(parts, encoded=True))
    source = decoded.pattern
    name = ""
    if len(parts) == 1 and decoded.groupindex.keys() == {variables[0].name}:
        # The whole text is the value, so that patterns match the same whatever the name.
        name = variables[0].name
        source = f"(?:{variables[0].regex})"
    pattern = Pattern(
        source, decode=decode, names=[], literals=[], encoded=encoded.fullmatch, decoded=decoded.fullmatch
    )
    return Step(name=name, pattern=pattern, is_tail=is_tail)


def _regex(parts: Sequence[Part], *, encoded: bool) -> str:
    return "".join(
        re.escape(_encoded(part) if encoded else decode(part))
        if isinstance(part, str)
        else f"(?P<{part.name}>{part.regex or _DEFAULT})"
        for part in parts
    )


def _encoded(literal: str) -> str:
    """A literal as it is in a percent-encoded path, however it was written."""
    return encode(decode(literal))
