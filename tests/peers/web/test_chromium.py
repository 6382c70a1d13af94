"""A browser: a page with a style sheet, a picture and a script, which tells what it sees."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from chromium import dump_dom


@pytest.mark.slow
@pytest.mark.peer("chromium", "openssl")
@pytest.mark.parametrize("site", ["asyncio"], indirect=True)
def test_a_page_with_static_files(site: Any, tmp_path: Path) -> None:
    page = dump_dom(site.url("/"), tmp_path)
    found = re.search(r'<p id="result">(.*?)</p>', page)
    assert found is not None, page
    assert json.loads(found[1]) == {
        "style": "rgb(0, 128, 128)",
        "image": [3, 2],
        "compressed": True,
        "versions": True,
        "protocols": ["http/1.1"],
    }
