"""Sites at named pipes: with a loop that knows them, as that of Windows does, and with one that does not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tidewire_web import BaseRequest, NamedPipeSite, Response, Server, ServerRunner

PATH = r"\\.\pipe\tidewire"


class Pipe:
    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


class PipeLoop(asyncio.SelectorEventLoop):
    """Has the method of Windows' proactor loop."""

    def __init__(self) -> None:
        super().__init__()
        self.pipes: list[tuple[Any, str, Pipe]] = []

    async def start_serving_pipe(self, protocol_factory: Any, address: str) -> list[Pipe]:
        pipe = Pipe()
        self.pipes.append((protocol_factory, address, pipe))
        return [pipe]


async def handler(request: BaseRequest) -> Response:
    return Response()


def test_a_pipe() -> None:
    async def main() -> None:
        server = Server(handler)
        runner = ServerRunner(server)
        await runner.setup()
        site = NamedPipeSite(runner, PATH)
        assert site.name == PATH
        assert site.addresses == []
        await site.start()
        loop: Any = asyncio.get_running_loop()
        ((factory, address, pipe),) = loop.pipes
        assert (factory, address) == (server, PATH)
        assert runner.addresses == [PATH]
        with pytest.raises(RuntimeError):
            await site.start()
        await runner.cleanup()
        assert pipe.closed
        assert runner.addresses == []

    with asyncio.Runner(loop_factory=PipeLoop) as runner:
        runner.run(main())


async def test_another_loop_has_none() -> None:
    runner = ServerRunner(Server(handler))
    await runner.setup()
    if not hasattr(asyncio.get_running_loop(), "start_serving_pipe"):
        with pytest.raises(RuntimeError, match="Windows"):
            NamedPipeSite(runner, PATH)
    await runner.cleanup()
