"""The client: an address of one's own choice, one session per application, cookies apart, and event loops."""

from __future__ import annotations

import asyncio
import sys
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

import tidewire_client
import tidewire_web as web

Serve = Callable[..., Awaitable[Any]]


async def remote(request: web.Request) -> web.Response:
    return web.Response(text=str(request.remote))


async def cookie(request: web.Request) -> web.Response:
    """Tell what the client has brought, and give it a cookie."""
    response = web.Response(text=request.cookies.get("who", "nobody"))
    response.set_cookie("who", request.query["who"])
    return response


async def peer(request: web.Request) -> web.Response:
    """Tell which connection it is."""
    return web.Response(text=str(request.get_extra_info("peername")[1]))


def app_with(handler: Any) -> web.Application:
    app = web.Application()
    app.router.add_get("/", handler)
    return app


# -- an address of one's own choice ------------------------------------------------------------------------


@pytest.mark.promise(9)
@pytest.mark.snippet("faq: local_addr", "old: local_addr")
async def test_a_client_with_an_address_of_its_own(serve: Serve) -> None:
    served = await serve(app_with(remote))
    loop = asyncio.get_running_loop()

    with pytest.warns(DeprecationWarning, match="loop argument is ignored"):
        conn = tidewire_client.TCPConnector(local_addr=("127.0.0.1", 0), loop=loop)
    url = f"http://127.0.0.1:{served.port}/"
    async with tidewire_client.ClientSession(connector=conn) as session, session.get(url) as response:
        assert await response.text() == "127.0.0.1"


@pytest.mark.promise(9)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere loopback has one address")
@pytest.mark.parametrize("address", ["127.0.0.2", "127.3.2.1"])
async def test_the_server_sees_the_address_that_was_chosen(serve: Serve, address: str) -> None:
    served = await serve(app_with(remote))
    conn = tidewire_client.TCPConnector(local_addr=(address, 0))
    url = f"http://127.0.0.1:{served.port}/"
    async with tidewire_client.ClientSession(connector=conn) as session, session.get(url) as response:
        assert await response.text() == address


# -- sessions of a server ----------------------------------------------------------------------------------


@pytest.mark.promise(11, 26)
async def test_one_session_for_the_life_of_a_server_keeps_its_connection(serve: Serve) -> None:
    behind = await serve(app_with(peer))
    session_key = web.AppKey("session_key", tidewire_client.ClientSession)

    async def session_context(app: web.Application) -> AsyncIterator[None]:
        async with tidewire_client.ClientSession(f"http://127.0.0.1:{behind.port}") as session:
            app[session_key] = session
            yield

    async def handler(request: web.Request) -> web.Response:
        async with request.app[session_key].get("/") as response:
            return web.Response(text=await response.text())

    app = app_with(handler)
    app.cleanup_ctx.append(session_context)
    served = await serve(app)
    assert len({(await served.get("/")).text for _ in range(5)}) == 1
    await served.stop()
    assert app[session_key].closed


@pytest.mark.promise(11)
async def test_a_session_keeps_cookies_unless_its_jar_is_a_dummy(serve: Serve) -> None:
    served = await serve(app_with(cookie))
    found: list[str] = []
    for jar in (None, tidewire_client.DummyCookieJar()):
        async with tidewire_client.ClientSession(
            f"http://localhost:{served.port}", cookie_jar=jar
        ) as session:
            for who in ("ann", "bob"):
                async with session.get("/", params={"who": who}) as response:
                    found.append(await response.text())
    assert found == ["nobody", "ann", "nobody", "nobody"]


@pytest.mark.promise(11)
async def test_sessions_share_a_connector_and_keep_their_cookies_apart(serve: Serve) -> None:
    async def both(request: web.Request) -> web.Response:
        response = await cookie(request)
        response.text = f"{response.text} {request.get_extra_info('peername')[1]}"
        return response

    served = await serve(app_with(both))
    found: list[str] = []
    async with tidewire_client.TCPConnector() as connector:
        for who in ("ann", "bob"):
            async with tidewire_client.ClientSession(
                f"http://localhost:{served.port}", connector=connector, connector_owner=False
            ) as session:
                for _ in range(2):
                    async with session.get("/", params={"who": who}) as response:
                        found += (await response.text()).split()
            assert not connector.closed
    assert found[0::2] == ["nobody", "ann", "nobody", "bob"]
    assert len(set(found[1::2])) == 1


# -- sessions and event loops ------------------------------------------------------------------------------


# What is a fault is found when the module is imported, and not when the first request hangs.
MODULES = {
    "faq: module with a session": """
        import tidewire_client as aiohttp

        session = aiohttp.ClientSession()

        async def fetch(url):
            async with session.get(url) as resp:
                return await resp.text()
    """,
    "faq: class with a session": """
        import tidewire_client as aiohttp

        class A:
            session = aiohttp.ClientSession()

            async def fetch(self, url):
                async with session.get(url) as resp:
                    return await resp.text()
    """,
}


def run_module(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "mod"}
    exec(compile(textwrap.dedent(source), "mod.py", "exec"), names)
    return names


@pytest.mark.promise(14)
@pytest.mark.snippet("faq: module with a session", "faq: class with a session")
@pytest.mark.parametrize("name", MODULES)
def test_a_session_outside_of_an_event_loop_is_refused_at_once(name: str) -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        run_module(MODULES[name])


@pytest.mark.promise(14)
@pytest.mark.snippet("faq: program with uvloop")
@pytest.mark.filterwarnings("ignore:.*et_event_loop_policy:DeprecationWarning")
def test_a_session_made_in_a_coroutine_is_of_the_loop_that_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The document's program, of which the module makes its session in a coroutine, as the document tells to."""
    uvloop = pytest.importorskip("uvloop", reason="needs uvloop")
    (tmp_path / "mod.py").write_text(
        textwrap.dedent("""
            import tidewire_client as aiohttp

            async def fetch(url):
                async with aiohttp.ClientSession() as session:
                    async with session.get(url) as resp:
                        return await resp.text()
        """),
        "utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    mod: Any = __import__("mod")
    monkeypatch.delitem(sys.modules, "mod")
    loops: list[str] = []

    async def main() -> str:
        loops.append(type(asyncio.get_running_loop()).__module__)
        runner = web.AppRunner(app_with(remote))
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            found: str = await mod.fetch(f"http://127.0.0.1:{runner.addresses[0][1]}/")
            return found
        finally:
            await runner.cleanup()

    policies: Any = asyncio  # what the document uses is deprecated since Python 3.14
    before = policies.get_event_loop_policy()
    policies.set_event_loop_policy(uvloop.EventLoopPolicy())
    try:
        assert asyncio.run(main()) == "127.0.0.1"
    finally:
        policies.set_event_loop_policy(before)
    assert loops == ["uvloop"]
