"""Content codings, both ways (RFC 9110, section 8.4): gzip, deflate, br and zstd, as streams and within bounds.

`ContentDecoder` takes encoded content in pieces and gives it back decoded, never more at once than it is asked for.
`ContentEncoder` makes it. gzip and deflate come with Python; br and zstd need the extras of these names.
"""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_http_parser.codings._coding_names import MAX_CODINGS as MAX_CODINGS
from tidewire_http_parser.codings._coding_names import parse_content_encoding as parse_content_encoding
from tidewire_http_parser.codings._content_decoder import MAX_MEMBERS as MAX_MEMBERS
from tidewire_http_parser.codings._content_decoder import ContentDecoder as ContentDecoder
from tidewire_http_parser.codings._content_encoder import ContentEncoder as ContentEncoder
from tidewire_http_parser.codings._libraries import available_codings as available_codings
from tidewire_http_parser.codings._zlib_backend import ZlibBackend as ZlibBackend
from tidewire_http_parser.codings._zlib_backend import ZlibCompressor as ZlibCompressor
from tidewire_http_parser.codings._zlib_backend import ZlibDecompressor as ZlibDecompressor
from tidewire_http_parser.codings._zlib_backend import set_zlib_backend as set_zlib_backend
from tidewire_http_parser.codings._zlib_backend import zlib_backend as zlib_backend

__all__ = [
    "MAX_CODINGS",
    "MAX_MEMBERS",
    "ContentDecoder",
    "ContentEncoder",
    "ZlibBackend",
    "ZlibCompressor",
    "ZlibDecompressor",
    "available_codings",
    "parse_content_encoding",
    "set_zlib_backend",
    "zlib_backend",
]
