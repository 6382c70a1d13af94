"""Cache-Control (RFC 9111, section 5.2): what a sender wants of caches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import parse_list, parse_quoted_string

__all__: list[str] = []

# The greatest number that caches have to know (RFC 9111, section 1.2.2); 68 years.
MOST_SECONDS: Final = 2**31
_MOST_DIGITS: Final = 10


class CacheControl:
    """The directives of Cache-Control. Where one is given twice, the first counts (RFC 9111, section 4.2.1).

    A value that is no list at all is taken as `no-store`: it cannot be told what its sender wants.

    Args:
        values: the values of the field lines.
    """

    __slots__ = ("_directives",)

    def __init__(self, values: Iterable[str]) -> None:
        directives: dict[str, str | None] = {}
        for value in values:
            try:
                elements = parse_list(value)
            except InvalidFieldValue:
                directives["no-store"] = None
                continue
            for element in elements:
                name, equals, argument = element.partition("=")
                directives.setdefault(name.strip(" \t").lower(), _unquoted(argument) if equals else None)
        self._directives = directives

    def __contains__(self, name: str) -> bool:
        return name in self._directives

    def __bool__(self) -> bool:
        return bool(self._directives)

    def seconds(self, name: str) -> int | None:
        """Return the argument of a directive in seconds.

        Args:
            name: the directive, in lower case.

        Returns:
            None where the directive is not there. What is no number of seconds counts as 0 (RFC 9111, section 4.2.1),
            and more than a cache has to know as the most that it has to know (section 1.2.2).
        """
        if name not in self._directives:
            return None
        return delta_seconds(self._directives[name] or "") or 0

    def unlimited(self, name: str) -> bool:
        """Tell whether a directive is there without an argument."""
        return name in self._directives and self._directives[name] is None


def delta_seconds(text: str) -> int | None:
    """Read a number of seconds (RFC 9111, section 1.2.2); None where it is none."""
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0")
    return MOST_SECONDS if len(digits) > _MOST_DIGITS else min(int(digits or "0"), MOST_SECONDS)


def _unquoted(argument: str) -> str:
    """Return an argument, for which both forms are allowed (RFC 9111, section 5.2)."""
    argument = argument.strip(" \t")
    if not argument.startswith('"'):
        return argument
    try:
        return parse_quoted_string(argument)
    except InvalidFieldValue:
        return ""
