"""What the parsers are compared on: the inputs of the corpus, and systematic mutations of some messages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

from tidewire_testing import load_corpus

__all__ = ["REQUESTS", "RESPONSES", "corpus_requests", "corpus_responses", "mutations"]

CORPUS: Final = Path(__file__).resolve().parents[2] / "corpus"
# How many mutations of each kind of message are compared; "all" makes every one there is.
COUNT: Final = os.environ.get("TIDEWIRE_DIFFERENTIAL", "8000")

REQUESTS: Final = (
    b"GET /a?b HTTP/1.1\r\nHost: a\r\nX: b c\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
    b'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n00a;b;c="d"\r\n0123456789\r\n0\r\n\r\n',
    b"GET http://a:80/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, x\r\nAccept: */*\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n\x81\x00",
    b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\nx",
    b"OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
)
RESPONSES: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: a\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: y\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nuntil the end",
    b"HTTP/1.1 304 Not Modified\r\nETag: a\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.0 404 Not Found\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi",
    b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nrest",
)
# What larger runs found, and a smaller one may miss.
FOUND: Final = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\nuntil the end",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n",
    b"HTTP/1.0 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.0 104 X\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi",
)
# What tells one parser from another.
TOKENS: Final = (
    *(bytes([octet]) for octet in b'\0\x01\t\n\x0b\x0c\r \x7f\x80\xff"#%()*+,-./0159:;=?@AX[]\\_a~'),
    *(
        b"\r\n",
        b"\r\n ",
        b"\r\n\r\n",
        b"\n\n",
        b" \r\n",
        b"0x",
        b"5, 5",
        b"f" * 16,
        b"9" * 19,
        b"18446744073709551621",
    ),
    *(b"Content-Length: 5\r\n", b"Content-Length: 6\r\n", b"Transfer-Encoding: chunked\r\n", b"Host: b\r\n"),
    *(b"Transfer-Encoding: gzip\r\n", b"Connection: close\r\n", b"chunked", b", chunked", b"chunked, "),
    *(b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"GET", b"\xe2\x84\xaa", b"http://", b"//"),
)
# No token, and the next one, two or five bytes, are left out too.
_CUTS: Final = (0, 1, 2, 5)


def corpus_requests() -> list[bytes]:
    """Return the inputs of corpus/request."""
    return [case.data for case in load_corpus(CORPUS / "request")]


def corpus_responses() -> list[tuple[bytes, str]]:
    """Return the inputs of corpus/response with the method of the first request of each, and those of `FOUND`."""
    cases = load_corpus(CORPUS / "response")
    expectations = [(case.data, case.meta.get("expect", ["GET"])) for case in cases]
    return [
        *((data, methods[0]) for data, methods in expectations if methods),
        *((data, "GET") for data in FOUND),
    ]


def mutations(messages: tuple[bytes, ...]) -> Iterator[bytes]:
    """Yield messages in which a token was put at a place, for nothing or for one or more of the bytes there.

    Every message, place, token and cut makes one; TIDEWIRE_DIFFERENTIAL says how many of them are drawn, always the
    same ones for the same number.
    """
    every = [
        (message, place, token, cut)
        for message in messages
        for place in range(len(message) + 1)
        for token in (b"", *TOKENS)
        for cut in _CUTS
    ]
    if COUNT != "all":
        every = Random(9112).sample(every, min(int(COUNT), len(every)))
    for message, place, token, cut in every:
        yield message[:place] + token + message[place + cut :]
