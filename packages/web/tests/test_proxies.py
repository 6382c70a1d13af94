"""Trusted proxies: they are believed, as far as they are, and nobody else is."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from web_client import PEER, Client, request

from tidewire_web import BaseRequest, Response, Server, TrustedProxies
from tidewire_web._proxies import Addresses

Ask = Callable[..., Any]

PROXY = PEER[0]  # what connects to the server
HERE = ("http", "example")  # scheme and host, as long as nobody is believed


@pytest.fixture
async def ask() -> AsyncIterator[Ask]:
    """Asks a server with trusted proxies what it knows of a request: address, scheme and host."""
    servers: list[Server] = []

    async def tells(request: BaseRequest) -> Response:
        return Response(text=f"{request.remote} {request.scheme} {request.host}")

    async def ask(trusted: Any, *lines: str, **extra: Any) -> tuple[str, ...]:
        options = extra.pop("options", {})
        servers.append(Server(tells, trusted_proxies=trusted, **options))
        connection = Client(servers[-1]).connect(**extra)
        answer = await connection.ask(extra.pop("preface", b"") + request("/", *lines))
        assert answer.status == 200
        return tuple(answer.text.split(" "))

    yield ask
    for server in servers:
        await server.shutdown(0)


def chain(*addresses: str) -> str:
    return "X-Forwarded-For: " + ", ".join(addresses)


# -- by their addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "remote"),
    [
        ([], PROXY),
        (["X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
        # What the client has sent itself is on the left.
        (["X-Forwarded-For: 1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        (["X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
        (["X-Forwarded-For: 10.0.0.1, 203.0.113.9"], "203.0.113.9"),
        # Through further proxies that are trusted.
        (["X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.1"], "203.0.113.9"),
        (["X-Forwarded-For: 203.0.113.9,10.1.2.3 ,  2001:db8::5"], "203.0.113.9"),
        (["X-Forwarded-For: 10.0.0.1, 10.0.0.2"], "10.0.0.1"),
        # With ports, IPv6 in brackets and without.
        (["X-Forwarded-For: 203.0.113.9:1234"], "203.0.113.9"),
        (["X-Forwarded-For: [2001:DB9::1]:1234, [2001:db8::5]"], "2001:db9::1"),
        (["X-Forwarded-For: 2001:db9::1"], "2001:db9::1"),
        (["X-Forwarded-For: ::ffff:203.0.113.9, ::ffff:10.0.0.1"], "203.0.113.9"),
        # What is no address ends it: nobody who is trusted knows more.
        (["X-Forwarded-For: unknown"], PROXY),
        (["X-Forwarded-For: _hidden"], PROXY),
        (["X-Forwarded-For: 1.1.1.1, nonsense, 10.0.0.1"], "10.0.0.1"),
        (["X-Forwarded-For: 1.1.1.1, "], PROXY),
        (["X-Forwarded-For: "], PROXY),
        (["X-Forwarded-For: 1.1.1.1, 203.0.113.999"], PROXY),
        (["X-Forwarded-For: 1.1.1.1, fe80::1%eth0"], PROXY),
        # A client cannot make the rest of it unreadable.
        (['X-Forwarded-For: "", \\, 203.0.113.9'], "203.0.113.9"),
        (["X-Forwarded-For: " + "," * 5000 + "203.0.113.9"], "203.0.113.9"),
        (["Forwarded: for=1.1.1.1", "X-Real-IP: 1.1.1.1", "X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
        (["Forwarded: for=1.1.1.1"], PROXY),
    ],
)
async def test_the_client_is_the_rightmost_address_that_is_not_trusted(
    ask: Ask, lines: list[str], remote: str
) -> None:
    trusted = ["192.0.2.0/24", "10.0.0.0/8", "2001:db8::/32"]
    assert await ask(trusted, *lines) == (remote, *HERE)


@pytest.mark.parametrize(
    "peer",
    [("198.51.100.1", 7), ("2001:db9::1", 7, 0, 0), ("::ffff:198.51.100.1", 7, 0, 0), "", None, "/run/peer"],
)
async def test_others_are_not_believed(ask: Ask, peer: Any) -> None:
    lines = [chain("203.0.113.9"), "X-Forwarded-Proto: https", "X-Forwarded-Host: evil"]
    remote, scheme, host = await ask(["192.0.2.0/24", "2001:db8::/32"], *lines, peername=peer)
    assert remote == str(peer[0] if isinstance(peer, tuple) else peer)
    assert (scheme, host) == HERE


@pytest.mark.parametrize(
    "peer",
    [
        ("192.0.2.77", 7),
        ("::ffff:192.0.2.77", 7, 0, 0),
        ("2001:db8::5", 7, 0, 0),
        ("2001:db8::5%eth0", 7, 0, 2),
    ],
)
async def test_proxies_are_known_in_every_form(ask: Ask, peer: Any) -> None:
    trusted = [ipaddress.ip_network("192.0.2.0/24"), ipaddress.ip_address("2001:db8::5")]
    assert (await ask(trusted, chain("203.0.113.9"), peername=peer))[0] == "203.0.113.9"


@pytest.mark.parametrize("peer", ["", "/run/peer", b"\x00abstract"])
async def test_proxies_on_unix_sockets(ask: Ask, peer: Any) -> None:
    assert (await ask(["unix"], chain("203.0.113.9"), peername=peer))[0] == "203.0.113.9"


async def test_hops_bound_what_addresses_give(ask: Ask) -> None:
    trusted = TrustedProxies(["0.0.0.0/0"], hops=2)
    assert (await ask(trusted, chain("1.1.1.1", "2.2.2.2", "3.3.3.3")))[0] == "2.2.2.2"
    everybody = await ask(["0.0.0.0/0"], chain(*(f"1.1.1.{number}" for number in range(1, 255))))
    assert everybody[0] == "1.1.1.223"  # 32 from the right


# -- by their number ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hops", "addresses", "remote"),
    [
        (1, ["203.0.113.9"], "203.0.113.9"),
        (1, ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        (2, ["1.1.1.1", "203.0.113.9", "10.0.0.1"], "203.0.113.9"),
        (2, ["203.0.113.9", "nonsense"], "203.0.113.9"),
        # It has not come through so many proxies.
        (2, ["1.1.1.1"], PROXY),
        (1, ["unknown"], PROXY),
    ],
)
async def test_the_client_is_so_many_places_from_the_right(
    ask: Ask, hops: int, addresses: list[str], remote: str
) -> None:
    for peer in (PEER, ""):
        told = await ask(hops, chain(*addresses), "X-Forwarded-Proto: https", peername=peer)
        assert told[0] == (remote if remote != PROXY or peer else "")
        assert told[1] == ("https" if remote != PROXY else "http")


async def test_who_has_passed_no_proxy_is_not_believed_in_scheme_and_host_either(ask: Ask) -> None:
    lines = ["X-Forwarded-Proto: https", "X-Forwarded-Host: a"]
    for hops in (1, 2):
        assert await ask(hops, *lines) == (PROXY, *HERE)
    # Where proxies are not expected to tell more, there is nothing to be missed.
    silent = TrustedProxies(hops=1, fields=["X-Forwarded-Proto", "X-Forwarded-Host"])
    assert await ask(silent, *lines) == (PROXY, "https", "a")


# -- scheme and host ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "scheme", "host"),
    [
        (["X-Forwarded-Proto: https", "X-Forwarded-Host: site.example:8443"], "https", "site.example:8443"),
        (["X-Forwarded-Proto: HTTPS "], "https", "example"),
        (["X-Forwarded-Proto: wss"], "https", "example"),
        (["X-Forwarded-Proto: ws"], "http", "example"),
        (["X-Forwarded-Host: [2001:db8::1]:80"], "http", "[2001:db8::1]:80"),
        # At the same place as the client's address.
        ([chain("1.1.1.1", "9.9.9.9"), "X-Forwarded-Proto: http, https"], "https", "example"),
        ([chain("9.9.9.9", PROXY), "X-Forwarded-Proto: https, http"], "https", "example"),
        ([chain("9.9.9.9", PROXY), "X-Forwarded-Host: evil, a, b"], "http", "a"),
        # Or the only one.
        ([chain("9.9.9.9", PROXY), "X-Forwarded-Proto: https", "X-Forwarded-Host: a"], "https", "a"),
        ([chain("9.9.9.9", PROXY, PROXY), "X-Forwarded-Proto: https, http"], "http", "example"),
        # What is malformed is not believed.
        (["X-Forwarded-Proto: gopher", "X-Forwarded-Host: a b"], "http", "example"),
        (["X-Forwarded-Proto: https://", "X-Forwarded-Host: user@a"], "http", "example"),
        (["X-Forwarded-Proto:", "X-Forwarded-Host: a/b"], "http", "example"),
        (['X-Forwarded-Host: x";by="1.2.3.4'], "http", "example"),
        (['X-Forwarded-Host: a\\"b'], "http", "example"),
        (["X-Forwarded-Host: a:99999"], "http", "example"),
        (["X-Forwarded-Host: [::1"], "http", "example"),
    ],
)
async def test_scheme_and_host(ask: Ask, lines: list[str], scheme: str, host: str) -> None:
    trusted = TrustedProxies([PROXY], fields=["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"])
    assert (await ask(trusted, *lines))[1:] == (scheme, host)


async def test_a_host_is_not_believed_without_being_named(ask: Ask) -> None:
    """Most proxies pass on what the client has sent."""
    lines = [chain("9.9.9.9"), "X-Forwarded-Proto: https", "X-Forwarded-Host: evil"]
    assert await ask([PROXY], *lines) == ("9.9.9.9", "https", HERE[1])


async def test_fields_that_are_not_trusted_are_not_looked_at(ask: Ask) -> None:
    trusted = TrustedProxies([PROXY], fields=["x-forwarded-for"])
    told = await ask(trusted, chain("9.9.9.9"), "X-Forwarded-Proto: https", "X-Forwarded-Host: evil")
    assert told == ("9.9.9.9", *HERE)


# -- Forwarded ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["Forwarded: for=203.0.113.9;proto=https;host=a.example"], ("203.0.113.9", "https", "a.example")),
        (['Forwarded: for="[2001:db9::1]:99";host="a:80"'], ("2001:db9::1", "http", "a:80")),
        (["Forwarded: for=1.1.1.1;proto=https, for=203.0.113.9"], ("203.0.113.9", *HERE)),
        (
            ["Forwarded: for=1.1.1.1;host=evil", "Forwarded: for=203.0.113.9;host=a"],
            ("203.0.113.9", "http", "a"),
        ),
        (["Forwarded: for=9.9.9.9;proto=https, for=10.0.0.1;proto=http"], ("9.9.9.9", "https", "example")),
        (['Forwarded: for="1.1.1.1, for=203.0.113.9;proto=https'], ("203.0.113.9", "https", "example")),
        (["Forwarded: for=unknown;proto=https"], (PROXY, "https", "example")),
        (["Forwarded: proto=https"], (PROXY, "https", "example")),
        (["Forwarded: for=1.1.1.1, for=_hidden, for=10.0.0.1"], ("10.0.0.1", *HERE)),
        (["Forwarded: for=2001:db9::1"], (PROXY, *HERE)),
        (["X-Forwarded-For: 1.1.1.1", "X-Forwarded-Proto: https"], (PROXY, *HERE)),
        (["Forwarded: nonsense"], (PROXY, *HERE)),
        (["Forwarded: "], (PROXY, *HERE)),
    ],
)
async def test_forwarded_where_proxies_write_that(ask: Ask, lines: list[str], told: tuple[str, ...]) -> None:
    trusted = TrustedProxies([PROXY, "10.0.0.0/8"], fields=["Forwarded"])
    assert await ask(trusted, *lines) == told


async def test_forwarded_by_hops(ask: Ask) -> None:
    trusted = TrustedProxies(hops=2, fields=["Forwarded"])
    line = "Forwarded: for=1.1.1.1, for=203.0.113.9;proto=https, for=10.0.0.1"
    assert await ask(trusted, line) == ("203.0.113.9", "https", "example")
    assert await ask(trusted, "Forwarded: for=1.1.1.1;proto=https") == (PROXY, *HERE)


# -- the PROXY protocol, and the log --------------------------------------------------------------


async def test_both_in_a_row(ask: Ask) -> None:
    told = await ask(
        ["198.51.100.0/24"],
        chain("203.0.113.9"),
        "X-Forwarded-Proto: https",
        preface=b"PROXY TCP4 198.51.100.7 198.51.100.8 1 2\r\n",
        options={"proxy_protocol": True},
    )
    assert told == ("203.0.113.9", "https", "example")


async def test_a_proxy_that_ends_tls_tells_so(ask: Ask) -> None:
    header = b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x14"
    header += bytes([198, 51, 100, 7, 203, 0, 113, 9, 0, 80, 0, 90]) + b"\x20\x00\x05\x01\0\0\0\0"
    told = await ask(None, chain("1.1.1.1"), preface=header, options={"proxy_protocol": [PROXY]})
    assert told == ("198.51.100.7", "https", "example")


async def test_the_access_log_has_the_client(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "tidewire.access")
    await ask([PROXY], chain("203.0.113.9"), options={"access_log_format": "%a"})
    assert [record.getMessage() for record in caplog.records] == ["203.0.113.9"]


# -- arguments ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, ValueError),
        ({"addresses": []}, ValueError),
        ({"addresses": ["10.0.0.1/8"]}, ValueError),
        ({"addresses": ["proxy.example"]}, ValueError),
        ({"addresses": "10.0.0.1"}, TypeError),
        ({"addresses": [7]}, TypeError),
        ({"addresses": 7}, TypeError),
        ({"hops": 0}, ValueError),
        ({"hops": 33}, ValueError),
        ({"hops": True}, TypeError),
        ({"hops": "1"}, TypeError),
        ({"hops": 1, "fields": "Forwarded"}, TypeError),
        ({"hops": 1, "fields": []}, ValueError),
        ({"hops": 1, "fields": ["X-Real-IP"]}, ValueError),
        ({"hops": 1, "fields": ["Forwarded", "X-Forwarded-For"]}, ValueError),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        TrustedProxies(**arguments)


def test_what_they_look_like() -> None:
    assert repr(TrustedProxies(["10.0.0.0/8", "unix"], hops=3, fields=["Forwarded"])) == (
        "<TrustedProxies <Addresses ['unix', '10.0.0.0/8']> hops=3 ['forwarded']>"
    )


def test_addresses_that_are_none_are_nobodys() -> None:
    addresses = Addresses(["0.0.0.0/0", "::/0"])
    assert addresses.has("1.2.3.4")
    assert addresses.has("::1")
    assert not addresses.has("example")
    assert not addresses.has("")
