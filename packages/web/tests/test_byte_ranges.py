"""Several ranges of a file in one answer; one range alone is in `test_file_response`."""

from __future__ import annotations

import asyncio
import email
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import socket_client
from file_client import PlannerAtOnce, are_back_to, descriptors, fetch, until
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from web_client import Answer, Client, request

from tidewire_http_io import BodyLengthMismatch
from tidewire_http_parser import LocalProtocolError, Marker
from tidewire_http_parser.multipart import (
    EndOfPart,
    MultipartParser,
    PartData,
    PartHead,
    boundary_from_content_type,
)
from tidewire_testing import byte_by_byte, random_splits
from tidewire_web import Application, FileResponse, Request, StreamResponse, middleware
from tidewire_web._byte_ranges import has_too_many_ranges, several_ranges
from tidewire_web._file_plan import ContentNotAtHand, FilePlan, plan_file, query_of
from tidewire_web._file_planner import FilePlanner, _planners
from tidewire_web._open_file import Folder, OpenFile

Serve = Callable[..., Awaitable[Client]]

CONTENT = bytes(range(250)) * 4
# Sun, 06 Nov 1994 08:49:37.5 GMT
CHANGED = 784111777_500_000_000
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
ETAG = f'"{CHANGED:x}-{len(CONTENT):x}"'
LARGE = 1024 * 1024


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that was changed at a known time."""
    file = tmp_path / "data.txt"
    file.write_bytes(CONTENT)
    os.utime(file, ns=(CHANGED, CHANGED))
    return file


@pytest.fixture(autouse=True)
def _no_descriptor_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    if "serve" in request.fixturenames:
        request.getfixturevalue("serve")  # what the loop has open is no concern of these tests
    before = descriptors()
    yield
    assert are_back_to(before)


@pytest.fixture(params=["thread", "loop"])
async def _where_plans_are_made(request: pytest.FixtureRequest) -> None:
    # For this test: each has a loop of its own.
    _planners[asyncio.get_running_loop()] = PlannerAtOnce() if request.param == "loop" else FilePlanner()


async def ask(serve: Serve, path: object, *lines: str, method: str = "GET", **how: Any) -> Answer:
    """Answer a request with a file."""

    async def handler(request: Request) -> FileResponse:
        return FileResponse(path, **how)  # type: ignore[arg-type]

    return await fetch(await serve(handler), "/", *lines, method=method)


Part = tuple[dict[str, str], bytes]


def parts_of(content_type: str, *pieces: bytes) -> list[Part]:
    """Read the parts of an answer whose body comes in pieces."""
    assert content_type.startswith("multipart/byteranges; ")
    parser = MultipartParser(boundary_from_content_type(content_type))
    parts: list[Part] = []
    fields: dict[str, str] = {}
    data = b""

    def read() -> None:
        nonlocal fields, data
        while not isinstance(event := parser.next_event(), Marker):
            if isinstance(event, PartHead):
                fields, data = {str(name): value for name, value in event.fields}, b""
            elif isinstance(event, PartData):
                data += event.data
            elif isinstance(event, EndOfPart):
                parts.append((fields, data))

    for piece in pieces:
        parser.receive_data(piece)
        read()
    parser.receive_eof()
    read()
    return parts


def assert_parts(
    answer: Answer, content: bytes, expected: list[tuple[int, int]], media_type: str = "text/plain"
) -> None:
    """See whether an answer has these ranges of a content, each from one position up to another."""
    assert (answer.status, answer.reason) == (206, "Partial Content")
    assert "Content-Range" not in answer.fields
    assert parts_of(answer.fields["Content-Type"], answer.body) == [
        (
            {"Content-Type": media_type, "Content-Range": f"bytes {start}-{stop - 1}/{len(content)}"},
            content[start:stop],
        )
        for start, stop in expected
    ]


# -- what is asked for -----------------------------------------------------------------------------


@pytest.mark.usefixtures("_where_plans_are_made")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0-9,20-29", [(0, 10), (20, 30)]),
        ("20-29,0-9", [(20, 30), (0, 10)]),
        (" 0-0 ,\t, -1", [(0, 1), (999, 1000)]),
        ("-1,0-0,500-500", [(999, 1000), (0, 1), (500, 501)]),
        ("0-9,990-", [(0, 10), (990, 1000)]),
        ("0-9,990-99999999999999999999999", [(0, 10), (990, 1000)]),
        ("0-9,11-19", [(0, 10), (11, 20)]),
        # What overlaps, or touches, is one, at the place of the first.
        ("0-9,5-14,20-29", [(0, 15), (20, 30)]),
        ("5-14,20-29,0-9", [(0, 15), (20, 30)]),
        ("20-29,0-9,10-14", [(20, 30), (0, 15)]),
        ("0-9,20-29,0-9,20-29,0-9", [(0, 10), (20, 30)]),
        # What cannot be satisfied is left out.
        ("0-9,1000-,20-29", [(0, 10), (20, 30)]),
        ("-0,0-9,20-29", [(0, 10), (20, 30)]),
    ],
)
async def test_several_ranges_are_parts(
    serve: Serve, path: Path, value: str, expected: list[tuple[int, int]]
) -> None:
    answer = await ask(serve, path, f"Range: bytes={value}")
    assert_parts(answer, CONTENT, expected)
    fields = answer.fields
    assert fields["Content-Length"] == str(len(answer.body))
    assert (fields["ETag"], fields["Last-Modified"], fields["Accept-Ranges"]) == (ETAG, DATE, "bytes")
    assert not {"Transfer-Encoding", "Content-Encoding", "Vary"} & set(fields)


async def test_ranges_may_come_in_several_lines(serve: Serve, path: Path) -> None:
    answer = await ask(serve, path, "Range: bytes=0-9", "Range: 20-29")
    assert_parts(answer, CONTENT, [(0, 10), (20, 30)])


@pytest.mark.parametrize(
    ("value", "start", "stop"),
    [
        ("0-9,5-14", 0, 15),
        ("0-9,10-19", 0, 20),
        ("1000-,20-29,-0", 20, 30),
        ("0-,0-,0-,0-", 0, 1000),
        ("0-499,500-999", 0, 1000),
    ],
)
async def test_several_ranges_that_are_one_are_no_multipart(
    serve: Serve, path: Path, value: str, start: int, stop: int
) -> None:
    answer = await ask(serve, path, f"Range: bytes={value}")
    assert (answer.status, answer.body) == (206, CONTENT[start:stop])
    assert answer.fields["Content-Range"] == f"bytes {start}-{stop - 1}/1000"
    assert answer.fields["Content-Type"] == "text/plain"


@pytest.mark.parametrize("value", ["1000-,2000-", "-0,-0", "0-9,20-10", "0-9,x", "0-9;20-29"])
async def test_several_ranges_of_which_nothing_is_there(serve: Serve, path: Path, value: str) -> None:
    answer = await ask(serve, path, f"Range: bytes={value}")
    assert (answer.status, answer.body, answer.fields["Content-Range"]) == (416, b"", "bytes */1000")


async def test_several_ranges_are_for_get(serve: Serve, path: Path) -> None:
    answer = await ask(serve, path, "Range: bytes=0-9,20-29", method="HEAD")
    assert (answer.status, answer.body, answer.fields["Content-Length"]) == (200, b"", "1000")
    assert answer.fields["Content-Type"] == "text/plain"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (f"If-Range: {ETAG}", 206),
        (f"If-Range: {DATE}", 206),
        ('If-Range: "other"', 200),
        (f"If-Match: {ETAG}", 206),
        ('If-Match: "other"', 412),
        (f"If-None-Match: {ETAG}", 304),
        (f"If-Modified-Since: {DATE}", 304),
    ],
)
async def test_conditions_come_before_several_ranges(
    serve: Serve, path: Path, line: str, status: int
) -> None:
    answer = await ask(serve, path, "Range: bytes=0-9,20-29", line)
    assert answer.status == status
    if status == 206:
        assert_parts(answer, CONTENT, [(0, 10), (20, 30)])
    elif status == 200:
        assert (answer.body, answer.fields["Content-Type"]) == (CONTENT, "text/plain")
    else:
        assert answer.body == b""


async def test_static_files_have_several_ranges(serve: Serve, path: Path) -> None:
    app = Application()
    app.router.add_static("/static", path.parent)
    answer = await fetch(await serve(app), "/static/data.txt", "Range: bytes=0-9,20-29")
    assert_parts(answer, CONTENT, [(0, 10), (20, 30)])


async def test_head_and_parts_go_out_in_one_write(serve: Serve, path: Path) -> None:
    async def handler(request: Request) -> FileResponse:
        return FileResponse(path)

    connection = (await serve(handler)).connect()
    connection.send(request("/", "Range: bytes=0-9,20-29"))
    await until(lambda: connection.transport.written.endswith(b"--\r\n"))
    assert len(connection.transport.writes) == 1


# -- what it may cost ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        ",".join(f"{20 * number}-{20 * number}" for number in range(17)),
        ",".join(["0-0"] * 1000),
        "0-," * 16 + "0-",
        "0-9" + "," * 16,
        "x" + "," * 16,
        # Parts with their heads would be longer than the file.
        "0-499,501-999",
        ",".join(f"{60 * number}-{60 * number}" for number in range(16)),
    ],
)
async def test_what_costs_more_than_the_file_is_answered_with_the_file(
    serve: Serve, path: Path, value: str
) -> None:
    answer = await ask(serve, path, f"Range: bytes={value}")
    assert (answer.status, answer.body) == (200, CONTENT)
    assert answer.fields["Content-Type"] == "text/plain"
    assert "Content-Range" not in answer.fields


async def test_sixteen_ranges_are_not_too_many(serve: Serve, tmp_path: Path) -> None:
    content = os.urandom(10_000)
    (tmp_path / "x.txt").write_bytes(content)
    wanted = [(600 * number, 600 * number + 10) for number in range(16)]
    value = ",".join(f"{start}-{stop - 1}" for start, stop in wanted)
    assert_parts(await ask(serve, tmp_path / "x.txt", f"Range: bytes={value}"), content, wanted)
    assert not has_too_many_ranges(value)
    assert has_too_many_ranges(value + ",-1")


def test_parts_are_shorter_than_the_file_or_there_are_none() -> None:
    wanted = [range(2), range(10, 20)]
    found = several_ranges(wanted, 9999, "text/plain")
    assert found is not None
    # The size of the file stands in each part: of four digits it may be anything up to this.
    assert 1000 > found.size > 100
    size = found.size - 2  # of three digits
    assert several_ranges(wanted, size, "text/plain") is None
    assert several_ranges(wanted, size - 1, "text/plain") is None
    shorter = several_ranges(wanted, size + 1, "text/plain")
    assert shorter is not None
    assert shorter.size == size
    assert len(shorter.read(lambda offset, count: b"x" * count)) == size


def test_each_content_has_a_boundary_of_its_own() -> None:
    found = [several_ranges([range(1), range(5, 6)], 10_000, "text/plain") for _ in range(50)]
    assert len({each.content_type for each in found if each is not None}) == 50


@pytest.mark.parametrize(("media_type", "coding"), [("a\r\nb: c", None), ("text/plain", "gzip\r\n\r\n")])
def test_what_may_not_stand_in_a_head_stands_in_no_part(media_type: str, coding: str | None) -> None:
    with pytest.raises(LocalProtocolError):
        several_ranges([range(1), range(5, 6)], 10_000, media_type, coding)


def planned(path: Path, value: str) -> FilePlan:
    def opener() -> tuple[OpenFile | None, Folder, str]:
        folder = Folder(str(path.parent))
        return folder.open(path.name), folder, path.name

    return plan_file(query_of("GET", CIMultiDictProxy(CIMultiDict({"Range": f"bytes={value}"}))), opener)


@pytest.fixture(scope="module")
def numbers() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.txt"
        path.write_bytes(CONTENT)
        yield path


POSITIONS = st.integers(0, 1100)
SPECS = st.one_of(
    st.builds("{}-".format, POSITIONS),
    st.builds("-{}".format, POSITIONS),
    st.builds(lambda first, more: f"{first}-{first + more}", POSITIONS, st.integers(0, 40)),
)


@given(st.lists(SPECS, min_size=1, max_size=20))
def test_parts_have_the_bytes_that_were_asked_for_each_once(numbers: Path, specs: list[str]) -> None:
    wanted: set[int] = set()
    for spec in specs:
        first, _, last = spec.partition("-")
        if first:
            wanted.update(range(int(first), min(int(last or 999) + 1, 1000)))
        else:
            wanted.update(range(max(1000 - int(last), 0), 1000))
    plan = planned(numbers, ",".join(specs))
    assert plan.count <= 1000
    if plan.ranges is None:
        assert plan.status in (200, 206, 416)
        return
    assert plan.status == 206
    assert plan.content is not None
    assert plan.count == len(plan.content) < 1000
    positions: list[int] = []
    parts = parts_of(plan.ranges.content_type, plan.content)
    assert len(parts) > 1
    for fields, data in parts:
        start, stop = map(int, fields["Content-Range"].removeprefix("bytes ").split("/")[0].split("-"))
        assert data == CONTENT[start : stop + 1] != b""
        positions += range(start, stop + 1)
    assert len(positions) == len(set(positions))
    assert set(positions) == wanted


@given(st.text("0123456789-, ", max_size=60))
def test_whatever_is_asked_for_costs_no_more_than_the_file(numbers: Path, value: str) -> None:
    plan = planned(numbers, value)
    assert plan.status in (200, 206, 416)
    assert len(plan.content or b"") == plan.count <= 1000


def test_parts_are_read_the_same_however_they_arrive(numbers: Path) -> None:
    plan = planned(numbers, "5-14,400-409,13-14,-1")  # with bytes that ends of lines have, too
    assert plan.ranges is not None
    assert plan.content is not None
    content_type, content = plan.ranges.content_type, plan.content
    read = parts_of(content_type, content)
    assert [data for _, data in read] == [CONTENT[5:15], CONTENT[400:410], CONTENT[-1:]]
    assert parts_of(content_type, *byte_by_byte(content)) == read
    for pieces in random_splits(content, 20, 1):
        assert parts_of(content_type, *pieces) == read


# -- what the parts say ----------------------------------------------------------------------------


async def test_another_reader_of_multiparts_reads_it(serve: Serve, path: Path) -> None:
    answer = await ask(serve, path, "Range: bytes=50-59,100-119")
    head = f"Content-Type: {answer.fields['Content-Type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + answer.body)
    assert message.is_multipart()
    assert not message.defects
    found = [(part["Content-Range"], part.get_payload(decode=True)) for part in message.walk()][1:]
    assert found == [("bytes 50-59/1000", CONTENT[50:60]), ("bytes 100-119/1000", CONTENT[100:120])]


async def test_parts_are_of_the_sibling_and_tell_its_coding(serve: Serve, path: Path) -> None:
    compressed = os.urandom(700)
    (path.parent / "data.txt.gz").write_bytes(compressed)
    lines = ("Range: bytes=0-9,20-29", "Accept-Encoding: gzip")
    answer = await ask(serve, path, *lines)
    assert answer.status == 206
    assert answer.fields["Vary"] == "Accept-Encoding"
    # The content as a whole is not encoded.
    assert "Content-Encoding" not in answer.fields
    parts = parts_of(answer.fields["Content-Type"], answer.body)
    assert [data for _, data in parts] == [compressed[:10], compressed[20:30]]
    for fields, _ in parts:
        assert (fields["Content-Type"], fields["Content-Encoding"]) == ("text/plain", "gzip")
        assert fields["Content-Range"].endswith("/700")
    answer = await ask(serve, path, *lines, f"If-Range: {ETAG}")
    assert (answer.status, answer.body, answer.fields["Content-Encoding"]) == (200, compressed, "gzip")


async def test_parts_tell_what_the_handler_says(serve: Serve, path: Path) -> None:
    how = {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "br", "ETag": '"mine"'}
    answer = await ask(serve, path, "Range: bytes=0-9,20-29", headers=how)
    assert (answer.fields["ETag"], "Content-Encoding" in answer.fields) == ('"mine"', False)
    parts = parts_of(answer.fields["Content-Type"], answer.body)
    assert [data for _, data in parts] == [CONTENT[:10], CONTENT[20:30]]
    for fields, _ in parts:
        assert (fields["Content-Type"], fields["Content-Encoding"]) == ("text/html; charset=utf-8", "br")
    answer = await ask(serve, path, "Range: bytes=0-9", headers=how)
    assert (answer.fields["Content-Type"], answer.fields["Content-Encoding"]) == (how["Content-Type"], "br")


async def test_a_type_that_may_not_go_out_is_an_error_that_leaves_nothing_open(
    serve: Serve, path: Path
) -> None:
    answer = await ask(serve, path, "Range: bytes=0-9,20-29", headers={"Content-Type": "a\r\nX: b"})
    assert answer.status == 500


async def test_who_changes_the_type_at_the_last_moment_does_not_take_the_boundary(
    serve: Serve, path: Path
) -> None:
    seen: list[str] = []

    async def change(request: Any, response: Any) -> None:
        seen.append(response.headers["Content-Type"])
        response.headers["Content-Type"] = "text/html"

    app = Application()
    app.router.add_static("/", path.parent)
    app.on_response_prepare.append(change)
    client = await serve(app)
    answer = await fetch(client, "/data.txt", "Range: bytes=0-9,20-29")
    assert_parts(answer, CONTENT, [(0, 10), (20, 30)])
    assert seen == [answer.fields["Content-Type"]]
    assert (await fetch(client, "/data.txt", "Range: bytes=0-9")).fields["Content-Type"] == "text/html"


async def test_a_middleware_that_changes_the_type_does_not_take_the_boundary(
    serve: Serve, path: Path
) -> None:
    @middleware
    async def change(request: Request, handler: Any) -> StreamResponse:
        response: StreamResponse = await handler(request)
        response.content_type = "text/html"
        return response

    app = Application(middlewares=[change])
    app.router.add_static("/", path.parent)
    answer = await fetch(await serve(app), "/data.txt", "Range: bytes=0-9,20-29")
    assert_parts(answer, CONTENT, [(0, 10), (20, 30)])


async def test_several_ranges_are_not_compressed_on_the_way(serve: Serve, path: Path) -> None:
    async def handler(request: Request) -> FileResponse:
        response = FileResponse(path)
        response.enable_compression()
        return response

    answer = await fetch(await serve(handler), "/", "Range: bytes=0-199,300-399", "Accept-Encoding: gzip")
    assert_parts(answer, CONTENT, [(0, 200), (300, 400)])
    assert "Content-Encoding" not in answer.fields


# -- how they are sent -----------------------------------------------------------------------------


@pytest.mark.usefixtures("_where_plans_are_made")
@pytest.mark.parametrize("length", [60_000, 131_000, LARGE])
@pytest.mark.parametrize("chunked", [False, True])
async def test_parts_of_any_size(serve: Serve, tmp_path: Path, length: int, chunked: bool) -> None:
    content = os.urandom(LARGE * 3)
    (tmp_path / "x.txt").write_bytes(content)

    async def handler(request: Request) -> FileResponse:
        response = FileResponse(tmp_path / "x.txt", chunk_size=100_000)
        if chunked:
            response.enable_chunked_encoding()
        return response

    wanted = [(LARGE, LARGE + length), (0, 10), (LARGE * 3 - length // 2, LARGE * 3)]
    value = ",".join(f"{start}-{stop - 1}" for start, stop in wanted)
    answer = await fetch(await serve(handler), "/", f"Range: bytes={value}")
    assert_parts(answer, content, wanted)
    assert ("Transfer-Encoding" in answer.fields) is chunked


async def test_http_1_0_gets_parts_too(serve: Serve, path: Path) -> None:
    async def handler(request: Request) -> FileResponse:
        return FileResponse(path)

    connection = (await serve(handler)).connect()
    connection.send(request("/", "Range: bytes=0-9,20-29", version="1.0"))
    await until(lambda: connection.look() and connection.answers[0].complete)
    assert_parts(connection.answers[0], CONTENT, [(0, 10), (20, 30)])


def connected(path: Path) -> AbstractAsyncContextManager[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A client at a real socket, behind which is a file."""

    async def handler(request: Request) -> FileResponse:
        return FileResponse(path)

    return socket_client.connected(handler)


async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, value: str) -> Answer:
    writer.write(request("/", f"Range: bytes={value}"))
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    fields = dict(line.split(": ", 1) for line in head[1:-2])
    body = await reader.readexactly(int(fields["Content-Length"]))
    return Answer(int(head[0].split()[1]), head[0].split(" ", 2)[2], fields, body)


async def test_large_and_small_parts_over_a_real_connection(tmp_path: Path) -> None:
    content = os.urandom(LARGE * 4)
    path = tmp_path / "x.txt"
    path.write_bytes(content)
    async with asyncio.timeout(30), connected(path) as (reader, writer):
        for _ in range(2):
            answer = await answered(reader, writer, f"{LARGE}-{LARGE * 3 - 1},0-0,-{LARGE // 2},5-9")
            wanted = [(LARGE, LARGE * 3), (0, 1), (LARGE * 7 // 2, LARGE * 4), (5, 10)]
            assert_parts(answer, content, wanted)
        answer = await answered(reader, writer, "0-0,5-5")
        assert_parts(answer, content, [(0, 1), (5, 6)])


async def test_a_file_that_becomes_shorter_breaks_the_parts_off(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x" * LARGE * 16)
    before = descriptors()
    async with asyncio.timeout(30), connected(path) as (reader, writer):
        writer.write(request("/", f"Range: bytes=5-{LARGE * 8},{LARGE * 9}-"))
        await reader.readuntil(b"\r\n\r\n")
        os.truncate(path, LARGE * 10)
        body = await reader.read()
        assert len(body) < LARGE * 12
        assert not body.endswith(b"--\r\n")
    error = next(record.exc_info for record in caplog.records if record.exc_info)
    assert isinstance(error[1], BodyLengthMismatch)
    await until(lambda: descriptors() == before)


async def test_a_client_that_goes_between_the_parts_leaves_nothing_behind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x" * LARGE * 16)
    before = descriptors()
    async with asyncio.timeout(30), connected(path) as (reader, writer):
        opened = len(descriptors())
        writer.write(request("/", f"Range: bytes=5-{LARGE * 8},{LARGE * 9}-"))
        await reader.readexactly(1000)
        assert len(descriptors()) > opened
        writer.transport.abort()
        await until(lambda: len(descriptors()) < opened)
    await until(lambda: descriptors() == before)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_parts_that_are_not_at_hand_are_not_waited_for(path: Path) -> None:
    asked: list[tuple[int, int]] = []

    def read(file: OpenFile, offset: int, size: int) -> bytes:
        asked.append((offset, size))
        if len(asked) > 1:
            raise ContentNotAtHand
        return file.read(offset, size)

    def opener() -> tuple[OpenFile | None, Folder, str]:
        folder = Folder(str(path.parent))
        return folder.open(path.name), folder, path.name

    headers = CIMultiDictProxy(CIMultiDict({"Range": "bytes=0-9,20-29,-5"}))
    with pytest.raises(ContentNotAtHand):
        plan_file(query_of("GET", headers), opener, read)
    assert asked == [(0, 10), (20, 10)]


def test_a_file_that_becomes_shorter_before_it_is_read_is_looked_at_again(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(CONTENT)

    class Shrinking(OpenFile):
        def read(self, offset: int, size: int) -> bytes:
            os.ftruncate(self.descriptor, 995)
            return super().read(offset, size)

    def opener() -> tuple[OpenFile | None, Folder, str]:
        return Shrinking(os.open(path, os.O_RDWR)), Folder(str(tmp_path)), "x"

    headers = CIMultiDictProxy(CIMultiDict({"Range": "bytes=0-9,990-"}))
    plan = plan_file(query_of("GET", headers), opener)
    assert plan.ranges is not None
    assert plan.content is not None
    parts = parts_of(plan.ranges.content_type, plan.content)
    assert [(fields["Content-Range"], data) for fields, data in parts] == [
        ("bytes 0-9/995", CONTENT[:10]),
        ("bytes 990-994/995", CONTENT[990:995]),
    ]
