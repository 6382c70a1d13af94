"""The environment that an application's templates are in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jinja2 import Environment

from tidewire_jinja2._context_processors import context_processors_middleware
from tidewire_jinja2._keys import APP_CONTEXT_PROCESSORS_KEY, APP_KEY, ContextProcessor
from tidewire_jinja2._links import static_url, url_for
from tidewire_web import AppKey, Application

__all__ = ["get_env", "setup"]

Filter = Callable[..., Any]


def setup(
    app: Application,
    *args: Any,
    app_key: AppKey[Environment] = APP_KEY,
    context_processors: Sequence[ContextProcessor] = (),
    filters: Mapping[str, Filter] | Iterable[tuple[str, Filter]] | None = None,
    default_helpers: bool = True,
    **kwargs: Any,
) -> Environment:
    """Let an application, and those nested in it, render templates.

    Args:
        app: the application.
        args: what `jinja2.Environment` takes.
        app_key: under which the application keeps the environment; for several environments several keys.
        context_processors: coroutine functions that are called with each request, and give a part of the context of its
            templates.
        filters: more filters, by their names.
        default_helpers: whether templates have `url()` and `static()`; see `url_for()` and `static_url()`.
        kwargs: what `jinja2.Environment` takes, such as `loader` and `enable_async`. `autoescape` is true unless it is
            given here.

    Returns:
        The environment. The application is a global of it, as `app`.

    Raises:
        RuntimeError: the application does not change any more.
    """
    kwargs.setdefault("autoescape", True)
    env = Environment(*args, **kwargs)  # noqa: S701 - it is on unless somebody wants it otherwise
    env.globals["app"] = app
    if default_helpers:
        env.globals.update(url=url_for, static=static_url)
    if filters is not None:
        env.filters.update(filters)
    app[app_key] = env
    if context_processors:
        app[APP_CONTEXT_PROCESSORS_KEY] = (
            *(app.get(APP_CONTEXT_PROCESSORS_KEY) or ()),
            *context_processors,
        )
        if context_processors_middleware not in app.middlewares:
            app.middlewares.append(context_processors_middleware)
    return env


def get_env(app: Application, *, app_key: AppKey[Environment] = APP_KEY) -> Environment:
    """Return the environment of an application.

    Raises:
        RuntimeError: `setup()` was not called for it.
    """
    env = app.get(app_key)
    if env is None:
        raise RuntimeError("no templates: call tidewire_jinja2.setup() for this application")
    return env
