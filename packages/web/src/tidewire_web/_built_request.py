"""What a request needs that was made without a server."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from multidict import CIMultiDict

from tidewire_http_io import ServerExchange, build_exchange
from tidewire_http_parser import FieldBlock, RemoteProtocolError
from tidewire_http_parser.field_values import format_date
from tidewire_web._version import SERVER_SOFTWARE

__all__: list[str] = []

_PEER: Final = ("127.0.0.1", 50000)
_HERE: Final = ("127.0.0.1", 80)
_VERSIONS: Final = ((1, 1), (1, 0))


class BuiltServices:
    """What a request knows of its server, where there is none; see `Services`."""

    auto_decompress = True
    max_field_size = 8190
    max_headers = 128
    debug = False

    def __init__(self, app: Any, client_max_size: int, client_max_fields: int) -> None:
        self.app = app
        self.client_max_size = client_max_size
        self.client_max_fields = client_max_fields
        self.logger = logging.getLogger("tidewire.server")
        self.standard_fields = FieldBlock([("Date", format_date(time.time())), ("Server", SERVER_SOFTWARE)])


def built_exchange(
    method: str,
    target: str,
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
    body: bytes,
    version: tuple[int, int],
    info: Mapping[str, Any] | None,
) -> ServerExchange:
    """Make the exchange of a request; see `BaseRequest.build()`."""
    if version not in _VERSIONS:
        raise ValueError(f"a server would refuse this request: its version is {version!r}")
    known = {"peername": _PEER, "sockname": _HERE, **(info or {})}
    fields = CIMultiDict(headers).items()
    try:
        return build_exchange(method, target, fields, body, http_1_1=version == (1, 1), info=known)
    except RemoteProtocolError as error:
        raise ValueError(f"a server would refuse this request: {error}") from error
