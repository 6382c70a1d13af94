"""What is decided of a file before anything is sent; what comes of it is in `test_file_response`."""

from __future__ import annotations

import os
from pathlib import Path

from multidict import CIMultiDict, CIMultiDictProxy

from tidewire_web._file_plan import FilePlan, plan_file, plan_opened, query_of
from tidewire_web._open_file import Folder, OpenFile


def plan(path: Path, method: str = "GET", status: int = 200, **fields: str) -> FilePlan:
    headers = CIMultiDictProxy(CIMultiDict({name.replace("_", "-"): value for name, value in fields.items()}))

    def opener() -> tuple[OpenFile | None, Folder, str]:
        folder = Folder(str(path.parent))
        return folder.open(path.name), folder, path.name

    return plan_file(query_of(method, headers, status), opener)


def test_a_small_file_is_read_and_closed_in_the_same_turn(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")
    found = plan(tmp_path / "x")
    assert (found.status, found.content, found.file, found.count) == (200, b"0123456789", None, 10)
    assert dict(found.fields).keys() == {"ETag", "Last-Modified", "Accept-Ranges", "Content-Type"}
    found = plan(tmp_path / "x", Range="bytes=3-4")
    assert (found.status, found.content, found.offset, found.count) == (206, b"34", 3, 2)


def test_what_is_not_sent_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")
    assert plan(tmp_path / "x", "HEAD").content is None
    assert plan(tmp_path / "x", If_None_Match="*").content is None
    assert plan(tmp_path / "x", Range="bytes=20-").content is None


def test_a_large_file_stays_open(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x" * 200_000)
    found = plan(tmp_path / "x")
    assert found.content is None
    assert found.file is not None
    assert not found.file.closed
    found.close()
    assert found.file.closed
    assert plan(tmp_path / "x", "HEAD").file is None
    assert plan(tmp_path / "x", Range="bytes=5-6").content == b"xx"


def test_what_there_is_none_of() -> None:
    assert plan(Path("/no/such/file")).status == 404
    assert plan(Path("/dev/null")).status == 403


class Shrinking(OpenFile):
    """A file that is cut whenever it is read."""

    by = 4

    def read(self, offset: int, size: int) -> bytes:
        os.ftruncate(self.descriptor, max(0, os.fstat(self.descriptor).st_size - self.by))
        return super().read(offset, size)


def test_a_file_that_becomes_shorter_between_look_and_reading_is_looked_at_again(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")

    class Once(Shrinking):
        def read(self, offset: int, size: int) -> bytes:
            data = super().read(offset, size)
            type(self).by = 0
            return data

    file = Once(os.open(tmp_path / "x", os.O_RDWR))
    query = query_of("GET", CIMultiDictProxy(CIMultiDict()))
    found = plan_opened(query, file, Folder(str(tmp_path)), "x")
    assert (found.status, found.content, found.count) == (200, b"012345", 6)


def test_a_file_that_never_stops_to_become_shorter_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789" * 10)
    file = Shrinking(os.open(tmp_path / "x", os.O_RDWR))
    query = query_of("GET", CIMultiDictProxy(CIMultiDict()))
    found = plan_opened(query, file, Folder(str(tmp_path)), "x")
    assert (found.status, found.content, found.count) == (500, None, 0)
    assert file.closed
