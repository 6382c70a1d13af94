"""The tables are the character classes of the RFCs."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import _grammar, builds
from tidewire_http_parser._grammar import FIELD_VALUE, HEX, HOST, INTERPRETED, TARGET, TOKEN, is_token


def members(table: bytes) -> set[int]:
    assert len(table) == 256
    return {octet for octet in range(256) if table[octet]}


def test_tokens() -> None:
    assert members(TOKEN) == set(b"!#$%&'*+-.^_`|~" + (string.digits + string.ascii_letters).encode())


def test_field_values() -> None:
    controls = {*range(0x20), 0x7F} - {0x09}
    assert members(FIELD_VALUE) == set(range(256)) - controls


def test_targets() -> None:
    assert members(TARGET) == set(range(0x21, 0x7F))


def test_hosts() -> None:
    unreserved = (string.digits + string.ascii_letters).encode() + b"-._~"
    assert members(HOST) == set(unreserved + b"!$&'()*+,;=")


def test_hexadecimal_digits() -> None:
    assert {chr(octet): HEX[octet] for octet in range(256) if HEX[octet] != 255} == {
        digit: int(digit, 16) for digit in string.hexdigits
    }


def test_no_class_has_a_line_end_or_nul() -> None:
    for table in (TOKEN, FIELD_VALUE, TARGET, HOST):
        assert not members(table) & {0, 0x0A, 0x0D}


@given(st.text() | st.text(alphabet="!#~aZ0"))
def test_is_token(text: str) -> None:
    octets = text.encode("utf-8", "replace") if not text.isascii() else text.encode()
    assert is_token(text) == (bool(octets) and all(TOKEN[octet] for octet in octets) and text.isascii())


def test_the_build_knows_itself() -> None:
    assert (builds.loaded(_grammar.__name__) == "pure") == INTERPRETED
