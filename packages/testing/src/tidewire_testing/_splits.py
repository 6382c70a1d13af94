"""Ways to cut bytes into pieces, for code whose result must not depend on how its input was cut."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from random import Random

__all__ = ["byte_by_byte", "every_way", "pairs", "random_splits", "whole"]


def whole(data: bytes) -> list[bytes]:
    """Return `data` as one piece; no piece where it is empty."""
    return [data] if data else []


def byte_by_byte(data: bytes) -> list[bytes]:
    """Return each byte of `data` as a piece of its own."""
    return [data[index : index + 1] for index in range(len(data))]


def pairs(data: bytes) -> Iterator[list[bytes]]:
    """Yield every split of `data` into two pieces, the shortest first piece first.

    Args:
        data: what to cut; fewer than two bytes give nothing.
    """
    for index in range(1, len(data)):
        yield [data[:index], data[index:]]


def random_splits(data: bytes, count: int, seed: int) -> Iterator[list[bytes]]:
    """Yield random splits of `data`, the same ones for the same arguments on every Python.

    Few large pieces are as likely as many small ones. No piece is empty, and the pieces join to `data`;
    where it is empty there are no pieces, and the splits are empty lists.

    Args:
        data: what to cut.
        count: how many splits.
        seed: where the random numbers start.
    """
    # Only random() promises the same numbers in every version of Python.
    number = Random(seed).random
    places = max(len(data) - 1, 0)
    for _ in range(count):
        # The logarithm of the number of cuts is uniform, not the number: that would nearly always be large.
        cuts = int(math.exp(number() * math.log(places + 1))) if places else 0
        chosen = {1 + int(number() * places) for _ in range(cuts)}
        edges = [0, *sorted(chosen), len(data)]
        yield [data[start:end] for start, end in pairwise(edges)] if data else []


def every_way(
    data: bytes, *, seed: int = 0, random_count: int = 8, pairs_below: int = 200
) -> Iterator[tuple[str, list[bytes]]]:
    """Yield labelled splits of `data`: whole, byte by byte, in two at each place, and random ones.

    Args:
        data: what to cut.
        seed: where the random numbers start.
        random_count: how many random splits.
        pairs_below: the splits in two are left out from this length on, in bytes.

    Yields:
        a label that a failing test can show, and the pieces: never empty ones, and joined they are `data`.
    """
    yield "whole", whole(data)
    yield "byte by byte", byte_by_byte(data)
    if len(data) < pairs_below:
        for pieces in pairs(data):
            yield f"cut at {len(pieces[0])}", pieces
    for index, pieces in enumerate(random_splits(data, random_count, seed)):
        yield f"random {index} of seed {seed}", pieces
