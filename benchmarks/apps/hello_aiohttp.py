"""Hello on aiohttp, without its access log. Run as `python hello_aiohttp.py PORT uvloop|asyncio`."""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web


async def hello(request: web.Request) -> web.Response:
    """Answer."""
    return web.Response(text="Hello, World!")


def main() -> None:
    """Serve on the loop named on the command line."""
    port, loop_name = int(sys.argv[1]), sys.argv[2]
    if loop_name == "uvloop":
        import uvloop

        loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    else:
        loop = asyncio.new_event_loop()

    async def check_loop(app: web.Application) -> None:
        if asyncio.get_running_loop() is not loop:
            raise RuntimeError(f"this was to run on {loop_name}")

    app = web.Application()
    app.router.add_get("/", hello)
    app.on_startup.append(check_loop)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None, loop=loop)


if __name__ == "__main__":
    main()
