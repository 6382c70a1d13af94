from __future__ import annotations

from typing import Any

from tidewire_client._middlewares import chain


async def test_the_first_is_the_outermost() -> None:
    seen: list[str] = []

    async def send(request: Any) -> Any:
        seen.append(f"send {request}")
        return "response"

    def middleware(name: str) -> Any:
        async def call(request: Any, handler: Any) -> Any:
            seen.append(name)
            return await handler(f"{request}{name}")

        return call

    handler: Any = chain(send, [middleware("a"), middleware("b")])
    assert await handler("r") == "response"
    assert seen == ["a", "b", "send rab"]


async def test_none_is_the_handler_itself() -> None:
    async def send(request: Any) -> Any:
        raise AssertionError

    assert chain(send, []) is send
