"""Signals."""

from __future__ import annotations

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
