"""The example of the README runs."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tidewire_testing import WireAnswer

README = Path(__file__).resolve().parent.parent / "README.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)


async def test_the_example_runs(get: Callable[..., Awaitable[WireAnswer]]) -> None:
    (source,) = EXAMPLES
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(source, "README.md", "exec"), names)
    text = (await get(names["app"], "/")).text
    assert "Hello, &lt;World&gt;! You asked for /." in text
    assert '<link rel="stylesheet" href="/static/page.css">' in text
    assert '<a href="/%3CWorld%3E?n=1">' in text
    assert "Hello, Ann!" in (await get(names["app"], "/Ann")).text
