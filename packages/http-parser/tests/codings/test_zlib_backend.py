"""gzip and deflate by another library than the standard one."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tidewire_http_parser import InvalidContentCoding
from tidewire_http_parser.codings import ContentDecoder, ContentEncoder, set_zlib_backend, zlib_backend


class RecordingZlib(ModuleType):
    """The standard library's zlib under another name, which counts what is made."""

    MAX_WBITS = zlib.MAX_WBITS
    Z_FINISH = zlib.Z_FINISH
    Z_FULL_FLUSH = zlib.Z_FULL_FLUSH
    Z_SYNC_FLUSH = zlib.Z_SYNC_FLUSH

    class error(Exception):  # noqa: N801
        pass

    def __init__(self) -> None:
        super().__init__("recording_zlib")
        self.made: list[tuple[str, dict[str, Any]]] = []

    def compressobj(self, **options: Any) -> Any:
        self.made.append(("compressobj", options))
        return zlib.compressobj(**options)

    def decompressobj(self, **options: Any) -> Any:
        self.made.append(("decompressobj", options))
        made = zlib.decompressobj(**options)

        def decompress(data: bytes, max_length: int = 0) -> bytes:
            try:
                return made.decompress(data, max_length)
            except zlib.error as error:
                raise self.error from error

        return SimpleNamespace(decompress=decompress, eof=False, unconsumed_tail=b"", unused_data=b"")


@pytest.fixture
def recording() -> Iterator[RecordingZlib]:
    before = zlib_backend()
    module = RecordingZlib()
    set_zlib_backend(module)
    yield module
    set_zlib_backend(before)


def test_the_standard_library_is_the_default() -> None:
    assert zlib_backend() is zlib


def test_encoders_and_decoders_use_the_backend(recording: RecordingZlib) -> None:
    encoder = ContentEncoder("gzip", level=3, strategy=zlib.Z_HUFFMAN_ONLY)
    encoded = encoder.encode(b"hello") + encoder.flush()
    decoder = ContentDecoder("gzip")
    decoder.receive_data(encoded)
    assert decoder.read(100) == b"hello"
    ContentEncoder("deflate")
    assert recording.made == [
        ("compressobj", {"level": 3, "strategy": zlib.Z_HUFFMAN_ONLY, "wbits": 31}),
        ("decompressobj", {"wbits": 31}),
        ("compressobj", {"wbits": 15}),
    ]


def test_the_errors_of_the_backend_are_known(recording: RecordingZlib) -> None:
    decoder = ContentDecoder("gzip")
    decoder.receive_data(b"no gzip")
    with pytest.raises(InvalidContentCoding) as caught:
        decoder.read(100)
    assert isinstance(caught.value.__cause__, recording.error)


@pytest.mark.parametrize(("first", "wbits"), [(0x78, 15), (0x08, 15), (0x4B, -15), (0x01, -15)])
def test_deflate_is_told_from_raw_deflate_by_the_first_byte(
    recording: RecordingZlib, first: int, wbits: int
) -> None:
    decoder = ContentDecoder("deflate")
    decoder.receive_data(bytes([first]))
    assert decoder.read(100) == b""
    assert recording.made == [("decompressobj", {"wbits": wbits})]


def test_what_exists_keeps_its_backend(recording: RecordingZlib) -> None:
    decoder = ContentDecoder("gzip")
    set_zlib_backend(zlib)
    decoder.receive_data(zlib.compress(b"hello", wbits=31))
    assert decoder.read(100) == b"hello"
    assert recording.made == [("decompressobj", {"wbits": 31})]


def test_raw_deflate_as_websockets_have_it() -> None:
    backend = zlib_backend()
    compressor = backend.compressobj(wbits=-9, level=1, memLevel=4)
    compressed = compressor.compress(b"hello") + compressor.flush(backend.Z_SYNC_FLUSH)
    assert compressed.endswith(b"\x00\x00\xff\xff")
    decompressor = backend.decompressobj(wbits=-9)
    assert decompressor.decompress(compressed, 3) == b"hel"
    assert decompressor.decompress(decompressor.unconsumed_tail, 3) == b"lo"
    assert not decompressor.eof


@pytest.mark.parametrize("lacking", ["MAX_WBITS", "Z_FINISH", "Z_SYNC_FLUSH", "decompressobj", "error"])
def test_modules_that_are_no_zlib(lacking: str) -> None:
    before = zlib_backend()
    names = ["MAX_WBITS", "Z_FINISH", "Z_FULL_FLUSH", "Z_SYNC_FLUSH", "compressobj", "decompressobj", "error"]
    module: Any = SimpleNamespace(**{name: getattr(zlib, name) for name in names if name != lacking})
    with pytest.raises(TypeError, match=lacking):
        set_zlib_backend(module)
    assert zlib_backend() is before
