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

WEBSOCKET_PAGE = """<!doctype html>
<title>Tidewire</title>
<link rel="icon" href="data:,">
<script>
  const bytes = (size, value) => new Uint8Array(size).map((_, index) => value(index));
  const messages = [
    "hello", "ü€😀".repeat(100), "", bytes(0), bytes(10000, index => index), bytes(126, () => 255),
    "x".repeat(1048576), "ü".repeat(524288), bytes(1048576, index => (index * 2654435761) >>> 13),
  ];
  const text = data => typeof data === "string" ? data : "bytes " + Array.from(new Uint8Array(data)).join();
  const ws = new WebSocket(`ws://${location.host}/websocket/echo`, ["other", "echo"]);
  ws.binaryType = "arraybuffer";
  let same = 0;
  ws.onopen = () => ws.send(messages[0]);
  ws.onmessage = event => {
    const isSame = text(event.data) === text(messages[same]);
    same += isSame;
    if (isSame && same < messages.length) ws.send(messages[same]);
    else ws.close(4000, "done");
  };
  ws.onclose = event => fetch("/websocket/report", {method: "POST", body: JSON.stringify({
    same: same, of: messages.length, extensions: ws.extensions, protocol: ws.protocol,
    clean: event.wasClean, code: event.code, reason: event.reason,
  })});
</script>
"""

REPORTS: web.AppKey[asyncio.Queue[Any]] = web.AppKey("REPORTS", asyncio.Queue)

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


@routes.get("/websocket")
async def websocket_page(request: web.Request) -> web.Response:
    """A page that sends messages and compares what comes back."""
    return web.Response(text=WEBSOCKET_PAGE, content_type="text/html", charset="utf-8")


@routes.get("/websocket/echo")
async def websocket_echo(request: web.Request) -> web.WebSocketResponse:
    """Sends every message back, and reports the end."""
    ws = web.WebSocketResponse(protocols=["echo"], heartbeat=10.0)
    await ws.prepare(request)
    received = 0
    async for message in ws:
        received += 1
        if message.type is web.WSMsgType.TEXT:
            await ws.send_str(message.data)
        else:
            await ws.send_bytes(message.data)
    request.app[REPORTS].put_nowait({"received": received, "code": ws.close_code, "window": ws.compress})
    return ws


@routes.post("/websocket/report")
async def websocket_report(request: web.Request) -> web.Response:
    """What a page tells of its websocket."""
    request.app[REPORTS].put_nowait(await request.json())
    return web.Response()


@routes.get("/websocket/reports")
async def websocket_reports(request: web.Request) -> web.Response:
    """What the server and the page have to tell of one websocket, in any order."""
    # A browser may take its time to start, on a busy machine.
    async with asyncio.timeout(100):
        return web.json_response([await request.app[REPORTS].get(), await request.app[REPORTS].get()])


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
    # In development mode a callback that takes a tenth of a second is told on stderr, which is to stay empty; on a busy
    # machine a message of a MiB may take that long, interpreted.
    loop.slow_callback_duration = 60.0
    app = web.Application()
    app[REPORTS] = asyncio.Queue()
    app.add_routes(routes)
    # In development mode there would be an access log on stderr, which is to stay empty.
    web.run_app(app, host="127.0.0.1", port=0, print=say, loop=loop, access_log=None)


if __name__ == "__main__":
    main()
