"""Payloads: bodies of requests, responses and parts, made of whatever holds them, with their header fields.

`get_payload()` makes one of bytes, text, files, streams and async iterables; `register_payload()` adds types. A payload
is written to a `BodySink`, or to anything else with its `write()`.
"""

from tidewire_http_io.payloads._body_writers import BodyWriter as BodyWriter
from tidewire_http_io.payloads._file_payloads import BufferedReaderPayload as BufferedReaderPayload
from tidewire_http_io.payloads._file_payloads import BytesIOPayload as BytesIOPayload
from tidewire_http_io.payloads._file_payloads import IOBasePayload as IOBasePayload
from tidewire_http_io.payloads._file_payloads import TextIOPayload as TextIOPayload
from tidewire_http_io.payloads._memory_payloads import BytesPayload as BytesPayload
from tidewire_http_io.payloads._memory_payloads import JsonBytesPayload as JsonBytesPayload
from tidewire_http_io.payloads._memory_payloads import JsonPayload as JsonPayload
from tidewire_http_io.payloads._memory_payloads import StringIOPayload as StringIOPayload
from tidewire_http_io.payloads._memory_payloads import StringPayload as StringPayload
from tidewire_http_io.payloads._payload import Payload as Payload
from tidewire_http_io.payloads._payload_errors import LookupError as LookupError  # noqa: A004
from tidewire_http_io.payloads._payload_errors import PayloadConsumed as PayloadConsumed
from tidewire_http_io.payloads._payload_errors import PayloadError as PayloadError
from tidewire_http_io.payloads._payload_errors import PayloadReadError as PayloadReadError
from tidewire_http_io.payloads._payload_registry import Order as Order
from tidewire_http_io.payloads._payload_registry import PayloadRegistry as PayloadRegistry
from tidewire_http_io.payloads._standard_payloads import PAYLOAD_REGISTRY as PAYLOAD_REGISTRY
from tidewire_http_io.payloads._standard_payloads import get_payload as get_payload
from tidewire_http_io.payloads._standard_payloads import payload_type as payload_type
from tidewire_http_io.payloads._standard_payloads import register_payload as register_payload
from tidewire_http_io.payloads._stream_payloads import AsyncIterablePayload as AsyncIterablePayload
from tidewire_http_io.payloads._stream_payloads import StreamReaderPayload as StreamReaderPayload

__all__ = [
    "PAYLOAD_REGISTRY",
    "AsyncIterablePayload",
    "BodyWriter",
    "BufferedReaderPayload",
    "BytesIOPayload",
    "BytesPayload",
    "IOBasePayload",
    "JsonBytesPayload",
    "JsonPayload",
    "LookupError",
    "Order",
    "Payload",
    "PayloadConsumed",
    "PayloadError",
    "PayloadReadError",
    "PayloadRegistry",
    "StreamReaderPayload",
    "StringIOPayload",
    "StringPayload",
    "TextIOPayload",
    "get_payload",
    "payload_type",
    "register_payload",
]
