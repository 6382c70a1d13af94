from __future__ import annotations

import pytest

from tidewire_testing.web import make_mocked_coro


async def test_awaiting_a_call_gives_the_value() -> None:
    function = make_mocked_coro(42)
    assert await function(1, a=2) == 42
    function.assert_called_once_with(1, a=2)


async def test_awaiting_a_call_raises_the_exception() -> None:
    function = make_mocked_coro(raise_exception=ValueError("no"))
    call = function()
    with pytest.raises(ValueError, match="no"):
        await call
