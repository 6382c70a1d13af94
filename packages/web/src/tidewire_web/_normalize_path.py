"""A middleware that redirects to the path which was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from yarl import URL

from tidewire_web._http_exception import HTTPMove
from tidewire_web._http_successes import HTTPPermanentRedirect
from tidewire_web._middlewares import middleware
from tidewire_web._types import Handler, Middleware

__all__ = ["normalize_path_middleware"]

_SLASHES: Final = re.compile("//+")


def normalize_path_middleware(
    *,
    append_slash: bool = True,
    remove_slash: bool = False,
    merge_slashes: bool = True,
    redirect_class: type[HTTPMove] = HTTPPermanentRedirect,
) -> Middleware:
    """Make a middleware that redirects requests which have no route to a path for which there is one.

    These are tried, in this order: the path with runs of slashes merged; with a slash at its end added or removed; with
    both. The query is kept. A redirect never leads to another host.

    Args:
        append_slash: whether a slash may be added.
        remove_slash: whether a slash may be removed.
        merge_slashes: whether runs of slashes may be merged.
        redirect_class: what is raised: 308, so that method and body stay.

    Raises:
        ValueError: slashes are both added and removed.
    """
    if append_slash and remove_slash:
        raise ValueError("a slash at the end is either added or removed")

    def candidates(path: str) -> Iterator[str]:
        merged = _SLASHES.sub("/", path) if merge_slashes else path
        if merge_slashes:
            yield merged
        for each in (path, merged):
            if append_slash and not each.endswith("/"):
                yield each + "/"
            elif remove_slash and each.endswith("/"):
                yield each[:-1]

    @middleware
    async def normalize_path(request: Any, handler: Handler) -> Any:
        if request.match.route is None:
            path = request.rel_url.raw_path
            # Without a slash it is the asterisk, or an authority (RFC 9112, section 3.2).
            if path.startswith("/"):
                for candidate in dict.fromkeys(map(_within_host, candidates(path))):
                    if candidate != path and await _has_route(request, candidate):
                        query = request.rel_url.raw_query_string
                        raise redirect_class(URL.build(path=candidate, query_string=query, encoded=True))
        return await handler(request)

    return normalize_path


def _within_host(path: str) -> str:
    """A path that is one as the value of Location, too: with two slashes it would begin with another host.

    Browsers take a backslash for a slash.
    """
    return "/" + path.lstrip("/").replace("\\", "%5C")


async def _has_route(request: Any, path: str) -> bool:
    """Whether the application that the request has come to has a route for another path."""
    router = request.app.router
    if not router.asks_request:
        return router.match(request.method, path).route is not None
    try:
        other = request.clone(rel_url=path)
    except RuntimeError:
        # Another middleware has read the body: what it has answered so far is not made a failure.
        return False
    info = await router.resolve(other)
    return info.http_exception is None
