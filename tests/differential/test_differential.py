"""Other parsers as oracles: where they and this library disagree, the disagreement is one that is known.

TIDEWIRE_DIFFERENTIAL says how many mutations are compared, a number or `all`; see `inputs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import pytest

pytest.importorskip("h11", reason="an oracle that is not installed")
pytest.importorskip("httptools", reason="an oracle that is not installed")

import oracles
from comparisons import Comparison, Read
from disagreements import CLASSES
from inputs import REQUESTS, RESPONSES, corpus_requests, corpus_responses, mutations
from outcomes import Outcome, differences, read_request, read_response

from tidewire_http_parser import Leniencies

# h11 takes no empty lines before a status line.
AS_H11 = Leniencies(
    bare_lf=True, missing_reason=True, obs_fold=True, control_characters=True, space_after_chunk_size=True
)
ORACLES = {"h11", "h11-lenient", "httptools"}


def compare(comparison: Comparison) -> tuple[set[str], str]:
    """Explain one disagreement; return the classes it belongs to, and a line where they do not explain all of it."""
    found = comparison.differences
    explained: set[str] = set()
    names: set[str] = set()
    for each in CLASSES:
        if comparison.oracle in each.oracles.split() and each.explains & found and each.matches(comparison):
            names.add(each.name)
            explained |= each.explains
    if found <= explained:
        return names, ""
    line = f"{comparison.data!r}: {', '.join(sorted(found))}"
    return names, f"{line}\n  here {comparison.ours}\n  {comparison.oracle} {comparison.theirs}"


def readers(oracle: str, is_request: bool) -> Iterator[tuple[bytes, Read, Read]]:
    """Yield each input with what reads it."""
    if is_request:
        read_theirs = getattr(oracles, f"{oracle}_request")
        for data in (*corpus_requests(), *mutations(REQUESTS)):
            yield data, read_request, read_theirs
        return
    leniencies = AS_H11 if oracle == "h11-lenient" else None
    read_theirs = getattr(oracles, f"{oracle.removesuffix('-lenient')}_response")
    for data, method in (*corpus_responses(), *((data, "GET") for data in mutations(RESPONSES))):
        # httptools cannot be told of the request, without which a response to HEAD or CONNECT cannot be read.
        if method == "GET" or oracle != "httptools":
            read_ours = partial(read_response, method=method, leniencies=leniencies)
            yield data, read_ours, partial(read_theirs, method=method)


@cache
def compared(oracle: str, is_request: bool) -> tuple[int, frozenset[str], list[str]]:
    """Compare all inputs; return how many, the classes that were met, and what no class explains."""
    count = 0
    met: set[str] = set()
    unexplained: list[str] = []
    for data, read_ours, read_theirs in readers(oracle, is_request):
        count += 1
        ours, theirs = read_ours(data), read_theirs(data)
        found = differences(ours, theirs)
        if found:
            names, line = compare(
                Comparison(oracle, is_request, data, ours, theirs, found, read_ours, read_theirs)
            )
            met |= names
            if line:
                unexplained.append(line)
    return count, frozenset(met), unexplained


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("oracle", "is_request"),
    [("h11", True), ("httptools", True), ("h11", False), ("httptools", False), ("h11-lenient", False)],
    ids=[
        "h11-requests",
        "httptools-requests",
        "h11-responses",
        "httptools-responses",
        "h11-lenient-responses",
    ],
)
def test_messages_are_read_as_others_read_them(oracle: str, is_request: bool) -> None:
    count, _, unexplained = compared(oracle, is_request)
    assert count > 100
    shown = "\n".join(unexplained[:20])
    assert not unexplained, f"{len(unexplained)} disagreements of no known class:\n{shown}"


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("oracle", sorted(ORACLES))
def test_each_known_disagreement_is_met(oracle: str) -> None:
    known = {each.name for each in CLASSES if oracle in each.oracles.split()}
    if oracle != "h11-lenient":
        known -= compared(oracle, True)[1]
    assert known - compared(oracle, False)[1] == set()


def test_each_class_has_a_name_of_its_own_and_says_what_decides() -> None:
    assert len({each.name for each in CLASSES}) == len(CLASSES)
    for each in CLASSES:
        assert "RFC" in each.decides, each.name
        assert set(each.oracles.split()) <= ORACLES


def test_a_disagreement_of_no_class_is_told() -> None:
    def refuses(data: bytes) -> Outcome:
        return Outcome("refused", error="InvalidHost: malformed Host")

    def accepts(data: bytes) -> Outcome:
        return Outcome("complete")

    data = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    found = differences(refuses(data), accepts(data))
    assert found == {"kind"}
    names, line = compare(
        Comparison("h11", True, data, refuses(data), accepts(data), found, refuses, accepts)
    )
    assert names == set()
    assert line.startswith(repr(data))
