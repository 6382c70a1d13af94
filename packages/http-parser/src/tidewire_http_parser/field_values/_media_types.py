"""Media types with their parameters (RFC 9110, section 8.3)."""

from __future__ import annotations

from tidewire_http_parser._grammar import is_token

__all__ = ["parse_media_type"]


def parse_media_type(value: str) -> tuple[str, dict[str, str]]:
    """Take a field value such as that of Content-Type apart.

    Args:
        value: the value, such as `text/html; charset="utf-8"`.

    Returns:
        The type in lower case, and its parameters by their names in lower case. Of a parameter that is there twice
        the first counts; what is no parameter is passed over. Where the value is no media type
        the type is empty.
    """
    essence, _, rest = value.partition(";")
    kind, _, subtype = essence.strip(" \t").partition("/")
    essence = f"{kind}/{subtype}".lower() if is_token(kind) and is_token(subtype) else ""
    parameters: dict[str, str] = {}
    while rest:
        name, equals, rest = rest.partition("=")
        if not equals:
            break
        name = name.rpartition(";")[2].strip(" \t")
        if rest.startswith('"'):
            text, rest = _quoted_string(rest)
            rest = rest.partition(";")[2]
        else:
            text, _, rest = rest.partition(";")
            text = text.strip(" \t")
        if is_token(name):
            parameters.setdefault(name.lower(), text)
    return essence, parameters


def _quoted_string(value: str) -> tuple[str, str]:
    """Read a quoted-string (RFC 9110, section 5.6.4); returns its text and what follows it."""
    pieces: list[str] = []
    position = 1
    while position < len(value):
        character = value[position]
        if character == '"':
            return "".join(pieces), value[position + 1 :]
        if character == "\\" and position + 1 < len(value):
            position += 1
            character = value[position]
        pieces.append(character)
        position += 1
    return "".join(pieces), ""
