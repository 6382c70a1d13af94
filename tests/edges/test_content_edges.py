"""Content codings, multipart content, leniencies and limits, with arguments of other kinds.

Each row tells the one outcome there is in both builds: a value, or an exception's type; no exception has a cause.
"""

from __future__ import annotations

import array
import zlib
from collections import namedtuple
from collections.abc import Callable
from enum import IntEnum
from http import HTTPStatus
from typing import Any

import pytest
from multidict import CIMultiDict, istr
from odd_arguments import Bytes, Fields, Number, Text, outcome, refused

import tidewire_http_parser as http
from tidewire_http_parser import LocalProtocolError, RemoteProtocolError
from tidewire_http_parser.codings import (
    ContentDecoder,
    ContentEncoder,
    parse_content_encoding,
    set_zlib_backend,
)
from tidewire_http_parser.multipart import (
    EndOfMultipart,
    EndOfPart,
    MultipartEncoder,
    MultipartLimits,
    MultipartParser,
    PartData,
    PartHead,
    boundary_from_content_type,
)


class Size(IntEnum):
    THREE = 3


Pair = namedtuple("Pair", "name value")  # noqa: PYI024

CONTENT = b"--b\r\nA: x\r\n\r\ndata\r\n--b--\r\n"
GZIP = zlib.compress(b"abc", wbits=31)

NO_TEXT = [b"a", bytearray(b"a"), memoryview(b"a"), None, 1, True, ["a"], object()]
NO_BYTES = [bytearray(CONTENT), memoryview(CONTENT), "a", None, 1, [71], object()]
NO_BUFFER = ["a", None, 1, True, [71], object()]
NO_INT = [None, "1", b"1", 1.0, [1], object()]
NO_FIELDS = [
    None,
    (),
    {"A": "x"},
    CIMultiDict(A="x"),
    "Ax",
    ["Ax"],
    [["A", "x"]],
    [("A",)],
    [("A", None)],
    [(b"A", "x")],
]


def decoded(data: Any) -> Any:
    decoder = ContentDecoder("gzip")
    decoder.receive_data(data)
    return decoder.read(100)


def decoder_for(content_encoding: Any) -> Any:
    decoder = ContentDecoder(content_encoding)
    decoder.receive_data(GZIP)
    return decoder.read(100)


def read_up_to(size: Any) -> Any:
    decoder = ContentDecoder("gzip")
    decoder.receive_data(GZIP)
    return decoder.read(size)


def encoded(data: Any) -> Any:
    encoder = ContentEncoder("gzip")
    return zlib.decompress(encoder.encode(data) + encoder.finish(), wbits=31)


def encoder_for(coding: Any) -> Any:
    return zlib.decompress(ContentEncoder(coding).finish(), wbits=31)


def level(number: Any) -> Any:
    return len(ContentEncoder("gzip", level=number).finish())


def strategy(number: Any) -> Any:
    return len(ContentEncoder("gzip", strategy=number).finish())


def events(parser: MultipartParser) -> list[str]:
    found = []
    while (event := parser.next_event()) is not http.NEED_DATA:
        found.append(repr(event))
    return found


def parsed(data: Any) -> Any:
    parser = MultipartParser("b")
    parser.receive_data(data)
    return len(events(parser))


def parser_for(boundary: Any) -> Any:
    parser = MultipartParser(boundary)
    parser.receive_data(CONTENT)
    return len(events(parser))


def parser_with(limits: Any) -> Any:
    parser = MultipartParser("b", limits)
    parser.receive_data(CONTENT)
    return len(events(parser))


def entered(boundary: Any) -> Any:
    parser = MultipartParser("b")
    parser.receive_data(b"--b\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n--b--")
    parser.next_event()
    parser.enter(boundary)
    return parser.depth


def boundary_of(boundary: Any) -> Any:
    return MultipartEncoder(boundary).boundary


def head_of(fields: Any) -> Any:
    return MultipartEncoder("b").begin_part(fields)


def data_of(data: Any) -> Any:
    encoder = MultipartEncoder("b")
    encoder.begin_part([])
    return encoder.data(data)


def size_of(size: Any) -> Any:
    return MultipartEncoder("b").size([([], size)])


def parts_limit(number: Any) -> Any:
    return MultipartLimits(parts=number).parts


def bare_lf(flag: Any) -> Any:
    return http.Leniencies(bare_lf=flag).bits


def chunk_extensions(number: Any) -> Any:
    return http.Limits(chunk_extensions=number).chunk_extensions


def parser_overlooking(leniencies: Any) -> Any:
    return repr(http.ResponseParser(None, leniencies).next_event())


def request_length(length: Any) -> Any:
    return http.serialise_request("GET", "/", [("Host", "a")], length)[0][25:]


def request_http_1_1(flag: Any) -> Any:
    return http.serialise_request("GET", "/", [("Host", "a")], 0, flag)[0][6:14]


def chunk_ends(ends: Any) -> Any:
    return repr(http.Data(b"abc", True, ends))


ROWS = [
    # Codings.
    *refused(parse_content_encoding, *NO_TEXT),
    (parse_content_encoding, Text("GZip"), ("gzip",)),
    (parse_content_encoding, istr("x-gzip, BR"), ("gzip", "br")),
    *refused(decoder_for, *NO_TEXT),
    (decoder_for, istr("GZIP"), b"abc"),
    *refused(decoded, *NO_BUFFER),
    (decoded, bytearray(GZIP), b"abc"),
    (decoded, memoryview(GZIP), b"abc"),
    (decoded, memoryview(GZIP).cast("c"), b"abc"),
    (decoded, Bytes(GZIP), b"abc"),
    (decoded, array.array("B", GZIP), b"abc"),
    *refused(read_up_to, *NO_INT),
    (read_up_to, True, b"a"),
    (read_up_to, Number(2), b"ab"),
    (read_up_to, Size.THREE, b"abc"),
    (read_up_to, 2**64, b"abc"),
    (read_up_to, False, ValueError),
    (read_up_to, -(2**64), ValueError),
    *refused(encoder_for, *NO_TEXT),
    (encoder_for, Text("gzip"), b""),
    (encoder_for, "GZIP", LocalProtocolError),
    *refused(encoded, *NO_BUFFER),
    (encoded, bytearray(b"abc"), b"abc"),
    (encoded, memoryview(b"aXbXc")[::2], b"abc"),
    (encoded, Bytes(b"abc"), b"abc"),
    *refused(level, "1", b"1", 1.0, [1]),
    (level, None, 20),
    (level, True, 20),
    (level, Size.THREE, 20),
    *refused(strategy, "1", b"1", 1.0, [1]),
    (strategy, zlib.Z_FILTERED, 20),
    *refused(set_zlib_backend, None, "zlib", object(), {}),
    # Multipart content.
    *refused(boundary_from_content_type, *NO_TEXT),
    (boundary_from_content_type, Text("multipart/mixed; boundary=b"), "b"),
    (boundary_from_content_type, istr('Multipart/Mixed; Boundary="B"'), "B"),
    *refused(parsed, *NO_BYTES),
    (parsed, CONTENT, 4),
    (parsed, Bytes(CONTENT), 4),
    (parsed, b"", 0),
    *refused(parser_for, *NO_TEXT),
    (parser_for, Text("b"), 4),
    (parser_for, istr("b"), 4),
    (parser_for, "", LocalProtocolError),
    (parser_for, "\ud800", LocalProtocolError),
    *refused(parser_with, 5, "b", {"parts": 1}, http.Limits(), True),
    (parser_with, None, 4),
    (parser_with, MultipartLimits(parts=1), 4),
    (parser_with, MultipartLimits(parts=0), http.MultipartTooLarge),
    *refused(entered, *NO_TEXT),
    (entered, Text("a"), 1),
    (entered, istr("a"), 1),
    (entered, "a ", LocalProtocolError),
    (entered, "b", http.InvalidMultipart),
    *refused(boundary_of, *(value for value in NO_TEXT if value is not None)),
    (boundary_of, Text("b"), "b"),
    (boundary_of, istr("B"), "B"),
    (boundary_of, "\ud800", LocalProtocolError),
    *refused(head_of, *NO_FIELDS),
    (head_of, Fields([Pair(istr("A"), Text("x"))]), b"--b\r\nA: x\r\n\r\n"),
    *refused(data_of, *NO_BYTES),
    (data_of, Bytes(b"abc"), b"abc"),
    (data_of, Bytes(b"a\r\n--b"), LocalProtocolError),
    *refused(size_of, *NO_INT),
    (size_of, True, 17),
    (size_of, Size.THREE, 19),
    (size_of, 2**64, 2**64 + 16),
    (size_of, -1, LocalProtocolError),
    *refused(EndOfPart, *NO_INT),
    *refused(EndOfMultipart, *NO_INT),
    *refused(PartData, *NO_BYTES),
    # Limits and leniencies: their own types, and no others.
    *refused(parts_limit, *NO_INT, True, Number(1), Size.THREE),
    (parts_limit, 2**64, ValueError),
    (parts_limit, -1, ValueError),
    *refused(chunk_extensions, *NO_INT, True, Number(1), HTTPStatus.OK),
    (chunk_extensions, 2**31, ValueError),
    *refused(bare_lf, None, 0, 1, "yes", Size.THREE),
    (bare_lf, True, 1),
    (parser_overlooking, None, "<NEED_DATA>"),
    (parser_overlooking, http.Leniencies(obs_fold=True), "<NEED_DATA>"),
    *refused(parser_overlooking, 5, "bare_lf", {"bare_lf": True}, True, http.Limits()),
    # Requests with bodies, and chunks that came together.
    *refused(request_length, "2", b"2", 2.0, [2]),
    (request_length, None, b"Transfer-Encoding: chunked\r\n\r\n"),
    (request_length, True, b"Content-Length: 1\r\n\r\n"),
    (request_length, HTTPStatus.OK, b"Content-Length: 200\r\n\r\n"),
    (request_length, 2**64 + 5, LocalProtocolError),
    (request_length, -(2**64), LocalProtocolError),
    *refused(request_http_1_1, None, 0, 1, "1.1"),
    (request_http_1_1, False, b"HTTP/1.0"),
    *refused(chunk_ends, 1, (1,), "1", b"1"),
    (chunk_ends, None, "<Data of 3 bytes>"),
    (chunk_ends, Fields([1, 2]), "<Data of 3 bytes>"),
]


@pytest.mark.parametrize(("call", "argument", "expected"), ROWS)
def test_the_outcome(call: Callable[[Any], Any], argument: Any, expected: Any) -> None:
    found = outcome(call, argument)
    assert found == expected
    assert type(found) is type(expected) or call is data_of


@pytest.mark.parametrize("depth", [True, Number(1), HTTPStatus.OK, 2**64])
def test_depths_of_other_kinds(depth: Any) -> None:
    for event in (PartHead([], depth), EndOfPart(depth), EndOfMultipart(depth)):
        assert event.depth == depth
        assert repr(event).endswith(f" {int(depth)}>")


def test_an_error_of_multipart_content_is_raised_again_and_is_a_peers_fault() -> None:
    parser = MultipartParser("b")
    parser.receive_data(b"--b\r\nA b: x\r\n\r\n")
    errors = []
    for _ in range(3):
        with pytest.raises(RemoteProtocolError) as caught:
            parser.next_event()
        errors.append(caught.value)
        parser.receive_data(b"more")
    assert errors[0] is errors[1] is errors[2]
    assert errors[0].__cause__ is None
    wrong: Any = memoryview(b"")
    with pytest.raises(TypeError):
        parser.receive_data(wrong)


@pytest.mark.parametrize("kind", [MultipartParser, MultipartEncoder, ContentDecoder, ContentEncoder])
def test_they_take_no_other_attributes(kind: type) -> None:
    made: Any = kind("gzip")
    with pytest.raises(AttributeError):
        made.other = 1
