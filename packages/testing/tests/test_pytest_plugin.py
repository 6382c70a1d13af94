"""Runs pytest on projects, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parent / "sample_project"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

LEAKS = """
import asyncio

import pytest
from tidewire_client import ClientSession
from tidewire_web import Application

pytestmark = pytest.mark.asyncio


async def forever():
    await asyncio.Event().wait()


async def test_task(tidewire_client):
    await tidewire_client(Application())
    asyncio.create_task(forever(), name="mine")


async def test_session(tidewire_leaks):
    ClientSession()


async def test_client_that_the_test_has_closed(tidewire_client):
    client = await tidewire_client(Application())
    await client.close()


async def test_neither(tidewire_server):
    await tidewire_server(Application())
    async with ClientSession():
        await asyncio.create_task(asyncio.sleep(0))
"""

USES = """
import asyncio

import pytest
from tidewire_testing.client import TestClient
from tidewire_web import Application

pytestmark = pytest.mark.asyncio
closed = []


class Own(TestClient):
    async def close(self):
        await super().close()
        closed.append(self.server.closed)


@pytest.fixture
def tidewire_client_cls():
    return Own


async def test_in_memory_by_a_setting(tidewire_client):
    client = await tidewire_client(Application())
    assert type(client) is Own
    assert client.server.memory
    other = await tidewire_client(Application(), memory=False, server_kwargs={"host": "localhost"})
    assert not other.server.memory
    assert other.host == "localhost"


async def test_closed_in_the_end():
    assert closed == [True, True]


async def test_a_server_has_its_settings(tidewire_client, tidewire_server):
    server = await tidewire_server(Application())
    client = await tidewire_client(server)
    assert client.server is server
    with pytest.raises(TypeError, match="settings already"):
        await tidewire_client(server, server_kwargs={"port": 1})
    with pytest.raises(TypeError, match="made of an Application"):
        await tidewire_client(42)
"""


OWN = """
import asyncio

import pytest
import pytest_asyncio
from tidewire_testing import pytest_plugin as plugin
from tidewire_web import Application, BaseRequest, Response

pytestmark = pytest.mark.asyncio
servers = []


@pytest_asyncio.fixture
async def ours():
    async with plugin.watch_leaks(), plugin.make_clients(memory=True) as make, plugin.make_servers() as start:
        yield make, start


@pytest_asyncio.fixture
async def raw():
    async with plugin.make_raw_servers() as start:
        yield start


async def test_factories(ours, raw):
    make, start = ours

    async def hello(request: BaseRequest) -> Response:
        return Response(text="hello")

    servers.extend([await start(Application()), await raw(hello, memory=True)])
    async with (await make(servers[1])).get("/") as response:
        assert await response.text() == "hello"
    assert (await make(Application())).server.memory


async def test_closed_in_the_end():
    assert [server.closed for server in servers] == [True, True]


async def test_leak(ours):
    asyncio.create_task(asyncio.Event().wait())
"""


SLOW = """
import asyncio
import time

import pytest
from tidewire_web import Application, Request, Response


@pytest.mark.asyncio(loop_factories=["fake time"])
async def test_a_handler_that_takes_a_minute(tidewire_client):
    async def handler(request: Request) -> Response:
        await asyncio.sleep(60)
        return Response(text="late")

    app = Application()
    app.router.add_get("/", handler)
    client = await tidewire_client(app, memory=True)
    response = await client.get("/")
    assert await response.text() == "late"
    assert asyncio.get_running_loop().time() >= 60


@pytest.mark.asyncio
async def test_time_as_ever():
    assert abs(asyncio.get_running_loop().time() - time.monotonic()) < 60
"""


def run(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tidewire_testing.pytest_plugin",
        "-p",
        "no:cacheprovider",
    ]
    command += ["-W", "error", "-o", "asyncio_default_fixture_loop_scope=function", "-c", os.devnull]
    command += ["--rootdir", str(project), "-q", *options, str(project)]
    # What is said to the tests of this repository is not for a user's project.
    ours = ("TIDEWIRE_EXPECT", "PYTEST_ADDOPTS")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_a_users_project_passes_in_both_modes(mode: str) -> None:
    done = run(SAMPLE, "-o", f"asyncio_mode={mode}", "-o", "python_files=check_*.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "17 passed" in done.stdout


@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_what_a_test_leaves_behind_is_reported_with_the_line_that_made_it(mode: str, tmp_path: Path) -> None:
    (tmp_path / "test_leaks.py").write_text(LEAKS)
    done = run(tmp_path, "-o", f"asyncio_mode={mode}")
    assert "4 passed, 2 errors" in done.stdout, done.stdout + done.stderr
    lines = LEAKS.splitlines()
    task = next(number for number, line in enumerate(lines, 1) if "create_task(forever" in line)
    session = next(number for number, line in enumerate(lines, 1) if line == "    ClientSession()")
    assert f"task 'mine' of forever(), made at {tmp_path / 'test_leaks.py'}:{task}" in done.stdout
    assert f"session ClientSession, made at {tmp_path / 'test_leaks.py'}:{session}" in done.stdout


def test_leaks_need_not_be_looked_for(tmp_path: Path) -> None:
    (tmp_path / "test_leaks.py").write_text(LEAKS.replace("    ClientSession()\n", "    pass\n"))
    done = run(tmp_path, "-o", "tidewire_leaks=false")
    assert "4 passed" in done.stdout, done.stdout + done.stderr
    assert "left behind" not in done.stdout


def test_the_fixtures_do_what_they_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "test_uses.py").write_text(USES)
    done = run(tmp_path, "-o", "tidewire_memory=true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_fixtures_of_ones_own_stand_on_what_ours_stand_on(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(OWN)
    done = run(tmp_path)
    assert "3 passed, 1 error" in done.stdout, done.stdout + done.stderr
    assert f"made at {tmp_path / 'test_own.py'}:{len(OWN.splitlines())}" in done.stdout


def test_on_a_loop_without_waiting_a_handler_takes_no_time(tmp_path: Path) -> None:
    pytest.importorskip("pytest_asyncio", minversion="1.4")
    readme = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
    (tmp_path / "conftest.py").write_text(
        readme.partition("```python\n# conftest.py\n")[2].partition("```")[0]
    )
    (tmp_path / "test_slow.py").write_text(SLOW)
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
