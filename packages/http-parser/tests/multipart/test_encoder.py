"""What the encoder writes, what it refuses, and that it is read back."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidewire_http_parser import LocalProtocolError, Marker
from tidewire_http_parser.multipart import (
    MultipartEncoder,
    MultipartParser,
    PartData,
    PartHead,
)
from tidewire_testing import byte_by_byte, every_way, random_splits, whole

# An import would not find it: tests are in no package and not on the path.
trace: Callable[[Iterable[bytes], Mapping[str, Any]], list[str]] = runpy.run_path(
    str(Path(__file__).with_name("multipart_trace.py"))
)["trace"]

Parts = list[tuple[list[tuple[str, str]], bytes]]

CONTROLS = [chr(code) for code in (*range(9), *range(10, 32), 127)]


def encoded(encoder: MultipartEncoder, parts: Parts, piece: int = 1000) -> bytes:
    written = []
    for fields, data in parts:
        written.append(encoder.begin_part(fields))
        written += [encoder.data(data[start : start + piece]) for start in range(0, len(data), piece)]
    written.append(encoder.end())
    return b"".join(written)


def test_two_parts() -> None:
    parts: Parts = [([("Content-Type", "text/plain"), ("X", "é")], b"one"), ([], b"")]
    assert encoded(MultipartEncoder("b"), parts) == (
        "--b\r\nContent-Type: text/plain\r\nX: é\r\n\r\none\r\n--b\r\n\r\n\r\n--b--\r\n".encode()
    )


def test_no_part() -> None:
    assert MultipartEncoder("b").end() == b"--b--\r\n"
    assert trace([b"--b--\r\n"], {}) == ["end-of-multipart 0", "finished"]


def test_the_boundary() -> None:
    assert MultipartEncoder("a b").boundary == "a b"
    boundaries = {MultipartEncoder().boundary for _ in range(100)}
    assert len(boundaries) == 100
    encoder = MultipartEncoder()
    assert encoder.begin_part([]) == f"--{encoder.boundary}\r\n\r\n".encode()


@pytest.mark.parametrize("boundary", ["", "a ", "x" * 71, "a;b", "é", "a\r\nb", "a\0", '"'])
def test_boundaries_that_are_none(boundary: str) -> None:
    with pytest.raises(LocalProtocolError, match="boundary"):
        MultipartEncoder(boundary)


@pytest.mark.parametrize("control", CONTROLS)
def test_no_control_byte_goes_out(control: str) -> None:
    """S6: neither in a name nor in a value, such as the name of a file."""
    encoder = MultipartEncoder("b")
    for fields in (
        [(f"A{control}", "x")],
        [("A", control)],
        [("Content-Disposition", f'form-data; name="a"; filename="a{control}\r\nB: y"')],
    ):
        with pytest.raises(LocalProtocolError):
            encoder.begin_part(fields)
        with pytest.raises(LocalProtocolError):
            encoder.size([(fields, 0)])
    assert encoder.begin_part([]) == b"--b\r\n\r\n"  # what was refused changed nothing


@pytest.mark.parametrize(
    "fields",
    [
        [("", "x")],
        [("A B", "x")],
        [("é", "x")],
        [("--b", "x")],
        [("Transfer-Encoding", "chunked")],
        [("Content-Length", "1"), ("Content-Length", "1")],
        [("Content-Length", "-1")],
        [("Content-Type", "a/b"), ("content-type", "a/b")],
        [("Content-Disposition", "form-data"), ("Content-Disposition", "form-data")],
    ],
)
def test_fields_that_do_not_go_out(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(LocalProtocolError):
        MultipartEncoder("b").begin_part(fields)


@pytest.mark.parametrize("fields", [None, {}, (), [["A", "x"]], [("A", b"x")], [("A", 1)], [("A",)], "A"])
def test_fields_of_another_type(fields: Any) -> None:
    with pytest.raises(TypeError):
        MultipartEncoder("b").begin_part(fields)
    with pytest.raises(TypeError):
        MultipartEncoder("b").size([(fields, 0)])


@pytest.mark.parametrize("data", [bytearray(b"x"), memoryview(b"x"), "x", None])
def test_data_of_another_type(data: Any) -> None:
    encoder = MultipartEncoder("b")
    encoder.begin_part([])
    with pytest.raises(TypeError):
        encoder.data(data)


def test_a_boundary_of_another_type() -> None:
    boundary: Any
    for boundary in (b"b", 1, ["b"]):
        with pytest.raises(TypeError):
            MultipartEncoder(boundary)


def test_what_is_out_of_order() -> None:
    encoder = MultipartEncoder("b")
    with pytest.raises(LocalProtocolError, match="outside of a part"):
        encoder.data(b"x")
    encoder.begin_part([])
    encoder.data(b"")
    encoder.end()
    for call in (encoder.end, lambda: encoder.begin_part([]), lambda: encoder.data(b"x")):
        with pytest.raises(LocalProtocolError):
            call()


# -- data that holds a boundary that was given -----------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [b"--bound", b"--boundary", b"x\r\n--bound", b"x\r\n--bound--\r\n", b"\r\n--bound x", b"\r\n\r\n--bound"],
)
def test_data_with_the_boundary(data: bytes) -> None:
    for how, pieces in every_way(data):
        encoder = MultipartEncoder("bound")
        encoder.begin_part([])
        refused = []
        for piece in pieces:
            try:
                encoder.data(piece)
            except LocalProtocolError as error:
                refused.append(error.problem)
        assert refused, how
        assert "boundary" in refused[0]


@pytest.mark.parametrize(
    "data", [b"x--bound", b"\n--bound", b"\r--bound", b"\r\n-bound", b"\r\n--boun", b"\r\n"]
)
def test_data_that_nearly_has_the_boundary(data: bytes) -> None:
    for _, pieces in every_way(data):
        encoder = MultipartEncoder("bound")
        for _ in range(2):  # what ends one part and what begins the next are not one
            encoder.begin_part([])
            for piece in pieces:
                assert encoder.data(piece) is piece


def test_another_part_begins_anew() -> None:
    encoder = MultipartEncoder("bound")
    encoder.begin_part([])
    encoder.data(b"\r\n--bo")
    encoder.begin_part([])
    assert encoder.data(b"und") == b"und"


# -- read back -------------------------------------------------------------------------------------

NAMES = st.sampled_from(["Content-ID", "x-a", "Link", "Date"]) | st.text(
    alphabet="!#$%&'*+.^_`|~09azAZ", min_size=1, max_size=8
)
VALUES = st.text(
    alphabet=st.characters(
        blacklist_categories=["Cs"], blacklist_characters="".join(map(chr, [*range(9), *range(10, 32), 127]))
    ),
    max_size=12,
)
DATA = st.lists(
    st.sampled_from([b"\r\n--", b"\r\n", b"--", b"\r", b"b", b"x"]) | st.binary(max_size=6), max_size=6
)
PARTS = st.lists(st.tuples(st.lists(st.tuples(NAMES, VALUES), max_size=3), DATA.map(b"".join)), max_size=4)


def read(pieces: list[bytes], boundary: str) -> Parts:
    parser = MultipartParser(boundary)
    parts: Parts = []
    for piece in pieces:
        parser.receive_data(piece)
        while not isinstance(event := parser.next_event(), Marker):
            if isinstance(event, PartHead):
                parts.append((event.fields, b""))
            elif isinstance(event, PartData):
                fields, data = parts[-1]
                parts[-1] = (fields, data + event.data)
    parser.receive_eof()
    assert isinstance(parser.next_event(), Marker)
    return parts


def as_read(parts: Parts) -> Parts:
    return [([(name.lower(), value.strip(" \t")) for name, value in fields], data) for fields, data in parts]


@pytest.mark.slow
@settings(deadline=None)
@given(PARTS, st.integers(1, 20))
def test_what_is_written_is_read_back(parts: Parts, piece: int) -> None:
    encoder = MultipartEncoder()
    data = encoded(encoder, parts, piece)
    assert len(data) == encoder.size([(fields, len(body)) for fields, body in parts])
    for pieces in (whole(data), byte_by_byte(data), *random_splits(data, 4, len(data))):
        assert as_read(read(pieces, encoder.boundary)) == as_read(parts)


@pytest.mark.slow
@settings(deadline=None)
@given(PARTS, st.sampled_from(["b", "x", "--", "b x", "bb"]), st.integers(1, 5))
def test_with_any_boundary_it_is_read_back_or_not_written(parts: Parts, boundary: str, piece: int) -> None:
    try:
        data = encoded(MultipartEncoder(boundary), parts, piece)
    except LocalProtocolError:
        assert any(f"\r\n--{boundary}".encode() in b"\r\n" + body for _, body in parts)
        return
    assert as_read(read(whole(data), boundary)) == as_read(parts)


@pytest.mark.slow
@settings(deadline=None)
@given(PARTS, st.integers(1, 3))
def test_nested_in_each_other(parts: Parts, levels: int) -> None:
    encoder = MultipartEncoder("level0")
    data = encoded(encoder, parts)
    size = encoder.size([(fields, len(body)) for fields, body in parts])
    for level in range(1, levels + 1):
        fields = [("Content-Type", f'multipart/mixed; boundary="{encoder.boundary}"')]
        encoder = MultipartEncoder(f"level{level}")
        size = encoder.size([(fields, size)])
        data = encoded(encoder, [(fields, data)], 7)
        assert len(data) == size
    meta = {"enter": True, "boundary": encoder.boundary}
    lines = trace(whole(data), meta)
    assert lines.count(f"part {levels}") == len(parts)
    assert lines.count(f"end-of-part {levels}") == len(parts)
    assert lines[-1] == "finished"
    for pieces in random_splits(data, 3, len(data)):
        assert trace(pieces, meta) == lines


def test_sizes() -> None:
    encoder = MultipartEncoder("b")
    assert encoder.size([]) == len(b"--b--\r\n")
    assert encoder.size(iter([([("A", "é")], 10**12)])) == 10**12 + len(
        "--b\r\nA: é\r\n\r\n\r\n--b--\r\n".encode()
    )
    with pytest.raises(LocalProtocolError):
        encoder.size([([], -1)])
    wrong: Any
    for wrong in ("1", None, 1.5):
        with pytest.raises(TypeError):
            encoder.size([([], wrong)])
    assert encoder.end() == b"--b--\r\n"  # asking for sizes writes nothing
