"""Errors of HTTP's syntax by the names that aiohttp has: each is the one of Tidewire that says the same."""

from __future__ import annotations

from tidewire_http_parser import (
    IncompleteContent,
    InvalidChunk,
    InvalidContentCoding,
    InvalidField,
    InvalidFraming,
    InvalidStartLine,
    InvalidTarget,
    RemoteProtocolError,
)
from tidewire_http_parser import LineTooLong as LineTooLong

__all__: list[str] = []

HttpProcessingError = RemoteProtocolError
BadHttpMessage = RemoteProtocolError
HttpBadRequest = RemoteProtocolError
PayloadEncodingError = RemoteProtocolError
ContentEncodingError = InvalidContentCoding
DecompressSizeError = InvalidContentCoding
TransferEncodingError = InvalidChunk
ContentLengthError = IncompleteContent
InvalidHeader = InvalidField
BadStatusLine = InvalidStartLine
BadHttpMethod = InvalidStartLine
InvalidURLError = InvalidTarget
InvalidFramingError = InvalidFraming
