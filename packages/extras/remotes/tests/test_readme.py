"""The example of the README runs as it stands there."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tidewire_testing import WireClient

Serve = Callable[..., Awaitable[WireClient]]

README = Path(__file__).resolve().parent.parent / "README.md"


async def test_the_example_answers_what_the_readme_says(serve: Serve) -> None:
    if not README.exists():
        pytest.skip("the README is not beside the tests")
    names: dict[str, Any] = {"__name__": __name__}
    exec(re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)[0], names)
    client = await serve(await names["make_app"]())
    peer: dict[str, Any] = {"peername": ("127.0.0.1", 50000)}
    lines = ("Host: localhost:8080", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https")
    assert (await client.ask("/", *lines, **peer)).text == "Hello, 203.0.113.9, over https!\n"
    assert (await client.ask("/", "Host: localhost", **peer)).status == 308
    assert (await client.ask("/", "Host: elsewhere", **peer)).status == 400
    assert (await client.ask("/health", "Host: localhost", **peer)).status == 200
