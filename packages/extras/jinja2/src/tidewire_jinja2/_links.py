"""Functions for templates that make URLs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jinja2 import pass_context
from jinja2.runtime import Context
from yarl import URL

from tidewire_jinja2._keys import static_root_key
from tidewire_web import Application

__all__ = ["static_url", "url_for"]

# Where applications for aiohttp-jinja2 before 1.5 keep what `static_root_key` is for.
_OLD_STATIC_ROOT: Final = "static_root_url"


@pass_context
def url_for(
    context: Context, route_name: str, /, query_: Mapping[str, Any] | None = None, **parts: str | int
) -> URL:
    """Make the URL of a route; `url()` in templates.

    Args:
        context: the context of the template, whose `app` has the route.
        route_name: the route's name.
        query_: a query to add.
        parts: the values of the path's variables.

    Raises:
        KeyError: there is no such route, or a value is missing.
        TypeError: a value is neither str nor int.
    """
    texts: dict[str, str] = {}
    for name, value in parts.items():
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise TypeError(f"the value of {name} in a path is a str or an int, not {type(value).__name__}")
        texts[name] = str(value)
    app: Application = context["app"]
    resource: Any = app.router[route_name]
    url: URL = resource.url_for(**texts)
    return url if query_ is None else url.with_query(query_)


@pass_context
def static_url(context: Context, static_file_path: str) -> str:
    """Make the URL of a static file; `static()` in templates.

    Args:
        context: the context of the template, whose `app` knows under `static_root_key` where static files are.
        static_file_path: the file's path below that.

    Raises:
        RuntimeError: the application does not know where static files are.
    """
    app: Application = context["app"]
    root = app.get(static_root_key)
    if root is None and (root := app.get(_OLD_STATIC_ROOT)) is None:
        raise RuntimeError(
            "for static() the application has to know where static files are: "
            "app[tidewire_jinja2.static_root_key] = '/static'"
        )
    return f"{str(root).rstrip('/')}/{static_file_path.lstrip('/')}"
