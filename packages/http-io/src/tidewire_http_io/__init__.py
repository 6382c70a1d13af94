"""HTTP on asyncio: what the server and the client of Tidewire share.

An `Acceptor` makes the connections of a server and calls a service with each `ServerExchange`; a `StreamReader` is one
way to read its body.
"""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_http_io._acceptor import Acceptor as Acceptor
from tidewire_http_io._body_sink import BodySink as BodySink
from tidewire_http_io._built_exchange import build_exchange as build_exchange
from tidewire_http_io._byte_channel import ByteChannel as ByteChannel
from tidewire_http_io._byte_channel import TunnelReceiver as TunnelReceiver
from tidewire_http_io._client_connection import ClientConnection as ClientConnection
from tidewire_http_io._empty_body import EMPTY_PAYLOAD as EMPTY_PAYLOAD
from tidewire_http_io._empty_body import EmptyStreamReader as EmptyStreamReader
from tidewire_http_io._exchange import ClientExchange as ClientExchange
from tidewire_http_io._exchange import Exchange as Exchange
from tidewire_http_io._exchange import Outbound as Outbound
from tidewire_http_io._exchange import Receiver as Receiver
from tidewire_http_io._exchange import ResetReason as ResetReason
from tidewire_http_io._exchange import SendFile as SendFile
from tidewire_http_io._exchange import ServerExchange as ServerExchange
from tidewire_http_io._exchange import Service as Service
from tidewire_http_io._incoming_body import MAX_LINE_LENGTH as MAX_LINE_LENGTH
from tidewire_http_io._options import ClientOptions as ClientOptions
from tidewire_http_io._options import ServerOptions as ServerOptions
from tidewire_http_io._proxy_header import ProxyHeader as ProxyHeader
from tidewire_http_io._proxy_header import read_proxy_header as read_proxy_header
from tidewire_http_io._readiness import is_readable as is_readable
from tidewire_http_io._refusals import InvalidProxyHeader as InvalidProxyHeader
from tidewire_http_io._refusals import RequestTimeout as RequestTimeout
from tidewire_http_io._sink_errors import BodyLengthMismatch as BodyLengthMismatch
from tidewire_http_io._sink_errors import PeerGone as PeerGone
from tidewire_http_io._stream_errors import BodyTooLarge as BodyTooLarge
from tidewire_http_io._stream_errors import LineTooLong as LineTooLong
from tidewire_http_io._stream_errors import StreamReset as StreamReset
from tidewire_http_io._stream_reader import StreamReader as StreamReader
from tidewire_http_io._sweep import Sweep as Sweep

__all__ = [
    "EMPTY_PAYLOAD",
    "MAX_LINE_LENGTH",
    "Acceptor",
    "BodyLengthMismatch",
    "BodySink",
    "BodyTooLarge",
    "ByteChannel",
    "ClientConnection",
    "ClientExchange",
    "ClientOptions",
    "EmptyStreamReader",
    "Exchange",
    "InvalidProxyHeader",
    "LineTooLong",
    "Outbound",
    "PeerGone",
    "ProxyHeader",
    "Receiver",
    "RequestTimeout",
    "ResetReason",
    "SendFile",
    "ServerExchange",
    "ServerOptions",
    "Service",
    "StreamReader",
    "StreamReset",
    "Sweep",
    "TunnelReceiver",
    "build_exchange",
    "is_readable",
    "read_proxy_header",
]
