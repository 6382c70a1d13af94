"""What is to be answered with a file: conditions, ranges and precompressed siblings.

Everything here asks the file system; `_file_planner` decides where that is done.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from multidict import CIMultiDictProxy

from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import (
    Conditions,
    ContentRange,
    ETag,
    choose_content_coding,
    evaluate_conditions,
    format_content_range,
    format_date,
    format_etag,
    if_range_holds,
    parse_range,
    resolve_ranges,
)
from tidewire_web._byte_ranges import ByteRanges, has_too_many_ranges, several_ranges
from tidewire_web._file_types import media_type_of
from tidewire_web._open_file import Folder, OpenFile

__all__: list[str] = []

# Codings of files beside a file, by what is added to its name; what is listed first is liked best.
_SIBLINGS: Final = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}

# What is read at once, with the plan, and sent with the head in one write. More is sent as the peer takes it.
AT_ONCE: Final = 131072

# How often a file is looked at anew that has become shorter between the look and the reading.
_LOOKS: Final = 3

# Gives a file, None where only its folder is there; the folder; and the file's name in it.
Opener = Callable[[], tuple[OpenFile | None, Folder, str]]

# Reads from a file: so many bytes, from an offset on.
Reader = Callable[[OpenFile, int, int], bytes]


class ContentNotAtHand(Exception):
    """A reader that may not wait would have to."""


@dataclass(kw_only=True, slots=True)
class FileQuery:
    """What a request asks of a file, and what the response to it has already.

    Attributes:
        method: the method.
        conditions: what the request is conditional on.
        range: the value of Range, None where there is none.
        if_range: the value of If-Range, None where there is none.
        accept_encoding: the value of Accept-Encoding, None where there is none.
        status: the status code of the response if nothing else is decided.
        etag: the entity tag that the response has already; None where the file's own counts.
        modified: the Last-Modified that it has already, in seconds since the epoch; None likewise.
        takes_siblings: whether a precompressed sibling may be sent in place of the file.
        content_type: the Content-Type that it has already; None where the file's own counts.
        coding: the Content-Encoding that it has already; None likewise.
    """

    method: str
    conditions: Conditions
    range: str | None
    if_range: str | None
    accept_encoding: str | None
    status: int
    etag: ETag | None = None
    modified: int | None = None
    takes_siblings: bool = True
    content_type: str | None = None
    coding: str | None = None


@dataclass(kw_only=True, slots=True)
class FilePlan:
    """What is to be answered.

    Attributes:
        status: the status code.
        fields: names and values that belong to the file; Content-Type among them where there is content.
        varies: whether other codings could have been chosen.
        offset: where in the file the content begins, in bytes.
        count: the content's length in bytes.
        ranges: what the content is made of where it is several ranges of the file; None where it is one, or all of it.
        content: the content, where it was read already.
        file: where the content is read from, where it was not; None where there is nothing to read.
    """

    status: int
    fields: list[tuple[str, str]]
    varies: bool = False
    offset: int = 0
    count: int = 0
    ranges: ByteRanges | None = None
    content: bytes | None = None
    file: OpenFile | None = None

    def close(self) -> None:
        """Close the file."""
        if self.file is not None:
            self.file.close()


def query_of(
    method: str,
    headers: CIMultiDictProxy[str],
    status: int = 200,
    *,
    etag: ETag | None = None,
    modified: int | None = None,
    takes_siblings: bool = True,
    content_type: str | None = None,
    coding: str | None = None,
) -> FileQuery:
    """What a request asks of a file; see `FileQuery`."""
    return FileQuery(
        method=method,
        conditions=Conditions(
            _list(headers, "If-Match"),
            _list(headers, "If-None-Match"),
            headers.get("If-Modified-Since"),
            headers.get("If-Unmodified-Since"),
        ),
        range=_list(headers, "Range"),
        if_range=headers.get("If-Range"),
        accept_encoding=_list(headers, "Accept-Encoding"),
        status=status,
        etag=etag,
        modified=modified,
        takes_siblings=takes_siblings,
        content_type=content_type,
        coding=coding,
    )


def _list(headers: CIMultiDictProxy[str], name: str) -> str | None:
    """The value of a field that may have several lines (RFC 9110, section 5.3)."""
    if name not in headers:
        return None
    values = headers.getall(name)
    return values[0] if len(values) == 1 else ", ".join(values)


def plan_file(query: FileQuery, opener: Opener, read: Reader | None = None) -> FilePlan:
    """Open a file and find out what is to be answered with it; only what is to be sent is read.

    Args:
        query: what is asked.
        opener: opens the file.
        read: what content is read with; None for the file's own way, which may wait.

    Returns:
        The plan. Its status is 404 where there is nothing that could be opened, and 403 where it may not be opened or
        is no file in the narrow sense.

    Raises:
        ContentNotAtHand: the reader says so.
    """
    try:
        file, folder, name = opener()
    except PermissionError:
        return FilePlan(status=403, fields=[])
    except (OSError, ValueError):
        return FilePlan(status=404, fields=[])
    return plan_opened(query, file, folder, name, read)


def plan_opened(
    query: FileQuery, file: OpenFile | None, folder: Folder, name: str, read: Reader | None = None
) -> FilePlan:
    """Find out what is to be answered with a file that is open; see `plan_file()`.

    Args:
        query: what is asked.
        file: the file; None where there is none with this name, but there may be a sibling.
        folder: the folder that it is in; it is closed afterwards.
        name: its name there.
        read: see there.

    Raises:
        ContentNotAtHand: the reader says so.
    """
    if file is not None and not file.is_regular:
        file.close()
        return FilePlan(status=403, fields=[])
    coding, varies = None, False
    if query.takes_siblings and name:
        coding, varies, sibling = _sibling(query, folder, name)
        if sibling is not None:
            if file is not None:
                file.close()
            file = sibling
    folder.close()
    if file is None:
        return FilePlan(status=404, fields=[])
    plan: FilePlan | None = None
    try:
        for _ in range(_LOOKS):
            plan = _plan(query, file, name, coding)
            if plan.count > AT_ONCE and query.method != "HEAD":
                plan.file = file
                break
            if plan.count and query.method != "HEAD":
                if plan.ranges is not None:
                    plan.content = plan.ranges.read(functools.partial(read, file) if read else file.read)
                elif read is None:
                    plan.content = file.read(plan.offset, plan.count)
                else:
                    plan.content = read(file, plan.offset, plan.count)
                if len(plan.content) < plan.count:
                    plan = None
                    file.look_again()
                    continue
            break
    except OSError:
        plan = FilePlan(status=404, fields=[])
    finally:
        if plan is None or plan.file is None:
            file.close()
    if plan is None:
        return FilePlan(status=500, fields=[])
    plan.varies = varies
    return plan


def _sibling(query: FileQuery, folder: Folder, name: str) -> tuple[str | None, bool, OpenFile | None]:
    """Choose among the precompressed siblings of a file; also tells whether there was a choice.

    They are files themselves, in the same folder: not even a link that leads to somewhere near is one (S7).
    """
    offers = [coding for coding, ending in _SIBLINGS.items() if folder.has_file(name + ending)]
    if not offers:
        return None, False, None
    coding = choose_content_coding(query.accept_encoding, offers)
    if coding is None or coding == "identity":
        return None, True, None
    try:
        sibling = folder.open(name + _SIBLINGS[coding])
    except (OSError, ValueError):
        return None, True, None
    if not sibling.is_regular:
        sibling.close()
        return None, True, None
    return coding, True, sibling


def _plan(query: FileQuery, file: OpenFile, name: str, coding: str | None) -> FilePlan:
    """Decide in the order of RFC 9110, section 13.2.2: conditions first, then the range."""
    size = file.stat.st_size
    now = time.time()
    etag = query.etag or _etag(file, coding)
    # No later than now (RFC 9110, section 8.8.2.1), whatever the file system says.
    modified = max(0, min(int(file.stat.st_mtime), int(now))) if query.modified is None else query.modified
    fields = [("ETag", format_etag(etag)), ("Last-Modified", _date(modified))]
    if 200 <= query.status < 300:
        decided = evaluate_conditions(query.method, query.conditions, etag, modified, now)
        if decided is not None:
            return FilePlan(status=decided, fields=fields if decided == 304 else [])
    plan = FilePlan(status=query.status, fields=fields, count=size)
    if query.status == 200:
        fields.append(("Accept-Ranges", "bytes"))
        # Range is defined for GET alone (RFC 9110, section 14.2).
        if (
            query.range is not None
            and query.method == "GET"
            and if_range_holds(query.if_range, etag, modified, now)
        ):
            _cut(plan, query, query.range, size, name, coding)
    if plan.ranges is not None:
        fields.append(("Content-Type", plan.ranges.content_type))
    elif plan.status != 416:
        fields.append(("Content-Type", media_type_of(name)))
        if coding is not None:
            fields.append(("Content-Encoding", coding))
    return plan


def _cut(plan: FilePlan, query: FileQuery, value: str, size: int, name: str, coding: str | None) -> None:
    """Make it a plan for parts of the file, or for saying that there is no such part.

    Where all of it is as good an answer, or a cheaper one, it remains that (RFC 9110, section 14.2).
    """
    if has_too_many_ranges(value):
        return
    try:
        wanted = parse_range(value)
        if wanted is None:
            return  # a unit that nobody knows
        parts = resolve_ranges(wanted, size)
    except InvalidFieldValue:
        parts = []
    if len(parts) > 1:
        media_type = query.content_type or media_type_of(name)
        plan.ranges = several_ranges(parts, size, media_type, query.coding or coding)
        if plan.ranges is not None:
            plan.status = 206
            plan.count = plan.ranges.size
        return
    if not parts:
        plan.status = 416
        plan.count = 0
        plan.fields = [("Content-Range", f"bytes */{size}")]
        return
    part = parts[0]
    plan.status = 206
    plan.offset = part.start
    plan.count = len(part)
    plan.fields.append(("Content-Range", format_content_range(ContentRange(part.start, part.stop - 1, size))))


def _etag(file: OpenFile, coding: str | None) -> ETag:
    """The entity tag: when the file was changed, and its size; each coding has its own (RFC 9110, section 8.8.3.3)."""
    value = f"{file.stat.st_mtime_ns:x}-{file.stat.st_size:x}"
    return ETag(value if coding is None else f"{value}-{coding}")


@functools.lru_cache(maxsize=256)
def _date(timestamp: int) -> str:
    return format_date(timestamp)
