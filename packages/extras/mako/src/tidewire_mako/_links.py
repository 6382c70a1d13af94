"""Functions for templates that make URLs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yarl import URL

from tidewire_mako._keys import static_root_key
from tidewire_web import Application

__all__ = ["static_url", "url_for"]


def url_for(
    app: Application, route_name: str, /, query_: Mapping[str, Any] | None = None, **parts: str | int
) -> URL:
    """Make the URL of a route; `url()` in templates, without the application.

    Args:
        app: the application that has the route.
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
    resource: Any = app.router[route_name]
    url: URL = resource.url_for(**texts)
    return url if query_ is None else url.with_query(query_)


def static_url(app: Application, static_file_path: str) -> str:
    """Make the URL of a static file; `static()` in templates, without the application.

    Args:
        app: the application, which knows under `static_root_key` where static files are.
        static_file_path: the file's path below that.

    Raises:
        RuntimeError: the application does not know where static files are.
    """
    root = app.get(static_root_key)
    if root is None:
        raise RuntimeError(
            "for static() the application has to know where static files are: "
            "app[tidewire_mako.static_root_key] = '/static'"
        )
    return f"{root.rstrip('/')}/{static_file_path.lstrip('/')}"
