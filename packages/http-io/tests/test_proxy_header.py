"""PROXY headers: what a proxy says of a connection, read strictly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_io import InvalidProxyHeader, ProxyHeader, read_proxy_header
from tidewire_http_io._proxy_header import bytes_due

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"


def binary(command: int, family: int, rest: bytes = b"") -> bytes:
    return SIGNATURE + bytes([command, family]) + len(rest).to_bytes(2, "big") + rest


def extension(kind: int, value: bytes) -> bytes:
    return bytes([kind]) + len(value).to_bytes(2, "big") + value


IPV4 = bytes([192, 0, 2, 7, 203, 0, 113, 9]) + (56324).to_bytes(2, "big") + (443).to_bytes(2, "big")
IPV6 = (
    bytes.fromhex("20010db8000000000000000000000001")
    + bytes.fromhex("20010db8000000000000000000000002")
    + (1).to_bytes(2, "big")
    + (65535).to_bytes(2, "big")
)
UNIX = b"/run/client".ljust(108, b"\0") + b"/run/server".ljust(108, b"\0")
TLS = extension(0x20, b"\x01\x00\x00\x00\x00" + extension(0x21, b"TLSv1.3"))

GOOD = [
    (
        b"PROXY TCP4 192.0.2.7 203.0.113.9 56324 443\r\n",
        ("192.0.2.7", 56324),
        ("203.0.113.9", 443),
        None,
    ),
    (b"PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", ("0.0.0.0", 0), ("255.255.255.255", 65535), None),
    (b"PROXY TCP6 2001:DB8::1 ::1 1 2\r\n", ("2001:db8::1", 1), ("::1", 2), None),
    (
        b"PROXY TCP6 " + b"ffff:f:f:f:f:f:f:ffff " * 2 + b"65535 65535\r\n",
        ("ffff:f:f:f:f:f:f:ffff", 65535),
        ("ffff:f:f:f:f:f:f:ffff", 65535),
        None,
    ),
    (b"PROXY UNKNOWN\r\n", None, None, None),
    (b"PROXY UNKNOWN ffff:f...f:ffff whatever it is 65535\r\n", None, None, None),
    (b"PROXY UNKNOWN ".ljust(105, b"x") + b"\r\n", None, None, None),
    (binary(0x21, 0x11, IPV4), ("192.0.2.7", 56324), ("203.0.113.9", 443), None),
    (binary(0x21, 0x21, IPV6), ("2001:db8::1", 1), ("2001:db8::2", 65535), None),
    (binary(0x21, 0x31, UNIX), "/run/client", "/run/server", None),
    (binary(0x21, 0x11, IPV4 + TLS), ("192.0.2.7", 56324), ("203.0.113.9", 443), True),
    (binary(0x21, 0x11, IPV4 + extension(0x20, bytes(5))), ("192.0.2.7", 56324), ("203.0.113.9", 443), False),
    (binary(0x21, 0x11, IPV4 + extension(0x04, b"")), ("192.0.2.7", 56324), ("203.0.113.9", 443), None),
    (
        binary(0x21, 0x11, IPV4 + extension(0x04, bytes(4081))),
        ("192.0.2.7", 56324),
        ("203.0.113.9", 443),
        None,
    ),
    (binary(0x20, 0x00), None, None, None),
    (binary(0x20, 0x11, IPV4), None, None, None),
    (binary(0x20, 0xFF, b"rubbish"), None, None, None),
    (binary(0x21, 0x00), None, None, None),
    (binary(0x21, 0x00, TLS), None, None, True),
]


@pytest.mark.parametrize(("data", "source", "destination", "tls"), GOOD)
def test_headers_are_read(data: bytes, source: object, destination: object, tls: bool | None) -> None:
    expected = ProxyHeader(len(data), source, destination, tls)  # type: ignore[arg-type]  # of a table
    assert read_proxy_header(data) == expected
    assert read_proxy_header(data + b"GET / HTTP/1.1\r\n") == expected


@pytest.mark.parametrize("data", [data for data, *_ in GOOD])
def test_a_part_of_a_header_is_no_header_yet(data: bytes) -> None:
    for size in range(1, len(data)):
        assert read_proxy_header(data[:size]) is None


@pytest.mark.parametrize(
    "data",
    [
        b"G",
        b"GET / HTTP/1.1\r\n",
        b"proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
        b"PROXY\r\n",
        b"PROXY \r\n",
        b"PROXY TCP\r\n",
        b"PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n",
        b"PROXY UNKNOWNS\r\n",
        b"PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
        b"PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
        b"PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n",
        b"PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n",
        b"PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n",
        b"PROXY TCP4 ::1 ::1 1 2\r\n",
        b"PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n",
        b"PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
        b"PROXY TCP6 [::1] ::1 1 2\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 1 99999999999999999999\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 \u0661 2\r\n".encode(),
        b"PROXY TCP4 1.2.3.4 1.2.3.\xb2 1 2\r\n",
        b"PROXY TCP4\t1.2.3.4 1.2.3.4 1 2\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n" + bytes(107),
        b"PROXY UNKNOWN ".ljust(106, b"x") + b"\r\n",
        b"PROXY UNKNOWN ".ljust(200, b"x"),
        SIGNATURE[:-1] + b"x",
        binary(0x11, 0x11, IPV4),
        binary(0x22, 0x11, IPV4),
        binary(0x2F, 0x11, IPV4),
        binary(0x21, 0x12, IPV4),
        binary(0x21, 0x10, IPV4),
        binary(0x21, 0x01, IPV4),
        binary(0x21, 0x41, IPV4),
        binary(0x21, 0x13, IPV4),
        binary(0x21, 0x11, IPV4[:-1]),
        binary(0x21, 0x21, IPV4),
        binary(0x21, 0x31, IPV6),
        binary(0x21, 0x11, IPV4 + b"\x04"),
        binary(0x21, 0x11, IPV4 + b"\x04\x00"),
        binary(0x21, 0x11, IPV4 + b"\x04\x00\x01"),
        binary(0x21, 0x11, IPV4 + b"\x04\xff\xffx"),
        binary(0x21, 0x11, IPV4 + extension(0x20, b"\x01\0\0\0")),
        binary(0x21, 0x11, bytes(4097)),
        binary(0x21, 0x11)[:-2] + b"\xff\xff",
    ],
)
def test_what_is_no_header_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidProxyHeader) as caught:
        read_proxy_header(data)
    assert caught.value.status == 400
    assert len(str(caught.value)) < 600


def test_paths_of_sockets_may_be_abstract_or_none() -> None:
    header = read_proxy_header(
        binary(0x21, 0x31, b"\0abstract".ljust(108, b"\0") + b"\xff".ljust(108, b"\0"))
    )
    assert header is not None
    assert (header.source, header.destination) == ("\0abstract", "\\xff")
    assert read_proxy_header(binary(0x21, 0x31, bytes(216))) == ProxyHeader(232, "", "", None)


@given(st.binary(max_size=300))
def test_whatever_comes_is_judged_in_bounded_time(rest: bytes) -> None:
    for data in (
        rest,
        b"PROXY " + rest,
        b"PROXY TCP4 " + rest,
        SIGNATURE + rest,
        SIGNATURE + b"\x21\x11" + rest,
    ):
        if not data:
            continue
        try:
            header = read_proxy_header(data)
        except InvalidProxyHeader:
            continue
        assert header is None or header.size <= len(data)
        if header is None:
            assert len(data) < 4112


@pytest.mark.parametrize("header", [header for header, *_ in GOOD])
def test_what_is_due_never_goes_beyond_the_header(header: bytes) -> None:
    for size in range(len(header)):
        assert 0 < bytes_due(header[:size]) <= len(header) - size


@pytest.mark.parametrize("header", [header for header, *_ in GOOD])
def test_a_header_is_read_in_few_pieces(header: bytes) -> None:
    read, pieces = 0, 0
    while read_proxy_header(header[:read]) is None:
        read += bytes_due(header[:read])
        pieces += 1
    assert read == len(header)
    assert pieces <= (48 if b"UNKNOWN" in header else 20)


def test_what_is_due_of_a_line_without_end_stops_where_lines_do() -> None:
    line = b"PROXY UNKNOWN ".ljust(106, b"x")
    assert bytes_due(line) == 1
    assert bytes_due(b"PROXY TCP4".ljust(106, b"x")) == 1
