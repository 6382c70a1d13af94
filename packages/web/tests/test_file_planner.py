"""Where plans are made: on the loop only what is known to come from memory."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from file_client import are_back_to, descriptors

from tidewire_web._file_plan import ContentNotAtHand, FilePlan, Reader
from tidewire_web._file_planner import FilePlanner, file_planner
from tidewire_web._open_file import Folder, OpenFile


class World:
    """A clock that stands, a count of what was waited for, and plans that take as long as they are told."""

    def __init__(self, *, tells_waits: bool = True) -> None:
        self.now = 100.0
        self.waited = 0 if tells_waits else -1
        self.planner = FilePlanner(lambda: self.now, lambda: self.waited)
        self.takes = 0.0001
        self.waits = 0
        self.has_content = True
        self.result: FilePlan | str = FilePlan(status=200, fields=[])
        self.on_loop: list[bool] = []
        self._loop_thread = threading.get_ident()

    def look(self, read: Reader | None) -> FilePlan | str:
        """What makes a plan."""
        on_loop = threading.get_ident() == self._loop_thread
        assert on_loop == (read is not None)
        self.on_loop.append(on_loop)
        self.now += self.takes
        self.waited += self.waits
        if on_loop and not self.has_content:
            raise ContentNotAtHand
        return self.result

    async def plan(self, path: str = "x") -> bool:
        """Have a plan made; tells whether that was done on the loop."""
        assert await self.planner.plan(path, self.look) is self.result
        return self.on_loop[-1]


async def test_the_first_plan_is_made_in_a_thread_and_those_that_follow_soon_on_the_loop() -> None:
    world = World()
    assert not await world.plan()
    for _ in range(10):
        world.now += 0.9
        assert await world.plan()
    assert not await world.plan("y")
    world.now += 1.1
    assert not await world.plan()
    assert await world.plan()


async def test_what_took_long_in_a_thread_goes_there_again() -> None:
    world = World()
    world.takes = 0.0003
    for _ in range(3):
        assert not await world.plan()
    world.takes = 0.0001
    assert not await world.plan()
    assert await world.plan()


@pytest.mark.parametrize("tells_waits", [True, False])
async def test_who_makes_the_loop_wait_sends_all_to_threads_for_a_while(tells_waits: bool) -> None:
    world = World(tells_waits=tells_waits)
    for path in ("x", "y"):
        assert not await world.plan(path)
        assert await world.plan(path)
    for _ in range(2 if tells_waits else 1):
        world.takes = 0.002
        world.waits = 1 if tells_waits else 0
        assert await world.plan()
        world.takes, world.waits = 0.0001, 0
        assert not await world.plan()
    began = world.now
    while world.now < began + 9.9:
        for path in ("x", "y"):
            assert not await world.plan(path)
        world.now += 0.5
    world.now = began + 10.1
    assert not await world.plan("z")
    assert await world.plan("z")


async def test_a_loop_that_was_interrupted_has_not_waited() -> None:
    world = World()
    await world.plan()
    world.takes = 0.01
    assert await world.plan()
    world.takes = 0.0001
    assert not await world.plan()  # it might have, for all that is known
    world.takes = 0.01
    for _ in range(3):
        assert await world.plan()


async def test_waiting_for_a_moment_is_no_harm() -> None:
    world = World()
    await world.plan()
    world.waits = 1
    for _ in range(3):
        assert await world.plan()


async def test_content_that_is_not_at_hand_is_read_in_a_thread_and_that_path_stays_there_for_a_while() -> (
    None
):
    world = World()
    assert [await world.plan(path) for path in ("x", "y", "x", "y")] == [False, False, True, True]
    world.has_content = False
    assert not await world.plan()
    assert world.on_loop[-2:] == [True, False]
    world.has_content = True
    while world.now < 109.9:
        assert not await world.plan()
        assert await world.plan("y")
        world.now += 0.5
    world.now = 110.1
    assert not await world.plan()
    assert await world.plan()


@pytest.mark.parametrize(
    "result", [FilePlan(status=404, fields=[]), FilePlan(status=403, fields=[]), "<html>"]
)
async def test_what_is_no_file_is_always_a_threads_business(result: FilePlan | str) -> None:
    world = World()
    served, world.result = world.result, result
    for _ in range(3):
        assert not await world.plan()
    world.result = served
    await world.plan()
    world.result = result
    assert await world.plan()  # nobody knew
    world.now += 1.1
    assert not await world.plan()
    assert not await world.plan()


async def test_so_many_paths_are_remembered_and_no_more() -> None:
    world = World()
    await world.plan("first")
    for number in range(1023):
        await world.plan(str(number))
    assert await world.plan("first")
    await world.plan("last")
    assert await world.plan("first")
    assert not await world.plan("0")  # it was the one that was asked for least recently
    assert len(world.planner._known) == 1024


async def test_what_a_look_raises_is_raised() -> None:
    planner = FilePlanner()

    def look(read: Reader | None) -> FilePlan:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await planner.plan("x", look)


async def test_a_loop_has_one_planner() -> None:
    assert file_planner() is file_planner()


# Reading.


def reading(planner: FilePlanner) -> Callable[[OpenFile, int, int], bytes]:
    """What plans on the loop read with."""
    return planner._read


def test_what_is_in_memory_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(bytes(range(256)) * 512)
    file = Folder(str(tmp_path)).open("x")
    read = reading(FilePlanner())
    first, second = read(file, 0, 131072), read(file, 256, 3)
    assert first == bytes(range(256)) * 512
    assert second == b"\0\1\2"
    file.close()


def test_a_file_that_has_become_shorter_is_a_threads_business(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")
    with pytest.raises(ContentNotAtHand):
        reading(FilePlanner())(Folder(str(tmp_path)).open("x"), 5, 6)


@pytest.mark.skipif(not hasattr(os, "RWF_NOWAIT"), reason="the system knows no reads that do not wait")
def test_what_is_not_in_memory_is_a_threads_business(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(bytes(65536))
    file = Folder(str(tmp_path)).open("x")
    os.fsync(file.descriptor)
    os.posix_fadvise(file.descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    try:
        if os.preadv(file.descriptor, [bytearray(1)], 65535, os.RWF_NOWAIT):
            pytest.skip("the file system forgets nothing")
    except BlockingIOError:
        pass
    except OSError:
        pytest.skip("the file system knows no reads that do not wait")
    with pytest.raises(ContentNotAtHand):
        reading(FilePlanner())(file, 0, 65536)
    assert file.read(0, 65536) == bytes(65536)
    assert reading(FilePlanner())(file, 0, 65536) == bytes(65536)


@pytest.mark.skipif(not os.path.exists("/proc/version"), reason="there is no such file system")
def test_where_the_file_system_cannot_promise_not_to_wait_it_is_read_all_the_same() -> None:
    file = Folder("/proc").open("version")
    assert reading(FilePlanner())(file, 0, 5) == b"Linux"


@pytest.mark.skipif(not hasattr(os, "preadv"), reason="the system has no such call")
def test_what_cannot_be_read_is_an_error() -> None:
    before = descriptors()
    incoming, outgoing = os.pipe()
    file = OpenFile(incoming)
    with pytest.raises(OSError, match="seek"):
        reading(FilePlanner())(file, 0, 3)
    file.close()
    os.close(outgoing)
    assert are_back_to(before)


@pytest.mark.skipif(FilePlanner()._waits() < 0, reason="the system does not tell")
def test_the_system_tells_of_waiting() -> None:
    waits = FilePlanner()._waits
    before = waits()
    select.select([], [], [], 0.001)
    assert waits() > before
