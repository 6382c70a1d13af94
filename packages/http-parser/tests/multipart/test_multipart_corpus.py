"""The documents of corpus/multipart: each case is fed in every way, and the trace is always that of the document."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tidewire_testing import CorpusCase, every_way, load_corpus

# An import would not find it: tests are in no package and not on the path.
trace: Callable[[Iterable[bytes], Mapping[str, Any]], list[str]] = runpy.run_path(
    str(Path(__file__).with_name("multipart_trace.py"))
)["trace"]

CORPUS = Path(__file__).resolve().parents[4] / "corpus"
if not CORPUS.is_dir():
    pytest.skip("corpus/ is in the repository only", allow_module_level=True)

CASES = load_corpus(CORPUS / "multipart", input_kind="multipart")
META = {"boundary", "enter", "limits", "open"}


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_the_trace_is_the_same_for_every_split(case: CorpusCase) -> None:
    for how, pieces in every_way(case.data):
        assert tuple(trace(pieces, case.meta)) == case.expected, how


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_the_case_says_why_and_means_what_it_says(case: CorpusCase) -> None:
    assert case.prose
    assert set(case.meta) <= META
