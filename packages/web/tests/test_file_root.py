"""The folder of a static resource: names, and where they may lead."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tidewire_web._file_root import FileRoot, names_in


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("", []),
        ("/", None),
        ("a", ["a"]),
        ("a/", ["a", ""]),
        ("a/b", ["a", "b"]),
        ("a//b", None),
        ("/a", None),
        (".", None),
        ("..", None),
        ("a/..", None),
        ("a/./b", None),
        ("...", ["..."]),
        ("..a/b..", ["..a", "b.."]),
        (".hidden", [".hidden"]),
        ("a b", ["a b"]),
        ("a\\..\\b", ["a\\..\\b"]),
        ("c:x", ["c:x"]),
        ("nul", ["nul"]),
        ("\u00e4\U0001f600\u00a0", ["\u00e4\U0001f600\u00a0"]),
        ("a\0", None),
        ("a\nb", None),
        ("a\x1fb/c", None),
        ("\x7f", None),
        ("\x85", None),
    ],
)
def test_names(path: str, names: list[str] | None) -> None:
    assert names_in(path, windows=False) == names


@pytest.mark.parametrize(
    "path",
    [
        "c:",
        "c:/x",
        "C:x",
        "\\\\host\\share\\x",
        "a\\..\\..\\x",
        "\\\\?\\C:\\x",
        "\\\\.\\pipe\\x",
        "x.txt:stream",
        "x.txt::$DATA",
        "CON",
        "con",
        "nul.txt",
        "NUL.tar.gz",
        "aux .txt",
        "com1",
        "COM9.log",
        "lpt1",
        "COM\u00b9",
        "CONIN$",
        "sub/prn",
        "prn/sub",
        "x.txt.",
        "x.txt ",
        "x...",
        "a*b",
        "a?b",
        'a"b',
        "a<b",
        "a|b",
        " ",
    ],
)
def test_what_windows_would_take_for_something_else_is_no_name_there(path: str) -> None:
    assert names_in(path, windows=True) is None


@pytest.mark.parametrize(
    "path", ["a", "a/", "a/b.txt", "console", "com", "com10", "nullable.txt", "a.con", " a"]
)
def test_other_names_are_names_on_windows_too(path: str) -> None:
    assert names_in(path, windows=True) == path.split("/")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "x").write_bytes(b"x")
    (root / "in").symlink_to("sub/x")
    (root / "loop").symlink_to("loop")
    (root / "out").symlink_to("..")
    (tmp_path / "secret").write_bytes(b"secret")
    return root


class Checking(FileRoot):
    """What is done where the system cannot open names relative to a folder."""

    def _walk(self, names: list[str]) -> object:  # type: ignore[override]
        return self._open_and_check(names)


@pytest.mark.parametrize("kind", [FileRoot, Checking])
def test_what_is_beneath_a_folder_is_opened(folder: Path, kind: type[FileRoot]) -> None:
    root = kind(folder)
    for names in (["sub", "x"], ["in"]):
        file, where, name = root.open(names)
        assert file is not None
        assert (file.read(0, 9), name) == (
            b"x",
            "x" if kind is Checking else names[-1] if names != ["in"] else "x",
        )
        assert where.has_file("x")
    for names in ([], ["sub"], ["sub", ""]):
        file, _, _ = root.open(names)
        assert file is not None
        assert file.is_folder
    for names in (
        ["out"],
        ["out", "secret"],
        ["out", "root", "sub", "x"],
        ["loop"],
        ["loop", "x"],
        ["sub", "x", "y"],
        ["sub", "x", ""],
        ["none", "x"],
    ):
        with pytest.raises((FileNotFoundError, NotADirectoryError)):
            root.open(names)


def test_what_is_missing_is_told_with_its_folder(folder: Path) -> None:
    file, where, name = FileRoot(folder).open(["sub", "y"])
    assert (file, name) == (None, "y")
    assert where.has_file("x")
    file, where, name = FileRoot(folder, follow_symlinks=True).open(["sub", "y"])
    assert (file, name) == (None, "y")
    assert where.has_file("x")


def test_many_links_in_a_row(folder: Path) -> None:
    (folder / "link0").symlink_to("sub")
    for number in range(1, 20):
        (folder / f"link{number}").symlink_to(f"link{number - 1}")
    file, _, _ = FileRoot(folder).open(["link19", "x"])
    assert file is not None
    assert file.read(0, 9) == b"x"
    (folder / "sub" / "up").symlink_to("..")
    with pytest.raises(FileNotFoundError):
        FileRoot(folder).open(["sub", "up"] * 60 + ["sub", "x"])


def test_whether_something_leads_beneath(folder: Path) -> None:
    root = FileRoot(folder)
    assert root.contains(str(folder / "in"))
    assert not root.contains(str(folder / "out"))
    assert not root.contains(str(folder / "loop"))
    assert not root.contains(str(folder / "none"))
    assert FileRoot(folder, follow_symlinks=True).contains(str(folder / "out"))


def test_a_folder_that_begins_like_another_is_another(folder: Path) -> None:
    (folder.parent / "rooted").mkdir()
    (folder.parent / "rooted" / "x").write_bytes(b"secret")
    (folder / "link").symlink_to(folder.parent / "rooted" / "x")
    with pytest.raises(FileNotFoundError):
        FileRoot(folder).open(["link"])


def test_the_root_of_all(folder: Path) -> None:
    file, _, _ = FileRoot(os.sep).open([*str(folder.resolve())[1:].split(os.sep), "in"])
    assert file is not None
    assert file.read(0, 9) == b"x"


def test_a_folder_that_is_none(folder: Path) -> None:
    with pytest.raises(ValueError, match="no folder"):
        FileRoot(folder / "none")
    with pytest.raises(ValueError, match="is no folder"):
        FileRoot(folder / "sub" / "x")
    assert repr(FileRoot(folder)) == f"<FileRoot {str(folder.resolve())!r}>"
