"""The application that the peers talk to, at several addresses; run as `python web_server.py LOOP FOLDER`.

The folder has `static`, with files; `key.pem` and `certificate.pem`. The program prints a line of JSON with the ports of
its TCP sites and the path of its Unix domain socket, and ends with SIGTERM. The line that it prints then tells how many
handlers of `/work` began, and how many came to their end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import ssl
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tidewire_web as web

# Who proxies are believed to be: not the address that the tests' clients have.
PROXIES = ["127.0.0.1", "unix"]
X_FORWARDED = web.TrustedProxies(PROXIES, fields=["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"])
FORWARDED = web.TrustedProxies(PROXIES, fields=["Forwarded"])
COUNTS = {"begun": 0, "done": 0}

PAGE = """<!doctype html>
<title>Tidewire</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{style}">
<img id="image" src="{image}">
<p id="result">waiting</p>
<script src="{script}"></script>
"""


@dataclass
class State:
    """What handlers share.

    Attributes:
        connections: the sockets of the connections that have asked for `/about`.
        released: whether `/pieces` may go on.
        flooded: what has become of the flood: whether it was `complete`, or `stalled`.
    """

    connections: list[Any] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    flooded: asyncio.Queue[str] = field(default_factory=asyncio.Queue)


STATE = web.AppKey("STATE", State)
routes = web.RouteTableDef()


@routes.get("/")
async def page(request: web.Request) -> web.Response:
    """A page with static files, by their versions."""
    files = request.app.router["static"]
    names = {"style": "site.css", "image": "dot.png", "script": "report.js"}
    urls = {name: files.url_for(filename=filename) for name, filename in names.items()}
    return web.Response(text=PAGE.format(**urls), content_type="text/html")


@routes.post("/report")
async def report(request: web.Request) -> web.Response:
    """What the page has found out; told back to it with a word on how its files were asked for."""
    return web.json_response({"reported": await request.json()})


@routes.get("/about")
async def about(request: web.Request) -> web.Response:
    """What is known of the request, and of its connection."""
    connections = request.app[STATE].connections
    sock = request.get_extra_info("socket")
    if not any(sock is each for each in connections):
        connections.append(sock)
    known = {
        "scheme": request.scheme,
        "host": request.host,
        "remote": request.remote,
        "version": request.version,
        "connection": next(number for number, each in enumerate(connections) if each is sock),
        "headers": dict(request.headers),
    }
    return web.json_response(known)


@routes.post("/echo")
async def echo(request: web.Request) -> web.Response:
    """The body that came."""
    how = request.headers.get("Transfer-Encoding", str(request.content_length))
    return web.Response(body=await request.read(), headers={"X-Length": how})


@routes.post("/form")
async def form(request: web.Request) -> web.Response:
    """What a form has."""
    found: dict[str, Any] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            found[name] = [value.filename, value.content_type, len(value.file.read())]
        else:
            found[name] = str(value)
    return web.json_response(found)


@routes.get("/text")
async def text(request: web.Request) -> web.Response:
    """Text that is compressed for those who like it."""
    response = web.Response(text="all happy families are alike; " * 1000)
    response.enable_compression()
    return response


@routes.get("/pieces")
async def pieces(request: web.Request) -> web.StreamResponse:
    """The first piece at once, the last one when somebody has asked for `/release`."""
    released = request.app[STATE].released
    released.clear()
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})
    await response.prepare(request)
    await response.write(b"first,")
    await released.wait()
    await response.write(b"last")
    return response


@routes.get("/broken")
async def broken(request: web.Request) -> web.StreamResponse:
    """Break the response off half way, with or without a length."""
    response = web.StreamResponse()
    if "length" in request.query:
        response.content_length = 1000
    await response.prepare(request)
    await response.write(b"half")
    response.abort()
    return response


@routes.get("/release")
async def release(request: web.Request) -> web.Response:
    """Let `/pieces` go on."""
    request.app[STATE].released.set()
    return web.Response()


@routes.get("/flood/{buffering}")
async def flood(request: web.Request) -> web.StreamResponse:
    """More than fits into the buffers on the way, but for those of a proxy that takes everything for its client."""
    response = web.StreamResponse(headers={"X-Accel-Buffering": request.match_info["buffering"]})
    await response.prepare(request)
    how = ""
    for _ in range(64):
        writing = asyncio.ensure_future(response.write(bytes(1024 * 1024)))
        written, _unwritten = await asyncio.wait({writing}, timeout=0.5)
        if not written and not how:
            how = "stalled"
            request.app[STATE].flooded.put_nowait(how)
        await writing
    if not how:
        request.app[STATE].flooded.put_nowait("complete")
    return response


@routes.get("/flooded")
async def tell_flooded(request: web.Request) -> web.Response:
    """What has become of the flood."""
    return web.Response(text=await request.app[STATE].flooded.get())


@routes.get("/accelerated/{name}")
async def accelerated(request: web.Request) -> web.Response:
    """Leaves the sending of a file to the proxy."""
    location = f"/protected/{request.match_info['name']}"
    return web.Response(headers={"X-Accel-Redirect": location, "X-Told": "by the application"})


@routes.get("/work")
async def work(request: web.Request) -> web.Response:
    """Takes a while, and counts."""
    COUNTS["begun"] += 1
    if COUNTS["begun"] == 300:
        print("busy", flush=True)
    await asyncio.sleep(0.01)
    COUNTS["done"] += 1
    return web.Response(text="done")


def application(folder: Path) -> web.Application:
    """Make the application."""
    app = web.Application(client_max_size=2_000_000)
    app[STATE] = State()
    app.add_routes(routes)
    app.router.add_static("/static", folder / "static", name="static", append_version=True)
    return app


async def serve(folder: Path) -> None:
    """Serve at all addresses until SIGTERM."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    common: dict[str, Any] = {"access_log": None, "shutdown_timeout": 10.0}
    kinds: dict[str, dict[str, Any]] = {
        "plain": {"trusted_proxies": X_FORWARDED},
        "forwarded": {"trusted_proxies": FORWARDED},
        "proxied": {"proxy_protocol": True},
        "proxied_tls": {"proxy_protocol": True},
        "tls": {},
    }
    secure = {"proxied_tls", "tls"}
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    places: dict[str, Any] = {"socket": str(folder / f"{os.getpid()}.sock")}
    async with contextlib.AsyncExitStack() as runners:
        for name, options in kinds.items():
            runner = web.AppRunner(application(folder), **common, **options)
            await runner.setup()
            runners.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context if name in secure else None).start()
            places[name] = runner.addresses[0][1]
            if name == "plain":
                await web.UnixSite(runner, places["socket"]).start()
        print(json.dumps(places), flush=True)
        await stopped.wait()
    print(json.dumps(COUNTS), flush=True)


def main() -> None:
    """Serve on the loop that the command line names."""
    factory = None
    if sys.argv[1] == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(Path(sys.argv[2])))


if __name__ == "__main__":
    main()
