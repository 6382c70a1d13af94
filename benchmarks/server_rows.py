"""The rows of the servers benchmark: what is asked of a server, and how it is loaded with it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sample_heads import SAMPLES
from server_questions import Judge, Question, json_of, sized, text_of

__all__ = ["FILE_NAME", "FILE_SIZE", "ROWS", "TRANSFER", "Row", "Setting"]

FILE_NAME = "64k.bin"
FILE_SIZE = 65536
# Bytes of the long upload and of the long download.
TRANSFER = 100 * 1024 * 1024
_POSTED = 1024
_PIPELINED = 16


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a server is started with: rows of one setting are measured in one process, one after the other.

    Attributes:
        site: the site of the applications, see apps/serving.py.
        tls: whether it serves TLS.
        crowded: whether it is for the rows with very many connections, which nothing may have come before.
    """

    site: str = "plain"
    tls: bool = False
    crowded: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One kind of work.

    Attributes:
        name: how `--rows` calls it.
        label: how tables call it, with its unit where that is not microseconds per request.
        question: what is asked.
        setting: what the server is started with.
        load: `wrk`, `transfer` (one long body after the other), `memory` or `crowd` (very many connections).
        pipelined: requests that are sent at once on one connection.
        fails: whether the answers of the load are neither 2xx nor 3xx.
    """

    name: str
    label: str
    question: Question
    setting: Setting = Setting()
    load: str = "wrk"
    pipelined: int = 1
    fails: bool = False


def _posted() -> bytes:
    """JSON of 1 KiB, such as a form would send."""
    values: dict[str, object] = {
        "name": "Ann Example",
        "age": 34,
        "tags": ["a", "b", "c"],
        "address": {"street": "1 High Street", "city": "Springfield"},
        "scores": list(range(20)),
        "note": "",
    }
    values["note"] = "x" * (_POSTED - len(json.dumps(values)))
    return json.dumps(values).encode("ascii")


def _missing() -> Judge:
    return lambda status, kind, body: status == 404


def _item(status: int, kind: str, body: bytes | int) -> bool:
    return any(json_of({"id": str(number), "found": True})(status, kind, body) for number in _ITEMS)


# Several, as some routers keep what they have found.
_ITEMS = range(1000, 1100)
_TEXT = text_of(b"Hello, World!")
_BODY = _posted()
_BINARY = (("Content-Type", "application/octet-stream"),)
_CROWDED = Setting(crowded=True)
# Without Host, which names the server at hand, and Connection, which says what holds anyway.
_BROWSER = [pair for pair in SAMPLES["15 headers"].pairs if pair[0] not in ("Host", "Connection")]

_HELLO = Question(paths=["/"], judge=_TEXT)

ROWS = [
    Row(name="text", label="text", question=_HELLO),
    Row(
        name="json-path",
        label="JSON, variable in the path",
        question=Question(paths=[f"/items/{number}" for number in _ITEMS], judge=_item),
    ),
    Row(
        name="post",
        label="JSON POST of 1 KiB, echoed",
        question=Question(
            paths=["/echo"],
            judge=json_of(json.loads(_BODY)),
            method="POST",
            fields=[("Content-Type", "application/json")],
            body=_BODY,
        ),
    ),
    Row(
        name="middlewares",
        label="text, ten middlewares",
        question=_HELLO,
        setting=Setting(site="middlewares"),
    ),
    Row(
        name="headers",
        label="text, a browser's header fields",
        question=Question(paths=["/"], judge=_TEXT, fields=_BROWSER),
    ),
    Row(
        name="404",
        label="404",
        question=Question(paths=["/nothing/here"], judge=_missing()),
        fails=True,
    ),
    Row(
        name="routes",
        label="route 5,000 of 5,000",
        question=Question(paths=["/section49/item2499/ann"], judge=text_of(b"ann")),
        setting=Setting(site="routes"),
    ),
    Row(
        name="static",
        label="static file of 64 KiB",
        question=Question(paths=[f"/static/{FILE_NAME}"], judge=sized(FILE_SIZE)),
    ),
    Row(
        name="upload",
        label="upload of 100 MiB, ms",
        question=Question(
            paths=["/upload"],
            judge=text_of(str(TRANSFER).encode("ascii")),
            method="POST",
            fields=_BINARY,
            body=bytes(TRANSFER),
        ),
        load="transfer",
    ),
    Row(
        name="download",
        label="chunked download of 100 MiB, ms",
        question=Question(paths=["/download"], judge=sized(TRANSFER), counts=True),
        load="transfer",
    ),
    Row(name="pipelined", label="text, pipelined x16", question=_HELLO, pipelined=_PIPELINED),
    Row(name="tls", label="text over TLS", question=_HELLO, setting=Setting(tls=True)),
    Row(
        name="memory",
        label="idle connection, KiB",
        question=_HELLO,
        setting=_CROWDED,
        load="memory",
    ),
    Row(
        name="crowd",
        label="text, 10,000 connections",
        question=_HELLO,
        setting=_CROWDED,
        load="crowd",
    ),
]
