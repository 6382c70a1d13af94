from __future__ import annotations

from typing import Any

import known_names

from tidewire.compat._shared_modules import SHARED_MODULES

# Parsers, writers and decoders: Tidewire's are others. The hooks of the plugin: pytest-asyncio has them.
INNER = {
    "aiohttp.compression_utils",
    "aiohttp.helpers",
    "aiohttp.http_parser",
    "aiohttp.multipart",
    "aiohttp.pytest_plugin",
    "aiohttp.streams",
}


def test_the_names_of_the_modules_are_there(answers: dict[str, Any]) -> None:
    missing = {name: names for name, names in answers["missing"].items() if name in SHARED_MODULES}
    assert set(missing) == INNER
    assert missing["aiohttp.helpers"] == [
        "BaseKey",
        "EnsureOctetStream",
        "ErrorableProtocol",
        "HeadersMixin",
        "basicauth_from_netrc",
        "is_canonical_ipv4_address",
        "parse_content_type",
        "should_remove_content_length",
    ]
    assert missing["aiohttp.streams"] == ["AsyncStreamIterator", "ChunkTupleAsyncStreamIterator"]


def test_every_module_is_compared() -> None:
    assert set(SHARED_MODULES) - set(known_names.MODULES) == {"aiohttp.hdrs", "aiohttp.worker"}
