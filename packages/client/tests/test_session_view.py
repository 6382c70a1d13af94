from __future__ import annotations

import asyncio

import pytest

from tidewire_client import BasicAuth, ClientSession, ClientTimeout, CookieJar, TCPConnector, TraceConfig


async def test_what_a_session_was_made_with_can_be_read() -> None:
    timeout = ClientTimeout(total=1)
    auth = BasicAuth("user", "password")
    config = TraceConfig()
    jar = CookieJar()
    async with ClientSession(
        headers={"A": "b"},
        skip_auto_headers=["User-Agent"],
        auth=auth,
        cookie_jar=jar,
        json_serialize=repr,
        json_serialize_bytes=bytes,
        raise_for_status=True,
        requote_redirect_url=False,
        timeout=timeout,
        trace_configs=[config],
        trust_env=True,
        version=(1, 0),
    ) as session:
        assert session.headers == {"A": "b"}
        assert session.skip_auto_headers == {"User-Agent"}
        assert session.auth is auth
        assert session.cookie_jar is jar
        assert session.json_serialize is repr
        assert session.json_serialize_bytes is bytes
        assert session.raise_for_status is True
        assert not session.requote_redirect_url
        assert session.timeout is timeout
        assert session.trace_configs == [config]
        assert session.trust_env
        assert session.version == (1, 0)


async def test_nothing_has_to_be_given() -> None:
    async with ClientSession() as session:
        assert session.auto_decompress
        assert session.connector_owner
        assert session.requote_redirect_url
        assert session.raise_for_status is False
        assert session.version == (1, 1)
        assert session.loop is asyncio.get_running_loop()


async def test_a_session_without_its_connector_is_closed() -> None:
    async with TCPConnector() as connector:
        session = ClientSession(connector=connector)
        assert session.connector is connector
        assert not session.closed
        session.detach()
        assert session.connector is None
        assert session.closed


async def test_a_session_is_closed_with_its_connector() -> None:
    connector = TCPConnector()
    session = ClientSession(connector=connector)
    await connector.close()
    assert session.closed


async def test_a_session_that_was_not_made_has_nothing() -> None:
    with pytest.raises(RuntimeError, match="not made"):
        _ = ClientSession.__new__(ClientSession).headers
