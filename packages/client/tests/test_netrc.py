from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tidewire_client import BasicAuth
from tidewire_client._netrc import auth_for, read_netrc


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "netrc"
    monkeypatch.setenv("NETRC", str(path))
    return path


def test_credentials_are_found_by_host(file: Path) -> None:
    file.write_text(
        "machine example.com login user password secret\nmachine bad.example login a:b password x\n"
    )
    found = read_netrc()
    assert auth_for("example.com", found) == BasicAuth("user", "secret")
    assert auth_for("other.example", found) is None
    assert auth_for("bad.example", found) is None


def test_a_default_is_for_everybody(file: Path) -> None:
    file.write_text("default login user password secret\n")
    assert auth_for("any.example", read_netrc()) == BasicAuth("user", "secret")


def test_a_default_is_not_for_whom_the_file_would_have_to_name(file: Path) -> None:
    file.write_text("machine example.com login a password b\ndefault login user password secret\n")
    found = read_netrc()
    assert auth_for("example.com", found, named=True) == BasicAuth("a", "b")
    assert auth_for("any.example", found, named=True) is None
    assert auth_for("default", found, named=True) is None


def test_a_file_that_cannot_be_read_is_logged(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert read_netrc() is None
        file.write_text("machine")
        assert read_netrc() is None
    assert len(caplog.records) == 2
    assert auth_for("example.com", None) is None


def test_the_usual_file_need_not_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("NETRC", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert read_netrc() is None
    assert not caplog.records
