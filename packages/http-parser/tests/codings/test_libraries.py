"""Which codings there are depends on which libraries are installed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tidewire_http_parser import LocalProtocolError, UnsupportedContentCoding
from tidewire_http_parser.codings import ContentDecoder, ContentEncoder, _libraries, available_codings

BROTLI = ("brotli", "brotlicffi")
ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


def is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False


@pytest.fixture(autouse=True)
def _looked_up_anew() -> Iterator[None]:
    """The libraries are looked up once in a process; these tests change what is found."""
    for look_up in (_libraries.brotli, _libraries.zstd):
        look_up.cache_clear()
    yield
    for look_up in (_libraries.brotli, _libraries.zstd):
        look_up.cache_clear()


def block(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)


def test_what_is_installed_is_available() -> None:
    expected = ["gzip", "deflate"]
    if any(map(is_installed, BROTLI)):
        expected.append("br")
    if is_installed(ZSTD):
        expected.append("zstd")
    assert available_codings() == tuple(expected)
    for coding in expected:
        ContentDecoder(coding)
        ContentEncoder(coding)


@pytest.mark.parametrize(("coding", "modules"), [("br", BROTLI), ("zstd", (ZSTD,))])
def test_what_is_not_installed_is_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, coding: str, modules: tuple[str, ...]
) -> None:
    block(monkeypatch, *modules)
    assert coding not in available_codings()
    with pytest.raises(UnsupportedContentCoding) as caught:
        ContentDecoder(f"gzip, {coding}")
    assert caught.value.coding == coding
    assert caught.value.requirement == f"tidewire-http-parser[{coding}]"
    with pytest.raises(LocalProtocolError, match=rf"needs tidewire-http-parser\[{coding}\]"):
        ContentEncoder(coding)


def test_gzip_and_deflate_need_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    block(monkeypatch, *BROTLI, ZSTD)
    assert available_codings() == ("gzip", "deflate")


def test_a_brotli_that_cannot_bound_its_output_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    old: Any = ModuleType("brotli")
    old.Decompressor = type("Decompressor", (), {"process": None, "is_finished": None})
    monkeypatch.setitem(sys.modules, "brotli", old)
    block(monkeypatch, "brotlicffi")
    assert "br" not in available_codings()


def test_either_brotli_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    other: Any = ModuleType("brotlicffi")
    other.Decompressor = type("Decompressor", (), {"can_accept_more_data": None})
    block(monkeypatch, "brotli")
    monkeypatch.setitem(sys.modules, "brotlicffi", other)
    assert _libraries.brotli() is other
    assert "br" in available_codings()
