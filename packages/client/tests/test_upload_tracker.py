from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from service import Service

from tidewire_client import ClientSession, UploadAbortedError, UploadTracker


async def test_the_last_attempt_counts() -> None:
    tracker = UploadTracker()
    tracker.begin()
    tracker.progress(5, 0)
    tracker.end_attempt(KeyError("first"))
    assert (tracker.attempts, tracker.bytes_written) == (1, 5)
    tracker.begin()
    assert tracker.bytes_written == 0
    tracker.progress(9, 9)
    tracker.end_attempt(None)
    assert not tracker.upload_complete.done()
    tracker.end()
    tracker.end()
    await tracker.upload_complete
    assert "9 bytes, attempt 2" in repr(tracker)


@pytest.mark.parametrize("error", [None, asyncio.CancelledError()])
async def test_what_was_not_sent_was_aborted(error: BaseException | None) -> None:
    tracker = UploadTracker()
    if error is not None:
        tracker.begin()
        tracker.end_attempt(error)
    tracker.end()
    with pytest.raises(UploadAbortedError):
        await tracker.upload_complete


async def test_the_error_of_the_attempt_is_told() -> None:
    tracker = UploadTracker()
    tracker.begin()
    tracker.end_attempt(KeyError("x"))
    tracker.end()
    with pytest.raises(KeyError):
        await tracker.upload_complete


async def test_it_is_for_one_request() -> None:
    tracker = UploadTracker()
    tracker.claim()
    with pytest.raises(RuntimeError):
        tracker.claim()


def test_it_is_made_in_an_event_loop() -> None:
    with pytest.raises(RuntimeError):
        UploadTracker()


async def test_progress_is_told() -> None:
    told: list[int] = []
    tracker = UploadTracker(told.append)
    tracker.begin()
    for written in (10, 20, 30):
        tracker.progress(written, 0)
    assert told == [10, 20, 30]


async def test_progress_of_a_request_is_told(service: Service, session: ClientSession) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield bytes(10_000)

    told: list[int] = []
    async with session.post(service.url(), data=pieces(), upload_tracker=UploadTracker(told.append)):
        pass
    assert told == sorted(told)
    assert told[-1] == 50_000
    assert len(told) >= 2
