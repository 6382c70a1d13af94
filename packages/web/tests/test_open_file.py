"""Open files and folders: whatever happens, a descriptor is closed once."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from file_client import are_back_to, descriptors

from tidewire_web._open_file import CAN_WALK, Folder, OpenFile, SymbolicLink

pytestmark = pytest.mark.skipif(not CAN_WALK, reason="the system cannot open names relative to a folder")


def test_a_file_is_read_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")
    file = Folder(str(tmp_path)).open("x")
    assert file.is_regular
    assert not file.is_folder
    assert file.stat.st_size == 10
    assert (file.read(2, 3), file.read(8, 5), file.read(20, 5)) == (b"234", b"89", b"")
    assert not file.closed
    file.close()
    file.close()
    assert file.closed
    with pytest.raises(ValueError, match="closed"):
        file.read(0, 1)
    assert repr(file) == "<OpenFile closed>"


def test_a_look_again_sees_what_has_changed(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")
    file = Folder(str(tmp_path)).open("x")
    os.truncate(tmp_path / "x", 3)
    assert file.stat.st_size == 10
    file.look_again()
    assert file.stat.st_size == 3


def test_what_is_forgotten_is_closed(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    (tmp_path / "sub").mkdir()
    before = descriptors()
    folder = Folder(str(tmp_path)).inner("sub")
    file: OpenFile | None = Folder(str(tmp_path)).open("x")
    assert len(descriptors()) == len(before) + 2
    del folder
    file = None
    assert file is None
    assert descriptors() == before


def test_a_file_that_is_read_is_closed_after_that(tmp_path: Path) -> None:
    """The system call of the reader is on a pipe, so that it takes as long as the test wants."""
    before = descriptors()
    os.mkfifo(tmp_path / "pipe")
    writer = os.open(tmp_path / "pipe", os.O_RDWR)

    reading = threading.Event()

    class Slow(OpenFile):
        def _read(self, offset: int, size: int) -> bytes:
            reading.set()
            return os.read(self.descriptor, size)

    file = Slow(os.open(tmp_path / "pipe", os.O_RDONLY))
    descriptor = file.descriptor
    read: list[bytes] = []
    thread = threading.Thread(target=lambda: read.append(file.read(0, 3)))
    thread.start()
    assert reading.wait(20)
    file.close()
    assert file.closed
    os.fstat(descriptor)
    os.write(writer, b"abc")
    thread.join()
    assert read == [b"abc"]
    os.close(writer)
    assert are_back_to(before)


@pytest.mark.parametrize("fails", [False, True])
def test_a_read_that_fails_closes_a_file_that_was_closed_meanwhile(tmp_path: Path, fails: bool) -> None:
    (tmp_path / "x").write_bytes(b"abc")

    class Interrupted(OpenFile):
        def _read(self, offset: int, size: int) -> bytes:
            self.close()
            raise OSError

    class Lock:
        """Whoever has got it finds that another thread has closed the file at this very moment."""

        def __init__(self) -> None:
            self._lock = threading.Lock()
            self.acquire, self.release = self._lock.acquire, self._lock.release

        def __enter__(self) -> None:
            self.acquire()
            file.close()

        def __exit__(self, *exception: object) -> None:
            self.release()

    before = descriptors()
    file = (Interrupted if fails else OpenFile)(os.open(tmp_path / "x", os.O_RDONLY))
    if not fails:
        file._lock = Lock()  # type: ignore[assignment]
    with pytest.raises(OSError if fails else ValueError):
        file.read(0, 3)
    assert are_back_to(before)
    assert file.descriptor < 0


def test_links_are_followed_where_that_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to("x")
    (tmp_path / "folder").symlink_to("sub")
    (tmp_path / "dangling").symlink_to("none")
    folder = Folder(str(tmp_path))
    assert folder.open("link", follow=True).read(0, 9) == b"x"
    for name in ("link", "folder", "dangling"):
        with pytest.raises(SymbolicLink):
            folder.open(name)
    with pytest.raises(SymbolicLink):
        folder.inner("folder")
    with pytest.raises(NotADirectoryError):
        folder.inner("x")
    with pytest.raises(FileNotFoundError):
        folder.open("dangling", follow=True)


def test_a_folder_that_is_open_stays_the_same(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x").write_bytes(b"first")
    inner = Folder(str(tmp_path)).inner("sub")
    (tmp_path / "sub").rename(tmp_path / "moved")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x").write_bytes(b"second")
    assert inner.open("x").read(0, 9) == b"first"
    assert inner.has_file("x")
    assert repr(inner) == f"<Folder {str(tmp_path / 'sub')!r}>"
    assert inner.open(".").is_folder
    inner.close()
    inner.close()


def test_what_is_a_file_in_the_narrow_sense(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to("x")
    os.mkfifo(tmp_path / "pipe")
    folder = Folder(str(tmp_path))
    assert folder.has_file("x")
    for name in ("sub", "link", "pipe", "none", "a\0b", "x" * 300):
        assert not folder.has_file(name), name


def test_nobody_waits_for_the_writer_of_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    file = Folder(str(tmp_path)).open("pipe")
    assert not file.is_regular
    assert not file.is_folder
