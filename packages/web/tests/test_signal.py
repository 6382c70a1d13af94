"""Signals."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_web import Signal


async def test_receivers_are_called_one_after_the_other() -> None:
    signal: Signal[[str]] = Signal("owner")
    seen: list[str] = []

    async def first(text: str) -> None:
        seen.append(f"first {text}")

    async def second(text: str) -> None:
        seen.append(f"second {text}")

    signal.append(first)
    signal.append(second)
    assert repr(signal).startswith("<Signal owner='owner' frozen=False [<function")
    signal.freeze()
    await signal.send("x")
    await signal.send("y")
    assert seen == ["first x", "second x", "first y", "second y"]


async def test_the_first_exception_ends_it() -> None:
    signal: Signal[[]] = Signal(None)
    seen: list[int] = []

    async def fails() -> None:
        raise ZeroDivisionError

    async def never() -> None:
        seen.append(1)

    signal.extend([fails, never])
    signal.freeze()
    with pytest.raises(ZeroDivisionError):
        await signal.send()
    assert seen == []


async def test_it_is_frozen_before_it_is_sent() -> None:
    signal: Signal[[]] = Signal(None)
    with pytest.raises(RuntimeError, match="not frozen"):
        await signal.send()
    signal.freeze()
    await signal.send()
    with pytest.raises(RuntimeError):
        signal.append(signal.send)


async def test_a_signal_is_a_decorator() -> None:
    signal: Signal[[int]] = Signal(None)
    seen: list[int] = []

    @signal
    async def receiver(number: int) -> None:
        seen.append(number)

    signal.freeze()
    await signal.send(3)
    await receiver(4)
    assert seen == [3, 4]
    with pytest.raises(RuntimeError):
        signal(receiver)


async def test_receivers_are_asynchronous() -> None:
    signal: Signal[[]] = Signal(None)
    plain: Any = lambda: None  # noqa: E731
    signal.append(plain)
    signal.freeze()
    with pytest.raises(TypeError, match="await"):
        await signal.send()
