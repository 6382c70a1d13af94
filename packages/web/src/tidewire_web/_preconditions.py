"""The fields that make a request conditional, or ask for a part, as handlers see them.

Who answers with files or the like evaluates them with `tidewire_http_parser.field_values`, which knows the order of RFC
9110, section 13.2.2; here they are taken apart.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final

from multidict import CIMultiDictProxy

from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import ETag, parse_date, parse_etags, parse_if_range, parse_range

__all__: list[str] = []

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def joined_field(headers: CIMultiDictProxy[str], name: str) -> str:
    """The value of a field that is a list, its lines joined (RFC 9110, section 5.3); empty where there is none."""
    return ", ".join(headers.getall(name, ()))


def entity_tags(headers: CIMultiDictProxy[str], name: str) -> tuple[ETag, ...] | None:
    """The tags of If-Match or If-None-Match; `*` is a tag of that value, None where there is nothing."""
    value = joined_field(headers, name)
    if not value:
        return None
    tags = parse_etags(value)
    return (ETag("*"),) if tags == "*" else tuple(tags)


def moment(headers: CIMultiDictProxy[str], name: str) -> datetime | None:
    """The date of a field; None where there is none that can be read."""
    value = headers.get(name)
    if value is None:
        return None
    try:
        return _aware(parse_date(value, time.time()))
    except InvalidFieldValue:
        return None


def moment_of_if_range(headers: CIMultiDictProxy[str]) -> datetime | None:
    """The date of If-Range; None where there is none, or an entity tag."""
    value = headers.get("If-Range")
    if value is None:
        return None
    try:
        found = parse_if_range(value, time.time())
    except InvalidFieldValue:
        return None
    return None if isinstance(found, ETag) else _aware(found)


def requested_range(headers: CIMultiDictProxy[str]) -> slice:
    """The bytes that Range asks for; everything where there is no such field.

    Raises:
        ValueError: another unit, more than one range, or a value that is none.
    """
    value = joined_field(headers, "Range")
    if "Range" not in headers:
        return slice(None, None, 1)
    try:
        ranges = parse_range(value)
    except InvalidFieldValue as error:
        raise ValueError(str(error)) from error
    if ranges is None or len(ranges) != 1:
        raise ValueError(f"a single range of bytes, not {value[:100]!r}")
    first, last = ranges[0]
    if first is not None:
        return slice(first, None if last is None else last + 1, 1)
    if not last:
        # The last 0 bytes: as a slice, that would be everything.
        raise ValueError("a range without bytes")
    return slice(-last, None, 1)


def _aware(timestamp: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(seconds=timestamp)
    except OverflowError:
        return None  # the leap second at the end of the year 9999
