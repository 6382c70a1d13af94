"""Websockets (RFC 6455) with permessage-deflate (RFC 7692), without I/O; `tidewire_websocket.asyncio` has the I/O.

`MessageReader` makes messages of bytes, and knows each way in which they can be wrong; `serialise_message()` and its
siblings make frames. `answer_handshake()` and `check_handshake()` are the two sides of the opening.
"""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_websocket._close_codes import WSCloseCode as WSCloseCode
from tidewire_websocket._deflate_agreement import DeflateAgreement as DeflateAgreement
from tidewire_websocket._deflate_agreement import DeflateOptions as DeflateOptions
from tidewire_websocket._errors import InvalidDeflate as InvalidDeflate
from tidewire_websocket._errors import InvalidFrame as InvalidFrame
from tidewire_websocket._errors import InvalidText as InvalidText
from tidewire_websocket._errors import MessageTooBig as MessageTooBig
from tidewire_websocket._errors import PingTimeout as PingTimeout
from tidewire_websocket._errors import TooManyFragments as TooManyFragments
from tidewire_websocket._errors import WebSocketClosed as WebSocketClosed
from tidewire_websocket._errors import WebSocketError as WebSocketError
from tidewire_websocket._errors import WSHandshakeError as WSHandshakeError
from tidewire_websocket._errors import WSMessageTypeError as WSMessageTypeError
from tidewire_websocket._handshake import WS_KEY as WS_KEY
from tidewire_websocket._handshake import Handshake as Handshake
from tidewire_websocket._handshake import accept_value as accept_value
from tidewire_websocket._handshake import answer_handshake as answer_handshake
from tidewire_websocket._handshake import check_handshake as check_handshake
from tidewire_websocket._handshake import handshake_fields as handshake_fields
from tidewire_websocket._handshake import new_key as new_key
from tidewire_websocket._message_reader import MessageReader as MessageReader
from tidewire_websocket._message_types import WSMessage as WSMessage
from tidewire_websocket._message_types import WSMessageBinary as WSMessageBinary
from tidewire_websocket._message_types import WSMessageClose as WSMessageClose
from tidewire_websocket._message_types import WSMessageClosed as WSMessageClosed
from tidewire_websocket._message_types import WSMessageClosing as WSMessageClosing
from tidewire_websocket._message_types import WSMessageError as WSMessageError
from tidewire_websocket._message_types import WSMessagePing as WSMessagePing
from tidewire_websocket._message_types import WSMessagePong as WSMessagePong
from tidewire_websocket._message_types import WSMessageText as WSMessageText
from tidewire_websocket._message_types import WSMessageTextBytes as WSMessageTextBytes
from tidewire_websocket._message_types import WSMsgType as WSMsgType
from tidewire_websocket._serialiser import serialise_close as serialise_close
from tidewire_websocket._serialiser import serialise_message as serialise_message
from tidewire_websocket._serialiser import serialise_ping as serialise_ping
from tidewire_websocket._serialiser import serialise_pong as serialise_pong

__all__ = [
    "WS_KEY",
    "DeflateAgreement",
    "DeflateOptions",
    "Handshake",
    "InvalidDeflate",
    "InvalidFrame",
    "InvalidText",
    "MessageReader",
    "MessageTooBig",
    "PingTimeout",
    "TooManyFragments",
    "WSCloseCode",
    "WSHandshakeError",
    "WSMessage",
    "WSMessageBinary",
    "WSMessageClose",
    "WSMessageClosed",
    "WSMessageClosing",
    "WSMessageError",
    "WSMessagePing",
    "WSMessagePong",
    "WSMessageText",
    "WSMessageTextBytes",
    "WSMessageTypeError",
    "WSMsgType",
    "WebSocketClosed",
    "WebSocketError",
    "accept_value",
    "answer_handshake",
    "check_handshake",
    "handshake_fields",
    "new_key",
    "serialise_close",
    "serialise_message",
    "serialise_ping",
    "serialise_pong",
]
