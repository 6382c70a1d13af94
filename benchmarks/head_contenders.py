"""Parsers of request heads behind one interface, and the worker process that times one of them.

Run as `python head_contenders.py NAME`, this module times the parser NAME for `heads.py`:
one JSON document per line in both directions, first what the worker can do, then one answer per question.
A process for each parser keeps one parser's garbage and caches out of another's figures.
"""

from __future__ import annotations

import gc
import json
import sys
import time
import timeit
from collections.abc import Callable
from typing import Any

from sample_heads import SAMPLES, Sample

__all__ = ["CONTENDERS", "MODES"]

# Method, target, and the header fields in whatever shape the parser gives them to its user.
Reading = tuple[str, str, Any]
Run = Callable[[bytes], Reading]
# For each mode a maker of the function that is timed.
Runs = dict[str, Callable[[], Run]]

NEW = "new parser"
REUSED = "reused parser"
MODES = (NEW, REUSED)


def tidewire() -> Runs:
    """Tidewire; which build is decided by the environment the process was started in."""
    from tidewire_http_parser import RequestParser

    def new(data: bytes) -> Reading:
        parser = RequestParser()
        parser.receive_data(data)
        head: Any = parser.next_event()
        parser.next_event()
        return head.method, head.target, head.fields

    def make_reused() -> Run:
        parser = RequestParser()

        def reused(data: bytes) -> Reading:
            parser.receive_data(data)
            head: Any = parser.next_event()
            parser.next_event()
            parser.next_message()
            return head.method, head.target, head.fields

        return reused

    return {NEW: lambda: new, REUSED: make_reused}


def httptools() -> Runs:
    """httptools (llhttp), with the callbacks an application needs to know what was asked."""
    from httptools import HttpRequestParser

    class Collector:
        """Decodes and keeps what the parser reports."""

        __slots__ = ("pairs", "target")

        def on_message_begin(self) -> None:
            self.pairs: list[tuple[str, str]] = []
            self.target = ""

        def on_url(self, url: bytes) -> None:
            self.target += url.decode("latin-1")

        def on_header(self, name: bytes, value: bytes) -> None:
            self.pairs.append((name.decode("latin-1"), value.decode("latin-1")))

    def new(data: bytes) -> Reading:
        collector = Collector()
        parser = HttpRequestParser(collector)
        parser.feed_data(data)
        return parser.get_method().decode("latin-1"), collector.target, collector.pairs

    def make_reused() -> Run:
        collector = Collector()
        parser = HttpRequestParser(collector)

        def reused(data: bytes) -> Reading:
            parser.feed_data(data)
            return parser.get_method().decode("latin-1"), collector.target, collector.pairs

        return reused

    return {NEW: lambda: new, REUSED: make_reused}


def _aiohttp(class_name: str) -> Runs:
    import asyncio

    from aiohttp import http_parser
    from aiohttp.base_protocol import BaseProtocol

    parser_class = getattr(http_parser, class_name)
    loop = asyncio.new_event_loop()
    protocol = BaseProtocol(loop)

    def make_parser() -> Any:
        # The options aiohttp's server passes, but for the cap on queued messages:
        # here each message is taken before the next one is fed.
        return parser_class(
            protocol,
            loop,
            2**16,
            max_line_size=8190,
            max_field_size=8190,
            max_headers=128,
            auto_decompress=True,
            max_msg_queue_size=0,
        )

    def new(data: bytes) -> Reading:
        messages, _upgraded, _tail = make_parser().feed_data(data)
        message = messages[0][0]
        return message.method, message.path, message.headers

    def make_reused() -> Run:
        parser = make_parser()

        def reused(data: bytes) -> Reading:
            messages, _upgraded, _tail = parser.feed_data(data)
            message = messages[0][0]
            return message.method, message.path, message.headers

        return reused

    return {NEW: lambda: new, REUSED: make_reused}


def aiohttp_c() -> Runs:
    """aiohttp's parser on llhttp."""
    return _aiohttp("HttpRequestParserC")


def aiohttp_python() -> Runs:
    """aiohttp's parser in Python."""
    return _aiohttp("HttpRequestParserPy")


def h11() -> Runs:
    """h11; it takes a second request only after an answer was sent, so there is no reused mode."""
    from h11 import SERVER, Connection

    def new(data: bytes) -> Reading:
        connection = Connection(SERVER)
        connection.receive_data(data)
        head: Any = connection.next_event()
        connection.next_event()
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers]
        return head.method.decode("latin-1"), head.target.decode("latin-1"), pairs

    return {NEW: lambda: new}


CONTENDERS: dict[str, Callable[[], Runs]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "httptools": httptools,
    "aiohttp-c": aiohttp_c,
    "aiohttp-python": aiohttp_python,
    "h11": h11,
}


def difference(reading: Reading, sample: Sample) -> str | None:
    """Say where a reading is not what the sample says; header names may differ in case."""
    method, target, fields = reading
    pairs = list(fields.items()) if hasattr(fields, "items") else list(fields)
    found = (method, target, [(name.lower(), value) for name, value in pairs])
    wanted = ("GET", sample.target, [(name.lower(), value) for name, value in sample.pairs])
    return None if found == wanted else f"{sample.name}: read {found!r}, sent {wanted!r}"


def check(runs: Runs) -> str | None:
    """Compare what the parser reads with what was sent, three times in a row in each mode."""
    for mode, make in runs.items():
        for sample in SAMPLES.values():
            run = make()
            for _ in range(3):
                wrong = difference(run(sample.data), sample)
                if wrong is not None:
                    return f"{mode}, {wrong}"
    return None


def timer(run: Run, data: bytes) -> timeit.Timer:
    """A timer of CPU time, with the garbage collector on: cycles a parser makes are part of its price."""
    return timeit.Timer(
        "run(data)", "gc.enable()", timer=time.process_time, globals={"run": run, "data": data, "gc": gc}
    )


def serve(runs: Runs) -> None:
    """Answer questions on stdin, `[sample, mode, seconds]`, with microseconds per request."""
    numbers: dict[tuple[str, str], int] = {}
    functions = {(sample, mode): make() for sample in SAMPLES for mode, make in runs.items()}
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        sample, mode, seconds = json.loads(line)
        timing = timer(functions[sample, mode], SAMPLES[sample].data)
        number = numbers.get((sample, mode))
        if number is None:
            count, took = timing.autorange()
            number = numbers[sample, mode] = max(1, round(count * seconds / took))
        print(json.dumps(timing.timeit(number) / number * 1e6), flush=True)


def main() -> None:
    """Load the parser named on the command line, check it, and time it on request."""
    try:
        runs = CONTENDERS[sys.argv[1]]()
    except (ImportError, AttributeError) as error:
        print(json.dumps({"missing": str(error)}))
        return
    wrong = check(runs)
    if wrong is not None:
        print(json.dumps({"wrong": wrong}))
        return
    print(json.dumps({"modes": list(runs)}), flush=True)
    serve(runs)


if __name__ == "__main__":
    main()
