"""Hello as an RSGI application, which is granian's own interface: `hello_rsgi:app`."""

from __future__ import annotations

from typing import Any


async def app(scope: Any, protocol: Any) -> None:
    """Answer."""
    protocol.response_str(
        status=200, headers=[("content-type", "text/plain; charset=utf-8")], body="Hello, World!"
    )
