"""Multipart content, both ways: parts from bytes to events, and from fields and data to bytes.

The grammar is that of RFC 2046, section 5.1, as RFC 7578 and other uses in HTTP have it: lines end with CRLF, header
fields are in the strict form of HTTP's own.
"""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_http_parser.multipart._boundaries import (
    boundary_from_content_type as boundary_from_content_type,
)
from tidewire_http_parser.multipart._boundaries import make_boundary as make_boundary
from tidewire_http_parser.multipart._encoder import MultipartEncoder as MultipartEncoder
from tidewire_http_parser.multipart._multipart_limits import MultipartLimits as MultipartLimits
from tidewire_http_parser.multipart._parser import MultipartParser as MultipartParser
from tidewire_http_parser.multipart._part_events import FINISHED as FINISHED
from tidewire_http_parser.multipart._part_events import EndOfMultipart as EndOfMultipart
from tidewire_http_parser.multipart._part_events import EndOfPart as EndOfPart
from tidewire_http_parser.multipart._part_events import PartData as PartData
from tidewire_http_parser.multipart._part_events import PartHead as PartHead

__all__ = [
    "FINISHED",
    "EndOfMultipart",
    "EndOfPart",
    "MultipartEncoder",
    "MultipartLimits",
    "MultipartParser",
    "PartData",
    "PartHead",
    "boundary_from_content_type",
    "make_boundary",
]
