"""The example of the README runs as it stands there."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tidewire_testing import WireAnswer, WireClient

Serve = Callable[..., Awaitable[WireClient]]

README = Path(__file__).resolve().parent.parent / "README.md"


async def test_the_example_streams_until_the_server_stops(serve: Serve) -> None:
    if not README.exists():
        pytest.skip("the README is not beside the tests")
    names: dict[str, Any] = {"__name__": __name__}
    exec(re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)[0], names)
    app = names["app"]
    client = await serve(app)
    assert 'new EventSource("/events")' in (await client.ask("/")).text
    connection = client.connect()
    connection.send("/events", "Last-Event-ID: 41")
    await connection.until(lambda: b"event 42" in connection.transport.written)
    await app.shutdown()
    await connection.until(connection.transport.is_closing)
    assert WireAnswer.read(connection.transport.written, "GET").body == (
        b"id: 42\r\ndata: event 42\r\nretry: 1000\r\n\r\n"
    )
