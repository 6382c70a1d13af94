"""Downloads from a server that breaks off, changes its mind, or has strange names for things."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from yarl import URL

from downloader.download import Downloader, DownloadError, Order, Settings
from downloader.naming import file_name
from downloader.partial import Partial
from tidewire_client import ClientPayloadError, ClientSession
from tidewire_testing.pytest_plugin import TidewireRawServer
from tidewire_web import BaseRequest, Response, StreamResponse

CONTENT = bytes(range(256)) * 1024
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Flaky:
    """A server of one file, whose connections break off.

    Args:
        cuts: after how many bytes each response breaks off; those after the last one do not.
        etag: the entity tag; None for none.
        ranges: whether it knows of them.
        chunked: whether it does not say how long the file is.
    """

    def __init__(
        self,
        *cuts: int,
        content: bytes = CONTENT,
        etag: str | None = '"1"',
        ranges: bool = True,
        chunked: bool = False,
        disposition: str | None = None,
    ) -> None:
        self.cuts = list(cuts)
        self.content = content
        self.etag = etag
        self.ranges = ranges
        self.chunked = chunked
        self.disposition = disposition
        self.requests: list[str | None] = []
        self.after_cut: Callable[[], None] | None = None

    async def __call__(self, request: BaseRequest) -> StreamResponse:
        self.requests.append(request.headers.get("Range"))
        start = 0
        response = StreamResponse()
        if self.etag is not None:
            response.headers["ETag"] = self.etag
        if self.disposition is not None:
            response.headers["Content-Disposition"] = self.disposition
        if self.ranges and "Range" in request.headers and request.headers["If-Range"] == self.etag:
            start = request.http_range.start
            last = len(self.content) - 1
            response.headers["Content-Range"] = f"bytes {start}-{last}/{last + 1}"
            response.set_status(206)
        if not self.chunked:
            response.content_length = len(self.content) - start
        await response.prepare(request)
        if not self.cuts:
            await response.write(self.content[start:])
            return response
        await response.write(self.content[start : start + self.cuts.pop(0)])
        if self.after_cut is not None:
            self.after_cut()
        assert request.transport is not None
        request.transport.close()  # what was written still goes out
        return response


class Bytes:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, int, int | None]] = []
        self.size = 0

    def begin(self, name: str, done: int, total: int | None) -> None:
        self.begun.append((name, done, total))

    def advance(self, size: int) -> None:
        self.size += size


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession(auto_decompress=False) as session:
        yield session


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(folder=tmp_path, attempts=3, backoff=0.001)


Start = Callable[[Flaky], Awaitable[Order]]


@pytest.fixture
def start(tidewire_raw_server: TidewireRawServer) -> Start:
    """Starts a server; gives the order for its file."""

    async def start(server: Flaky, path: str = "/file.bin") -> Order:
        return Order((await tidewire_raw_server(server)).make_url(path))

    return start


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_a_file(start: Start, session: ClientSession, settings: Settings) -> None:
    progress = Bytes()
    path = await Downloader(session, settings).fetch(await start(Flaky()), progress)
    assert (path.name, path.read_bytes(), left(path.parent)) == ("file.bin", CONTENT, {"file.bin"})
    assert (progress.begun, progress.size) == ([("file.bin", 0, len(CONTENT))], len(CONTENT))


async def test_it_goes_on_where_the_connection_was_lost(
    start: Start, session: ClientSession, settings: Settings
) -> None:
    server, progress = Flaky(100_000, 50_000, 1), Bytes()
    path = await Downloader(session, settings).fetch(await start(server), progress)
    assert path.read_bytes() == CONTENT
    assert server.requests == [None, "bytes=100000-", "bytes=150000-", "bytes=150001-"]
    assert progress.size == len(CONTENT)


async def test_a_later_run_goes_on(start: Start, session: ClientSession, settings: Settings) -> None:
    server = Flaky(1000, 0, 0, 0, disposition='attachment; filename="named.bin"')
    order = await start(server)
    with pytest.raises(ClientPayloadError):
        await Downloader(session, settings).fetch(order, Bytes())
    assert left(settings.folder) == {"named.bin.part", "named.bin.part.json"}
    server.requests.clear()
    path = await Downloader(session, settings).fetch(order, Bytes())
    assert (path.name, path.read_bytes(), server.requests) == ("named.bin", CONTENT, ["bytes=1000-"])


async def test_a_complete_part_needs_no_request(
    start: Start, session: ClientSession, settings: Settings
) -> None:
    server = Flaky()
    order = await start(server)
    partial = Partial(settings.folder, "x", str(order.url), '"1"', len(CONTENT))
    partial.begin()
    partial.data.write_bytes(CONTENT)
    assert (await Downloader(session, settings).fetch(order, Bytes())).read_bytes() == CONTENT
    assert server.requests == []


@pytest.mark.parametrize("etag", ['"2"', None])
async def test_a_file_that_has_changed_begins_anew(
    start: Start, session: ClientSession, settings: Settings, etag: str | None
) -> None:
    server = Flaky(100_000)

    def change() -> None:
        server.content, server.etag = CONTENT[::-1], etag

    server.after_cut = change
    path = await Downloader(session, settings).fetch(await start(server), Bytes())
    assert (path.read_bytes(), server.requests) == (CONTENT[::-1], [None, "bytes=100000-"])


@pytest.mark.parametrize(
    "liar",
    [
        {"status": 206, "headers": {"ETag": '"2"', "Content-Range": "bytes 1000-262143/262144"}},
        {"status": 206, "headers": {"ETag": '"1"', "Content-Range": "bytes 999-262143/262144"}},
        {"status": 206, "headers": {"ETag": '"1"', "Content-Range": "bytes 1000-262143/262145"}},
        {"status": 206, "headers": {"ETag": '"1"'}},
        {"status": 416, "headers": {"Content-Range": "bytes */5"}},
    ],
    ids=["version", "position", "length", "nothing", "refused"],
)
async def test_a_part_that_does_not_fit_is_not_taken(
    session: ClientSession,
    settings: Settings,
    tidewire_raw_server: TidewireRawServer,
    liar: dict[str, object],
) -> None:
    honest = Flaky(1000)

    async def answer(request: BaseRequest) -> StreamResponse:
        if "Range" in request.headers:
            return Response(body=b"not this", **liar)  # type: ignore[arg-type]
        return await honest(request)

    order = Order((await tidewire_raw_server(answer)).make_url("/x"))
    assert (await Downloader(session, settings).fetch(order, Bytes())).read_bytes() == CONTENT
    assert honest.requests == [None, None]


@pytest.mark.parametrize(
    "server", [Flaky(1000, 2000, etag=None), Flaky(1000, 2000, etag='W/"1"'), Flaky(1000, 2000, ranges=False)]
)
async def test_without_ranges_it_begins_anew(
    start: Start, session: ClientSession, settings: Settings, server: Flaky
) -> None:
    path = await Downloader(session, settings).fetch(await start(server), Bytes())
    assert path.read_bytes() == CONTENT
    assert len(server.requests) == 3


async def test_it_gives_up_where_nothing_comes(
    start: Start, session: ClientSession, settings: Settings
) -> None:
    server = Flaky(*[1000] * 10, ranges=False)
    with pytest.raises(ClientPayloadError):
        await Downloader(session, settings).fetch(await start(server), Bytes())
    assert len(server.requests) == 1 + settings.attempts


async def test_a_file_of_unknown_length(start: Start, session: ClientSession, settings: Settings) -> None:
    server = Flaky(1000, chunked=True)
    path = await Downloader(session, settings).fetch(await start(server), Bytes())
    assert (path.read_bytes(), server.requests) == (CONTENT, [None, "bytes=1000-"])


async def test_hashes(start: Start, session: ClientSession, settings: Settings) -> None:
    order = await start(Flaky(5))
    path = await Downloader(session, settings).fetch(Order.parse(f"{order.url}#sha256={SHA256}"), Bytes())
    path.unlink()
    with pytest.raises(DownloadError, match=SHA256):
        await Downloader(session, settings).fetch(Order.parse(f"{order.url}#sha256={'0' * 64}"), Bytes())
    assert left(settings.folder) == set()


async def test_what_is_there_is_not_replaced(
    start: Start, session: ClientSession, settings: Settings
) -> None:
    (settings.folder / "file.bin").write_text("mine")
    order = await start(Flaky())
    with pytest.raises(DownloadError, match="there already"):
        await Downloader(session, settings).fetch(order, Bytes())
    replacing = Settings(folder=settings.folder, overwrite=True)
    assert (await Downloader(session, replacing).fetch(order, Bytes())).read_bytes() == CONTENT


async def test_files_of_one_name_do_not_mix(start: Start, session: ClientSession, settings: Settings) -> None:
    downloader = Downloader(session, settings)
    one, other = await start(Flaky()), await start(Flaky(content=CONTENT * 2))
    done = await asyncio.gather(
        *(downloader.fetch(order, Bytes()) for order in (one, other, one)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["DownloadError", "DownloadError", "PosixPath"]
    assert (settings.folder / "file.bin").read_bytes() in (CONTENT, CONTENT * 2)


async def test_other_answers_are_errors(
    session: ClientSession, settings: Settings, tidewire_raw_server: TidewireRawServer
) -> None:
    async def answer(request: BaseRequest) -> Response:
        return Response(status=404)

    order = Order((await tidewire_raw_server(answer)).make_url("/x"))
    with pytest.raises(DownloadError, match="404"):
        await Downloader(session, settings).fetch(order, Bytes())
    assert left(settings.folder) == set()


async def test_what_others_have_left_is_passed_over(
    start: Start, session: ClientSession, settings: Settings
) -> None:
    (settings.folder / "a.part.json").write_text("{")
    (settings.folder / "b.part.json").write_text(json.dumps({"else": 1}))
    (settings.folder / "c.part.json").write_text("[]")
    assert (await Downloader(session, settings).fetch(await start(Flaky()), Bytes())).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (None, "end.txt"),
        ("attachment", "end.txt"),
        ("=", "end.txt"),
        ('attachment; filename="a b.txt"', "a b.txt"),
        ("attachment; filename*=UTF-8''%e2%82%ac.txt", "\N{EURO SIGN}.txt"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\x\\\\y.txt"', "y.txt"),
        ('attachment; filename=".."', "end.txt"),
        ('attachment; filename=".bashrc"', "bashrc"),
        ('attachment; filename="x/"', "end.txt"),
        ('attachment; filename="con.txt"', "_con.txt"),
        ('attachment; filename="a:b|c?.txt. "', "abc.txt"),
        ('attachment; filename="x.part.json"', "x.part.json_"),
        ('attachment; filename="' + "x" * 300 + '"', "x" * 200),
    ],
)
def test_names(disposition: str | None, name: str) -> None:
    assert file_name(URL("http://a/b/end.txt?q"), disposition) == name


def test_a_name_where_there_is_none() -> None:
    assert file_name(URL("http://a/"), None) == "download"


@pytest.mark.parametrize(
    "text", ["x", "ftp://a/b", "http:///x", "http://a/#sha256=zz", "http://a/#sha256=00"]
)
def test_what_is_no_order(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Order.parse(text)
