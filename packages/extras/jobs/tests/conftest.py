"""What the tests of this distribution share."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
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


_load("jobs_client")

if TYPE_CHECKING:
    from jobs_client import Client

    from tidewire_web import Application


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """Runs an application without sockets; returns a client of it."""
    from jobs_client import Client

    from tidewire_web import AppRunner

    runners: list[AppRunner] = []

    async def start(app: Application, **options: Any) -> Client:
        runners.append(AppRunner(app, shutdown_timeout=1.0, **options))
        await runners[-1].setup()
        assert runners[-1].server is not None
        return Client(runners[-1].server)

    yield start
    for runner in runners:
        await runner.cleanup()
