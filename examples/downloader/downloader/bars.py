"""Progress bars."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

__all__ = ["Bar", "make_bars"]


def make_bars(console: Console) -> Progress:
    """Make the bars of all files, to be shown within `with`."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


class Bar:
    """The bar of one file.

    Args:
        bars: all of them.
        title: what stands before it until the file has a name.
    """

    def __init__(self, bars: Progress, title: str) -> None:
        self._bars = bars
        self._task: TaskID = bars.add_task(escape(title), total=None, start=False)

    def begin(self, name: str, done: int, total: int | None) -> None:
        """See `downloader.download.Progress`."""
        self._bars.start_task(self._task)
        self._bars.update(self._task, description=escape(name), completed=done, total=total)

    def advance(self, size: int) -> None:
        """See `downloader.download.Progress`."""
        self._bars.advance(self._task, size)

    def end(self) -> None:
        """Take it away."""
        self._bars.remove_task(self._task)
