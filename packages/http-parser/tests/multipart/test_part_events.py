"""Events hold what they are given, of the types they are of, in both builds."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_http_parser import NEED_DATA
from tidewire_http_parser.multipart import FINISHED, EndOfMultipart, EndOfPart, PartData, PartHead


def test_their_attributes() -> None:
    head = PartHead([("A", "x")], 1)
    assert (head.fields, head.depth) == ([("A", "x")], 1)
    assert PartData(b"x").data == b"x"
    assert EndOfPart(2).depth == 2
    assert EndOfMultipart(3).depth == 3


def test_how_they_look() -> None:
    assert [repr(event) for event in (PartHead([("A", "x")], 1), PartData(b"xy"), FINISHED)] == [
        "<PartHead of 1 fields at depth 1>",
        "<PartData of 2 bytes>",
        "<FINISHED>",
    ]
    assert [repr(event) for event in (EndOfPart(0), EndOfMultipart(1))] == [
        "<EndOfPart at depth 0>",
        "<EndOfMultipart at depth 1>",
    ]


def test_the_marker_is_one_of_its_own() -> None:
    assert FINISHED is not NEED_DATA


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        (PartHead, ((), 0)),
        (PartHead, ([], "0")),
        (PartHead, ([],)),
        (PartData, (bytearray(b"x"),)),
        (PartData, ("x",)),
        (EndOfPart, ("0",)),
        (EndOfPart, ()),
        (EndOfMultipart, (None,)),
        (EndOfMultipart, (1, 2)),
    ],
)
def test_wrong_types(event: Any, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        event(*arguments)
