"""Load from wrk, and what it says about the answers."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass

from process_cpu import pinned

__all__ = ["Load", "LoadError", "put_load", "wrk_version"]

_SERVED = re.compile(r"(\d+) requests in ")
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_WRONG = re.compile(r"^\s*(Socket errors:.*|Non-2xx.*)$", re.MULTILINE)


class LoadError(Exception):
    """The load did not run, or the server did not answer all of it well."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What was served.

    Attributes:
        served: answers received.
        rate: answers per second.
    """

    served: int
    rate: float


def wrk_version() -> str | None:
    """Name and version of the wrk on this machine, or None where there is none."""
    if shutil.which("wrk") is None:
        return None
    # wrk prints its version with its usage, and fails.
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False)
    words = (said.stdout + said.stderr).split()
    return " ".join(words[:2]) if len(words) > 1 else "wrk"


def put_load(url: str, *, seconds: int, connections: int, core: int) -> Load:
    """Ask for `url` for some seconds, one request at a time on each connection.

    Raises:
        LoadError: wrk failed, a connection did, or an answer was not 2xx or 3xx.
    """
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url]
    with pinned(core):
        wrk = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said, _ = wrk.communicate(timeout=seconds + 30)
    except subprocess.TimeoutExpired:
        raise LoadError("wrk did not end") from None
    finally:
        wrk.kill()
        wrk.wait()
    served, rate = _SERVED.search(said), _RATE.search(said)
    if wrk.returncode != 0 or served is None or rate is None or int(served[1]) == 0:
        raise LoadError(f"wrk served nothing:\n{said}")
    wrong = _WRONG.findall(said)
    if wrong:
        raise LoadError("; ".join(wrong))
    return Load(served=int(served[1]), rate=float(rate[1]))
