"""The site as an RSGI application, which is granian's own interface: `site_rsgi:app`; see serving.py.

There is no framework: routes are compared by hand, so sites of many routes and middlewares are not for it.
"""

from __future__ import annotations

import json
from typing import Any

from serving import FILES, PIECE, PIECES, TEXT

PLAIN = [("content-type", "text/plain; charset=utf-8")]
JSON = [("content-type", "application/json")]
BINARY = [("content-type", "application/octet-stream")]


async def upload(protocol: Any) -> None:
    """Count the bytes of the body."""
    count = 0
    async for piece in protocol:
        count += len(piece)
    protocol.response_str(200, PLAIN, str(count))


async def download(protocol: Any) -> None:
    """Send a long body in chunks."""
    transport = protocol.response_stream(200, BINARY)
    for _ in range(PIECES):
        await transport.send_bytes(PIECE)


async def app(scope: Any, protocol: Any) -> None:
    """Answer."""
    path = scope.path
    if path == "/":
        protocol.response_str(200, PLAIN, TEXT)
    elif path.startswith("/items/"):
        protocol.response_str(200, JSON, json.dumps({"id": path[7:], "found": True}))
    elif path == "/echo":
        protocol.response_str(200, JSON, json.dumps(json.loads(await protocol())))
    elif path == "/upload":
        await upload(protocol)
    elif path == "/download":
        await download(protocol)
    elif path.startswith("/static/"):
        protocol.response_file(200, BINARY, str(FILES / path[8:]))
    else:
        protocol.response_str(404, PLAIN, "Not Found")
