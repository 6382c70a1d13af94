"""Responses, with and without leniency: every split gives the same events, and errors are designed ones."""

from __future__ import annotations

from typing import Any

from fuzz_targets import CORPUS
from fuzz_targets.choices import Choices
from fuzz_targets.message_traces import splits, trace
from tidewire_http_parser import Leniencies, Limits, ResponseParser
from tidewire_testing import load_corpus, whole

__all__ = ["one_input", "seeds"]

_LIMITS = (
    Limits(),
    Limits(line=50, chunk_extensions=20, field=40, fields=8),
    Limits(line=16, field=12, fields=2),
)
_METHODS: tuple[list[str], ...] = (
    ["GET"],
    ["HEAD"],
    ["CONNECT"],
    ["GET", "GET"],
    ["HEAD", "GET", "CONNECT"],
    [],
)
_FLAGS = (
    "bare_lf",
    "empty_lines",
    "missing_reason",
    "obs_fold",
    "control_characters",
    "space_after_chunk_size",
)


def one_input(data: bytes) -> None:
    """Compare the trace of an input as a whole with those of its pieces."""
    choices = Choices(data)
    limits = choices.pick(_LIMITS)
    methods = choices.pick(_METHODS)
    flags = choices.number(64)
    leniencies = Leniencies(**{name: bool(flags >> bit & 1) for bit, name in enumerate(_FLAGS)})
    options: dict[str, Any] = {"eof": choices.flag(), "decline": choices.flag()}
    seed = choices.number()
    message = choices.rest()

    def read(pieces: list[bytes]) -> list[tuple[Any, ...]]:
        parser = ResponseParser(limits, leniencies)
        for method in methods:
            parser.expect(method)
        return trace(parser, pieces, **options)

    expected = read(whole(message))
    for pieces in splits(message, seed):
        assert read(pieces) == expected


def seeds() -> list[bytes]:
    """Return the responses of the corpus, read strictly and leniently."""
    cases = load_corpus(CORPUS / "response")
    return [bytes([0, 3, flags, 1, 1, 1]) + case.data for case in cases for flags in (0, 63)]
