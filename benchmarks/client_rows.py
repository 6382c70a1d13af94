"""The rows of the clients benchmark: what is asked, and what has to come of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

__all__ = [
    "ANSWER",
    "CROWD",
    "DOCUMENT",
    "DOWNLOAD",
    "GREETING",
    "HANDSHAKE",
    "MEMORY",
    "PIECE",
    "ROWS",
    "ROW_NAMES",
    "UPLOAD",
    "ClientRow",
    "Site",
]

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
# Bytes of each piece of a long body that is sent.
PIECE = 65536

# The row whose connections are counted, and the one of memory, which is no cost per request.
HANDSHAKE = "handshake"
MEMORY = "tls-memory"
# Connections of the memory row that are open at the same time.
CROWD = 8


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where the server is.

    Attributes:
        http: its URL.
        near: that of another one, on the core of the clients.
        fresh: one at another port. The system looks long for a port for a new connection where thousands are open.
        https: its URL under TLS; empty where there is no certificate.
        authority: the file with the certificate that it is verified by.
        file: a file of `transfer` bytes.
        transfer: bytes of the long bodies.
        rows: the names of the rows to be measured.
    """

    http: str
    near: str
    fresh: str
    https: str
    authority: str
    file: str
    transfer: int
    rows: list[str]


@dataclass(frozen=True, kw_only=True)
class ClientRow:
    """One kind of work.

    Attributes:
        name: how `--rows` calls it.
        label: what the table says, with its unit where that is not microseconds.
        call: which function of a contender does it.
        in_flight: how many requests there are at once.
        trial: how many are sent to find out how many are to be timed.
        unit: microseconds of the unit of the table.
        tls: whether it needs a certificate.
    """

    name: str
    label: str
    call: str
    in_flight: int = 1
    trial: int = 32
    unit: float = 1.0
    tls: bool = False


def _long(name: str, label: str, call: str) -> ClientRow:
    return ClientRow(name=name, label=f"{label} (ms)", call=call, trial=1, unit=1000.0)


ROWS = [
    ClientRow(name="get-1", label="GET, 13 bytes, one at a time", call="get"),
    ClientRow(
        name="get-near", label="GET, 13 bytes, one at a time, client and server on one core", call="near"
    ),
    ClientRow(name="get-16", label="GET, 13 bytes, 16 in flight", call="get", in_flight=16),
    ClientRow(name="get-500", label="GET, 13 bytes, 500 in flight", call="get", in_flight=500),
    ClientRow(name="get-5000", label="GET, 13 bytes, 5,000 in flight", call="get", in_flight=5000),
    ClientRow(name="connect", label="GET, 13 bytes, each on a new connection", call="connect"),
    ClientRow(name="post", label="POST, 1 KiB of JSON both ways", call="post"),
    ClientRow(name="upload", label="POST, 1 MiB", call="upload"),
    ClientRow(name="download", label="GET, 1 MiB", call="download"),
    _long("receive", "GET, a long body, read in pieces", "receive"),
    _long("send-file", "POST, a long body from a file", "send_file"),
    _long("send-pieces", "POST, a long body from an async generator", "send_pieces"),
    ClientRow(name="tls", label="GET, 13 bytes, under TLS", call="tls", tls=True),
    ClientRow(
        name=HANDSHAKE,
        label="GET, 13 bytes, each on a new TLS connection",
        call="handshake",
        trial=8,
        tls=True,
    ),
]
ROW_NAMES = [*(row.name for row in ROWS), MEMORY]
