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


async def test_the_example_shares_what_the_readme_says(serve: Serve) -> None:
    if not README.exists():
        pytest.skip("the README is not beside the tests")
    names: dict[str, Any] = {"__name__": __name__}
    exec(re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)[0], names)
    client = await serve(names["app"])
    allowed = {}
    for path in ("/prices", "/public", "/internal"):
        for origin in ("https://shop.example", "https://other.example"):
            answer = await client.ask(path, f"Origin: {origin}")
            allowed[path, origin.partition("//")[2]] = (
                answer.headers["Access-Control-Allow-Origin"] is not None
            )
    assert allowed == {
        ("/prices", "shop.example"): True,
        ("/prices", "other.example"): False,
        ("/public", "shop.example"): True,
        ("/public", "other.example"): True,
        ("/internal", "shop.example"): False,
        ("/internal", "other.example"): False,
    }
    lines = ("Origin: https://shop.example", "Access-Control-Request-Method: PUT")
    answer = await client.ask("/prices", *lines, method="OPTIONS")
    assert (answer.status, answer.headers["Access-Control-Allow-Methods"]) == (200, "PUT")
