"""Node's `ws` as client and as server, over real sockets."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import tidewire_client
import tidewire_web as web

HERE = Path(__file__).resolve().parent / "websocket_node"
MESSAGES: list[str | bytes] = [
    "hello",
    "ü€😀" * 100,
    "",
    b"",
    b"\xff" * 125,
    "x" * 126,
    bytes(range(256)) * 256,
    "ü" * 524_288,
    bytes(at * 2654435761 >> 13 & 255 for at in range(1_048_576)),
]
# As `ws` names the options; the threshold has it compress small messages, too.
SMALL = {
    "threshold": 0,
    "serverNoContextTakeover": True,
    "clientNoContextTakeover": True,
    "serverMaxWindowBits": 10,
    "clientMaxWindowBits": 11,
}
DEFLATES = pytest.mark.parametrize(
    "deflate", [False, {"threshold": 0}, SMALL], ids=["plain", "deflate", "small windows"]
)

pytestmark = [pytest.mark.slow, pytest.mark.peer("node", "npm")]


@pytest.fixture(scope="session")
def scripts() -> Path:
    """The scripts in a folder where they find `ws`, which npm installs once."""
    version = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]["ws"]
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tidewire"
    base.mkdir(parents=True, exist_ok=True)
    folder = base / f"node-ws-{version}"
    if not (folder / "node_modules" / "ws" / "package.json").exists():
        # Somewhere else first, as several test runs may come here at once.
        with tempfile.TemporaryDirectory(dir=base) as temporary:
            shutil.copy(HERE / "package.json", temporary)
            command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
            installed = subprocess.run(
                command, check=False, cwd=temporary, capture_output=True, text=True, timeout=50
            )
            if installed.returncode:
                reason = f"npm cannot install ws {version}: {installed.stderr[-500:]}"
                if os.environ.get("TIDEWIRE_REQUIRE_PEERS") == "1":
                    pytest.fail(reason, pytrace=False)
                pytest.skip(reason)
            shutil.copytree(temporary, folder, dirs_exist_ok=True)
    for script in HERE.glob("*.js"):
        shutil.copy(script, folder)
    return folder


@pytest.fixture
async def server() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """The URL of a server that echoes, and what it has seen."""
    seen: list[dict[str, Any]] = []

    async def echo(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(protocols=["echo"], max_msg_size=2_000_000)
        await ws.prepare(request)
        count = 0
        async for message in ws:
            count += 1
            if message.type is web.WSMsgType.TEXT:
                await ws.send_str(message.data)
            else:
                await ws.send_bytes(message.data)
        seen.append({"count": count, "code": ws.close_code, "window": ws.compress})
        return ws

    app = web.Application()
    app.router.add_get("/", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"ws://127.0.0.1:{runner.addresses[0][1]}/", seen
    await runner.cleanup()


@DEFLATES
async def test_a_client(scripts: Path, server: tuple[str, list[dict[str, Any]]], deflate: Any) -> None:
    url, seen = server
    process = await asyncio.create_subprocess_exec(
        *["node", "client.js", url, json.dumps(deflate)], cwd=scripts, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(50):
        output, _ = await process.communicate()
    assert json.loads(output) == {
        "same": 20,
        "of": 20,
        "pong": "between",
        "code": 4000,
        "reason": "",  # an answer to a close frame has its code, and a reason of its own
        "protocol": "echo",
        "extensions": "permessage-deflate" if deflate else "",
    }
    assert process.returncode == 0
    assert seen == [
        {"count": 20, "code": 4000, "window": 0 if not deflate else 10 if deflate == SMALL else 15}
    ]


@DEFLATES
@pytest.mark.parametrize("compress", [0, 15, 12])
async def test_a_server(scripts: Path, deflate: Any, compress: int) -> None:
    process = await asyncio.create_subprocess_exec(
        *["node", "server.js", json.dumps(deflate)],
        cwd=scripts,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(50):
        url = f"ws://127.0.0.1:{int(await process.stdout.readline())}/"
        async with tidewire_client.ClientSession() as session:
            await converse(session, url, compress, deflated=bool(deflate))
        await process.communicate(b"")
    assert process.returncode == 0


async def converse(
    session: tidewire_client.ClientSession, url: str, compress: int, *, deflated: bool
) -> None:
    """Have messages echoed, and the server do what it does unasked."""
    ws = await session.ws_connect(url, protocols=["echo"], compress=compress, max_msg_size=2_000_000)
    assert ws.protocol == "echo"
    assert bool(ws.compress) == (deflated and compress > 0)
    for message in MESSAGES:
        await (ws.send_str(message) if isinstance(message, str) else ws.send_bytes(message))
        assert (await ws.receive()).data == message
    await ws.send_str("fragments")
    assert await ws.receive_str() == "fragments"
    await ws.send_str("ping")
    assert await ws.receive_str() == "pong from node"
    await ws.send_str("close")
    assert (await ws.receive()).type is tidewire_client.WSMsgType.CLOSE
    assert ws.close_code == 4001
    assert await ws.close() is False
