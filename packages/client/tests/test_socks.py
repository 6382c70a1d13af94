from __future__ import annotations

import contextlib
import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_client._socks import SocksHandshake, SocksRefusal, is_address

Credentials = tuple[str, str] | None


def talk(handshake: SocksHandshake, proxy: bytes) -> list[bytes]:
    """Let both talk; return what the client has said. The proxy's bytes have to be used up."""
    said = [handshake.begin()]
    while handshake.wanted:
        taken, proxy = proxy[: handshake.wanted], proxy[handshake.wanted :]
        said.append(handshake.receive(taken))
    assert proxy == b""
    return [each for each in said if each]


@pytest.mark.parametrize(
    ("host", "request_"),
    [
        ("example.com", b"\x05\x01\x00\x03\x0bexample.com\x01\xbb"),
        ("127.0.0.1", b"\x05\x01\x00\x01\x7f\x00\x00\x01\x01\xbb"),
        ("::1", b"\x05\x01\x00\x04" + bytes(15) + b"\x01\x01\xbb"),
        ("a" * 255, b"\x05\x01\x00\x03\xff" + b"a" * 255 + b"\x01\xbb"),
    ],
)
@pytest.mark.parametrize(
    "bound", [b"\x01" + bytes(6), b"\x04" + bytes(18), b"\x03\x01a\x00\x00", b"\x03\x00\x00\x00"]
)
def test_it_asks_for_a_server(host: str, request_: bytes, bound: bytes) -> None:
    handshake = SocksHandshake(host, 443, None)
    assert talk(handshake, b"\x05\x00" + b"\x05\x00\x00" + bound) == [b"\x05\x01\x00", request_]


def test_it_says_who_asks_where_that_is_wanted() -> None:
    reply = b"\x05\x00\x00\x01" + bytes(6)
    said = talk(SocksHandshake("a", 80, ("user", "w\xf6rd")), b"\x05\x02\x01\x00" + reply)
    assert said == [b"\x05\x02\x00\x02", b"\x01\x04user\x05w\xc3\xb6rd", b"\x05\x01\x00\x03\x01a\x00\x50"]
    said = talk(SocksHandshake("a", 80, ("user", "")), b"\x05\x00" + reply)
    assert said == [b"\x05\x02\x00\x02", b"\x05\x01\x00\x03\x01a\x00\x50"]


@pytest.mark.parametrize(
    ("reply", "number"),
    [
        (1, errno.EIO),
        (2, errno.EACCES),
        (3, errno.ENETUNREACH),
        (4, errno.EHOSTUNREACH),
        (5, errno.ECONNREFUSED),
        (6, errno.ETIMEDOUT),
        (7, errno.EOPNOTSUPP),
        (8, errno.EAFNOSUPPORT),
        (9, errno.EPROTO),
        (255, errno.EPROTO),
    ],
)
def test_a_refusal_has_its_reason(reply: int, number: int) -> None:
    with pytest.raises(SocksRefusal) as caught:
        talk(SocksHandshake("a", 80, None), b"\x05\x00" + bytes([5, reply, 0, 1]))
    assert (caught.value.reply, caught.value.errno) == (reply, number)


@pytest.mark.parametrize(
    ("credentials", "proxy", "number"),
    [
        (None, b"\x05\xff", errno.EACCES),
        (("a", "b"), b"\x05\xff", errno.EACCES),
        (("a", "b"), b"\x05\x02\x01\x01", errno.EACCES),
        (("a", "b"), b"\x05\x02\x05\x00", errno.EPROTO),
        (None, b"\x05\x02", errno.EPROTO),  # not offered
        (None, b"\x05\x01", errno.EPROTO),
        (None, b"\x04\x00", errno.EPROTO),
        (None, b"HTTP/1.1 400 Bad Request", errno.EPROTO),
        (None, b"", errno.EPROTO),
        (None, b"\x05\x00\x04\x00\x00\x01", errno.EPROTO),
        (None, b"\x05\x00\x05\x00\x01\x01", errno.EPROTO),
        (None, b"\x05\x00\x05\x00\x00\x02", errno.EPROTO),
    ],
)
def test_what_is_not_socks_is_an_error(credentials: Credentials, proxy: bytes, number: int) -> None:
    with pytest.raises(OSError, match="SOCKS") as caught:
        talk(SocksHandshake("a", 80, credentials), proxy)
    assert caught.value.errno == number


@pytest.mark.parametrize(
    ("host", "credentials"),
    [
        ("", None),
        ("a" * 256, None),
        ("b\xfccher", None),
        ("fe80::1%eth0", None),
        ("a%b", None),
        ("a", ("", "")),
        ("a", ("u" * 256, "")),
        ("a", ("u", "\xe9" * 128)),
    ],
)
def test_what_socks_cannot_say_is_refused(host: str, credentials: Credentials) -> None:
    with pytest.raises(ValueError, match=r"SOCKS takes|ascii"):
        SocksHandshake(host, 80, credentials)


@given(proxy=st.binary(max_size=600), known=st.booleans())
def test_whatever_the_proxy_says_it_ends_within_bounds(proxy: bytes, known: bool) -> None:
    handshake = SocksHandshake("a", 80, ("u", "p") if known else None)
    with contextlib.suppress(OSError, AssertionError):
        talk(handshake, proxy)
    assert handshake.wanted <= 257


def test_addresses_are_known() -> None:
    assert is_address("127.0.0.1")
    assert is_address("::1")
    assert not is_address("localhost")
