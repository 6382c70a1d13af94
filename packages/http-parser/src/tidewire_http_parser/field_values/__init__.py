"""The values of header fields, both ways: dates, media types, cookies, entity tags, ranges and more.

Nothing here needs a parser or a message: functions take the text of a field and give what it means, or the other way
round. The values of several field lines of one name are joined by ", " before they are read as one list (RFC 9110,
section 5.3), but for Set-Cookie.

A value that is malformed raises InvalidFieldValue, where the function does not say that it is tolerant; what may not
go out raises LocalProtocolError.
"""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_http_parser.field_values._accept import parse_accept as parse_accept
from tidewire_http_parser.field_values._accept import parse_accept_charset as parse_accept_charset
from tidewire_http_parser.field_values._accept import parse_accept_encoding as parse_accept_encoding
from tidewire_http_parser.field_values._accept import parse_accept_language as parse_accept_language
from tidewire_http_parser.field_values._authentication import (
    format_basic_credentials as format_basic_credentials,
)
from tidewire_http_parser.field_values._authentication import format_challenges as format_challenges
from tidewire_http_parser.field_values._authentication import format_credentials as format_credentials
from tidewire_http_parser.field_values._authentication import (
    parse_basic_credentials as parse_basic_credentials,
)
from tidewire_http_parser.field_values._authentication import parse_challenges as parse_challenges
from tidewire_http_parser.field_values._authentication import parse_credentials as parse_credentials
from tidewire_http_parser.field_values._content_disposition import (
    format_content_disposition as format_content_disposition,
)
from tidewire_http_parser.field_values._content_disposition import (
    parse_content_disposition as parse_content_disposition,
)
from tidewire_http_parser.field_values._cookie_dates import parse_cookie_date as parse_cookie_date
from tidewire_http_parser.field_values._cookies import format_cookies as format_cookies
from tidewire_http_parser.field_values._cookies import parse_cookies as parse_cookies
from tidewire_http_parser.field_values._cookies import quote_cookie_value as quote_cookie_value
from tidewire_http_parser.field_values._cookies import unquote_cookie_value as unquote_cookie_value
from tidewire_http_parser.field_values._dates import format_date as format_date
from tidewire_http_parser.field_values._dates import parse_date as parse_date
from tidewire_http_parser.field_values._entity_tags import ETag as ETag
from tidewire_http_parser.field_values._entity_tags import format_etag as format_etag
from tidewire_http_parser.field_values._entity_tags import parse_etag as parse_etag
from tidewire_http_parser.field_values._entity_tags import parse_etags as parse_etags
from tidewire_http_parser.field_values._forwarded import format_forwarded as format_forwarded
from tidewire_http_parser.field_values._forwarded import parse_forwarded as parse_forwarded
from tidewire_http_parser.field_values._forwarded import parse_forwarded_pairs as parse_forwarded_pairs
from tidewire_http_parser.field_values._forwarded import parse_x_forwarded_for as parse_x_forwarded_for
from tidewire_http_parser.field_values._links import format_links as format_links
from tidewire_http_parser.field_values._links import parse_links as parse_links
from tidewire_http_parser.field_values._lists import format_token_list as format_token_list
from tidewire_http_parser.field_values._lists import parse_list as parse_list
from tidewire_http_parser.field_values._lists import parse_token_list as parse_token_list
from tidewire_http_parser.field_values._media_types import format_media_type as format_media_type
from tidewire_http_parser.field_values._media_types import parse_media_type as parse_media_type
from tidewire_http_parser.field_values._negotiation import choose_charset as choose_charset
from tidewire_http_parser.field_values._negotiation import choose_content_coding as choose_content_coding
from tidewire_http_parser.field_values._negotiation import choose_language as choose_language
from tidewire_http_parser.field_values._negotiation import choose_media_type as choose_media_type
from tidewire_http_parser.field_values._preconditions import Conditions as Conditions
from tidewire_http_parser.field_values._preconditions import evaluate_conditions as evaluate_conditions
from tidewire_http_parser.field_values._preconditions import if_range_holds as if_range_holds
from tidewire_http_parser.field_values._quoted_strings import format_quoted_string as format_quoted_string
from tidewire_http_parser.field_values._quoted_strings import parse_quoted_string as parse_quoted_string
from tidewire_http_parser.field_values._ranges import ContentRange as ContentRange
from tidewire_http_parser.field_values._ranges import RangeSpec as RangeSpec
from tidewire_http_parser.field_values._ranges import format_content_range as format_content_range
from tidewire_http_parser.field_values._ranges import parse_content_range as parse_content_range
from tidewire_http_parser.field_values._ranges import parse_if_range as parse_if_range
from tidewire_http_parser.field_values._ranges import parse_range as parse_range
from tidewire_http_parser.field_values._ranges import resolve_ranges as resolve_ranges
from tidewire_http_parser.field_values._set_cookie import SetCookie as SetCookie
from tidewire_http_parser.field_values._set_cookie import format_set_cookie as format_set_cookie
from tidewire_http_parser.field_values._set_cookie_parser import parse_set_cookie as parse_set_cookie
from tidewire_http_parser.field_values._set_cookie_parser import parse_set_cookies as parse_set_cookies
from tidewire_http_parser.field_values._value_types import BasicCredentials as BasicCredentials
from tidewire_http_parser.field_values._value_types import Challenge as Challenge
from tidewire_http_parser.field_values._value_types import ContentDisposition as ContentDisposition
from tidewire_http_parser.field_values._value_types import Credentials as Credentials
from tidewire_http_parser.field_values._value_types import ForwardedElement as ForwardedElement
from tidewire_http_parser.field_values._value_types import ForwardedNode as ForwardedNode
from tidewire_http_parser.field_values._value_types import Link as Link
from tidewire_http_parser.field_values._value_types import MediaRange as MediaRange
from tidewire_http_parser.field_values._value_types import Preference as Preference

__all__ = [
    "BasicCredentials",
    "Challenge",
    "Conditions",
    "ContentDisposition",
    "ContentRange",
    "Credentials",
    "ETag",
    "ForwardedElement",
    "ForwardedNode",
    "Link",
    "MediaRange",
    "Preference",
    "RangeSpec",
    "SetCookie",
    "choose_charset",
    "choose_content_coding",
    "choose_language",
    "choose_media_type",
    "evaluate_conditions",
    "format_basic_credentials",
    "format_challenges",
    "format_content_disposition",
    "format_content_range",
    "format_cookies",
    "format_credentials",
    "format_date",
    "format_etag",
    "format_forwarded",
    "format_links",
    "format_media_type",
    "format_quoted_string",
    "format_set_cookie",
    "format_token_list",
    "if_range_holds",
    "parse_accept",
    "parse_accept_charset",
    "parse_accept_encoding",
    "parse_accept_language",
    "parse_basic_credentials",
    "parse_challenges",
    "parse_content_disposition",
    "parse_content_range",
    "parse_cookie_date",
    "parse_cookies",
    "parse_credentials",
    "parse_date",
    "parse_etag",
    "parse_etags",
    "parse_forwarded",
    "parse_forwarded_pairs",
    "parse_if_range",
    "parse_links",
    "parse_list",
    "parse_media_type",
    "parse_quoted_string",
    "parse_range",
    "parse_set_cookie",
    "parse_set_cookies",
    "parse_token_list",
    "parse_x_forwarded_for",
    "quote_cookie_value",
    "resolve_ranges",
    "unquote_cookie_value",
]
