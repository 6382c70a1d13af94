"""The page of a folder; who may see it, and in which applications, is in `test_static`."""

from __future__ import annotations

import re
from pathlib import Path

from tidewire_web._directory_index import index_page
from tidewire_web._file_root import FileRoot
from tidewire_web._open_file import OpenFile


def page(folder: Path, *names: str) -> str:
    root = FileRoot(folder)
    opened, _, _ = root.open(list(names))
    assert opened is not None
    return index_page(root, list(names), opened, "/files")


def test_everything_is_escaped(tmp_path: Path) -> None:
    name = '<script>alert(\'"&")<\\script>'
    (tmp_path / name).mkdir()
    (tmp_path / name / "a&b%20.txt").touch()
    text = page(tmp_path) + page(tmp_path, name, "")
    assert "<script>" not in text
    assert "&lt;script&gt;alert(&#x27;&quot;&amp;&quot;)" in text
    assert 'a&amp;b%2520.txt">a&amp;b%20.txt</a>' in text


def test_names_are_sorted_and_folders_have_a_slash(tmp_path: Path) -> None:
    for name in ("b", "a", "C", "\u00e4"):
        (tmp_path / name).touch()
    (tmp_path / "aa").mkdir()
    assert re.findall(r">([^<]+)</a>", page(tmp_path)) == ["C", "a", "aa/", "b", "\u00e4"]
    assert re.findall(r'href="([^"]+)"', page(tmp_path))[2:] == ["/files/aa/", "/files/b", "/files/%C3%A4"]


def test_where_a_folder_is_opened_by_its_path_it_is_the_same_page(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    by_path = index_page(FileRoot(tmp_path), [], OpenFile(-1, tmp_path.stat()), "/files")
    assert by_path == page(tmp_path)


def test_an_empty_folder(tmp_path: Path) -> None:
    assert "<li>" not in page(tmp_path)
