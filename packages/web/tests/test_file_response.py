"""Files as responses: conditions, ranges, siblings, and what becomes of the file's descriptor.

Several ranges at a time are in `test_byte_ranges`.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from file_client import PlannerAtOnce, are_back_to, descriptors, fetch, until
from web_client import Answer, Client, request

from tidewire_http_io import BodyLengthMismatch
from tidewire_http_parser.field_values import format_date
from tidewire_web import (
    Application,
    AppRunner,
    FileResponse,
    Request,
    Response,
    StreamResponse,
    middleware,
)
from tidewire_web._file_planner import FilePlanner, _planners

Serve = Callable[..., Awaitable[Client]]

CONTENT = b"0123456789"
# Sun, 06 Nov 1994 08:49:37.5 GMT
CHANGED = 784111777_500_000_000
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
EARLIER = "Sun, 06 Nov 1994 08:49:36 GMT"
ETAG = f'"{CHANGED:x}-a"'
LARGE = 1024 * 1024


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that was changed at a known time."""
    file = tmp_path / "data.txt"
    file.write_bytes(CONTENT)
    os.utime(file, ns=(CHANGED, CHANGED))
    return file


@pytest.fixture(autouse=True)
def _no_descriptor_is_left(serve: Serve) -> Iterator[None]:
    before = descriptors()
    yield
    assert are_back_to(before)


@pytest.fixture(autouse=True, params=["thread", "loop"])
async def _where_plans_are_made(request: pytest.FixtureRequest) -> None:
    # For this test: each has a loop of its own.
    _planners[asyncio.get_running_loop()] = PlannerAtOnce() if request.param == "loop" else FilePlanner()


async def ask(serve: Serve, path: object, *lines: str, method: str = "GET", **how: Any) -> Answer:
    """Answer a request with a file."""

    async def handler(request: Request) -> FileResponse:
        return FileResponse(path, **how)  # type: ignore[arg-type]

    return await fetch(await serve(handler), "/", *lines, method=method)


# -- the file -------------------------------------------------------------------------------------


async def test_a_file(serve: Serve, path: Path) -> None:
    answer = await ask(serve, path)
    assert (answer.status, answer.reason, answer.body) == (200, "OK", CONTENT)
    fields = answer.fields
    assert fields["Content-Length"] == "10"
    assert fields["Content-Type"] == "text/plain"
    assert fields["ETag"] == ETAG
    assert fields["Last-Modified"] == DATE
    assert fields["Accept-Ranges"] == "bytes"
    assert "Vary" not in fields
    assert "Content-Encoding" not in fields
    assert {"Date", "Server"} <= set(fields)


@pytest.mark.parametrize("size", [1, 131072, 131073, LARGE])
async def test_a_file_of_any_size(serve: Serve, tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "x.bin").write_bytes(content)
    answer = await ask(serve, tmp_path / "x.bin", chunk_size=100_000)
    assert answer.body == content
    assert answer.fields["Content-Length"] == str(size)
    answer = await ask(serve, tmp_path / "x.bin", method="HEAD")
    assert answer.body == b""
    assert answer.fields["Content-Length"] == str(size)


async def test_an_empty_file(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    answer = await ask(serve, tmp_path / "empty")
    assert (answer.status, answer.body, answer.fields["Content-Length"]) == (200, b"", "0")
    assert answer.fields["Content-Type"] == "application/octet-stream"


async def test_a_small_file_and_its_head_go_out_in_one_write(serve: Serve, path: Path) -> None:
    async def handler(request: Request) -> FileResponse:
        return FileResponse(path)

    connection = (await serve(handler)).connect()
    connection.send(request())
    await until(lambda: connection.transport.written.endswith(CONTENT))
    assert len(connection.transport.writes) == 1


@pytest.mark.parametrize("size", [1, 65_000, 66_000, 131_072, 131_073])
async def test_the_same_goes_out_wherever_it_was_planned_and_however_it_is_sent(
    serve: Serve, tmp_path: Path, size: int
) -> None:
    (tmp_path / "x.txt").write_bytes(os.urandom(size))
    answers: list[Answer] = []

    async def see(request: Request, response: StreamResponse) -> None:
        assert response.headers["Content-Length"] == str(size)

    for receivers in ([], [see]):
        app = Application()
        app.on_response_prepare.extend(receivers)
        app.router.add_static("/", tmp_path)
        client = await serve(app)
        answers += [await fetch(client, "/x.txt") for _ in range(3)]
    for answer in answers:
        answer.fields.pop("Date")
        assert (answer.status, answer.body) == (200, (tmp_path / "x.txt").read_bytes())
        assert answer.fields == answers[0].fields


async def test_fields_that_every_response_has_may_be_set(serve: Serve, path: Path) -> None:
    answer = await ask(serve, path, headers={"Server": "mine", "Date": "today"})
    assert answer.body == CONTENT
    assert [pair for pair in answer.pairs if pair[0] in ("Server", "Date")] == [
        ("Server", "mine"),
        ("Date", "today"),
    ]


async def test_a_file_with_a_cookie_that_is_the_last_of_its_connection(serve: Serve, path: Path) -> None:
    async def handler(request: Request) -> FileResponse:
        response = FileResponse(path)
        response.set_cookie("a", "b")
        response.force_close()
        return response

    answer = await fetch(await serve(handler))
    assert answer.body == CONTENT
    assert answer.fields["Set-Cookie"].startswith("a=b")
    assert answer.fields["Connection"] == "close"


async def test_a_length_that_is_wrong_is_not_sent(serve: Serve, path: Path) -> None:
    """A middleware may spoil what a static resource has planned."""

    @middleware
    async def spoil(request: Request, handler: Any) -> StreamResponse:
        response: StreamResponse = await handler(request)
        response.content_length = 3
        return response

    app = Application(middlewares=[spoil])
    app.router.add_static("/", path.parent)
    connection = (await serve(app)).connect()
    connection.send(request(f"/{path.name}"))
    await until(connection.transport.is_closing)
    assert not connection.look()


async def test_what_the_handler_says_counts(serve: Serve, path: Path) -> None:
    answer = await ask(
        serve,
        str(path),
        status=404,
        reason="Gone fishing",
        headers={"Content-Type": "text/html", "Last-Modified": EARLIER, "X-A": "1", "ETag": '"mine"'},
    )
    assert (answer.status, answer.reason, answer.body) == (404, "Gone fishing", CONTENT)
    assert answer.fields["Content-Type"] == "text/html"
    assert answer.fields["Last-Modified"] == EARLIER
    assert answer.fields["ETag"] == '"mine"'
    assert answer.fields["X-A"] == "1"
    assert "Accept-Ranges" not in answer.fields


async def test_a_name_with_no_folder_is_one_of_the_current_folder(
    serve: Serve, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    assert (await ask(serve, "data.txt")).body == CONTENT


async def test_a_link_is_followed(serve: Serve, path: Path) -> None:
    link = path.parent / "link.css"
    link.symlink_to(path)
    answer = await ask(serve, link)
    assert (answer.body, answer.fields["Content-Type"]) == (CONTENT, "text/css")


@pytest.mark.parametrize("when", [-(10**18), -1, 10**19])
async def test_a_file_of_another_age(serve: Serve, path: Path, when: int) -> None:
    try:
        os.utime(path, ns=(when, when))
    except OverflowError:
        pytest.skip("the system knows no such time")
    answer = await ask(serve, path)
    assert answer.status == 200
    date = answer.fields["Last-Modified"]
    assert date in ("Thu, 01 Jan 1970 00:00:00 GMT", answer.fields["Date"]) or when > 0


async def test_prepare_sends_all_of_it(serve: Serve, path: Path) -> None:
    async def handler(request: Request) -> FileResponse:
        response = FileResponse(path)
        assert await response.prepare(request) is None
        assert response.prepared
        assert request.exchange.finished
        await response.prepare(request)
        await response.write_eof()
        return response

    assert (await fetch(await serve(handler))).body == CONTENT


def test_a_chunk_has_a_byte_at_least() -> None:
    with pytest.raises(ValueError, match="0 bytes"):
        FileResponse("x", chunk_size=0)


# -- what cannot be sent --------------------------------------------------------------------------


async def test_what_is_not_there(serve: Serve, path: Path) -> None:
    for missing in (path.parent / "none", path / "none", path.parent / ("x" * 5000), f"{path}\0"):
        answer = await ask(serve, missing, "Range: bytes=0-1", 'If-Match: "x"')
        assert (answer.status, answer.body, answer.fields["Content-Length"]) == (404, b"", "0")
        assert "ETag" not in answer.fields


async def test_what_is_no_file_in_the_narrow_sense(serve: Serve, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for name in ("", "pipe", "socket"):
            answer = await ask(serve, tmp_path / name)
            assert (answer.status, answer.body) == (403, b"")
    assert (await ask(serve, "/dev/null")).status == 403


@pytest.mark.skipif(os.geteuid() == 0, reason="to root nothing is forbidden")
async def test_what_may_not_be_read(serve: Serve, path: Path) -> None:
    os.chmod(path, 0)
    assert (await ask(serve, path)).status == 403


# -- conditions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([f"If-Match: {ETAG}"], 200),
        (["If-Match: *"], 200),
        (['If-Match: "other"'], 412),
        ([f"If-Match: W/{ETAG}"], 412),
        (['If-Match: "a"', f"If-Match: {ETAG}"], 200),
        ([f"If-Unmodified-Since: {DATE}"], 200),
        ([f"If-Unmodified-Since: {EARLIER}"], 412),
        ([f"If-Match: {ETAG}", f"If-Unmodified-Since: {EARLIER}"], 200),
        ([f"If-None-Match: {ETAG}"], 304),
        ([f"If-None-Match: W/{ETAG}"], 304),
        (["If-None-Match: *"], 304),
        (['If-None-Match: "other"'], 200),
        ([f"If-Modified-Since: {DATE}"], 304),
        ([f"If-Modified-Since: {EARLIER}"], 200),
        (["If-Modified-Since: yesterday"], 200),
        (['If-None-Match: "other"', f"If-Modified-Since: {DATE}"], 200),
        (['If-Match: "other"', f"If-None-Match: {ETAG}"], 412),
        ([f"If-Match: {ETAG}", f"If-None-Match: {ETAG}"], 304),
        (['If-Match: "other"', "Range: bytes=0-1"], 412),
        ([f"If-None-Match: {ETAG}", "Range: bytes=0-1"], 304),
        ([f"If-None-Match: {ETAG}", "Range: bytes=99-"], 304),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_conditions_come_in_their_order(
    serve: Serve, path: Path, method: str, lines: list[str], status: int
) -> None:
    answer = await ask(serve, path, *lines, method=method)
    assert answer.status == status
    assert answer.body == (CONTENT if status == 200 and method == "GET" else b"")
    if status == 304:
        assert (answer.fields["ETag"], answer.fields["Last-Modified"]) == (ETAG, DATE)
        assert not {"Content-Type", "Content-Length", "Transfer-Encoding"} & set(answer.fields)
    if status == 412:
        assert answer.fields["Content-Length"] == "0"
        assert "ETag" not in answer.fields


async def test_conditions_are_about_what_the_handler_says(serve: Serve, path: Path) -> None:
    own = {"ETag": 'W/"mine"', "Last-Modified": EARLIER}
    assert (await ask(serve, path, 'If-None-Match: "mine"', headers=own)).status == 304
    assert (await ask(serve, path, f"If-None-Match: {ETAG}", headers=own)).status == 200
    assert (await ask(serve, path, f"If-Modified-Since: {EARLIER}", headers=own)).status == 304


async def test_there_are_no_conditions_for_an_error(serve: Serve, path: Path) -> None:
    answer = await ask(serve, path, f"If-None-Match: {ETAG}", "Range: bytes=0-1", status=404)
    assert (answer.status, answer.body) == (404, CONTENT)


async def test_a_created_file_has_conditions_and_no_ranges(serve: Serve, path: Path) -> None:
    assert (await ask(serve, path, f"If-None-Match: {ETAG}", status=201)).status == 304
    answer = await ask(serve, path, "Range: bytes=0-1", status=201)
    assert (answer.status, answer.body) == (201, CONTENT)


# -- ranges ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "where", "body"),
    [
        ("bytes=0-0", "0-0", b"0"),
        ("bytes=2-4", "2-4", b"234"),
        ("bytes=7-", "7-9", b"789"),
        ("bytes=7-99", "7-9", b"789"),
        ("bytes=-3", "7-9", b"789"),
        ("bytes=-99", "0-9", CONTENT),
        ("bytes=0-", "0-9", CONTENT),
        ("BYTES=0-1", "0-1", b"01"),
        ("bytes=0-99999999999999999999999999", "0-9", CONTENT),
        ("bytes=0-1,1-4", "0-4", b"01234"),
        ("bytes=20-30, 4-4", "4-4", b"4"),
    ],
)
async def test_a_range(serve: Serve, path: Path, value: str, where: str, body: bytes) -> None:
    answer = await ask(serve, path, f"Range: {value}")
    assert (answer.status, answer.body) == (206, body)
    assert answer.fields["Content-Range"] == f"bytes {where}/10"
    assert answer.fields["Content-Length"] == str(len(body))
    assert answer.fields["ETag"] == ETAG
    assert answer.fields["Content-Type"] == "text/plain"


@pytest.mark.parametrize(
    "value",
    [
        "bytes=10-",
        "bytes=-0",
        "bytes=5-4",
        "bytes=",
        "bytes=a-b",
        "bytes=0-1-2",
        "bytes=--1",
        "bytes=99999999999999999999999999-",
        "bytes=\u0661-\u0662",
    ],
)
async def test_a_range_that_is_none(serve: Serve, path: Path, value: str) -> None:
    answer = await ask(serve, path, f"Range: {value}")
    assert (answer.status, answer.body, answer.fields["Content-Length"]) == (416, b"", "0")
    assert answer.fields["Content-Range"] == "bytes */10"


@pytest.mark.parametrize("value", ["lines=1-2", "bytes=0-0,9-9", "bytes=" + ",".join(["0-0"] * 1000)])
async def test_a_range_that_does_not_count(serve: Serve, path: Path, value: str) -> None:
    answer = await ask(serve, path, f"Range: {value}")
    assert (answer.status, answer.body) == (200, CONTENT)
    assert "Content-Range" not in answer.fields


async def test_ranges_are_for_get(serve: Serve, path: Path) -> None:
    answer = await ask(serve, path, "Range: bytes=0-1", method="HEAD")
    assert (answer.status, answer.fields["Content-Length"]) == (200, "10")


async def test_a_range_of_nothing(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for value in ("0-", "-1", "0-0"):
        answer = await ask(serve, tmp_path / "empty", f"Range: bytes={value}")
        assert (answer.status, answer.fields["Content-Range"]) == (416, "bytes */0")


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (ETAG, 206),
        (f"W/{ETAG}", 200),
        ('"other"', 200),
        (DATE, 206),
        (EARLIER, 200),
        ("Sun, 06 Nov 2044 08:49:37 GMT", 200),
        ("nonsense", 200),
    ],
)
async def test_a_range_counts_for_the_file_that_it_was_meant_for(
    serve: Serve, path: Path, value: str, status: int
) -> None:
    answer = await ask(serve, path, "Range: bytes=1-2", f"If-Range: {value}")
    assert (answer.status, answer.body) == (status, b"12" if status == 206 else CONTENT)


async def test_a_large_range_of_a_large_file(serve: Serve, tmp_path: Path) -> None:
    content = os.urandom(LARGE)
    (tmp_path / "x").write_bytes(content)
    answer = await ask(serve, tmp_path / "x", f"Range: bytes=5-{LARGE - 6}", chunk_size=65536)
    assert answer.body == content[5:-5]


# -- siblings -------------------------------------------------------------------------------------


@pytest.fixture
def siblings(path: Path) -> Path:
    """The file, with the same compressed in every way beside it."""
    for ending in (".br", ".zst", ".gz"):
        (path.parent / f"data.txt{ending}").write_bytes(ending.encode() * 2)
    return path


@pytest.mark.parametrize(
    ("accepted", "coding", "body"),
    [
        ("br", "br", b".br.br"),
        ("gzip", "gzip", b".gz.gz"),
        ("zstd, gzip", "zstd", b".zst.zst"),
        ("gzip, deflate, br, zstd", "br", b".br.br"),
        ("GZIP", "gzip", b".gz.gz"),
        ("br;q=0.5, gzip;q=0.6", "gzip", b".gz.gz"),
        ("*", "br", b".br.br"),
        ("br;q=0, *", "zstd", b".zst.zst"),
        ("deflate", None, CONTENT),
        ("br;q=0", None, CONTENT),
        ("identity, br;q=0.5", None, CONTENT),
        ("", None, CONTENT),
        (None, None, CONTENT),
        ("identity;q=0, deflate", None, CONTENT),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_compressed_sibling_is_sent_to_who_accepts_it(
    serve: Serve, siblings: Path, method: str, accepted: str | None, coding: str | None, body: bytes
) -> None:
    lines = [] if accepted is None else [f"Accept-Encoding: {accepted}"]
    answer = await ask(serve, siblings, *lines, method=method)
    assert (answer.status, answer.fields.get("Content-Encoding")) == (200, coding)
    assert answer.body == (body if method == "GET" else b"")
    assert answer.fields["Content-Length"] == str(len(body))
    assert answer.fields["Vary"] == "Accept-Encoding"
    assert answer.fields["Content-Type"] == "text/plain"
    assert (answer.fields["ETag"] == ETAG) == (coding is None)


async def test_each_coding_has_its_own_entity_tag(serve: Serve, siblings: Path) -> None:
    tags = set()
    for coding in ("br", "zstd", "gzip", "identity"):
        sibling = siblings.parent / f"data.txt.{coding}"
        sibling.write_bytes(CONTENT)
    for ending in (".br", ".zst", ".gz", ""):
        file = siblings.parent / f"data.txt{ending}"
        file.write_bytes(CONTENT)
        os.utime(file, ns=(CHANGED, CHANGED))
    for coding in ("br", "zstd", "gzip", "identity"):
        tag = (await ask(serve, siblings, f"Accept-Encoding: {coding}")).fields["ETag"]
        tags.add(tag)
        answer = await ask(serve, siblings, f"Accept-Encoding: {coding}", f"If-None-Match: {tag}")
        assert (answer.status, answer.fields["Vary"]) == (304, "Accept-Encoding")
        other = "gzip" if coding == "br" else "br"
        assert (
            await ask(serve, siblings, f"Accept-Encoding: {other}", f"If-None-Match: {tag}")
        ).status == 200
    assert len(tags) == 4


async def test_a_range_is_one_of_the_sibling(serve: Serve, siblings: Path) -> None:
    answer = await ask(serve, siblings, "Accept-Encoding: gzip", "Range: bytes=1-3")
    assert (answer.status, answer.body) == (206, b"gz.")
    assert answer.fields["Content-Range"] == "bytes 1-3/6"
    assert answer.fields["Content-Encoding"] == "gzip"


async def test_a_sibling_that_is_a_link_or_no_file_is_none(serve: Serve, path: Path) -> None:
    secret = path.parent / "secret"
    secret.write_bytes(b"secret")
    (path.parent / "data.txt.gz").symlink_to(secret)
    (path.parent / "data.txt.br").mkdir()
    os.mkfifo(path.parent / "data.txt.zst")
    answer = await ask(serve, path, "Accept-Encoding: gzip, br, zstd")
    assert (answer.body, "Vary" in answer.fields) == (CONTENT, False)


async def test_a_sibling_may_be_all_there_is(serve: Serve, siblings: Path) -> None:
    os.unlink(siblings)
    assert (await ask(serve, siblings, "Accept-Encoding: gzip")).body == b".gz.gz"
    assert (await ask(serve, siblings)).status == 404


@pytest.mark.parametrize("headers", [{"ETag": '"mine"'}, {"Content-Encoding": "gzip"}])
async def test_who_knows_better_gets_the_file_itself(
    serve: Serve, siblings: Path, headers: dict[str, str]
) -> None:
    answer = await ask(serve, siblings, "Accept-Encoding: br", headers=headers)
    assert (answer.body, "Vary" in answer.fields) == (CONTENT, False)


@pytest.mark.parametrize(
    ("given", "vary"),
    [("Origin", "Origin, Accept-Encoding"), ("*", "*"), ("accept-encoding", "accept-encoding")],
)
async def test_vary_is_added_to(serve: Serve, siblings: Path, given: str, vary: str) -> None:
    assert (await ask(serve, siblings, headers={"Vary": given})).fields["Vary"] == vary


# -- other ways to send it ------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1000, LARGE])
async def test_a_file_may_be_compressed_on_the_way(serve: Serve, tmp_path: Path, size: int) -> None:
    import zlib

    content = os.urandom(size // 2) * 2
    (tmp_path / "x").write_bytes(content)

    async def handler(request: Request) -> FileResponse:
        response = FileResponse(tmp_path / "x")
        response.enable_compression()
        return response

    client = await serve(handler)
    answer = await fetch(client, "/", "Accept-Encoding: gzip")
    assert answer.fields["Content-Encoding"] == "gzip"
    assert answer.fields["ETag"].startswith('W/"')
    assert zlib.decompress(answer.body, 31) == content
    answer = await fetch(client, "/")
    assert answer.body == content
    answer = await fetch(client, "/", "Accept-Encoding: gzip", "Range: bytes=5-9")
    assert (answer.status, answer.body) == (206, content[5:10])
    (tmp_path / "x.gz").write_bytes(b"made before")
    answer = await fetch(client, "/", "Accept-Encoding: gzip")
    assert (answer.body, answer.fields["Vary"]) == (b"made before", "Accept-Encoding")


async def test_a_file_may_go_out_in_chunks(serve: Serve, tmp_path: Path) -> None:
    content = os.urandom(LARGE)
    (tmp_path / "x").write_bytes(content)

    async def handler(request: Request) -> FileResponse:
        response = FileResponse(tmp_path / "x")
        response.enable_chunked_encoding()
        return response

    answer = await fetch(await serve(handler))
    assert answer.fields["Transfer-Encoding"] == "chunked"
    assert answer.body == content


async def test_receivers_of_on_response_prepare_see_the_whole_head(serve: Serve, path: Path) -> None:
    seen: list[dict[str, Any]] = []

    async def see(request: Any, response: Any) -> None:
        seen.append({"status": response.status, **response.headers})
        response.headers["X-Seen"] = "1"

    async def handler(request: Request) -> FileResponse:
        return FileResponse(path)

    app = Application()
    app.on_response_prepare.append(see)
    app.router.add_get("/", handler)
    answer = await fetch(await serve(app), "/", "Range: bytes=0-1")
    assert (answer.status, answer.body, answer.fields["X-Seen"]) == (206, b"01", "1")
    assert (seen[0]["status"], seen[0]["Content-Range"], seen[0]["Content-Length"]) == (
        206,
        "bytes 0-1/10",
        "2",
    )


async def test_a_response_answers_one_request(serve: Serve, path: Path) -> None:
    response = FileResponse(path)

    async def handler(request: Request) -> FileResponse:
        return response

    client = await serve(handler)
    assert (await fetch(client)).status == 200
    assert (await fetch(client)).status == 500


# -- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize("by_system", [False, True])
async def test_a_file_that_becomes_shorter_breaks_the_connection_off(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, by_system: bool
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x" * LARGE * 16)

    async def handler(request: Request) -> FileResponse:
        response = FileResponse(path)
        if not by_system:
            response.enable_chunked_encoding()
        return response

    async with Server(handler) as server:
        reader, writer = await server.connect()
        writer.write(request())
        await reader.readuntil(b"\r\n\r\n")
        os.truncate(path, LARGE * 8)
        body = await reader.read()
        assert len(body) < LARGE * 16
        assert not body.endswith(b"0\r\n\r\n")
        writer.close()
    error = next(record.exc_info for record in caplog.records if record.exc_info)
    assert isinstance(error[1], BodyLengthMismatch)


@pytest.mark.parametrize("by_system", [False, True])
async def test_a_client_that_goes_is_no_error_and_leaves_nothing_behind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, by_system: bool
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x" * LARGE * 16)
    ended = asyncio.Event()

    async def handler(request: Request) -> FileResponse:
        response = FileResponse(path)
        if not by_system:
            response.enable_chunked_encoding()
        task = asyncio.current_task()
        assert task is not None
        task.add_done_callback(lambda task: ended.set())
        return response

    before = descriptors()
    async with Server(handler) as server:
        reader, writer = await server.connect()
        writer.write(request())
        await reader.readexactly(1000)
        writer.transport.abort()
        await asyncio.wait_for(ended.wait(), 5)
    await until(lambda: descriptors() == before)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("how", ["new", "planned", "sending"])
async def test_a_handler_that_is_cancelled_leaves_nothing_behind(tmp_path: Path, how: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x" * LARGE * 16)
    tasks: list[asyncio.Task[Any]] = []

    async def handler(request: Request) -> FileResponse:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        return FileResponse(path)

    before = descriptors()
    async with Server(handler) as server:
        reader, writer = await server.connect()
        writer.write(request())
        await until(lambda: tasks)
        if how == "sending":
            await reader.readexactly(1000)
        elif how == "planned":
            await asyncio.sleep(0)
        tasks[0].cancel()
        await until(tasks[0].done)
        writer.close()
    await until(lambda: descriptors() == before)


async def test_a_response_that_is_not_sent_closes_its_file(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x" * LARGE)

    async def handler(request: Request) -> FileResponse:
        return FileResponse(tmp_path / "x", headers={"X-Bad": "a\r\nb"})

    before = descriptors()
    assert (await fetch(await serve(handler))).status == 500
    assert are_back_to(before)


async def test_a_large_file_over_a_real_connection(tmp_path: Path) -> None:
    content = os.urandom(LARGE * 4)
    (tmp_path / "x").write_bytes(content)

    async def handler(request: Request) -> FileResponse:
        return FileResponse(tmp_path / "x")

    async with Server(handler) as server:
        reader, writer = await server.connect()
        for _ in range(2):
            writer.write(request())
            head = await reader.readuntil(b"\r\n\r\n")
            assert b"HTTP/1.1 200 OK" in head
            assert await reader.readexactly(len(content)) == content
        writer.close()
        await writer.wait_closed()


class Server:
    """A handler behind a real socket."""

    def __init__(self, handler: Callable[[Any], Awaitable[Any]]) -> None:
        app = Application()
        app.router.add_get("/", handler)
        self.runner = AppRunner(app, shutdown_timeout=1.0)

    async def __aenter__(self) -> Self:
        await self.runner.setup()
        assert self.runner.server is not None
        loop = asyncio.get_running_loop()
        self.listener = await loop.create_server(self.runner.server, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.listener.close()
        await self.runner.cleanup()
        await asyncio.sleep(0)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port = self.listener.sockets[0].getsockname()[1]
        return await asyncio.open_connection("127.0.0.1", port, limit=LARGE)


def test_the_date_of_these_tests() -> None:
    assert format_date(CHANGED // 10**9) == DATE
    assert Response is not None
