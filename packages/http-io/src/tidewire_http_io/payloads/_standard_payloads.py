"""The registry that everyone uses, with the payloads of this package in it."""

from __future__ import annotations

import io
import tempfile
from collections.abc import AsyncIterable, Callable
from typing import Any, Final

from tidewire_http_io._stream_reader import StreamReader
from tidewire_http_io.payloads._file_payloads import (
    BufferedReaderPayload,
    BytesIOPayload,
    IOBasePayload,
    TextIOPayload,
)
from tidewire_http_io.payloads._memory_payloads import BytesPayload, StringIOPayload, StringPayload
from tidewire_http_io.payloads._payload import Payload
from tidewire_http_io.payloads._payload_registry import F, Factory, Kinds, Order, PayloadRegistry
from tidewire_http_io.payloads._stream_payloads import AsyncIterablePayload, StreamReaderPayload

__all__ = ["PAYLOAD_REGISTRY", "get_payload", "payload_type", "register_payload"]

PAYLOAD_REGISTRY: Final = PayloadRegistry()
"""The registry of `get_payload()`."""


def get_payload(data: Any, *args: Any, **kwargs: Any) -> Payload:
    """Make the payload of a value: see `PayloadRegistry.get()`.

    Raises:
        LookupError: none is registered for it; a TypeError too.
    """
    return PAYLOAD_REGISTRY.get(data, *args, **kwargs)


def register_payload(factory: Factory, type: Kinds, *, order: Order = Order.normal) -> None:  # noqa: A002
    """Have a factory make the payloads of a type, everywhere: see `PayloadRegistry.register()`."""
    PAYLOAD_REGISTRY.register(factory, type, order=order)


def payload_type(type: Kinds, *, order: Order = Order.normal) -> Callable[[F], F]:  # noqa: A002
    """Return a decorator that registers a class, or another factory, for a type: see `register_payload()`."""

    def register(factory: F) -> F:
        PAYLOAD_REGISTRY.register(factory, type, order=order)
        return factory

    return register


def _temporary_file(value: Any, *args: Any, **kwargs: Any) -> Payload:
    """Make the payload of a file of `tempfile`, whose class does not tell whether it is of text."""
    kind = IOBasePayload if "b" in value.mode else TextIOPayload
    return kind(value, *args, **kwargs)


PAYLOAD_REGISTRY.register(BytesPayload, (bytes, bytearray, memoryview))
PAYLOAD_REGISTRY.register(StringPayload, str)
PAYLOAD_REGISTRY.register(StringIOPayload, io.StringIO)
PAYLOAD_REGISTRY.register(BytesIOPayload, io.BytesIO)
PAYLOAD_REGISTRY.register(BufferedReaderPayload, (io.BufferedReader, io.BufferedRandom))
PAYLOAD_REGISTRY.register(TextIOPayload, io.TextIOBase)
PAYLOAD_REGISTRY.register(IOBasePayload, io.IOBase)
# The private one is that of NamedTemporaryFile(), and no subclass of anything in `io`.
PAYLOAD_REGISTRY.register(_temporary_file, (tempfile.SpooledTemporaryFile, tempfile._TemporaryFileWrapper))
PAYLOAD_REGISTRY.register(StreamReaderPayload, StreamReader)
# Much can be iterated over that has a better payload.
PAYLOAD_REGISTRY.register(AsyncIterablePayload, AsyncIterable, order=Order.try_last)
