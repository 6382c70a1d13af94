"""Which regular expressions match no slash."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_web._segment_regexes import stays_in_segment


@pytest.mark.parametrize(
    "regex",
    [
        r"\d+", r"\w{2,3}", r"[a-z]+", "a|b", "(?:a|b)+", "(?P<y>x)?y", "[^/]+", "[^a/]*", "[^!-~]", r"[\w-]+", r"\.",
        r"[-a]", "[]a]", r"[\]a]", r"\bx\b", "ä", "[0-9a-f]{8}-[0-9a-f]{4}", "[a-]", r"[\.a]", r"[^\d/]", "a?+",
    ],
)  # fmt: skip
def test_no_slash(regex: str) -> None:
    re.compile(regex)
    assert stays_in_segment(regex)


@pytest.mark.parametrize(
    "regex",
    [
        ".+", "a/b", r"\/", "[^a]+", "[!-~]", r"\D", r"\W+", r"\S", r"[\S]", "(?=/)x", "(?!x).", "(?i:x)", r"\x2f", "[/]",
        r"[\/]", "[^]]", "^a$", r"(a)\1", r"[\x2f]", r"[a-\x7f]", r"[\D]", "[+-9]", "(?#x)", "[.-0]", r"\057", r"[^\D]",
    ],
)  # fmt: skip
def test_a_slash_or_not_plain_to_see(regex: str) -> None:
    re.compile(regex)
    assert not stays_in_segment(regex)


@given(
    st.text(st.sampled_from(list("ab/.[]^-\\dDwWsS()?:|*+!~09{}P<y>x2f")), max_size=12),
    st.text("ab/-]^!0~\\", max_size=5),
)
def test_what_stays_in_a_segment_matches_no_slash(regex: str, text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of what looks like a set within a set
        try:
            compiled = re.compile(regex)
        except (re.error, OverflowError):
            return
    if stays_in_segment(regex):
        for found in compiled.finditer(text + "/" + text):
            assert "/" not in found.group()
