"""The rows of the clients benchmark: what is asked, and what has to come of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

__all__ = ["ANSWER", "DOCUMENT", "DOWNLOAD", "GREETING", "ROWS", "UPLOAD", "ClientRow"]

GREETING = b"Hello, World!"
DOWNLOAD = 1024 * 1024
DOCUMENT = {
    "id": 4711,
    "name": "Ada Lovelace",
    "tags": ["first", "second", "third"],
    "nested": {"numbers": list(range(20)), "flag": True, "nothing": None},
    "text": "The Analytical Engine weaves algebraical patterns. " * 16,
}
ANSWER = json.dumps(DOCUMENT).encode()
UPLOAD = bytes(1024 * 1024)


@dataclass(frozen=True, kw_only=True)
class ClientRow:
    """One kind of work.

    Attributes:
        name: how `--rows` would call it.
        label: what the table says.
        call: which function of a contender does it: `get`, `post`, `upload`, `download`, or `connect`, a GET over a
            connection of its own.
        in_flight: how many requests there are at once.
    """

    name: str
    label: str
    call: str
    in_flight: int


ROWS = [
    ClientRow(name="get-1", label="GET, 13 bytes, one at a time", call="get", in_flight=1),
    ClientRow(name="get-16", label="GET, 13 bytes, 16 in flight", call="get", in_flight=16),
    ClientRow(name="get-500", label="GET, 13 bytes, 500 in flight", call="get", in_flight=500),
    ClientRow(name="get-5000", label="GET, 13 bytes, 5,000 in flight", call="get", in_flight=5000),
    ClientRow(name="connect", label="GET, 13 bytes, each on a new connection", call="connect", in_flight=1),
    ClientRow(name="post", label="POST, 1 KiB of JSON both ways", call="post", in_flight=1),
    ClientRow(name="upload", label="POST, 1 MiB", call="upload", in_flight=1),
    ClientRow(name="download", label="GET, 1 MiB", call="download", in_flight=1),
]
