"""Requests: every split gives the same events, and what is no HTTP is a designed error."""

from __future__ import annotations

from typing import Any

from fuzz_targets import CORPUS
from fuzz_targets.choices import Choices
from fuzz_targets.message_traces import splits, trace
from tidewire_http_parser import Limits, RequestParser
from tidewire_testing import load_corpus, whole

__all__ = ["one_input", "seeds"]

_LIMITS = (
    Limits(),
    Limits(line=50, chunk_extensions=20, field=40, fields=8),
    Limits(line=16, field=12, fields=2),
)


def one_input(data: bytes) -> None:
    """Compare the trace of an input as a whole with those of its pieces."""
    choices = Choices(data)
    limits = choices.pick(_LIMITS)
    options: dict[str, Any] = {"eof": choices.flag(), "decline": choices.flag()}
    seed = choices.number()
    message = choices.rest()
    expected = trace(RequestParser(limits), whole(message), **options)
    for pieces in splits(message, seed):
        assert trace(RequestParser(limits), pieces, **options) == expected


def seeds() -> list[bytes]:
    """Return the requests of the corpus."""
    return [b"\0\1\1\1" + case.data for case in load_corpus(CORPUS / "request")]
