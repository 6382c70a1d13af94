"""gunicorn: a factory of an application that its workers run."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("tidewire_gunicorn", reason="needs the workers for gunicorn")

MY_APP_MODULE = """
from tidewire import web


async def hello(request):
    return web.Response(text="Hello")


async def my_web_app():
    app = web.Application()
    app.router.add_get("/", hello)
    return app
"""


@pytest.mark.promise(18)
@pytest.mark.snippet("advanced: gunicorn")
@pytest.mark.slow
def test_gunicorn_takes_a_coroutine_function_without_parameters(tmp_path: Path) -> None:
    (tmp_path / "my_app_module.py").write_text(MY_APP_MODULE, "utf-8")
    command = ("gunicorn", "my_app_module:my_web_app", "--bind", "localhost:0")
    with subprocess.Popen(
        [sys.executable, "-m", *command, "--worker-class", "tidewire_gunicorn.GunicornWebWorker"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"HOME": str(tmp_path)},
    ) as process:
        try:
            assert process.stderr is not None
            found = next(filter(None, (re.search(r"http://127\S+:\d+", line) for line in process.stderr)))
            with urllib.request.urlopen(found[0], timeout=30) as response:
                assert response.read() == b"Hello"
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
    assert process.returncode == 0
