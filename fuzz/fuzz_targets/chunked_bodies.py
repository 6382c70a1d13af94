"""Chunked bodies: every split gives the same body, and what is decoded is what was coded."""

from __future__ import annotations

from typing import Any

from fuzz_targets import CORPUS
from fuzz_targets.choices import Choices
from fuzz_targets.message_traces import body_of, splits, trace
from tidewire_http_parser import RequestParser, last_chunk, serialise_chunk
from tidewire_testing import load_corpus, whole

__all__ = ["one_input", "seeds"]

_HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
_OPTIONS: dict[str, Any] = {"eof": True, "decline": True}


def one_input(data: bytes) -> None:
    """Read an input as a chunked body in several splits, and as data that is to be coded."""
    choices = Choices(data)
    seed = choices.number()
    size = 1 + choices.number()
    body = choices.rest()
    expected = trace(RequestParser(), [_HEAD, *whole(body)], **_OPTIONS)
    for pieces in splits(body, seed):
        assert trace(RequestParser(), [_HEAD, *pieces], **_OPTIONS) == expected
    for content in (body, body_of(expected)):
        if content is not None:
            pieces = [content[start : start + size] for start in range(0, len(content), size)]
            coded = b"".join([*map(serialise_chunk, pieces), last_chunk([])])
            found = trace(RequestParser(), [_HEAD, coded], **_OPTIONS)
            assert body_of(found) == content
            assert found[-2] == ("closed",)


def seeds() -> list[bytes]:
    """Return the chunked bodies of the corpus."""
    inputs = [case.data for case in load_corpus(CORPUS / "request")]
    return [b"\1\7" + data.partition(b"\r\n\r\n")[2] for data in inputs if b"chunked" in data]
