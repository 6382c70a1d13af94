"""From what gunicorn has loaded to a runner."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from tidewire_web import Application, AppRunner, Request, Response

__all__: list[str] = []


async def make_runner(loaded: object, options: dict[str, Any]) -> AppRunner:
    """Make the runner of what gunicorn has loaded.

    Args:
        loaded: an application, or a coroutine function without parameters that returns an application or a runner.
        options: keyword arguments of the runner; one that is returned is taken as it is.

    Raises:
        RuntimeError: it is something else.
    """
    if inspect.iscoroutinefunction(loaded):
        made: object = await loaded()
        if isinstance(made, AppRunner):
            return made
        if not isinstance(made, Application):
            raise RuntimeError(
                f"the coroutine function gives an Application or an AppRunner, not {type(made).__name__}"
            )
        return AppRunner(made, **options)
    if not isinstance(loaded, Application):
        raise RuntimeError(
            "gunicorn is given an Application, or a coroutine function that returns one or an AppRunner, not "
            f"{type(loaded).__name__}; an ordinary function is given as 'module:function()'"
        )
    return AppRunner(loaded, **options)


def failed_application(stand_in: Callable[..., Iterable[bytes]]) -> Application:
    """Make an application that answers whatever is asked with what gunicorn's own stand-in says.

    Args:
        stand_in: the WSGI application that gunicorn has put in the place of one that it could not load.
    """
    text = b"".join(stand_in({}, lambda *_: None)).decode("utf-8", "replace")

    async def tell(request: Request) -> Response:
        return Response(text=text, status=500)

    app = Application()
    app.router.add_route("*", "/{path:.*}", tell)
    return app
