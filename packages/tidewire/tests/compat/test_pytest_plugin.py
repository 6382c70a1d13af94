from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

CONFTEST: Final = """
import aiohttp
import pytest
from aiohttp import web

assert aiohttp.__spec__.origin == "tidewire.compat"


@pytest.fixture
def app():
    async def hello(request):
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/", hello)
    return app
"""
SUITE: Final = """
import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

pytest_plugins = ["aiohttp.pytest_plugin"]


class Mine(TestClient):
    pass


async def test_an_application(aiohttp_client, app):
    client = await aiohttp_client(app)
    response = await client.get("/")
    assert await response.text() == "hello"
    assert isinstance(response, aiohttp.ClientResponse)
    assert isinstance(client.session, aiohttp.ClientSession)


async def test_a_factory(aiohttp_client, app):
    async def make(argument):
        assert argument == 3
        return app

    assert (await (await aiohttp_client(make, 3)).get("/")).status == 200


async def test_servers(aiohttp_server, aiohttp_raw_server, aiohttp_client, aiohttp_unused_port, loop):
    server = await aiohttp_server(web.Application())
    assert isinstance(server, TestServer)
    assert (await (await aiohttp_client(server)).get("/")).status == 404
    raw = await aiohttp_raw_server(lambda request: handler(request))
    assert (await (await aiohttp_client(raw)).get("/x")).status == 202
    assert aiohttp_unused_port() > 0
    assert loop.is_running()


async def handler(request):
    return web.Response(status=202)


class TestClass:
    @pytest.fixture
    def aiohttp_client_cls(self):
        return Mine

    async def test_a_client_of_ones_own(self, aiohttp_client, app):
        assert isinstance(await aiohttp_client(app), Mine)


async def test_what_is_deprecated(test_client, app):
    assert (await (await test_client(app)).get("/")).status == 200
"""


@pytest.mark.slow
def test_a_foreign_test_suite_runs_unchanged(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf-8")
    (tmp_path / "test_suite.py").write_text(SUITE, "utf-8")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n", "utf-8"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tidewire.compat.pytest_plugin",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, "-p", "no:randomly", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=55,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout
    assert "use aiohttp_client fixture instead" in done.stdout
