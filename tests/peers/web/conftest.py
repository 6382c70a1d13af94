"""The server of `web_server.py` in a process of its own, and the programs that ask it."""

from __future__ import annotations

import gzip
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tidewire_testing import CertificateAuthority

HERE = Path(__file__).resolve().parent
REPORT = """
const style = getComputedStyle(document.getElementById("result")).color;
const image = document.getElementById("image");
const entries = performance.getEntriesByType("resource");
const script = entries.find(entry => entry.name.includes("report.js"));
fetch("/report", {
  method: "POST",
  headers: {"Content-Type": "application/json"},
  body: JSON.stringify({
    style: style,
    image: [image.naturalWidth, image.naturalHeight],
    compressed: script.encodedBodySize > 0 && script.encodedBodySize < script.decodedBodySize,
    versions: entries.every(entry => new URL(entry.name).searchParams.get("v")),
    protocols: Array.from(new Set(entries.map(entry => entry.nextHopProtocol))),
  }),
}).then(response => response.json())
  .then(told => { document.getElementById("result").textContent = JSON.stringify(told.reported); })
  .catch(error => { document.getElementById("result").textContent = `failed: ${error}`; });
"""


def png(width: int, height: int) -> bytes:
    """A picture, all of it black."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress((b"\0" + bytes(width)) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@dataclass(frozen=True)
class Site:
    """A server that runs.

    Attributes:
        process: its process.
        folder: the folder that it serves from.
        ports: the ports of its TCP sites: `plain`, which believes `X-Forwarded-*` of proxies, `forwarded`, which believes
            `Forwarded`, `proxied` and `proxied_tls`, which have PROXY headers, and `tls`.
        socket: the path of its Unix domain socket, which is as `plain`.
    """

    process: subprocess.Popen[str]
    folder: Path
    ports: dict[str, int]
    socket: str

    @property
    def static(self) -> Path:
        """The folder of its static files."""
        return self.folder / "static"

    def url(self, path: str, kind: str = "plain") -> str:
        """A URL at one of its ports."""
        scheme = "https" if kind == "tls" else "http"
        return f"{scheme}://127.0.0.1:{self.ports[kind]}{path}"


def start_site(folder: Path, loop: str) -> Site:
    """Start the server."""
    # Not in development mode, in which asyncio tells of every TLS handshake that fails.
    command = [sys.executable, "-W", "error", str(HERE / "web_server.py"), loop, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            pytest.fail(f"the server did not start: {process.communicate(timeout=20)[1]}")
    except BaseException:
        process.kill()
        process.communicate()
        raise
    places = json.loads(line)
    return Site(process, folder, socket=places.pop("socket"), ports=places)


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with static files, a key, a certificate and, as `authority.pem`, that of who has issued it."""
    folder = tmp_path_factory.mktemp("web")
    static = folder / "static"
    static.mkdir()
    (static / "site.css").write_text("#result { color: rgb(0, 128, 128) }\n")
    (static / "dot.png").write_bytes(png(3, 2))
    (static / "report.js").write_text(REPORT)
    (static / "report.js.gz").write_bytes(gzip.compress(REPORT.encode(), mtime=0))
    (static / "data.bin").write_bytes(bytes(range(256)) * 1000)
    authority = CertificateAuthority(folder)
    certificate = authority.issue()
    certificate.path.rename(folder / "certificate.pem")
    certificate.key.rename(folder / "key.pem")
    return folder


@pytest.fixture(scope="session", params=["asyncio", "uvloop"])
def site(request: pytest.FixtureRequest, content: Path) -> Iterator[Site]:
    """A server on each of the event loops; it has to end well."""
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    started = start_site(content, request.param)
    try:
        yield started
        started.process.terminate()
        _, errors = started.process.communicate(timeout=20)
        assert (started.process.returncode, errors) == (0, "")
    finally:
        started.process.kill()
        started.process.communicate()


@pytest.fixture
def start() -> Iterator[Callable[[Path, str], Site]]:
    """Starts servers for one test, which ends them itself."""
    started: list[Site] = []

    def make(folder: Path, loop: str) -> Site:
        started.append(start_site(folder, loop))
        return started[-1]

    yield make
    for each in started:
        each.process.kill()
        each.process.communicate()


@dataclass(frozen=True)
class Fetched:
    """What curl got.

    Attributes:
        heads: the heads of the responses, interim ones too.
        body: the body of the last one.
        code: curl's exit code.
    """

    heads: list[str]
    body: bytes
    code: int

    @property
    def status(self) -> int:
        """The status code of the last response; 0 where there was none."""
        return int(self.heads[-1].split()[1]) if self.heads else 0

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the last response, by their names in lower case."""
        pairs = [line.split(": ", 1) for line in self.heads[-1].split("\r\n")[1:]]
        return {name.lower(): value for name, value in pairs}


@pytest.fixture
def curl(tmp_path: Path) -> Callable[..., Fetched]:
    """Runs curl, with heads and body apart."""

    def run(url: str, *arguments: str, stdin: bytes = b"") -> Fetched:
        head, body = tmp_path / "head", tmp_path / "body"
        for path in (head, body):
            path.unlink(missing_ok=True)
        command = ["curl", "--silent", "--noproxy", "*", "--max-time", "20", "--dump-header", str(head)]
        command += ["--output", str(body), *arguments, url]
        finished = subprocess.run(command, check=False, input=stdin, capture_output=True, timeout=30)
        heads = head.read_bytes().decode().split("\r\n\r\n")[:-1] if head.exists() else []
        return Fetched(heads, body.read_bytes() if body.exists() else b"", finished.returncode)

    return run
