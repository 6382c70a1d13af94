"""Test cases with what is deprecated of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import tidewire.test_utils
from tidewire.compat._deprecations import warn_of
from tidewire_web import Application

__all__: list[str] = []

_Function = TypeVar("_Function", bound=Callable[..., Any])


class AioHTTPTestCase(tidewire.test_utils.AioHTTPTestCase):
    """A test case with an application that is served; see `tidewire.test_utils.AioHTTPTestCase`."""

    def get_app(self) -> Application:
        """Make the application; deprecated: override `get_application()`.

        Raises:
            RuntimeError: neither is overridden.
        """
        raise RuntimeError("Did you forget to define get_application()?")

    async def get_application(self) -> Application:
        """Make the application; override it."""
        app = self.get_app()
        warn_of("get_app() is deprecated, use get_application()")
        return app


def unittest_run_loop(func: _Function, *args: Any, **kwargs: Any) -> _Function:
    """Return a function as it is: its test case has an event loop."""
    warn_of("Decorator `@unittest_run_loop` is no longer needed")
    return func
