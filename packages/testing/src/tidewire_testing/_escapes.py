r"""The backslash escapes with which corpora and transcripts write bytes in a line of text.

`\r`, `\n`, `\t`, `\0`, `\\` and `\xNN` stand for one byte each; a backslash at the end of a line says that
no line break follows. All other text stands for its UTF-8 bytes.
"""

from __future__ import annotations

import re

__all__ = ["EscapeError", "escape_bytes", "unescape_line"]

_SINGLE = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}
_TOKEN = re.compile(
    r"[^\\]+|\\x(?P<hex>[0-9A-Fa-f]{2})|\\(?P<single>[rnt0\\])|(?P<open>\\\Z)|(?P<unknown>\\)", re.DOTALL
)

_PRINTABLE_FIRST, _PRINTABLE_LAST = 0x20, 0x7E
_NAMED = {0x0D: r"\r", 0x0A: r"\n", 0x09: r"\t", 0x00: r"\0", 0x5C: r"\\"}


class EscapeError(ValueError):
    """A line holds a backslash that starts none of the escapes.

    Attributes:
        line: the line.
        index: where in it the backslash is, from 0.
    """

    def __init__(self, line: str, index: int) -> None:
        """Keep the line and the place."""
        super().__init__(line, index)
        self.line = line
        self.index = index

    def __str__(self) -> str:
        """Say which escape it is."""
        length = 4 if self.line[self.index : self.index + 2] == r"\x" else 2
        found = self.line[self.index : self.index + length]
        return rf"unknown escape {found} in column {self.index + 1} (known: \r \n \t \0 \\ \xNN)"


def unescape_line(line: str) -> tuple[bytes, bool]:
    """Decode one line of text, without its line break.

    Args:
        line: the text.

    Returns:
        the bytes, and whether a single backslash at the end says that no line break follows.

    Raises:
        EscapeError: a backslash starts no known escape.
    """
    decoded = bytearray()
    for token in _TOKEN.finditer(line):
        text = token.group()
        if not text.startswith("\\"):
            decoded += text.encode()
        elif token["hex"]:
            decoded.append(int(token["hex"], 16))
        elif token["single"]:
            decoded += _SINGLE[token["single"]]
        elif token["open"]:
            return bytes(decoded), True
        else:
            raise EscapeError(line, token.start())
    return bytes(decoded), False


def escape_bytes(data: bytes) -> str:
    """Return one line of printable ASCII that `unescape_line` decodes to `data`.

    Args:
        data: any bytes.

    Returns:
        printable ASCII as it is, all other bytes and the backslash as escapes.
    """
    return "".join(_escape_byte(byte) for byte in data)


def _escape_byte(byte: int) -> str:
    if byte in _NAMED:
        return _NAMED[byte]
    if _PRINTABLE_FIRST <= byte <= _PRINTABLE_LAST:
        return chr(byte)
    return f"\\x{byte:02x}"
