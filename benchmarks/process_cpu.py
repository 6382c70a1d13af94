"""A server process on a core of its own, and the CPU time and memory it and its descendants have used."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

__all__ = ["ServerProcess", "cores", "pinned"]

# Fields of /proc/PID/stat (proc(5)), counted from the one behind the closing parenthesis of the name.
_SESSION = 3
_PROPORTIONAL_SET = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


def cores() -> tuple[int, int]:
    """The core servers run on and the core the load comes from; one and the same where there is but one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


@contextlib.contextmanager
def pinned(core: int) -> Iterator[None]:
    """Within the block, processes started by this thread run on one core, with all their descendants."""
    usable = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, usable)


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()


class ServerProcess:
    """A server in a session of its own: that is how its descendants are found, and killed.

    Args:
        command: the server, running in the foreground.
        environment: its environment.
        folder: its working directory.
        core: the core it is bound to.
    """

    def __init__(
        self, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, core: int
    ) -> None:
        self._log = tempfile.TemporaryFile()
        with pinned(core):
            self._process = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                start_new_session=True,
            )

    def _members(self) -> dict[int, list[str]]:
        session = str(self._process.pid)
        members = {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            fields = _stat(int(entry))
            if fields is not None and fields[_SESSION] == session:
                members[int(entry)] = fields
        return members

    def cpu_seconds(self) -> float:
        """User and system time of the whole session so far, without what has ended."""
        used = 0.0
        for pid in self._members():
            # The process's CPU clock, see clock_getcpuclockid(3): exact, where /proc counts in hundredths of a second.
            with contextlib.suppress(OSError):
                used += time.clock_gettime((~pid << 3) | 2)
        return used

    def memory(self) -> int:
        """Bytes of memory of the whole session; what processes share is divided among them."""
        total = 0
        for pid in self._members():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
                found = _PROPORTIONAL_SET.search(text)
                total += int(found[1]) * 1024 if found else 0
        return total

    def running(self) -> bool:
        """Whether the process that was started is still there."""
        return self._process.poll() is None

    def log(self) -> str:
        """The last lines the server wrote to its standard output and error."""
        self._log.seek(0)
        return "\n".join(self._log.read().decode("utf-8", "replace").splitlines()[-15:])

    def close(self) -> None:
        """Kill the process and its descendants."""
        # Once more for what was forked between the look and the kill.
        for _ in range(2):
            for pid in self._members():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()
