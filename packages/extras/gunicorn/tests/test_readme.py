"""The example of the README runs as it stands there."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).resolve().parent.parent / "README.md"


@pytest.mark.slow
def test_the_example_is_served_as_the_command_says(gunicorn: Callable[..., Any]) -> None:
    if not README.exists():
        pytest.skip("the README is not beside the tests")
    text = README.read_text("utf-8")
    program = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    command = re.findall(r"```\n(gunicorn .*?)\n```", text, re.DOTALL)[0]
    words = command.replace("localhost:8080", "127.0.0.1:0").split()
    assert words[2:4] == ["--worker-class", "tidewire_gunicorn.GunicornWebWorker"]
    # One worker answers; the other may be so young that gunicorn's signal is lost on it.
    server = gunicorn(program, *words[4:], "--graceful-timeout", "3", words[1])
    assert server.ask("/") == "Hello, World!"
    assert server.end(signal.SIGTERM) == 0
