"""The scripts that build and install wheels know what changed, and refuse a wheel that is not what it should be."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

import install_compiled
import pytest

import wheels
import workspace
from toy_workspace import ToyWorkspace


def wheel(folder: Path, name: str, files: Iterable[str]) -> Path:
    """Write an archive with empty files."""
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.writestr(file, "")
    return path


def test_bottom_up(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    web = toy.member("web", requires=["tidewire_http.parser>=0.1,<0.2", "yarl[x]>=1; python_version>'3'"])
    parser = toy.member("http-parser")
    other = toy.member("client", requires=["tidewire-http-parser>=0.1,<0.2"])
    assert list(workspace.closure([web], [web, other, parser])) == [parser, web]
    assert wheels.floors(web, frozenset({"tidewire-http-parser"})) == ["yarl==1"]


def test_circle(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    members = [
        toy.member("web", requires=["tidewire-client>=0.1,<0.2"]),
        toy.member("client", requires=["tidewire-web>=0.1,<0.2"]),
    ]
    with pytest.raises(workspace.WorkspaceError, match="in a circle: tidewire-client, tidewire-web"):
        workspace.bottom_up(members)


def test_select(tmp_path: Path) -> None:
    members = [ToyWorkspace(tmp_path).member("http-parser")]
    for name in ("http-parser", "tidewire_http_parser", "packages/http-parser/"):
        assert workspace.select([name], members) == members
    with pytest.raises(workspace.WorkspaceError, match="no member is called 'parser'"):
        workspace.select(["parser"], members)


def test_fingerprint_changes_with_what_is_built(tmp_path: Path) -> None:
    member = ToyWorkspace(tmp_path).member("web", {"_a.py": "A = 1\n"}, compiled=["_a.py"])
    options = wheels.Options(out=tmp_path / "dist")
    prints = [wheels.fingerprint(member, options, {})]
    assert wheels.fingerprint(member, options, {}) == prints[0]
    # Neither tests nor caches are in a wheel.
    (member.tests / "test_a.py").write_text("", "utf-8")
    (member.source / "__pycache__").mkdir()
    (member.source / "__pycache__" / "_a.pyc").write_text("", "utf-8")
    assert wheels.fingerprint(member, options, {}) == prints[0]
    prints.append(wheels.fingerprint(member, wheels.Options(out=options.out, pure=True), {}))
    (member.source / "_a.py").write_text("A = 2\n", "utf-8")
    prints.append(wheels.fingerprint(member, options, {}))
    assert len(set(prints)) == 3


def test_fingerprint_changes_with_a_sibling(tmp_path: Path) -> None:
    member = ToyWorkspace(tmp_path).member("web", requires=["tidewire-http-parser>=0.1,<0.2"])
    options = wheels.Options(out=tmp_path / "dist")
    prints = {
        wheels.fingerprint(member, options, {"tidewire-http-parser": known}) for known in ("one", "two")
    }
    assert len(prints) == 2


def test_stamps(tmp_path: Path) -> None:
    member = ToyWorkspace(tmp_path).member("web")
    built = wheel(tmp_path, "tidewire_web-0.1.0-py3-none-any.whl", ["tidewire_web/__init__.py"])
    wheels.Stamps.read(tmp_path).record(member, "pure", "inputs", built)
    stamps = wheels.Stamps.read(tmp_path)
    assert stamps.wheel(member, "pure", "inputs") == built
    assert stamps.wheel(member, "pure", "others") is None
    assert stamps.wheel(member, "cpython-313", "inputs") is None
    built.write_bytes(b"replaced by hand")
    assert stamps.wheel(member, "pure", "inputs") is None


def test_verify_wheel(tmp_path: Path) -> None:
    member = ToyWorkspace(tmp_path).member("web", {"_a.py": "", "_ab.py": ""}, compiled=["_a.py", "_ab.py"])
    library = "tidewire_web/_a.cpython-313-x86_64-linux-gnu.so"
    native, pure = "tidewire_web-0.1.0-cp313-cp313-linux_x86_64.whl", "tidewire_web-0.1.0-py3-none-any.whl"
    wheels.verify_wheel(member, wheel(tmp_path, pure, ["tidewire_web/_a.py"]), native=False)
    wheels.verify_wheel(member, wheel(tmp_path, native, [library, library.replace("_a", "_ab")]), native=True)
    for name, files, is_native, said in (
        (pure, [library], False, "the pure wheel holds"),
        (pure, [], True, "wrong tag"),
        (native, [library], False, "wrong tag"),
        (native, [library], True, "_ab.py was not compiled"),
    ):
        with pytest.raises(wheels.BuildError, match=said):
            wheels.verify_wheel(member, wheel(tmp_path, name, files), native=is_native)


def test_no_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ToyWorkspace(tmp_path).member("web", {"_a.py": ""}, compiled=["_a.py"])
    monkeypatch.setenv("CC", "no-such-compiler")
    assert wheels.main([], root=tmp_path) == wheels.NO_COMPILER
    assert capsys.readouterr().err == "wheels: no C compiler (no-such-compiler); --pure builds without one\n"


def test_install_refuses_what_was_not_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ToyWorkspace(tmp_path).member("web")
    assert install_compiled.main([], root=tmp_path) == 2
    assert "no compiled wheel of tidewire-web as it is now" in capsys.readouterr().err


def test_highest_floors(tmp_path: Path) -> None:
    toy = ToyWorkspace(tmp_path)
    members = [toy.member("web", requires=["yarl>=1.9"]), toy.member("client", requires=["yarl>=1.18,<2"])]
    assert install_compiled.highest_floors(members, members) == ["yarl==1.18"]
