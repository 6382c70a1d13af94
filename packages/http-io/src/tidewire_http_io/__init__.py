"""HTTP on asyncio: what the server and the client of Tidewire share.

An `Acceptor` makes the connections of a server and calls a service with each `ServerExchange`; a `StreamReader` is one
way to read its body.
"""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_http_io._acceptor import Acceptor as Acceptor
from tidewire_http_io._exchange import Receiver as Receiver
from tidewire_http_io._exchange import ResetReason as ResetReason
from tidewire_http_io._exchange import ServerExchange as ServerExchange
from tidewire_http_io._exchange import Service as Service
from tidewire_http_io._options import ServerOptions as ServerOptions
from tidewire_http_io._stream_reader import StreamReader as StreamReader
from tidewire_http_io._stream_reader import StreamReset as StreamReset
from tidewire_http_io._sweep import Sweep as Sweep

__all__ = [
    "Acceptor",
    "Receiver",
    "ResetReason",
    "ServerExchange",
    "ServerOptions",
    "Service",
    "StreamReader",
    "StreamReset",
    "Sweep",
]
