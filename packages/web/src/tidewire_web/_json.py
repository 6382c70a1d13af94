"""JSON responses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from tidewire_web._response import Response
from tidewire_web._response_head import LooseHeaders

__all__ = ["json_bytes_response", "json_response"]

_NOTHING: Final[Any] = object()

# What `json.dumps()` makes anew for each call, with its defaults; None where Python has no such thing. Without a record of
# what it is in, it takes a circle for depth.
_make_encoder: Any = getattr(json.encoder, "c_make_encoder", None)
_ENCODER: Final[Any] = _make_encoder and _make_encoder(
    None,
    json.JSONEncoder().default,
    json.encoder.encode_basestring_ascii,
    None,
    ": ",
    ", ",
    False,
    False,
    True,
)


def json_response(
    data: Any = _NOTHING,
    *,
    text: str | None = None,
    body: bytes | None = None,
    status: int = 200,
    reason: str | None = None,
    headers: LooseHeaders | None = None,
    content_type: str = "application/json",
    dumps: Callable[[Any], str] = json.dumps,
) -> Response:
    """Make a response of JSON.

    Args:
        data: what is to be encoded.
        text: JSON that is encoded already, as text; not together with `data`.
        body: JSON that is encoded already, as bytes; not together with `data`.
        status: the status code.
        reason: the reason phrase, None for the usual one.
        headers: fields of the head.
        content_type: the media type.
        dumps: encodes `data`, as a str.

    Raises:
        ValueError: more than one of data, text and body.
    """
    if data is not _NOTHING:
        if text is not None or body is not None:
            raise ValueError("only one of data, text and body")
        text = _encode(data) if dumps is json.dumps else dumps(data)
    return Response(
        text=text, body=body, status=status, reason=reason, headers=headers, content_type=content_type
    )


def json_bytes_response(
    data: Any = _NOTHING,
    *,
    dumps: Callable[[Any], bytes],
    body: bytes | None = None,
    status: int = 200,
    reason: str | None = None,
    headers: LooseHeaders | None = None,
    content_type: str = "application/json",
) -> Response:
    """Make a response of JSON by an encoder that makes bytes, such as orjson's.

    Args:
        data: what is to be encoded.
        dumps: encodes `data`, as bytes in UTF-8.
        body: JSON that is encoded already; not together with `data`.
        status: the status code.
        reason: the reason phrase, None for the usual one.
        headers: fields of the head.
        content_type: the media type.

    Raises:
        ValueError: both data and body.
    """
    if data is not _NOTHING:
        if body is not None:
            raise ValueError("only one of data and body")
        body = dumps(data)
    return Response(body=body, status=status, reason=reason, headers=headers, content_type=content_type)


def _encode(data: Any) -> str:
    """Do what `json.dumps()` does."""
    if _ENCODER is None:
        return json.dumps(data)
    try:
        return "".join(_ENCODER(data, 0))
    except RecursionError:
        return json.dumps(data)  # says which of the two it is
