# Compiled by mypyc.
"""Content-Disposition, of responses (RFC 6266) and of the parts of a form (RFC 7578, section 4.2).

Reading is tolerant, since what browsers and servers send has never followed one document: raw UTF-8 in quoted
strings, backslashes of Windows' paths that escape nothing, several forms of one parameter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._errors import LocalProtocolError
from tidewire_http_parser._grammar import INTERPRETED, is_token
from tidewire_http_parser.field_values._extended_values import (
    decode_extended,
    encode_extended,
    octets_to_send,
)
from tidewire_http_parser.field_values._media_types import read_parameters
from tidewire_http_parser.field_values._syntax import (
    SEMICOLON,
    ascii_of,
    lowered,
    malformed,
    quoted,
    skip_space,
    token_end,
)
from tidewire_http_parser.field_values._value_types import ContentDisposition, make

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["format_content_disposition", "parse_content_disposition"]


def parse_content_disposition(value: str) -> ContentDisposition:
    """Take the value of a Content-Disposition field apart.

    Of a parameter that is there twice the first counts. What is no parameter, is encoded in a way that cannot
    be decoded, or is behind the first 64, is passed over. In quoted strings a backslash escapes a quote or a
    backslash and otherwise stands for itself. In `form-data`, `%22`, `%0D` and `%0A` stand for a quote, CR and LF,
    as HTML's encoding of forms has it.

    Args:
        value: the value, such as `attachment; filename="a.txt"`.

    Raises:
        InvalidFieldValue: it does not begin with a disposition type.
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    data = ascii_of(value)
    end: i64 = len(data)
    start: i64 = skip_space(data, 0, end)
    stop: i64 = token_end(data, start, end)
    pos: i64 = skip_space(data, stop, end)
    if stop == start or (pos < end and data[pos] != SEMICOLON):
        raise malformed("disposition type", value)
    kind = lowered(value, data, start, stop)
    parameters: dict[str, str] = {}
    read_parameters(value, data, pos + 1, end, parameters, True)
    if "*" in value:
        parameters = _decoded(parameters)
    if kind == "form-data" and "%" in value:
        for name, text in parameters.items():
            # Not those that are sections of a percent-encoded value.
            if "%" in text and "*" not in name:
                parameters[name] = _unescape_form(text)
    return make(ContentDisposition, (kind, parameters))


def _decoded(parameters: dict[str, str]) -> dict[str, str]:
    """Decode the texts of parameters such as `filename*`; drop those that cannot be decoded."""
    decoded: dict[str, str] = {}
    for name, text in parameters.items():
        position: i64 = name.find("*")
        if position < 0 or position < len(name) - 1:
            decoded[name] = text
            continue
        plain = decode_extended(text)
        if plain is not None:
            decoded[name] = plain
    return decoded


def _unescape_form(text: str) -> str:
    for escape, character in (("%22", '"'), ("%0D", "\r"), ("%0A", "\n"), ("%0d", "\r"), ("%0a", "\n")):
        text = text.replace(escape, character)
    return text


def format_content_disposition(kind: str, parameters: dict[str, str]) -> str:
    """Write a Content-Disposition.

    For `form-data` texts are quoted as HTML's encoding of forms does: in raw UTF-8, with `%22`, `%0D` and `%0A` for
    a quote, CR and LF; a backslash is doubled, so that those who know quoted strings read it. For every other type
    a text beyond ASCII, or with a character that is read in different ways, goes out in two forms: first one
    with underscores for those who do not know better, then `name*` (RFC 6266, appendix D).

    Args:
        kind: the disposition type, such as `attachment`.
        parameters: names, without asterisks, and texts.

    Raises:
        LocalProtocolError: the type or a name is no token, or a text has control bytes that may not go out.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((kind, str), (parameters, dict))
    if not is_token(kind):
        raise LocalProtocolError(f"a disposition type is a token, not {kind[:100]!r}")
    form = kind.lower() == "form-data"
    parts = [kind]
    for name, text in parameters.items():
        if INTERPRETED:
            require((name, str), (text, str))
        if not is_token(name) or "*" in name:
            raise LocalProtocolError(f"a parameter's name is a token without asterisks, not {name[:100]!r}")
        if form:
            if '"' in text or "\r" in text or "\n" in text:
                text = text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
            parts.append(f"; {name}={quoted(text)}")
        elif text.isascii() and "%" not in text and "\\" not in text and '"' not in text:
            parts.append(f"; {name}={quoted(text)}")
        else:
            parts.append(f'; {name}="{_fallback(text)}"; {name}*={encode_extended(text)}')
    return "".join(parts)


def _fallback(text: str) -> str:
    """Write an underscore for each character that is not understood by everyone."""
    octets_to_send(text)
    plain = ascii_of(text).decode("ascii")
    for character in ("?", "%", "\\", '"'):
        plain = plain.replace(character, "_")
    return plain
