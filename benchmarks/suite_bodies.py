"""The `bodies` benchmark: chunked requests and whole responses, from bytes to head, fields and body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["CONTENDERS", "EXPECTED", "METHOD", "PEERS", "SIZES", "TASKS", "TITLE"]

TITLE = "Chunked bodies, and responses"
METHOD = (
    "A chunked request comes in reads of 64 KiB to a new parser and is read to its end, its body collected in a list "
    "of bytes; a response comes in one read to a parser that goes on (keep-alive), and status, reason, fields and body "
    "are taken."
)
PEERS = ("aiohttp", "httptools", "h11")

Run = Callable[[], Any]
Runs = dict[str, Run]

_HEAD = b"POST / HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n"
_READ = 65536

# Bytes of a chunk, and how many there are.
_CHUNKED = {
    "655 chunks of 100 bytes": (100, 655),
    "256 chunks of 4 KiB": (4096, 256),
    "16 chunks of 64 KiB": (65536, 16),
}
_SMALL = (200, "OK", [("Content-Length", "2"), ("Content-Type", "text/plain")], b"ok")
_USUAL = (
    200,
    "OK",
    [
        ("Server", "nginx/1.29.3"),
        ("Date", "Fri, 20 Nov 2026 10:00:00 GMT"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", "27"),
        ("Connection", "keep-alive"),
        ("Vary", "Accept-Encoding"),
        ("Cache-Control", "no-store, max-age=0"),
        ("ETag", '"33a64df551425fcc55e4d42a148795d9"'),
        ("X-Request-ID", "5f9d2c1a-7e1b-4a57-9f00-1f2a3b4c5d6e"),
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ],
    b'{"hello": "world", "n": 12}',
)
_RESPONSES = {"response with 2 fields": _SMALL, "response with 10 fields": _USUAL}

TASKS = [*_CHUNKED, *_RESPONSES]


def _body(size: int, count: int) -> bytes:
    return bytes(range(256)) * (size * count // 256) + bytes(size * count % 256)


def _reads(size: int, count: int) -> list[bytes]:
    body = _body(size, count)
    chunks = [body[at : at + size] for at in range(0, size * count, size)]
    wire = _HEAD + b"".join(b"%x\r\n%b\r\n" % (size, chunk) for chunk in chunks) + b"0\r\n\r\n"
    return [wire[at : at + _READ] for at in range(0, len(wire), _READ)]


def _response(status: int, reason: str, fields: list[tuple[str, str]], body: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode() + body


EXPECTED: dict[str, Any] = {
    **{task: len(_body(*shape)) for task, shape in _CHUNKED.items()},
    **{
        task: (status, reason, len(fields), body)
        for task, (status, reason, fields, body) in _RESPONSES.items()
    },
}
SIZES = {task: size * count for task, (size, count) in _CHUNKED.items()}


def _runs(chunked: Callable[[list[bytes]], Run], response: Callable[[bytes], Run] | None) -> Runs:
    runs = {task: chunked(_reads(*shape)) for task, shape in _CHUNKED.items()}
    if response is not None:
        runs |= {task: response(_response(*sample)) for task, sample in _RESPONSES.items()}
    return runs


def tidewire() -> Runs:
    """Tidewire; which build is decided by the environment the process was started in."""
    from tidewire_http_parser import RequestParser, ResponseParser

    def chunked(reads: list[bytes]) -> Run:
        def run() -> int:
            parser = RequestParser()
            receive_data, read_body = parser.receive_data, parser.read_body
            pieces: list[bytes] = []
            begun = False
            for read in reads:
                receive_data(read)
                if not begun:
                    parser.next_event()
                    begun = True
                read_body(pieces)
            return sum(map(len, pieces))

        return run

    def response(data: bytes) -> Run:
        parser = ResponseParser()

        def run() -> Any:
            parser.expect("GET")
            parser.receive_data(data)
            head: Any = parser.next_event()
            body: Any = parser.next_event()
            parser.next_event()
            parser.next_message()
            return head.status, head.reason, len(head.fields), body.data

        return run

    return _runs(chunked, response)


def httptools() -> Runs:
    """httptools (llhttp), with the callbacks an application needs."""
    from httptools import HttpRequestParser, HttpResponseParser

    class Collector:
        """Decodes and keeps what the parser reports."""

        __slots__ = ("complete", "pairs", "pieces", "reason", "target")

        def on_message_begin(self) -> None:
            self.pairs: list[tuple[str, str]] = []
            self.pieces: list[bytes] = []
            self.reason = ""
            self.target = ""
            self.complete = False

        def on_url(self, url: bytes) -> None:
            self.target += url.decode("latin-1")

        def on_status(self, reason: bytes) -> None:
            self.reason += reason.decode("latin-1")

        def on_header(self, name: bytes, value: bytes) -> None:
            self.pairs.append((name.decode("latin-1"), value.decode("latin-1")))

        def on_body(self, data: bytes) -> None:
            self.pieces.append(data)

        def on_message_complete(self) -> None:
            self.complete = True

    def chunked(reads: list[bytes]) -> Run:
        def run() -> int:
            collector = Collector()
            parser = HttpRequestParser(collector)
            for read in reads:
                parser.feed_data(read)
            assert collector.complete
            return sum(map(len, collector.pieces))

        return run

    def response(data: bytes) -> Run:
        collector = Collector()
        parser = HttpResponseParser(collector)

        def run() -> Any:
            parser.feed_data(data)
            pieces = collector.pieces
            body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
            return parser.get_status_code(), collector.reason, len(collector.pairs), body

        return run

    return _runs(chunked, response)


def aiohttp() -> Runs:
    """aiohttp's C parsers, with the streams that they fill."""
    import asyncio

    from aiohttp import http_parser
    from aiohttp.base_protocol import BaseProtocol

    loop = asyncio.new_event_loop()
    protocol = BaseProtocol(loop)
    request_parser: Any = http_parser.HttpRequestParserC  # type: ignore[attr-defined]
    response_parser: Any = http_parser.HttpResponseParserC  # type: ignore[attr-defined]
    limits: dict[str, Any] = {
        "max_line_size": 8190,
        "max_field_size": 8190,
        "max_headers": 128,
        "auto_decompress": True,
    }

    def chunked(reads: list[bytes]) -> Run:
        def run() -> int:
            parser = request_parser(protocol, loop, 2**26, max_msg_queue_size=0, **limits)
            stream: Any = None
            size = 0
            for read in reads:
                messages, _upgraded, _tail = parser.feed_data(read)
                if messages:
                    stream = messages[0][1]
                size += len(stream.read_nowait())
            return size

        return run

    def response(data: bytes) -> Run:
        parser = response_parser(
            protocol, loop, 2**16, response_with_body=True, read_until_eof=True, **limits
        )

        def run() -> Any:
            messages, _upgraded, _tail = parser.feed_data(data)
            message, stream = messages[0]
            return message.code, message.reason, len(message.headers), stream.read_nowait()

        return run

    return _runs(chunked, response)


def h11() -> Runs:
    """h11; a new connection for each message, as it wants an answer between two."""
    from h11 import NEED_DATA, SERVER, Connection, Data, EndOfMessage

    def chunked(reads: list[bytes]) -> Run:
        def run() -> int:
            connection = Connection(SERVER)
            size = 0
            for read in reads:
                connection.receive_data(read)
                while (event := connection.next_event()) is not NEED_DATA:
                    if isinstance(event, Data):
                        size += len(event.data)
                    elif isinstance(event, EndOfMessage):
                        break
            return size

        return run

    return _runs(chunked, None)


CONTENDERS: dict[str, Callable[[], Runs]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "httptools": httptools,
    "aiohttp": aiohttp,
    "h11": h11,
}
