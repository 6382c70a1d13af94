"""The decorator of handlers that return the context of a template."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ParamSpec

from jinja2 import Environment

from tidewire_jinja2._keys import APP_KEY
from tidewire_jinja2._rendering import environment_of, render_template, render_template_async
from tidewire_web import AbstractView, AppKey, Request, StreamResponse

__all__ = ["template"]

P = ParamSpec("P")
Context = Mapping[str, Any] | StreamResponse | None


def template(
    template_name: str,
    *,
    app_key: AppKey[Environment] = APP_KEY,
    encoding: str = "utf-8",
    status: int = 200,
) -> Callable[[Callable[P, Awaitable[Context] | Context]], Callable[P, Awaitable[StreamResponse]]]:
    """Decorate a handler that returns the context of a template: the template is what is sent.

    The handler is a function, a method that takes a request, or a method of a view. A response that it returns is sent
    as it is. It works with both kinds of environments. The decorator has to be the innermost one: `RouteTableDef.get()`
    and its like register what they are given.

    Args:
        template_name: the template's name.
        app_key: under which the application keeps the environment.
        encoding: the charset of the response.
        status: the status code of the response.

    Raises:
        TypeError: what is decorated is a class.
    """

    def decorate(
        handler: Callable[P, Awaitable[Context] | Context],
    ) -> Callable[P, Awaitable[StreamResponse]]:
        if inspect.isclass(handler):
            raise TypeError("of a view, decorate the methods that answer, not the class")

        @functools.wraps(handler)
        async def render(*args: P.args, **kwargs: P.kwargs) -> StreamResponse:
            request = _request_among(args)
            context = handler(*args, **kwargs)
            if inspect.isawaitable(context):
                context = await context
            if isinstance(context, StreamResponse):
                return context
            whole: Any = context
            if environment_of(request, app_key).is_async:
                return await render_template_async(
                    template_name, request, whole, app_key=app_key, encoding=encoding, status=status
                )
            return render_template(
                template_name, request, whole, app_key=app_key, encoding=encoding, status=status
            )

        return render

    return decorate


def _request_among(args: tuple[Any, ...]) -> Request:
    """The request that a handler is called with, of whatever kind the handler is."""
    first = args[0]
    request: Request = first.request if isinstance(first, AbstractView) else args[-1]
    return request
