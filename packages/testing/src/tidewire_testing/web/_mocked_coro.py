"""Functions that can be awaited, for those who test with mocks."""

from __future__ import annotations

from typing import Any
from unittest import mock

__all__ = ["make_mocked_coro"]


def make_mocked_coro(
    return_value: Any = mock.sentinel.default, raise_exception: BaseException | None = None
) -> mock.Mock:
    """Make a mock whose calls can be awaited; it knows of its calls as any mock does.

    Args:
        return_value: what awaiting a call gives.
        raise_exception: what awaiting a call raises, in place of that.
    """

    async def called(*_args: Any, **_kwargs: Any) -> Any:
        if raise_exception is not None:
            raise raise_exception
        return return_value

    return mock.Mock(wraps=called)
