"""Escapes decode to the bytes they stand for, and every byte has one."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_testing import EscapeError, escape_bytes, unescape_line


@pytest.mark.parametrize(
    ("line", "data", "joined"),
    [
        ("", b"", False),
        ("plain text", b"plain text", False),
        (r"\r\n\t\0", b"\r\n\t\0", False),
        (r"a\\b", b"a\\b", False),
        (r"\x00\xfF", b"\x00\xff", False),
        (r"\\x41", b"\\x41", False),
        ("\u00e9\u2028", b"\xc3\xa9\xe2\x80\xa8", False),
        ("end\\", b"end", True),
        ("end\\\\", b"end\\", False),
        ("end\\\\\\", b"end\\", True),
        ("\\", b"", True),
    ],
)
def test_decoding(line: str, data: bytes, joined: bool) -> None:
    assert unescape_line(line) == (data, joined)


@pytest.mark.parametrize(
    ("line", "found", "column"),
    [
        (r"ab\q", r"\q", 3),
        (r"\xg0", r"\xg0", 1),
        (r"\x4", r"\x4", 1),
        (r"\x", r"\x", 1),
        (r"\\\N", r"\N", 3),
        ("\\\n", "\\\n", 1),
    ],
)
def test_unknown_escapes(line: str, found: str, column: int) -> None:
    with pytest.raises(EscapeError) as caught:
        unescape_line(line)
    assert f"unknown escape {found} in column {column} " in str(caught.value)
    assert (caught.value.line, caught.value.index) == (line, column - 1)


def test_the_error_survives_copy_and_pickle() -> None:
    error = EscapeError(r"a\q", 1)
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (type(twin), str(twin), twin.index) == (EscapeError, str(error), 1)


@given(st.binary())
def test_every_byte_comes_back(data: bytes) -> None:
    line = escape_bytes(data)
    assert line.isascii()
    assert not line or line.isprintable()
    assert unescape_line(line) == (data, False)
