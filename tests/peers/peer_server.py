"""The application that the peers talk to. Run as `python peer_server.py asyncio|uvloop`."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import tidewire_web as web

PAGE = """<!doctype html>
<title>Tidewire</title>
<link rel="icon" href="data:,">
<p id="result">waiting</p>
<script>
  const body = "x".repeat(100000) + "ü";
  fetch("/echo", {method: "POST", body: body})
    .then(response => response.text().then(text => {
      const same = text === body ? "same" : "different";
      return fetch("/stream?n=3").then(stream => stream.text()).then(streamed => {
        document.getElementById("result").textContent =
          `${response.status} ${same} ${response.headers.get("X-Method")} ${streamed}`;
      });
    }))
    .catch(error => { document.getElementById("result").textContent = `failed: ${error}`; });
</script>
"""

routes = web.RouteTableDef()


@routes.get("/")
async def page(request: web.Request) -> web.Response:
    """The page that a browser gets."""
    return web.Response(text=PAGE, content_type="text/html")


@routes.get("/hello/{name}")
async def hello(request: web.Request) -> web.Response:
    """A small answer."""
    return web.Response(text=f"Hello, {request.match_info['name']}!")


@routes.route("*", "/echo")
async def echo(request: web.Request) -> web.Response:
    """The body that came, and what it came by."""
    how = "chunked" if request.headers.get("Transfer-Encoding") else str(request.content_length)
    headers = {
        "X-Method": request.method,
        "X-Length": how,
        "X-Version": f"{request.version[0]}.{request.version[1]}",
    }
    return web.Response(body=await request.read(), headers=headers)


@routes.post("/size")
async def size(request: web.Request) -> web.Response:
    """Counts a body of any size, and holds no more of it than is on its way."""
    total = 0
    async for piece in request.content.iter_any():
        total += len(piece)
    return web.Response(text=str(total))


@routes.post("/refuse")
async def refuse(request: web.Request) -> web.Response:
    """Answers without reading the body."""
    return web.Response(status=413, text="no")


@routes.get("/stream")
async def stream(request: web.Request) -> web.StreamResponse:
    """A body in pieces."""
    response = web.StreamResponse()
    await response.prepare(request)
    for number in range(int(request.query["n"])):
        await response.write(b"%d;" % number)
    return response


@routes.get("/large")
async def large(request: web.Request) -> web.StreamResponse:
    """More than fits into the buffers on the way."""
    response = web.StreamResponse(headers={"Content-Length": str(32 * 1024 * 1024)})
    await response.prepare(request)
    for _ in range(512):
        await response.write(bytes(65536))
    return response


@routes.get("/fail")
async def fail(request: web.Request) -> web.Response:
    """Fails as a browser's mistake does."""
    raise web.HTTPBadRequest(text="as you wish")


def say(text: str) -> Any:
    """Print at once."""
    print(text, flush=True)


def main() -> None:
    """Serve on the loop that the command line names."""
    if sys.argv[1] == "uvloop":
        import uvloop

        loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    else:
        loop = asyncio.new_event_loop()
    app = web.Application()
    app.add_routes(routes)
    web.run_app(app, host="127.0.0.1", port=0, print=say, loop=loop)


if __name__ == "__main__":
    main()
