# Compiled by mypyc.
"""Conditional requests: whether to go on with one (RFC 9110, section 13)."""

from __future__ import annotations

from typing import Final, NamedTuple

from tidewire_http_parser._argument_types import INT_OR_NONE, STR_OR_NONE, require
from tidewire_http_parser._errors import InvalidFieldValue
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser.field_values._dates import NUMBER, Timestamp, parse_date
from tidewire_http_parser.field_values._entity_tags import ETag, parse_etags
from tidewire_http_parser.field_values._ranges import parse_if_range

__all__ = ["Conditions", "evaluate_conditions", "if_range_holds"]

_ETAG_OR_NONE: Final = (ETag, type(None))

# Methods that neither select nor modify a representation: conditions say nothing for them (section 13.2.1).
_UNCONDITIONAL: Final = frozenset({"CONNECT", "OPTIONS", "TRACE"})


class Conditions(NamedTuple):
    """The fields of a request that make it conditional, as they were sent; None for those that were not.

    Several fields of one name are joined with `, `.

    Attributes:
        if_match: the value of If-Match.
        if_none_match: the value of If-None-Match.
        if_modified_since: the value of If-Modified-Since.
        if_unmodified_since: the value of If-Unmodified-Since.
    """

    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_unmodified_since: str | None = None


def evaluate_conditions(
    method: str,
    conditions: Conditions,
    etag: ETag | None,
    last_modified: int | None,
    now: Timestamp,
    exists: bool = True,
) -> int | None:
    """Decide on a conditional request in the order of RFC 9110, section 13.2.2.

    It is to be asked when the request would otherwise be answered with a status of 2xx, and before anything is
    changed. A date that is none, or for which there is none to compare, is no condition. A list of
    entity tags that is malformed matches with the tags before its fault only.

    Args:
        method: the method of the request.
        conditions: its fields.
        etag: the entity tag that a 200 would have; None for none.
        last_modified: the Last-Modified that a 200 would have, in seconds since the epoch; None for none.
        now: seconds since the epoch, as for `parse_date`.
        exists: whether there is a representation at all, which is what `*` asks.

    Returns:
        None to go on; 304 or 412 to answer that instead.

    Raises:
        ValueError: `now` is not in the years 1 to 9999, and there is a date.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((method, str), (conditions, tuple), (etag, _ETAG_OR_NONE))
        require((last_modified, INT_OR_NONE), (now, NUMBER), (exists, bool))
        require(*[(value, STR_OR_NONE) for value in conditions])
    # Compiled code takes any tuple for a named one, so it is not asked for names.
    if_match, if_none_match, if_modified_since, if_unmodified_since = conditions
    if method in _UNCONDITIONAL:
        return None
    if if_match is not None:
        if not _matches(if_match, etag, exists, strongly=True):
            return 412
    elif if_unmodified_since is not None and last_modified is not None:
        date = _date(if_unmodified_since, now)
        if date is not None and last_modified > date:
            return 412
    reads = method == "GET" or method == "HEAD"
    if if_none_match is not None:
        if _matches(if_none_match, etag, exists, strongly=False):
            return 304 if reads else 412
    elif if_modified_since is not None and reads and last_modified is not None:
        date = _date(if_modified_since, now)
        if date is not None and last_modified <= date:
            return 304
    return None


def if_range_holds(
    if_range: str | None, etag: ETag | None, last_modified: int | None, now: Timestamp
) -> bool:
    """Decide whether Range counts (RFC 9110, section 13.1.5).

    An entity tag has to match strongly. A date has to be that of Last-Modified and not later, and it has to be
    a strong validator: what was modified in this very second may be modified in it once more.

    Args:
        if_range: the value of If-Range; None where there is none, which always holds.
        etag: the entity tag of the representation; None for none.
        last_modified: its Last-Modified, in seconds since the epoch; None for none.
        now: seconds since the epoch, as for `parse_date`.

    Returns:
        Whether to answer the range; where not, Range is ignored and the answer is the whole representation.

    Raises:
        ValueError: `now` is not in the years 1 to 9999, and there is a date.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((if_range, STR_OR_NONE), (etag, _ETAG_OR_NONE))
        require((last_modified, INT_OR_NONE), (now, NUMBER))
    if if_range is None:
        return True
    try:
        validator = parse_if_range(if_range, now)
    except InvalidFieldValue:
        return False
    if isinstance(validator, ETag):
        return etag is not None and etag.matches_strongly(validator)
    return last_modified is not None and validator == last_modified and last_modified < int(now)


def _matches(value: str, etag: ETag | None, exists: bool, strongly: bool) -> bool:
    """Tell whether a list of entity tags names this one."""
    tags = parse_etags(value)
    if isinstance(tags, str):
        return exists
    if etag is None:
        return False
    for tag in tags:
        if etag.matches_strongly(tag) if strongly else etag.matches_weakly(tag):
            return True
    return False


def _date(value: str, now: Timestamp) -> int | None:
    """Read a date; None for what is none."""
    try:
        return parse_date(value, now)
    except InvalidFieldValue:
        return None
