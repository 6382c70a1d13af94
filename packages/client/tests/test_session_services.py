from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from multidict import CIMultiDict
from yarl import URL

from tidewire_client import (
    CookieJar,
    DummyCookieJar,
    InvalidUrlClientError,
    NonHttpUrlClientError,
    TCPConnector,
)
from tidewire_client._request_options import RequestOptions
from tidewire_client._session_services import SessionServices, host_field

Make = Callable[..., SessionServices]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    connector = TCPConnector()

    def make_services(*, headers: Any = (), skipped: Any = (), jar: Any = None) -> SessionServices:
        loop = asyncio.get_running_loop()
        return SessionServices(
            loop,
            connector,
            CookieJar() if jar is None else jar,
            RequestOptions(),
            CIMultiDict(headers),
            skipped,
        )

    yield make_services
    await connector.close()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://example.com/", "example.com"),
        ("http://example.com:80/", "example.com"),
        ("https://example.com:80/", "example.com:80"),
        ("https://example.com:443/", "example.com"),
        ("ws://example.com:8080/", "example.com:8080"),
        ("http://[::1]:8080/", "[::1]:8080"),
        ("http://[fe80::1%25eth0]:8080/", "[fe80::1]:8080"),
        ("http://[fe80::1%eth0]/", "[fe80::1]"),
        ("http://b\u00fccher.example/", "xn--bcher-kva.example"),
        ("http://user:pass@example.com./", "example.com"),
    ],
)
def test_host_is_that_of_the_url(url: str, host: str) -> None:
    assert host_field(URL(url)) == host


async def test_what_is_known_of_a_host_is_worked_out_once(make: Make) -> None:
    services = make(headers={"X": "1", "Accept": "own"}, skipped=["user-agent"])
    destination = services.destination(URL("http://h/a"))
    assert services.destination(URL("http://h/b")) is destination
    assert services.destination(URL("https://h/b")) is not destination
    assert [name for name, _ in destination.fields] == ["Host", "X", "Accept", "Accept-Encoding"]
    assert destination.fields[0] == ("Host", "h")
    assert destination.key.host == "h"
    assert not destination.has_user
    assert destination.block is not None
    assert destination.block.fields == destination.fields
    assert services.destination(URL("http://u@h/")).has_user


async def test_fields_of_the_session_may_change(make: Make) -> None:
    services = make(headers={"X": "1"})
    assert ("X", "1") in services.destination(URL("http://h/")).fields
    services.headers["X"] = "2"
    fields = services.destination(URL("http://h/")).fields
    assert ("X", "2") in fields
    assert ("X", "1") not in fields


@pytest.mark.parametrize("field", [("Connection", "close"), ("X", "a\nb"), ("Transfer-Encoding", "chunked")])
async def test_fields_that_each_request_has_to_be_asked_about_are_in_no_block(
    make: Make, field: tuple[str, str]
) -> None:
    destination = make(headers=[field]).destination(URL("http://h/"))
    assert destination.block is None
    assert field in destination.fields


async def test_no_more_hosts_are_known_than_so_many(make: Make) -> None:
    services = make()
    for number in range(1030):
        services.destination(URL(f"http://h{number}/"))
    assert len(services._destinations) <= 1024


async def test_no_request_can_be_sent_to_nowhere(make: Make) -> None:
    with pytest.raises(InvalidUrlClientError):
        make().destination(URL("http://1.2.3/"))
    with pytest.raises(InvalidUrlClientError):
        make().destination(URL("http:///path"))
    with pytest.raises(NonHttpUrlClientError):
        make().destination(URL("ftp://h/"))


async def test_each_name_that_is_given_replaces_all_of_the_session(make: Make) -> None:
    services = make(headers=[("A", "1"), ("a", "2"), ("B", "3")])
    assert list(services.merged([("b", "4"), ("b", "5")]).items()) == [
        ("A", "1"),
        ("a", "2"),
        ("b", "4"),
        ("b", "5"),
    ]
    assert services.merged(None) == services.headers
    assert services.merged(None) is not services.headers


async def test_host_comes_first_and_what_is_skipped_not_at_all(make: Make) -> None:
    fields = make().completed(
        CIMultiDict({"X": "1", "host": "own"}), "other", frozenset({"accept", "user-agent"})
    )
    assert list(fields) == ["Host", "X", "Accept-Encoding"]
    assert fields["Host"] == "own"


async def test_a_jar_that_keeps_nothing_is_not_asked(make: Make) -> None:
    assert make().jar_in_use
    assert not make(jar=DummyCookieJar()).jar_in_use


async def test_the_environment_counts_where_it_is_trusted(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    services = make()
    assert services.proxy_for(URL("http://h/")) is None
    assert await services.netrc_auth("h") is None
    services.trust_env = True
    assert services.proxy_for(URL("http://h/")) == URL("http://proxy")
