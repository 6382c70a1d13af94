from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("uvloop")

Start = Callable[..., Any]

PROGRAM = """
import asyncio

from tidewire_web import Application, Response


async def loop(request):
    return Response(text=type(asyncio.get_running_loop()).__module__)


async def app():
    app = Application()
    app.router.add_get("/", loop)
    return app
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_on_uvloop(gunicorn: Start, number: signal.Signals) -> None:
    server = gunicorn(PROGRAM, worker="GunicornUVLoopWebWorker")
    assert server.ask("/").startswith("uvloop")
    assert server.end(number) == 0
    assert "Traceback" not in server.said
