"""The values of header fields, both ways: dates, media types, cookies, entity tags, ranges and more.

Nothing here needs a parser or a message: functions take the text of a field and give what it means, or the other way
round.
"""

from tidewire_http_parser.builds import select_build

select_build(__path__)

from tidewire_http_parser.field_values._dates import format_date as format_date
from tidewire_http_parser.field_values._media_types import parse_media_type as parse_media_type

__all__ = ["format_date", "parse_media_type"]
