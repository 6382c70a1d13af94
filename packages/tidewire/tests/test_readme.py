"""The examples of the README run as they stand there; the last one runs in `compat/questions.py`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tidewire.test_utils import TestServer

README = Path(__file__).resolve().parent.parent / "README.md"


async def test_the_client_gets_what_the_server_says(capsys: pytest.CaptureFixture[str]) -> None:
    if not README.exists():
        pytest.skip("the README is not beside the tests")
    server, client, _ = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {"__name__": __name__}
    exec(server, names)
    async with TestServer(names["app"]) as running:
        exec(client.replace("http://127.0.0.1:8080/", str(running.make_url("/"))), names)
        await names["main"]()
    assert capsys.readouterr().out == "Hello, World!\n"
