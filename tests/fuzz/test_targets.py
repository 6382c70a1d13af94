"""The targets of fuzz/, without coverage to guide them: seeds, and mutations of them that are the same in each run."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from fuzz_targets import CORPUS, NAMES, load

if not CORPUS.is_dir():
    pytest.skip("corpus/ is in the repository only", allow_module_level=True)

SEEDS = 100
MUTATIONS = 200
# What tells one reader of HTTP from another.
TOKENS = (
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b"\t",
    b",",
    b";",
    b"=",
    b":",
    b'"',
    b"\\",
    b"%",
    b"*",
    b"-",
    b"0",
    b"\0",
    b"\xff",
)


def mutations(seeds: list[bytes], random: Random) -> Iterator[bytes]:
    for _ in range(MUTATIONS):
        data = random.choice(seeds)
        for _ in range(random.randrange(1, 4)):
            place = random.randrange(len(data) + 1)
            end = place + random.choice([0, 0, 1, 2, 5])
            token = random.choice([*TOKENS, data[place : place + 6], bytes([random.randrange(256)])])
            data = data[:place] + token + data[end:]
        yield data


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_target_finds_nothing(name: str) -> None:
    one_input, seeds = load(name)
    random = Random(name)
    every = seeds()
    assert every
    one_input(b"")
    for data in (*random.sample(every, min(SEEDS, len(every))), *mutations(every, random)):
        one_input(data)


def test_each_target_is_listed() -> None:
    modules = {path.stem for path in (CORPUS.parent / "fuzz" / "fuzz_targets").glob("*.py")}
    assert modules - {"__init__", "choices", "message_traces"} == set(NAMES)
