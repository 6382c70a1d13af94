"""HTTP as syntax, without I/O: HTTP/1.1 messages from bytes to events and from values to bytes.

`RequestParser` and `ResponseParser` take bytes and report events; the `serialise_...` functions make bytes. Nothing here
knows a transport, an event loop, a clock or a logger. The grammar is that of RFC 9110 and RFC 9112, strictly.
"""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_http_parser._errors import IncompleteContent as IncompleteContent
from tidewire_http_parser._errors import IncompleteMessage as IncompleteMessage
from tidewire_http_parser._errors import IncompleteMultipart as IncompleteMultipart
from tidewire_http_parser._errors import InvalidChunk as InvalidChunk
from tidewire_http_parser._errors import InvalidContentCoding as InvalidContentCoding
from tidewire_http_parser._errors import InvalidField as InvalidField
from tidewire_http_parser._errors import InvalidFieldValue as InvalidFieldValue
from tidewire_http_parser._errors import InvalidFraming as InvalidFraming
from tidewire_http_parser._errors import InvalidHost as InvalidHost
from tidewire_http_parser._errors import InvalidMultipart as InvalidMultipart
from tidewire_http_parser._errors import InvalidStartLine as InvalidStartLine
from tidewire_http_parser._errors import InvalidTarget as InvalidTarget
from tidewire_http_parser._errors import LineTooLong as LineTooLong
from tidewire_http_parser._errors import LocalProtocolError as LocalProtocolError
from tidewire_http_parser._errors import MultipartTooLarge as MultipartTooLarge
from tidewire_http_parser._errors import ProtocolError as ProtocolError
from tidewire_http_parser._errors import RemoteProtocolError as RemoteProtocolError
from tidewire_http_parser._errors import TooManyFields as TooManyFields
from tidewire_http_parser._errors import UnexpectedData as UnexpectedData
from tidewire_http_parser._errors import UnsupportedCoding as UnsupportedCoding
from tidewire_http_parser._errors import UnsupportedContentCoding as UnsupportedContentCoding
from tidewire_http_parser._errors import UnsupportedVersion as UnsupportedVersion
from tidewire_http_parser._events import NEED_DATA as NEED_DATA
from tidewire_http_parser._events import PAUSED as PAUSED
from tidewire_http_parser._events import PAUSED_FOR_SWITCH as PAUSED_FOR_SWITCH
from tidewire_http_parser._events import ConnectionClosed as ConnectionClosed
from tidewire_http_parser._events import Data as Data
from tidewire_http_parser._events import EndOfMessage as EndOfMessage
from tidewire_http_parser._events import Fields as Fields
from tidewire_http_parser._events import InterimHead as InterimHead
from tidewire_http_parser._events import Marker as Marker
from tidewire_http_parser._events import RequestHead as RequestHead
from tidewire_http_parser._events import ResponseHead as ResponseHead
from tidewire_http_parser._field_lines import FieldBlock as FieldBlock
from tidewire_http_parser._leniencies import Leniencies as Leniencies
from tidewire_http_parser._limits import Limits as Limits
from tidewire_http_parser._request_parser import RequestParser as RequestParser
from tidewire_http_parser._response_parser import ResponseParser as ResponseParser
from tidewire_http_parser._serialiser import chunk_size_line as chunk_size_line
from tidewire_http_parser._serialiser import last_chunk as last_chunk
from tidewire_http_parser._serialiser import serialise_chunk as serialise_chunk
from tidewire_http_parser._serialiser import serialise_interim as serialise_interim
from tidewire_http_parser._serialiser import serialise_request as serialise_request
from tidewire_http_parser._serialiser import serialise_response as serialise_response
from tidewire_http_parser._status import REASONS as REASONS

__all__ = [
    "NEED_DATA",
    "PAUSED",
    "PAUSED_FOR_SWITCH",
    "REASONS",
    "ConnectionClosed",
    "Data",
    "EndOfMessage",
    "FieldBlock",
    "Fields",
    "IncompleteContent",
    "IncompleteMessage",
    "IncompleteMultipart",
    "InterimHead",
    "InvalidChunk",
    "InvalidContentCoding",
    "InvalidField",
    "InvalidFieldValue",
    "InvalidFraming",
    "InvalidHost",
    "InvalidMultipart",
    "InvalidStartLine",
    "InvalidTarget",
    "Leniencies",
    "Limits",
    "LineTooLong",
    "LocalProtocolError",
    "Marker",
    "MultipartTooLarge",
    "ProtocolError",
    "RemoteProtocolError",
    "RequestHead",
    "RequestParser",
    "ResponseHead",
    "ResponseParser",
    "TooManyFields",
    "UnexpectedData",
    "UnsupportedCoding",
    "UnsupportedContentCoding",
    "UnsupportedVersion",
    "chunk_size_line",
    "last_chunk",
    "serialise_chunk",
    "serialise_interim",
    "serialise_request",
    "serialise_response",
]
