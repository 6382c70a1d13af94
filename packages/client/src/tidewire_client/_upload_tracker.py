"""Tells how far the body of a request has been sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tidewire_client._errors import UploadAbortedError

__all__ = ["UploadTracker"]


class UploadTracker:
    """Follows the body of one request as it is sent; given to the request as `upload_tracker`.

    Args:
        on_progress: called with `bytes_written` each time that more of the body has been given to the connection.

    Attributes:
        attempts: how often the body was begun: redirects and repetitions begin it again.
        upload_complete: a future: None when the last attempt has sent everything; the error of that attempt; an
            `UploadAbortedError` where the request ended before its body, or never sent it.

    Raises:
        RuntimeError: there is no running event loop.
    """

    def __init__(self, on_progress: Callable[[int], None] | None = None) -> None:
        self._on_progress = on_progress
        self.attempts = 0
        self.upload_complete: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._written = 0
        self._claimed = False
        self._succeeded = False
        self._error: BaseException | None = None

    def __repr__(self) -> str:
        return f"<UploadTracker {self._written} bytes, attempt {self.attempts}>"

    @property
    def bytes_written(self) -> int:
        """Bytes of the body that the current attempt has given to the connection, before compression."""
        return self._written

    def claim(self) -> None:
        """Take the tracker for a request.

        Raises:
            RuntimeError: it has had one.
        """
        if self._claimed:
            raise RuntimeError("an UploadTracker follows one request only")
        self._claimed = True

    def begin(self) -> None:
        """Take note that the body is sent from its beginning."""
        self.attempts += 1
        self._written = 0
        self._succeeded = False
        self._error = None

    def progress(self, accepted: int, flushed: int) -> None:
        """Take note of how far it has come."""
        self._written = accepted
        if self._on_progress is not None:
            self._on_progress(accepted)

    def end_attempt(self, error: BaseException | None) -> None:
        """Take note of how the attempt ended."""
        self._succeeded = error is None
        self._error = error

    def end(self) -> None:
        """Take note that there will be no further attempt."""
        future = self.upload_complete
        if future.done() or future.get_loop().is_closed():
            return
        if self._succeeded:
            future.set_result(None)
            return
        error = self._error
        if error is None or isinstance(error, asyncio.CancelledError):
            aborted = UploadAbortedError("the request ended before its body")
            aborted.__cause__ = error
            error = aborted
        future.set_exception(error)
        future.exception()  # nobody has to look
