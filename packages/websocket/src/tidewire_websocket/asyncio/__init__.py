"""Websockets on asyncio: one `WebSocket` for both sides, over the byte channel that a connection has become."""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_websocket.asyncio._broadcast import broadcast as broadcast
from tidewire_websocket.asyncio._options import WebSocketOptions as WebSocketOptions
from tidewire_websocket.asyncio._receive_stream import ReceiveStream as ReceiveStream
from tidewire_websocket.asyncio._send_stream import SendStream as SendStream
from tidewire_websocket.asyncio._websocket import WebSocket as WebSocket

__all__ = ["ReceiveStream", "SendStream", "WebSocket", "WebSocketOptions", "broadcast"]
