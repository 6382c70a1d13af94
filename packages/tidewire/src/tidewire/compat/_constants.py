"""Constants, loggers and types that aiohttp's modules have."""

from __future__ import annotations

import enum
import importlib.util
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from tidewire_http_parser import REASONS
from tidewire_websocket import WSMessage, WSMsgType

__all__: list[str] = []

DEBUG: Final = sys.flags.dev_mode or bool(
    not sys.flags.ignore_environment and os.environ.get("PYTHONASYNCIODEBUG")
)
NO_EXTENSIONS: Final = bool(os.environ.get("AIOHTTP_NO_EXTENSIONS"))
PY_311: Final = True
IS_MACOS: Final = sys.platform == "darwin"
IS_WINDOWS: Final = sys.platform == "win32"
HAS_BROTLI: Final = any(importlib.util.find_spec(name) for name in ("brotli", "brotlicffi"))
HAS_ZSTD: Final = (
    any(importlib.util.find_spec(name) for name in ("backports.zstd", "compression"))
    if (importlib.util.find_spec("backports") or sys.version_info >= (3, 14))
    else False
)

DEFAULT_CHUNK_SIZE: Final = 2**18
EMPTY_BODY_STATUS_CODES: Final = frozenset({204, 304, *range(100, 200)})
EMPTY_BODY_METHODS: Final = frozenset({"HEAD"})
ETAG_ANY: Final = "*"
HOST_ALL: Final = ("Host", "host")
CHAR: Final = {chr(code) for code in range(128)}
CTL: Final = {chr(code) for code in range(32)} | {chr(127)}
SEPARATORS: Final = set('()<>@,;:\\"/[]?={} \t')
TOKEN: Final = CHAR ^ CTL ^ SEPARATORS

RESPONSES: Final[Mapping[int, tuple[str, str]]] = {
    **{status: (phrase, "") for status, phrase in REASONS.items()},
    **{int(status): (status.phrase, status.description) for status in HTTPStatus},
}
SERVER_SOFTWARE: Final = f"Python/{sys.version_info[0]}.{sys.version_info[1]} tidewire"


class _SENTINEL(enum.Enum):
    """What stands for a parameter that is not given."""

    sentinel = object()


sentinel: Final = _SENTINEL.sentinel

DEFAULT_JSON_ENCODER: Final = json.dumps
DEFAULT_JSON_DECODER: Final = json.loads
Byteish = bytes | bytearray | memoryview
JSONEncoder = Callable[[Any], str]
JSONBytesEncoder = Callable[[Any], bytes]
JSONDecoder = Callable[[str], Any]
Handler = Callable[[Any], Awaitable[Any]]
Middleware = Callable[[Any, Handler], Awaitable[Any]]
PathLike = str | os.PathLike[str]
RawHeaders = tuple[tuple[bytes, bytes], ...]
LooseCookiesMappings = Mapping[str, Any]
LooseCookiesIterables = Iterable[tuple[str, Any]]
WS_CLOSED_MESSAGE: Final = WSMessage(WSMsgType.CLOSED, None, None)
WS_CLOSING_MESSAGE: Final = WSMessage(WSMsgType.CLOSING, None, None)
