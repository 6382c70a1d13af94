"""Where an application's templates are found."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from mako.lookup import TemplateLookup  # type: ignore[import-untyped]

from tidewire_mako._context_processors import context_processors_middleware
from tidewire_mako._keys import APP_CONTEXT_PROCESSORS_KEY, APP_KEY, ContextProcessor
from tidewire_mako._links import static_url, url_for
from tidewire_web import AppKey, Application

__all__ = ["get_lookup", "setup"]


def setup(
    app: Application,
    *args: Any,
    app_key: AppKey[TemplateLookup] = APP_KEY,
    context_processors: Sequence[ContextProcessor] = (),
    default_helpers: bool = True,
    **kwargs: Any,
) -> TemplateLookup:
    """Let an application, and those nested in it, render templates.

    Args:
        app: the application.
        args: what `mako.lookup.TemplateLookup` takes.
        app_key: under which the application keeps the lookup; for several lookups several keys.
        context_processors: coroutine functions that are called with each request, and give a part of the context of its
            templates.
        default_helpers: whether templates have `url()` and `static()`; see `url_for()` and `static_url()`.
        kwargs: what `TemplateLookup` takes, such as `directories`. Mako escapes nothing by itself; here `default_filters`
            are `["h"]`, which makes HTML of text, unless they are given. What is HTML already is marked with
            `markupsafe.Markup`, or written as `${value | n}`; other filters alone as `${value | n, u}`.

    Returns:
        The lookup. Its templates see the application, as `app`.

    Raises:
        RuntimeError: the application does not change any more.
    """
    kwargs.setdefault("default_filters", ["h"])
    lookup = TemplateLookup(*args, **kwargs)
    # With the lookup, as it is found from nested applications too.
    lookup.tidewire_globals = {"app": app}
    if default_helpers:
        lookup.tidewire_globals["url"] = functools.partial(url_for, app)
        lookup.tidewire_globals["static"] = functools.partial(static_url, app)
    app[app_key] = lookup
    if context_processors:
        app[APP_CONTEXT_PROCESSORS_KEY] = (
            *(app.get(APP_CONTEXT_PROCESSORS_KEY) or ()),
            *context_processors,
        )
        if context_processors_middleware not in app.middlewares:
            app.middlewares.append(context_processors_middleware)
    return lookup


def get_lookup(app: Application, *, app_key: AppKey[TemplateLookup] = APP_KEY) -> TemplateLookup:
    """Return the lookup of an application.

    Raises:
        RuntimeError: `setup()` was not called for it.
    """
    lookup = app.get(app_key)
    if lookup is None:
        raise RuntimeError("no templates: call tidewire_mako.setup() for this application")
    return lookup
