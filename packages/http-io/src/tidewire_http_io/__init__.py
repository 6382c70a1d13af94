"""HTTP on asyncio: what the server and the client of Tidewire share.

An `Acceptor` makes the connections of a server and calls a service with each `ServerExchange`; a `StreamReader` is one
way to read its body.
"""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_http_io._acceptor import Acceptor as Acceptor
from tidewire_http_io._body_part_payload import BodyPartReaderPayload as BodyPartReaderPayload
from tidewire_http_io._body_part_reader import BodyPartReader as BodyPartReader
from tidewire_http_io._body_sink import BodyLengthMismatch as BodyLengthMismatch
from tidewire_http_io._body_sink import BodySink as BodySink
from tidewire_http_io._body_sink import PeerGone as PeerGone
from tidewire_http_io._client_connection import ClientConnection as ClientConnection
from tidewire_http_io._empty_body import EMPTY_PAYLOAD as EMPTY_PAYLOAD
from tidewire_http_io._empty_body import EmptyStreamReader as EmptyStreamReader
from tidewire_http_io._exchange import ByteChannel as ByteChannel
from tidewire_http_io._exchange import ClientExchange as ClientExchange
from tidewire_http_io._exchange import Exchange as Exchange
from tidewire_http_io._exchange import Outbound as Outbound
from tidewire_http_io._exchange import Receiver as Receiver
from tidewire_http_io._exchange import ResetReason as ResetReason
from tidewire_http_io._exchange import ServerExchange as ServerExchange
from tidewire_http_io._exchange import Service as Service
from tidewire_http_io._exchange import TunnelReceiver as TunnelReceiver
from tidewire_http_io._form_data import FormData as FormData
from tidewire_http_io._form_errors import FormTooLarge as FormTooLarge
from tidewire_http_io._form_errors import InvalidText as InvalidText
from tidewire_http_io._form_errors import InvalidTransferEncoding as InvalidTransferEncoding
from tidewire_http_io._form_errors import UnsupportedTransferEncoding as UnsupportedTransferEncoding
from tidewire_http_io._form_limits import FormLimits as FormLimits
from tidewire_http_io._form_limits import FormTally as FormTally
from tidewire_http_io._incoming_body import MAX_LINE_LENGTH as MAX_LINE_LENGTH
from tidewire_http_io._multipart_reader import MultipartReader as MultipartReader
from tidewire_http_io._multipart_writer import MultipartWriter as MultipartWriter
from tidewire_http_io._options import ClientOptions as ClientOptions
from tidewire_http_io._options import ServerOptions as ServerOptions
from tidewire_http_io._stream_errors import BodyTooLarge as BodyTooLarge
from tidewire_http_io._stream_errors import LineTooLong as LineTooLong
from tidewire_http_io._stream_errors import StreamReset as StreamReset
from tidewire_http_io._stream_reader import StreamReader as StreamReader
from tidewire_http_io._sweep import Sweep as Sweep
from tidewire_http_io._urlencoded import format_urlencoded as format_urlencoded
from tidewire_http_io._urlencoded import parse_urlencoded as parse_urlencoded

__all__ = [
    "EMPTY_PAYLOAD",
    "MAX_LINE_LENGTH",
    "Acceptor",
    "BodyLengthMismatch",
    "BodyPartReader",
    "BodyPartReaderPayload",
    "BodySink",
    "BodyTooLarge",
    "ByteChannel",
    "ClientConnection",
    "ClientExchange",
    "ClientOptions",
    "EmptyStreamReader",
    "Exchange",
    "FormData",
    "FormLimits",
    "FormTally",
    "FormTooLarge",
    "InvalidText",
    "InvalidTransferEncoding",
    "LineTooLong",
    "MultipartReader",
    "MultipartWriter",
    "Outbound",
    "PeerGone",
    "Receiver",
    "ResetReason",
    "ServerExchange",
    "ServerOptions",
    "Service",
    "StreamReader",
    "StreamReset",
    "Sweep",
    "TunnelReceiver",
    "UnsupportedTransferEncoding",
    "format_urlencoded",
    "parse_urlencoded",
]
