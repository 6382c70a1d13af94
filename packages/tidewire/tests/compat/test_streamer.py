from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tidewire.compat._streamer import streamer
from tidewire_http_io.payloads import PayloadError, get_payload


def test_a_body_is_written_by_a_function(
    answers: dict[str, Any], texts: Callable[[list[Any]], list[str]]
) -> None:
    found, written, _ = answers["bodies"]
    assert "@streamer is deprecated, use async generators instead" in texts(found)
    assert written == "abc"


async def test_a_function_without_arguments_need_not_be_called() -> None:
    class Writer:
        written = b""

        async def write(self, data: bytes) -> None:
            self.written += data

    async def write(writer: Any) -> None:
        await writer.write(b"x")

    with pytest.warns(DeprecationWarning, match="streamer"):
        body = streamer(write)
    payload = get_payload(body)
    writer: Any = Writer()
    await payload.write(writer)
    assert writer.written == b"x"
    with pytest.raises(PayloadError):
        payload.decode()
