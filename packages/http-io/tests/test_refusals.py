"""Why a server refuses what comes on a connection."""

from __future__ import annotations

import copy
import pickle

import pytest

from tidewire_http_io import InvalidProxyHeader, RequestTimeout
from tidewire_http_io._refusals import refusal_of
from tidewire_http_parser import InvalidHost, RemoteProtocolError


@pytest.mark.parametrize(("kind", "status"), [(RequestTimeout, 408), (InvalidProxyHeader, 400)])
def test_they_are_the_peers_fault_and_survive_a_copy(kind: type[RemoteProtocolError], status: int) -> None:
    error = kind("what is wrong", b"data")
    for each in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert isinstance(each, RemoteProtocolError)
        assert (type(each), each.status, str(each)) == (kind, status, "what is wrong: b'data'")


@pytest.mark.parametrize(
    ("error", "start", "body"),
    [
        (InvalidHost("no Host", b"data"), b"HTTP/1.1 400 Bad Request\r\n", b"400: Bad Request\n\nno Host\n"),
        (
            RequestTimeout("too long"),
            b"HTTP/1.1 408 Request Timeout\r\n",
            b"408: Request Timeout\n\ntoo long\n",
        ),
    ],
)
def test_the_peer_is_told_what_is_wrong_and_nothing_of_what_it_sent(
    error: RemoteProtocolError, start: bytes, body: bytes
) -> None:
    response = refusal_of(error, "Sun, 06 Nov 1994 08:49:37 GMT")
    head, _, content = response.partition(b"\r\n\r\n")
    assert response.startswith(start)
    assert content == body
    lines = head.split(b"\r\n")
    assert b"Content-Length: %d" % len(body) in lines
    assert b"Date: Sun, 06 Nov 1994 08:49:37 GMT" in lines
    assert b"Connection: close" in lines
