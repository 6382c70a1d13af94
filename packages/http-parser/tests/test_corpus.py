"""The documents of corpus/: each case is fed in every way, and the trace is always that of the document."""

from __future__ import annotations

from pathlib import Path

import pytest
from parser_trace import request_parser, response_parser, trace

from tidewire_testing import CorpusCase, every_way, load_corpus

CORPUS = Path(__file__).resolve().parents[3] / "corpus"
if not CORPUS.is_dir():
    pytest.skip("corpus/ is in the repository only", allow_module_level=True)

REQUESTS = load_corpus(CORPUS / "request")
RESPONSES = load_corpus(CORPUS / "response")
META = {"eof", "limits", "expect", "next", "switch", "decline", "lenient", "rules"}


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in REQUESTS])
def test_requests(case: CorpusCase) -> None:
    for how, pieces in every_way(case.data):
        for takes_bodies in (False, True):
            parser = request_parser(case.meta)
            assert tuple(trace(parser, pieces, case.meta, takes_bodies=takes_bodies)) == case.expected, how


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in RESPONSES])
def test_responses(case: CorpusCase) -> None:
    for how, pieces in every_way(case.data):
        for takes_bodies in (False, True):
            parser = response_parser(case.meta)
            assert tuple(trace(parser, pieces, case.meta, takes_bodies=takes_bodies)) == case.expected, how


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in REQUESTS + RESPONSES])
def test_the_case_says_why_and_means_what_it_says(case: CorpusCase) -> None:
    assert case.prose
    assert set(case.meta) <= META
