"""Forms and multipart content: what users of a server read, and users of a client send.

`MultipartReader` takes a `StreamReader` apart, `MultipartWriter` and `FormData` are payloads or become one, and
`parse_urlencoded()` and `format_urlencoded()` are the other kind of form. Limits live on the form, of whatever kind
it is: see `FormLimits`.
"""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_http_io.forms._body_part_payload import BodyPartReaderPayload as BodyPartReaderPayload
from tidewire_http_io.forms._body_part_reader import BodyPartReader as BodyPartReader
from tidewire_http_io.forms._charsets import charset_codec as charset_codec
from tidewire_http_io.forms._form_data import FormData as FormData
from tidewire_http_io.forms._form_errors import FormTooLarge as FormTooLarge
from tidewire_http_io.forms._form_errors import InvalidText as InvalidText
from tidewire_http_io.forms._form_errors import InvalidTransferEncoding as InvalidTransferEncoding
from tidewire_http_io.forms._form_errors import UnsupportedTransferEncoding as UnsupportedTransferEncoding
from tidewire_http_io.forms._form_limits import FormLimits as FormLimits
from tidewire_http_io.forms._form_limits import FormTally as FormTally
from tidewire_http_io.forms._multipart_reader import MultipartReader as MultipartReader
from tidewire_http_io.forms._multipart_writer import MultipartWriter as MultipartWriter
from tidewire_http_io.forms._urlencoded import format_urlencoded as format_urlencoded
from tidewire_http_io.forms._urlencoded import parse_urlencoded as parse_urlencoded

__all__ = [
    "BodyPartReader",
    "BodyPartReaderPayload",
    "FormData",
    "FormLimits",
    "FormTally",
    "FormTooLarge",
    "InvalidText",
    "InvalidTransferEncoding",
    "MultipartReader",
    "MultipartWriter",
    "UnsupportedTransferEncoding",
    "charset_codec",
    "format_urlencoded",
    "parse_urlencoded",
]
