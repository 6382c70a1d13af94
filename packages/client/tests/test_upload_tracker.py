from __future__ import annotations

import asyncio

import pytest

from tidewire_client import UploadAbortedError, UploadTracker


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
