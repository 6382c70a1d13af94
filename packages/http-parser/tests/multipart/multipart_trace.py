"""What a multipart parser makes of bytes, as lines of text: the format is described in corpus/README.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tidewire_http_parser import NEED_DATA, InvalidMultipart, Marker
from tidewire_http_parser.multipart import (
    FINISHED,
    EndOfMultipart,
    EndOfPart,
    MultipartLimits,
    MultipartParser,
    PartData,
    PartHead,
    boundary_from_content_type,
)
from tidewire_testing import escape_bytes

__all__ = ["trace"]


def trace(pieces: Iterable[bytes], meta: Mapping[str, Any]) -> list[str]:
    """Feed pieces to a parser, as a case's metadata says; return what it reports.

    On the way this holds what is true of all contents: the parser keeps no more than it must, makes progress, reports no
    empty data, and an error stays.
    """
    limits = MultipartLimits(**meta.get("limits", {}))
    parser = MultipartParser(meta.get("boundary", "b"), limits)
    tracer = _Tracer(parser, limits, bool(meta.get("enter")))
    try:
        for piece in pieces:
            parser.receive_data(piece)
            tracer.drain(len(piece))
        if not meta.get("open"):
            parser.receive_eof()
            tracer.drain(0)
        tracer.finish()
    except InvalidMultipart as error:
        tracer.flush()
        tracer.lines.append(f"error {type(error).__name__} {error.status}")
        _check_that_it_stays(parser, error)
    return tracer.lines


def _check_that_it_stays(parser: MultipartParser, error: InvalidMultipart) -> None:
    for call in (parser.next_event, lambda: parser.enter("x"), parser.next_event):
        with pytest.raises(InvalidMultipart) as caught:
            call()
        assert caught.value is error
    assert parser.buffered == 0


class _Tracer:
    def __init__(self, parser: MultipartParser, limits: MultipartLimits, enters: bool) -> None:
        self.parser = parser
        self.lines: list[str] = []
        self._enters = enters
        self._data = b""
        self._fed = 0
        self._reported = 0
        self._calls = 0
        # A field line without its LF, or a delimiter of the longest boundary with all its padding.
        self._most = max(limits.field + 2, 4 + 70 + 2 + 128 + 1)
        self._last: Marker = NEED_DATA

    def drain(self, size: int) -> None:
        self._fed += size
        while not isinstance(event := self._next(), Marker):
            self._add(event)
            if isinstance(event, PartHead) and self._enters:
                self._enter(event)
        self._last = event
        assert self.parser.buffered <= self._most

    def _next(self) -> PartHead | PartData | EndOfPart | EndOfMultipart | Marker:
        self._calls += 1
        # Each delimiter and each head is of several bytes; each piece that is fed ends with one more call.
        assert self._calls <= 2 * self._fed + 8
        return self.parser.next_event()

    def _enter(self, head: PartHead) -> None:
        for name, value in head.fields:
            if name == "Content-Type":
                try:
                    boundary = boundary_from_content_type(value)
                except InvalidMultipart:
                    return
                self.parser.enter(boundary)
                assert self.parser.depth == head.depth + 1

    def _add(self, event: PartHead | PartData | EndOfPart | EndOfMultipart) -> None:
        if isinstance(event, PartData):
            assert event.data
            self._reported += len(event.data)
            assert self._reported <= self._fed
            self._data += event.data
            return
        self.flush()
        if isinstance(event, PartHead):
            self.lines.append(f"part {event.depth}")
            for name, value in event.fields:
                octets = value.encode("utf-8", "surrogateescape")
                self.lines.append(f"field {name}: {escape_bytes(octets)}".rstrip(" "))
        elif isinstance(event, EndOfPart):
            self.lines.append(f"end-of-part {event.depth}")
        else:
            self.lines.append(f"end-of-multipart {event.depth}")

    def flush(self) -> None:
        """Put the data of the part into one line, as how it was cut means nothing."""
        if self._data:
            self.lines.append(f'data "{escape_bytes(self._data)}"')
            self._data = b""

    def finish(self) -> None:
        """Say where the parser stands after all of the input."""
        self.flush()
        self.lines.append("finished" if self._last is FINISHED else "need-data")
