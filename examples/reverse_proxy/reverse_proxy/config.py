"""What the proxy is told: where requests go, and how long and how much it bears."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yarl import URL

__all__ = ["Config", "Route", "parse_route"]


class Route:
    """Where the requests go whose paths begin alike.

    Args:
        prefix: whole segments of a path, such as `/api`; `/` is every path.
        upstreams: the origins of servers that are as good as each other; they take turns.

    Raises:
        ValueError: a prefix or an origin that is none.
    """

    def __init__(self, prefix: str, upstreams: Sequence[URL]) -> None:
        if not prefix.startswith("/"):
            raise ValueError(f"a prefix begins with a slash, unlike {prefix!r}")
        for url in upstreams:
            if url.scheme not in ("http", "https") or url != url.origin():
                raise ValueError(f"an upstream is http://HOST[:PORT] or https://HOST[:PORT], not {url}")
        if not upstreams:
            raise ValueError(f"{prefix} leads nowhere")
        self.prefix = prefix.rstrip("/")
        self.upstreams = tuple(upstreams)
        self._turns = itertools.cycle(range(len(self.upstreams)))

    def matches(self, path: str) -> bool:
        """Tell whether a path, as it was sent and without its query, is one of this route."""
        return path.startswith(self.prefix) and path[len(self.prefix) :][:1] in ("", "/")

    def in_turn(self) -> Iterator[URL]:
        """Return the upstreams in the order in which this request is to try them."""
        first = next(self._turns)
        return iter(self.upstreams[first:] + self.upstreams[:first])


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings.

    Attributes:
        routes: where requests go; of those that match, the one with the longest prefix counts.
        preserve_host: whether upstreams see the Host that the client has sent, in place of their own.
        trust_forwarded: whether what the client says of proxies before this one is passed on. Only where every client
            is a proxy that is believed: anybody can write these fields.
        via: the name of this proxy in Via; a request that bears it already has come in a circle.
        connect_timeout: seconds until there is a connection to an upstream.
        queue_timeout: seconds that a request waits for one of `max_connections`.
        read_timeout: seconds that an upstream may be silent.
        max_body: bytes that the body of a request may have; 0 for any number.
        max_connections: connections to all upstreams.
    """

    routes: Sequence[Route]
    preserve_host: bool = False
    trust_forwarded: bool = False
    via: str = "tidewire"
    connect_timeout: float = 5.0
    queue_timeout: float = 5.0
    read_timeout: float = 60.0
    max_body: int = 0
    max_connections: int = 1000

    def route_for(self, path: str) -> Route | None:
        """Return the route of a path; None where it leads nowhere."""
        matching = [route for route in self.routes if route.matches(path)]
        return max(matching, key=lambda route: len(route.prefix), default=None)


def parse_route(text: str) -> Route:
    """Read a route as it stands on the command line: `/api=http://10.0.0.1:8000,http://10.0.0.2:8000`.

    Raises:
        ValueError: it is none.
    """
    prefix, equals, upstreams = text.partition("=")
    if not equals:
        raise ValueError(f"a route is PREFIX=URL[,URL...], not {text!r}")
    return Route(prefix, [URL(url.rstrip("/")) for url in upstreams.split(",")])
