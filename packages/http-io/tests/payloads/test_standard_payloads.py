"""The registry that everyone uses."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tidewire_http_io import EMPTY_PAYLOAD, StreamReader
from tidewire_http_io.payloads import (
    PAYLOAD_REGISTRY,
    AsyncIterablePayload,
    BufferedReaderPayload,
    BytesIOPayload,
    BytesPayload,
    IOBasePayload,
    Order,
    Payload,
    StreamReaderPayload,
    StringIOPayload,
    StringPayload,
    TextIOPayload,
    get_payload,
    payload_type,
    register_payload,
)
from tidewire_http_io.payloads import LookupError as PayloadLookupError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    return path


@pytest.fixture
def clean_registry() -> Iterator[None]:
    registered = (PAYLOAD_REGISTRY._first, PAYLOAD_REGISTRY._normal, PAYLOAD_REGISTRY._last)
    before = [dict(kinds) for kinds in registered]
    yield
    for kinds, earlier in zip(registered, before, strict=True):
        kinds.clear()
        kinds.update(earlier)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (b"a", BytesPayload),
        (bytearray(b"a"), BytesPayload),
        (memoryview(b"a"), BytesPayload),
        ("a", StringPayload),
        (io.BytesIO(b"a"), BytesIOPayload),
        (io.StringIO("a"), StringIOPayload),
        (EMPTY_PAYLOAD, StreamReaderPayload),
    ],
)
def test_what_is_in_memory(value: Any, kind: type[Payload]) -> None:
    assert type(get_payload(value)) is kind


async def test_streams_and_iterables() -> None:
    async def generate() -> AsyncIterator[bytes]:
        yield b"a"

    assert type(get_payload(StreamReader(lambda *credit: None))) is StreamReaderPayload
    payload = get_payload(generate())
    assert type(payload) is AsyncIterablePayload
    assert await payload.as_bytes() == b"a"


@pytest.mark.parametrize(
    ("mode", "buffering", "kind"),
    [
        ("rb", -1, BufferedReaderPayload),
        ("r+b", -1, BufferedReaderPayload),
        ("rb", 0, IOBasePayload),
        ("r", -1, TextIOPayload),
    ],
)
async def test_files(path: Path, mode: str, buffering: int, kind: type[Payload]) -> None:
    file = path.open(mode, buffering)
    payload = get_payload(file, content_type="a/b")
    assert type(payload) is kind
    assert payload.content_type == "a/b"
    assert await payload.as_bytes() == b"abc"
    await payload.close()
    assert file.closed


async def test_compressed_files(path: Path) -> None:
    with gzip.open(path, "wb") as file:
        file.write(b"abc")
    payload = get_payload(gzip.open(path))  # noqa: SIM115
    assert type(payload) is IOBasePayload
    assert await payload.as_bytes() == b"abc"
    await payload.close()


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("mode", ["w+b", "w+"])
async def test_temporary_files(named: bool, mode: str) -> None:
    make: Any = tempfile.NamedTemporaryFile if named else tempfile.SpooledTemporaryFile
    file = make(mode=mode)
    file.write(b"abc" if "b" in mode else "abc")
    file.seek(0)
    payload = get_payload(file)
    assert type(payload) is (IOBasePayload if "b" in mode else TextIOPayload)
    assert payload.size == (3 if "b" in mode else None)
    assert await payload.as_bytes() == b"abc"
    await payload.close()
    assert file.closed
    if named:
        with pytest.raises(FileNotFoundError):
            os.stat(file.name)


@pytest.mark.parametrize("value", [None, 5, ["a"], {"a": "b"}, ("a", "b"), object(), iter(b"a"), str])
def test_others_are_a_type_error(value: Any) -> None:
    with pytest.raises(PayloadLookupError, match="no payload"):
        get_payload(value)


@pytest.mark.usefixtures("clean_registry")
def test_types_can_be_added() -> None:
    class Mine: ...

    @payload_type(Mine)
    class MinePayload(StringPayload):
        def __init__(self, value: Mine, **kwargs: Any) -> None:
            super().__init__("mine", **kwargs)

    assert type(get_payload(Mine())) is MinePayload
    assert get_payload(Mine(), encoding="utf-16-le").whole() == "mine".encode("utf-16-le")


@pytest.mark.usefixtures("clean_registry")
def test_types_can_be_taken_over() -> None:
    def shout(value: str, **kwargs: Any) -> Payload:
        return StringPayload(value.upper(), **kwargs)

    register_payload(shout, str, order=Order.try_first)
    assert get_payload("a").whole() == b"A"
    assert get_payload(b"a").whole() == b"a"


def test_the_registry_is_clean_again() -> None:
    assert get_payload("a").whole() == b"a"
