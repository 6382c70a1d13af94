"""The documents of corpus/websocket: each case is fed in every way, and the trace is always that of the document."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

from tidewire_testing import CorpusCase, every_way, load_corpus

# Imports would not find them: tests are in no package and not on the path.
HERE = Path(__file__).parent
message_trace: Callable[..., list[str]] = runpy.run_path(str(HERE / "message_trace.py"))["trace"]
handshake_trace: Callable[..., list[str]] = runpy.run_path(str(HERE / "handshake_trace.py"))["trace"]

CORPUS = HERE.parents[2] / "corpus" / "websocket"
if not CORPUS.is_dir():
    pytest.skip("corpus/ is in the repository only", allow_module_level=True)

MESSAGES = load_corpus(CORPUS / "messages", input_kind="websocket")
HANDSHAKES = load_corpus(CORPUS / "handshakes")
MESSAGE_META = {"unmasked", "max_size", "deflate", "bytes"}
HANDSHAKE_META = {"protocols", "deflate"}


def parameters(cases: list[CorpusCase]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in cases])


@parameters(MESSAGES)
def test_messages(case: CorpusCase) -> None:
    for how, pieces in every_way(case.data):
        assert tuple(message_trace(pieces, case.meta)) == case.expected, how
        assert tuple(message_trace(pieces, case.meta, buffered=True)) == case.expected, how


@parameters(HANDSHAKES)
def test_handshakes(case: CorpusCase) -> None:
    for how, pieces in every_way(case.data, random_count=2, pairs_below=0):
        assert tuple(handshake_trace(pieces, case.meta)) == case.expected, how


@parameters(MESSAGES + HANDSHAKES)
def test_the_case_says_why_and_means_what_it_says(case: CorpusCase) -> None:
    assert case.prose
    assert set(case.meta) <= (MESSAGE_META if case.path.parent.name == "messages" else HANDSHAKE_META)
