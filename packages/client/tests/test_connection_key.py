from __future__ import annotations

import pickle
import ssl
from typing import Any

import pytest
from yarl import URL

from tidewire_client import Fingerprint, InvalidUrlClientError
from tidewire_client._connection_key import connection_key
from tidewire_http_io import ClientOptions

HTTPS = URL("https://example.org/")
PROXY = URL("http://proxy:3128")
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.mark.parametrize(
    ("url", "host", "port", "is_ssl"),
    [
        ("http://example.org/a?b", "example.org", 80, False),
        ("https://EXAMPLE.org", "example.org", 443, True),
        ("ws://example.org:81", "example.org", 81, False),
        ("http://example.org:0", "example.org", 0, False),
        ("wss://example.org", "example.org", 443, True),
        ("http://[::1]:8080/", "::1", 8080, False),
        ("http://[fe80::1%25eth0]/", "fe80::1%eth0", 80, False),
        ("http://127.0.0.1", "127.0.0.1", 80, False),
        ("http://example.org.", "example.org.", 80, False),
        ("http://example.org..", "example.org.", 80, False),
        ("http://münchen.example", "xn--mnchen-3ya.example", 80, False),
        ("http://1.example", "1.example", 80, False),
        ("http://0xfg", "0xfg", 80, False),
    ],
)
def test_it_says_where_the_connection_goes(url: str, host: str, port: int, is_ssl: bool) -> None:
    key = connection_key(URL(url))
    assert (key.host, key.port, key.is_ssl) == (host, port, is_ssl)
    assert key.proxy is None
    assert not key.forwards


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "127.0.0.01",
        "127.0.0.1.",
        "1.2.3.4.5",
        "256.1.1.1",
        "a.1",
        "0x",
    ],
)
def test_an_address_in_a_strange_notation_is_refused(host: str) -> None:
    with pytest.raises(InvalidUrlClientError):
        connection_key(URL(f"http://{host}/"))


@pytest.mark.parametrize("proxy", [None, PROXY])
def test_a_url_needs_a_host(proxy: URL | None) -> None:
    with pytest.raises(InvalidUrlClientError):
        connection_key(URL("/path"), proxy=proxy)
    with pytest.raises(InvalidUrlClientError):
        connection_key(HTTPS, proxy=URL("/path"))


@pytest.mark.parametrize("wrong", [None, 1, "x", ()])
def test_a_verification_of_another_type_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="ssl should be"):
        connection_key(HTTPS, ssl=wrong)


DIFFERENT: list[dict[str, Any]] = [
    {},
    {"ssl": False},
    {"ssl": CONTEXT},
    {"ssl": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)},
    {"ssl": Fingerprint(bytes(32))},
    {"server_hostname": "other.example"},
    {"proxy": PROXY},
    {"proxy": URL("https://proxy:3128")},
    {"proxy": PROXY, "proxy_fields": [("Proxy-Authorization", "Basic YQ==")]},
    {"proxy": PROXY, "proxy_fields": [("Proxy-Authorization", "Basic Yg==")]},
    {"options": ClientOptions(read_bufsize=1)},
]


def test_whatever_makes_a_difference_makes_another_key() -> None:
    keys = [connection_key(HTTPS, **how) for how in DIFFERENT]
    keys += [
        connection_key(URL(url))
        for url in ("http://example.org", "https://example.org:444", "https://example.com")
    ]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("how", DIFFERENT)
def test_the_same_makes_an_equal_key(how: dict[str, Any]) -> None:
    one, other = connection_key(HTTPS, **how), connection_key(URL("https://example.org/elsewhere"), **how)
    assert one == other
    assert hash(one) == hash(other)
    assert one != "something else"


def test_without_tls_there_is_nothing_to_verify() -> None:
    url = URL("http://example.org/")
    assert connection_key(url, ssl=False, server_hostname="x") == connection_key(url)
    assert connection_key(url, ssl=False, proxy=URL("https://p")) != connection_key(
        url, proxy=URL("https://p")
    )


def test_a_proxy_that_forwards_is_where_the_connection_goes() -> None:
    one = connection_key(URL("http://one.example/"), proxy=PROXY)
    other = connection_key(URL("http://other.example/"), proxy=PROXY)
    assert one == other
    assert (one.host, one.port, one.forwards) == ("proxy", 3128, True)


@pytest.mark.parametrize("scheme", ["https", "wss", "ws"])
def test_a_proxy_with_a_tunnel_is_on_the_way(scheme: str) -> None:
    key = connection_key(URL(f"{scheme}://example.org:8/"), proxy=PROXY)
    assert (key.host, key.port, key.proxy, key.forwards) == ("example.org", 8, PROXY, False)


def test_credentials_in_the_url_of_a_proxy_are_not_kept() -> None:
    key = connection_key(
        HTTPS, proxy=URL("http://me:secret@proxy:3128/path"), proxy_fields=[("Authorization", "hush")]
    )
    assert key.proxy == PROXY
    assert "secret" not in repr(key)
    assert "hush" not in repr(key)


def test_a_pickled_key_has_neither_context_nor_credentials() -> None:
    key = connection_key(HTTPS, ssl=CONTEXT, proxy=PROXY, proxy_fields=[("Proxy-Authorization", "hush")])
    other = pickle.loads(pickle.dumps(key))
    assert (other.host, other.proxy, other.ssl, other.proxy_fields) == ("example.org", PROXY, True, ())
