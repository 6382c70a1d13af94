from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from tidewire_client._cookie_file import load_cookies, save_cookies
from tidewire_client._cookie_store import StoredCookie


def full() -> StoredCookie:
    cookie = StoredCookie("n", "a,b", '"a\\054b"')
    cookie.domain, cookie.path, cookie.same_site = "example.com", "/x", "Lax"
    cookie.host_only = cookie.secure = cookie.http_only = cookie.partitioned = True
    cookie.expires = 1e10
    cookie.said_expires, cookie.said_max_age = "Mon", "5"
    return cookie


def test_everything_that_safety_depends_on_is_kept(tmp_path: Path) -> None:
    save_cookies(tmp_path / "jar", [full()])
    (found,) = load_cookies(tmp_path / "jar")
    for name in StoredCookie.__slots__:
        if name not in {"made", "used"}:
            assert getattr(found, name) == getattr(full(), name), name


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files")
def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "jar"
    path.write_text("old")
    path.chmod(0o644)
    save_cookies(path, [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = full()
    broken.expires = float("inf")
    (tmp_path / "jar").write_text("old")
    with pytest.raises(ValueError, match="JSON"):
        save_cookies(tmp_path / "jar", [broken])
    assert (tmp_path / "jar").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"expires": "soon"},
        {"expires": True},
        {"expires": float("inf")},
        {"name": 1},
        {"secure": "yes"},
        {"domain": "other.example"},
    ],
)
def test_documents_of_another_kind_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "jar"
    save_cookies(path, [full()])
    document = json.loads(path.read_text())
    document["cookies"]["example.com"]["/x"][0].update(change)
    path.write_text(json.dumps(document))
    with pytest.raises(ValueError, match="cookie"):
        load_cookies(path)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "[" * 100_000, '{"version": 1}', '{"version": 1, "cookies": [1]}', "\x80\x04pickle"],
)
def test_files_of_another_kind_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "jar").write_text(text)
    with pytest.raises(ValueError):  # noqa: PT011 - that of json, or ours
        load_cookies(tmp_path / "jar")
