"""What the tests of this distribution share."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

HERE = Path(__file__).resolve().parent


def _load(name: str) -> None:
    """Import a module beside the tests, which are in no package and not on the path; then it can be imported."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


for _name in ("wire", "exchange_harness", "http1_harness", "memory_codec"):
    _load(_name)

if TYPE_CHECKING:
    from exchange_harness import Harness
    from wire import Wire


@pytest.fixture
async def make_wire() -> AsyncIterator[Callable[..., Wire]]:
    """Makes a server without sockets; its arguments are the server's options."""
    from wire import Wire

    wires: list[Wire] = []

    def make(**options: Any) -> Wire:
        wires.append(Wire(**options))
        return wires[-1]

    yield make
    for wire in wires:
        wire.close()


@pytest.fixture
async def wire(make_wire: Callable[..., Wire]) -> Wire:
    """A server without sockets, of default options."""
    return make_wire()


@pytest.fixture(params=["http1", "memory"])
async def harness(request: pytest.FixtureRequest, make_wire: Callable[..., Wire]) -> Harness:
    """A codec under the exchange's contract, one after the other."""
    from http1_harness import Http1Harness
    from memory_codec import MemoryCodec

    if request.param == "http1":
        return Http1Harness(make_wire(read_bufsize=4096, write_bufsize=4096))
    return MemoryCodec()
