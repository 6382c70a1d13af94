"""The body of a request, made of whatever was given for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multidict import CIMultiDict

from tidewire_http_io.forms import FormData
from tidewire_http_io.payloads import (
    IOBasePayload,
    JsonBytesPayload,
    JsonPayload,
    LookupError,  # noqa: A004
    Payload,
    get_payload,
)
from tidewire_http_parser.codings import available_codings

__all__: list[str] = []


def payload_of(data: Any, content_type: str | None = None) -> Payload | None:
    """Make the payload of what was given as data; None where that is nothing.

    Args:
        data: what was given.
        content_type: the value of Content-Type that goes with it, where it is known: text is encoded as that says.

    Raises:
        tidewire_http_parser.LocalProtocolError: text, and a charset that nobody knows.
        TypeError: nothing can be made of it.
        UnicodeEncodeError: text that the charset does not have.
    """
    if data is None or (isinstance(data, bytes | str) and not data):
        return None
    if isinstance(data, Payload):
        return data
    if isinstance(data, FormData):
        return data()
    try:
        if content_type is not None and "charset" in content_type.lower():
            made = get_payload(data, content_type=content_type)
        else:
            made = get_payload(data)
    except LookupError:
        # Mappings and pairs; what is none of them is a TypeError there.
        return FormData(data)()
    if isinstance(made, IOBasePayload) and made.has_headers:
        # The name of a file here is nothing that its receiver has to know, nor does the field mean much in requests.
        made.headers.popall("Content-Disposition", None)
    return made


def json_payload(
    data: Any, dumps: Callable[[Any], str], dumps_bytes: Callable[[Any], bytes] | None
) -> Payload:
    """Make the payload of a value that is sent as JSON."""
    if dumps_bytes is not None:
        return JsonBytesPayload(data, dumps_bytes)
    return JsonPayload(data, dumps=dumps)


def check_framing(headers: CIMultiDict[str], compress: str | None, chunked: bool | None) -> None:
    """Check that what was asked for does not contradict the fields.

    Raises:
        ValueError: it does, or there is no such content coding.
    """
    if compress and compress not in available_codings():
        codings = ", ".join(available_codings())
        raise ValueError(f"compress is True or one of {codings}, not {compress[:100]!r}")
    if compress and "Content-Encoding" in headers:
        raise ValueError("compress can not be set if Content-Encoding header is set")
    if chunked:
        if "Transfer-Encoding" in headers:
            raise ValueError("chunked can not be set if Transfer-Encoding header is set")
        if "Content-Length" in headers:
            raise ValueError("chunked can not be set if Content-Length header is set")


def payload_fields(
    payload: Payload, headers: CIMultiDict[str] | None, compress: str | None, chunked: bool | None
) -> list[tuple[str, str]]:
    """Return the fields that a body adds to those of its request.

    Args:
        payload: the body.
        headers: what is there already, which counts more; None for nothing that matters.
        compress: the content coding that it is sent in.
        chunked: whether it goes in chunks; None where it depends.
    """
    fields: list[tuple[str, str]] = []
    if headers is None or "Content-Type" not in headers:
        fields.append(("Content-Type", payload.content_type))
    if payload.has_headers:
        for name, value in payload.headers.items():
            if name.lower() != "content-type" and (headers is None or name not in headers):
                fields.append((name, value))
    if compress:
        fields.append(("Content-Encoding", compress))
    if headers is not None and ("Transfer-Encoding" in headers or "Content-Length" in headers):
        return fields
    size = payload.size
    if chunked or compress or size is None:
        fields.append(("Transfer-Encoding", "chunked"))
    else:
        fields.append(("Content-Length", str(size)))
    return fields
