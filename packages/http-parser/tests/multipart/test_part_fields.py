"""What the fields of a part may not be."""

from __future__ import annotations

import pytest
from multidict import istr

from tidewire_http_parser.multipart._part_fields import problem_of_part

SAYS_WHAT_IT_IS = ["Content-Disposition", "Content-Type", "Content-Transfer-Encoding", "Content-Length"]


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("A", "x"), ("A", "x")],
        [("Content-ID", "1"), ("Content-ID", "2")],
        [(name, "x") for name in SAYS_WHAT_IT_IS],
        [("-a", "x"), ("a--", "x")],
    ],
)
def test_what_may_be(fields: list[tuple[str, str]]) -> None:
    assert problem_of_part(fields) == ""


@pytest.mark.parametrize("name", SAYS_WHAT_IT_IS)
def test_fields_that_may_come_once(name: str) -> None:
    for second in (name, name.lower(), name.upper(), istr(name)):
        problem = problem_of_part([(istr(name), "x"), ("A", "x"), (second, "x")])
        assert problem == f"repeated {name.lower()} in the head of a part"


@pytest.mark.parametrize("name", ["--", "--b", "--B"])
def test_names_that_are_the_beginning_of_a_delimiter(name: str) -> None:
    assert problem_of_part([("A", "x"), (name, "x")]) == "delimiter within the head of a part"
