"""Messages and control frames as bytes."""

from __future__ import annotations

import pytest

from tidewire_http_parser import LocalProtocolError
from tidewire_websocket import (
    MessageReader,
    serialise_close,
    serialise_message,
    serialise_ping,
    serialise_pong,
)


@pytest.mark.parametrize("masked", [True, False])
def test_what_is_written_is_read(masked: bool) -> None:
    reader = MessageReader(masked, 1000)
    for frame in (
        serialise_message("text", masked=masked),
        serialise_message(b"bytes", masked=masked),
        serialise_message(b"more", masked=masked),
        serialise_ping(b"1", masked=masked),
        serialise_pong(masked=masked),
        serialise_close(4000, "why", masked=masked),
    ):
        reader.receive_data(frame)
    messages = [tuple(reader.take()) for _ in range(6)]
    assert messages == [
        (1, "text", ""),
        (2, b"bytes", ""),
        (2, b"more", ""),
        (9, b"1", ""),
        (10, b"", ""),
        (8, 4000, "why"),
    ]


def test_control_frames_are_small() -> None:
    for function in (serialise_ping, serialise_pong):
        assert len(function(b"x" * 125, masked=False)) == 127
        with pytest.raises(LocalProtocolError):
            function(b"x" * 126, masked=False)
