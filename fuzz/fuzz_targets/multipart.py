"""Multipart content: every split gives the same parts, and what is encoded is read as what it was made from."""

from __future__ import annotations

from typing import Any

from fuzz_targets import CORPUS
from fuzz_targets.choices import Choices
from fuzz_targets.message_traces import splits
from tidewire_http_parser import NEED_DATA, InvalidMultipart, LocalProtocolError
from tidewire_http_parser.multipart import (
    FINISHED,
    EndOfMultipart,
    EndOfPart,
    MultipartEncoder,
    MultipartLimits,
    MultipartParser,
    PartData,
    PartHead,
    boundary_from_content_type,
)
from tidewire_testing import load_corpus, whole

__all__ = ["one_input", "seeds"]

_LIMITS = (
    MultipartLimits(),
    MultipartLimits(parts=2, field=40, fields=2, head=60, preamble=10, epilogue=10, nesting=1),
)
_BOUNDARIES = ("b", "boundary", "--", "a b", "b" * 70)

Trace = list[tuple[Any, ...]]


def one_input(data: bytes) -> None:
    """Read an input as multipart content, and encode it."""
    choices = Choices(data)
    limits = choices.pick(_LIMITS)
    boundary = choices.pick(_BOUNDARIES)
    enters = choices.flag()
    seed = choices.number()
    content = choices.rest()
    expected = _trace(MultipartParser(boundary, limits), whole(content), enters)
    for pieces in splits(content, seed):
        assert _trace(MultipartParser(boundary, limits), pieces, enters) == expected
    _encode(Choices(content), boundary)


def _trace(parser: MultipartParser, pieces: list[bytes], enters: bool) -> Trace:
    found: Trace = []
    try:
        for piece in pieces:
            parser.receive_data(piece)
            _drain(parser, found, enters, len(piece))
        parser.receive_eof()
        _drain(parser, found, enters, 0)
    except InvalidMultipart as error:
        found.append(("error", type(error).__name__, error.status))
    return found


def _drain(parser: MultipartParser, found: Trace, enters: bool, size: int) -> None:
    for _ in range(4 * (parser.buffered + size) + 16):
        event = parser.next_event()
        if event is NEED_DATA or event is FINISHED:
            return
        if isinstance(event, PartData):
            assert event.data
            if found[-1][0] == "data":
                found[-1] = ("data", found[-1][1] + event.data)
            else:
                found.append(("data", event.data))
        elif isinstance(event, PartHead):
            found.append(("part", event.fields, event.depth))
            if enters:
                _enter(parser, event)
        elif isinstance(event, EndOfPart | EndOfMultipart):
            found.append((type(event).__name__, event.depth))
    raise AssertionError("more events than bytes")


def _enter(parser: MultipartParser, head: PartHead) -> None:
    for name, value in head.fields:
        if name.lower() == "content-type" and value.lower().startswith("multipart/"):
            try:
                boundary = boundary_from_content_type(value)
            except InvalidMultipart:
                continue
            parser.enter(boundary)
            return


def _encode(choices: Choices, boundary: str) -> None:
    encoder = MultipartEncoder(boundary)
    parts: list[tuple[list[tuple[str, str]], bytes]] = []
    sent = b""
    try:
        for _ in range(1 + choices.number(3)):
            fields = [(choices.text(8), choices.text()) for _ in range(choices.number(3))]
            pieces = [choices.octets(40) for _ in range(choices.number(4))]
            sent += encoder.begin_part(fields)
            sent += b"".join(map(encoder.data, pieces))
            parts.append((fields, b"".join(pieces)))
        sent += encoder.end()
    except LocalProtocolError:
        return
    found = _trace(MultipartParser(boundary), [sent], enters=False)
    assert found[-1] == ("EndOfMultipart", 0), found
    heads = [_read(entry[1]) for entry in found if entry[0] == "part"]
    assert heads == [_read(fields) for fields, _ in parts]
    assert [entry[1] for entry in found if entry[0] == "data"] == [data for _, data in parts if data]


def _read(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name.lower(), value.strip(" \t")) for name, value in fields]


def seeds() -> list[bytes]:
    """Return the multipart content of the corpus, whose boundary is `b` in most of it."""
    cases = load_corpus(CORPUS / "multipart", input_kind="multipart")
    return [b"\0\0\1\1" + case.data for case in cases]
