"""How a websocket behaves."""

from __future__ import annotations

from dataclasses import dataclass, field

from tidewire_websocket._deflate_agreement import DeflateOptions

__all__ = ["WebSocketOptions"]


@dataclass(frozen=True, kw_only=True)
class WebSocketOptions:
    """How a websocket behaves. Times are in seconds; None turns one off.

    Attributes:
        close_timeout: how long the closing handshake may take, from the close frame of this side to the end.
        receive_timeout: how long `receive()` waits where it is not told.
        heartbeat: how long the peer may be silent before it is sent a ping. It has half as long again to send
            anything at all, before the connection is given up. Nobody has to read for that.
        autoclose: whether a close frame of the peer is answered when it is read; also where nobody reads,
            after `close_timeout`.
        autoping: whether pings are answered, and pings and pongs not shown to the reader.
        max_msg_size: bytes that a message of the peer may have, decompressed; 0 for no limit.
        read_limit: bytes of messages that wait for the reader before the peer is slowed down, each counted with 128
            bytes more.
        writer_limit: bytes that may be written ahead while the channel has no credit, before senders wait for some.
        decode_text: whether texts come as `str`, or as the bytes that they are.
        streaming: whether messages are handed over as they come, for `receive_stream()`; those that are read whole are
            held to `max_msg_size` all the same.
        deflate: how this side compresses, where that was agreed on.
    """

    close_timeout: float = 10.0
    receive_timeout: float | None = None
    heartbeat: float | None = None
    autoclose: bool = True
    autoping: bool = True
    max_msg_size: int = 4 * 1024 * 1024
    read_limit: int = 262144
    writer_limit: int = 262144
    decode_text: bool = True
    streaming: bool = False
    deflate: DeflateOptions = field(default_factory=DeflateOptions)
