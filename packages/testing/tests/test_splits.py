"""Every way of cutting gives pieces that are not empty and join to what was cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_testing import byte_by_byte, every_way, pairs, random_splits, whole


def test_whole() -> None:
    assert whole(b"abc") == [b"abc"]
    assert whole(b"") == []


def test_byte_by_byte() -> None:
    assert byte_by_byte(b"abc") == [b"a", b"b", b"c"]
    assert byte_by_byte(b"") == []


def test_pairs() -> None:
    assert list(pairs(b"abcd")) == [[b"a", b"bcd"], [b"ab", b"cd"], [b"abc", b"d"]]
    assert list(pairs(b"a")) == []
    assert list(pairs(b"")) == []


def test_random_splits_are_the_same_everywhere() -> None:
    assert list(random_splits(b"abcdefghij", 3, seed=1)) == [
        [b"abcdefgh", b"ij"],
        [b"abc", b"de", b"f", b"gh", b"ij"],
        [b"a", b"bcdefghij"],
    ]


def test_random_splits_differ_in_size_and_seed() -> None:
    data = bytes(1000)
    sizes = [len(pieces) for pieces in random_splits(data, 200, seed=5)]
    assert min(sizes) < 4
    assert max(sizes) > 300
    assert list(random_splits(data, 3, seed=1)) != list(random_splits(data, 3, seed=2))


@given(st.binary(max_size=300), st.integers(), st.integers(min_value=0, max_value=5))
def test_every_way_keeps_the_bytes(data: bytes, seed: int, count: int) -> None:
    labels = []
    for label, pieces in every_way(data, seed=seed, random_count=count):
        labels.append(label)
        assert b"".join(pieces) == data
        assert all(pieces)
    assert len(set(labels)) == len(labels)
    in_two = len(data) - 1 if 0 < len(data) < 200 else 0
    assert len(labels) == 2 + in_two + count


@pytest.mark.parametrize(("limit", "count"), [(4, 0), (5, 3)])
def test_long_inputs_are_not_cut_at_each_place(limit: int, count: int) -> None:
    labels = [label for label, _ in every_way(b"abcd", random_count=1, pairs_below=limit)]
    assert labels == [
        "whole",
        "byte by byte",
        *(f"cut at {index + 1}" for index in range(count)),
        "random 0 of seed 0",
    ]
