"""The examples of the README run as they stand there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tidewire_testing import WireClient

Serve = Callable[..., Awaitable[WireClient]]

README = Path(__file__).resolve().parent.parent / "README.md"


def example(number: int) -> dict[str, Any]:
    """Run the example that has a number, as an imported module; returns its names."""
    if not README.exists():
        pytest.skip("the README is not beside the tests")
    names: dict[str, Any] = {"__name__": __name__}
    exec(re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)[number], names)
    return names


async def test_the_first_example_saves_everything(serve: Serve) -> None:
    names = example(0)
    client = await serve(names["app"], handler_cancellation=True)
    connections = [client.connect() for _ in range(3)]
    for connection, path in zip(connections, ("/start", "/protect", "/whole"), strict=True):
        connection.send(path, method="POST")
    await connections[0].until(lambda: len(names["saved"]) == 3, seconds=20)  # the example's database is slow
    assert sorted(names["saved"]) == ["later", "protected", "whole"]
    for connection, text in zip(connections, (b"started\n", b"saved\n", b"saved\n"), strict=True):
        await connection.until(connection.transport.is_closing)
        assert connection.transport.written.endswith(text)


async def test_the_second_example_counts_words(serve: Serve) -> None:
    taskiq = pytest.importorskip("taskiq", reason="needs the extra tidewire-jobs[queue]")
    pytest.importorskip("taskiq_redis", reason="needs the extra tidewire-jobs[queue]")
    from tidewire_jobs import setup_queue
    from tidewire_web import Application

    names = example(1)
    # The same handlers on a broker in memory; test_queue.py asks a real Redis.
    broker = taskiq.InMemoryBroker()
    names["count_words"] = broker.register_task(names["count_words"].original_func, task_name="count_words")
    app = Application()
    setup_queue(app, broker)
    app.router.add_post("/counts", names["start"])
    app.router.add_get("/counts/{id}", names["look"])
    client = await serve(app)
    answer = await client.ask("/counts", method="POST", body=b"one two three")
    assert answer.status == 202
    async with asyncio.timeout(10):
        while (found := await client.ask(f"/counts/{answer.text}")).status == 202:
            assert found.text == "not yet"
            await asyncio.sleep(0.001)  # for the loop to go round: the client itself does not wait
    assert found.text == "3"
