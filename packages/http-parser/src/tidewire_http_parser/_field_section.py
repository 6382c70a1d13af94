# Compiled by mypyc.
"""Field lines, one section of them: those of a head or of a trailer section (RFC 9112, section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._errors import InvalidField, InvalidHost, LineTooLong, TooManyFields
from tidewire_http_parser._grammar import FIELD_VALUE, LENIENT_VALUE, TOKEN
from tidewire_http_parser._header_names import (
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    HOST,
    NAMES,
    ONCE,
    REFUSED,
    TEXTS,
    TRANSFER_ENCODING,
    UPGRADE,
    FieldName,
)
from tidewire_http_parser._leniencies import BARE_LF, CONTROL_CHARACTERS, OBS_FOLD
from tidewire_http_parser._targets import is_authority

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# Which repeated fields are refused: in requests every field that may come once only, in responses those that
# decide where a message ends. Servers in the wild repeat the others, with equal values.
ALL_ONCE: Final = 0x7FFFFFFF
FRAMING_ONCE: Final = NAMES[b"Content-Length"].once | NAMES[b"Transfer-Encoding"].once

# Larger than most heads. More than this is looked through for the end of the section before it is decoded.
_USUAL_SIZE: Final = 2048


class FieldSection:
    """Reads the field lines of one message, each line once, as soon as it is complete.

    Attributes:
        fields: the field lines so far.
        complete: whether the empty line that ends the section has been read.
        host, content_length, transfer_encoding: the values of these fields, None where they are absent.
        connection, upgrade, expect: the values of these fields, those of several lines joined by commas.
    """

    __slots__ = (
        "_count",
        "_count_limit",
        "_lenient",
        "_line_limit",
        "_once",
        "_seen",
        "_trailing",
        "_value_octets",
        "complete",
        "connection",
        "content_length",
        "expect",
        "fields",
        "host",
        "transfer_encoding",
        "upgrade",
    )

    def __init__(self, line_limit: i64, count_limit: i64, once: i64, lenient: i64) -> None:
        self._line_limit: i64 = line_limit
        self._count_limit: i64 = count_limit
        self._once: i64 = once
        self._lenient: i64 = lenient
        self._value_octets = LENIENT_VALUE if lenient & CONTROL_CHARACTERS else FIELD_VALUE
        self.fields: list[tuple[str, str]] = []
        self._count: i64 = 0
        self._seen: i64 = 0
        self._trailing = False
        self.complete = False
        self.host: str | None = None
        self.content_length: str | None = None
        self.transfer_encoding: str | None = None
        self.connection: str | None = None
        self.upgrade: str | None = None
        self.expect: str | None = None

    def begin_message(self) -> None:
        """Forget everything, for the head of the next message."""
        self.fields = []
        self._count = 0
        self._seen = 0
        self._trailing = False
        self.complete = False
        self.host = None
        self.content_length = None
        self.transfer_encoding = None
        self.connection = None
        self.upgrade = None
        self.expect = None

    def begin_trailers(self) -> None:
        """Go on with the trailer section of the same message; its lines count towards the same limit (S11)."""
        self.fields = []
        self._trailing = True
        self.complete = False

    def parse(self, data: bytes, pos: i64, end: i64) -> i64:
        """Read complete lines, up to the empty one that ends the section.

        Args:
            data: the bytes.
            pos: where the first line begins.
            end: where the last complete line ends, so that `data[end - 1]` is LF.

        Returns:
            Where reading stopped.

        Raises:
            InvalidField, LineTooLong, TooManyFields: by the first line that is wrong.
        """
        skipped: i64 = 0
        if end - pos > _USUAL_SIZE:
            end = _section_end(data, pos, end)
        if len(data) > 2 * (end - pos):
            # A body behind the head is not to be decoded with it.
            skipped = pos
            data = data[pos:end]
            end -= skipped
            pos = 0
        # Every loop below stops at the LF at `end - 1` at the latest, since LF is in no class.
        text = data.decode("latin-1")
        ascii_only = data.isascii()
        token = TOKEN
        field_value = self._value_octets
        limit = self._line_limit
        while pos < end:
            start: i64 = pos
            if data[pos] == 0x0D and data[pos + 1] == 0x0A:
                self.complete = True
                return skipped + pos + 2
            if self._count >= self._count_limit and not (data[pos] == 0x0A and self._lenient & BARE_LF):
                raise TooManyFields(self._count_limit)
            while token[data[pos]]:
                pos += 1
            name_end: i64 = pos
            if data[pos] != 0x3A or pos == start:
                pos = self._lenient_line(data, start, pos)
                if self.complete:
                    return skipped + pos
                continue
            pos += 1
            while data[pos] == 0x20 or data[pos] == 0x09:
                pos += 1
            value_start: i64 = pos
            while field_value[data[pos]]:
                pos += 1
            value_end: i64 = pos
            if data[pos] == 0x0D and data[pos + 1] == 0x0A and pos - start <= limit:
                pos += 2
            else:
                pos = self._lenient_line_end(data, start, pos)
            while value_end > value_start and (data[value_end - 1] == 0x20 or data[value_end - 1] == 0x09):
                value_end -= 1
            if ascii_only:
                value = text[value_start:value_end]
            else:
                value = data[value_start:value_end].decode("utf-8", "surrogateescape")
            raw_name = data[start:name_end]
            known = NAMES.get(raw_name)
            if known is None:
                known = NAMES.get(raw_name.lower())
            self._count += 1
            if known is None:
                self.fields.append((text[start:name_end], value))
                continue
            self.fields.append((known.text, value))
            if known.kind != 0:
                self._note(known, value, data, value_start, value_end)
        return skipped + pos

    def check_partial(self, data: bytes, pos: i64) -> None:
        """Refuse a line that is still incomplete when it is already too long.

        What is reported is what would have been reported had the rest come at once: the first wrong byte within
        the limit, or else the length.
        """
        if len(data) - pos > self._line_limit + 1:  # a line of just that length may still lack its LF
            self.parse(data[pos : pos + self._line_limit + 2] + b"\r\n", 0, self._line_limit + 4)

    def _lenient_line_end(self, data: bytes, start: i64, pos: i64) -> i64:
        """Take a line that ends with LF alone where that is overlooked; return where the next one begins."""
        if data[pos] != 0x0A or not self._lenient & BARE_LF or pos - start > self._line_limit:
            self._refuse(data, start, pos)
        return pos + 1

    def _lenient_line(self, data: bytes, start: i64, pos: i64) -> i64:
        """Take a line that is no field line where that is overlooked: the last one, or a folded one.

        Args:
            data: the bytes.
            start: where the line begins.
            pos: its first byte that is wrong.

        Returns:
            Where the next line begins.
        """
        octet = data[start]
        if octet == 0x0A and self._lenient & BARE_LF:
            self.complete = True
            return start + 1
        if (octet != 0x20 and octet != 0x09) or not self._lenient & OBS_FOLD or not self.fields:
            self._refuse(data, start, pos)
        name, value = self.fields[-1]
        known = TEXTS.get(name)
        if known is not None and known.kind > ONCE:
            self._refuse(data, start, pos)
        octets = self._value_octets
        while octets[data[pos]]:
            pos += 1
        # The pieces may be as long together as one line, and as many as there may be lines.
        line_size: i64 = len(name) + 2 + len(value.encode("utf-8", "surrogateescape")) + (pos - start)
        if line_size > self._line_limit:
            raise LineTooLong("folded field line too long", self._line_limit, data[start:pos])
        more = data[start:pos].strip(b" \t").decode("utf-8", "surrogateescape")
        if data[pos] == 0x0D and data[pos + 1] == 0x0A:
            pos += 2
        else:
            pos = self._lenient_line_end(data, start, pos)
        self.fields[-1] = (name, f"{value} {more}".strip(" \t"))
        self._count += 1
        return pos

    def _refuse(self, data: bytes, start: i64, pos: i64) -> None:
        """Say what is wrong with the line that begins at `start`, of which the byte at `pos` is the first wrong one."""
        line = data[start : data.find(b"\n", start)]
        octet = data[pos]
        if pos - start > self._line_limit:
            raise LineTooLong("field line too long", self._line_limit, line)
        if pos == start and (octet == 0x20 or octet == 0x09):
            raise InvalidField("obsolete line folding, or white space before a field name", line)
        if octet == 0x3A:
            raise InvalidField("empty field name", line)
        if octet == 0x0D and data[pos + 1] == 0x0A:
            raise InvalidField("field line without a colon", line)
        if octet == 0x0A or octet == 0x0D:
            raise InvalidField("bare CR or LF in a field line", line)
        raise InvalidField("forbidden byte in a field line", line)

    def _note(self, known: FieldName, value: str, data: bytes, start: i64, end: i64) -> None:
        """Keep the value of a field that decides about the message or the connection."""
        once = known.once
        kind = known.kind
        if kind == REFUSED:
            raise InvalidField(f"{known.text} is of a protocol without framing", data[start:end])
        if self._trailing:
            # Nothing that frames or routes a message may come after its body (RFC 9110, section 6.5.1).
            if kind == CONTENT_LENGTH or kind == TRANSFER_ENCODING or kind == HOST:
                raise InvalidField(f"{known.text} in a trailer section", data[start:end])
            return
        if kind > HOST and self._lenient & CONTROL_CHARACTERS and not _is_strict(data, start, end):
            # What other software makes of them in a list of tokens is not known.
            raise InvalidField(f"control character in {known.text}", data[start:end])
        if once & self._seen & self._once:
            if kind == HOST:
                raise InvalidHost("repeated Host", data[start:end])
            raise InvalidField(f"repeated {known.text}", data[start:end])
        self._seen |= once
        if kind == HOST:
            if not once & self._once:
                return  # a response's Host means nothing
            # It may be empty: the target's authority may be (RFC 9112, section 3.2).
            if start < end and not is_authority(data, start, end, False):
                raise InvalidHost("malformed Host", data[start:end])
            self.host = value
        elif kind == CONTENT_LENGTH:
            self.content_length = value
        elif kind == TRANSFER_ENCODING:
            self.transfer_encoding = value
        elif kind == CONNECTION:
            self.connection = value if self.connection is None else f"{self.connection},{value}"
        elif kind == UPGRADE:
            self.upgrade = value if self.upgrade is None else f"{self.upgrade},{value}"
        elif kind == EXPECT:
            self.expect = value if self.expect is None else f"{self.expect},{value}"


def _section_end(data: bytes, pos: i64, end: i64) -> i64:
    """Find where the section ends among the lines of a body, which more often than not is why there are many."""
    found: i64 = data.find(b"\r\n\r\n", pos, end)
    return end if found < 0 else found + 4


def _is_strict(data: bytes, pos: i64, end: i64) -> bool:
    """Tell whether a value holds no control characters."""
    while pos < end:
        if not FIELD_VALUE[data[pos]]:
            return False
        pos += 1
    return True
