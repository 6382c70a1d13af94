"""One message to many websockets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from tidewire_websocket._deflate import Deflater
from tidewire_websocket._frames import BINARY, FIN, RSV1, TEXT, serialise_frame
from tidewire_websocket.asyncio._outbound import OFF_LOOP
from tidewire_websocket.asyncio._websocket import WebSocket

__all__ = ["broadcast"]


async def broadcast(
    websockets: Iterable[WebSocket], data: str | bytes | bytearray | memoryview, *, compress: bool = True
) -> list[WebSocket]:
    """Send one message to many websockets; it is encoded once, and compressed once for each way of doing that.

    Nobody is waited for: a peer that is closed, or that does not keep up, is left out. It is the caller's decision to
    close those. Large messages are compressed in a thread.

    Args:
        websockets: whom to send to.
        data: a text, or bytes.
        compress: whether to compress, where that was agreed on. Such a message refers to no other, and the next one to
            none before it; so many small ones are smaller where each socket is sent to by itself.

    Returns:
        Those that were left out.

    Raises:
        TypeError: the data are neither.
    """
    if isinstance(data, str):
        opcode, payload = TEXT, data.encode()
    elif isinstance(data, bytes | bytearray | memoryview):
        opcode, payload = BINARY, bytes(data)
    else:
        raise TypeError(f"str or bytes expected; got {type(data).__name__}")
    targets = list(websockets)
    compressed: dict[tuple[int, int, int], bytes] = {}
    if compress and payload:
        for deflater in {socket._outbound.deflater for socket in targets} - {None}:
            assert deflater is not None
            if deflater.parameters not in compressed:
                compressed[deflater.parameters] = await _compress(deflater.parameters, payload)
    frames: dict[tuple[int, int, int] | None, bytes] = {}
    left_out: list[WebSocket] = []
    for socket in targets:
        outbound = socket._outbound
        if outbound.closed or outbound.behind:
            left_out.append(socket)
            continue
        deflater = outbound.deflater
        parameters = deflater.parameters if deflater is not None and compressed else None
        first = FIN | opcode if parameters is None else FIN | opcode | RSV1
        content = payload if parameters is None else compressed[parameters]
        if outbound.masked:
            # Each client masks with a key of its own.
            frame = serialise_frame(first, content, True)
        else:
            if parameters not in frames:
                frames[parameters] = serialise_frame(first, content, False)
            frame = frames[parameters]
        outbound.write_serialised(frame, parameters is not None)
    return left_out


async def _compress(parameters: tuple[int, int, int], payload: bytes) -> bytes:
    window_bits, level, mem_level = parameters
    deflater = Deflater(window_bits, False, level, mem_level)
    if len(payload) < OFF_LOOP:
        return deflater.compress(payload)
    return await asyncio.get_running_loop().run_in_executor(None, deflater.compress, payload)
