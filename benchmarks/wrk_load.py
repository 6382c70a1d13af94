"""Load from wrk, and what it says about the answers."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from process_cpu import pinned

__all__ = ["Asked", "Load", "LoadError", "put_load", "wrk_version"]

_SERVED = re.compile(r"(\d+) requests in ")
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_BROKEN = re.compile(r"^\s*(Socket errors:.*)$", re.MULTILINE)
_FAILED = re.compile(r"^\s*Non-2xx or 3xx responses: (\d+)$", re.MULTILINE)
_SCRIPT = Path(__file__).with_name("wrk") / "asked.lua"
# A connection of very many may have to wait for its turn.
_PATIENCE = 30


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


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What wrk sends.

    Attributes:
        url: the server.
        requests: a file with the requests, as wrk/asked.lua takes it.
        fails: whether all answers have to be neither 2xx nor 3xx, instead of none.
    """

    url: str
    requests: Path
    fails: bool = False


def put_load(asked: Asked, *, seconds: int, connections: int, core: int) -> Load:
    """Send requests for some seconds, each connection those of one entry at a time.

    Raises:
        LoadError: wrk failed, a connection did, or the status of an answer is of the wrong kind.
    """
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{_PATIENCE}s"]
    command += ["-s", str(_SCRIPT), asked.url, "--", str(asked.requests)]
    with pinned(core):
        wrk = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said, _ = wrk.communicate(timeout=seconds + 2 * _PATIENCE)
    except subprocess.TimeoutExpired:
        raise LoadError("wrk did not end") from None
    finally:
        wrk.kill()
        wrk.wait()
    served, rate = _SERVED.search(said), _RATE.search(said)
    if wrk.returncode != 0 or served is None or rate is None or int(served[1]) == 0:
        raise LoadError(f"wrk served nothing:\n{said}")
    broken, failed = _BROKEN.search(said), _FAILED.search(said)
    if broken is not None:
        raise LoadError(broken[1])
    count = int(failed[1]) if failed else 0
    if count != (int(served[1]) if asked.fails else 0):
        raise LoadError(f"{count} of {served[1]} answers were neither 2xx nor 3xx")
    return Load(served=int(served[1]), rate=float(rate[1]))
