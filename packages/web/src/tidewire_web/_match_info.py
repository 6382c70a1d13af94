"""What the router found for a request."""

from __future__ import annotations

from tidewire_web._types import Handler, RouteLike

__all__ = ["UrlMappingMatchInfo"]


class UrlMappingMatchInfo(dict[str, str]):
    """The values of a path's variables, decoded.

    Args:
        values: names and values.
        route: the route that was found; None where there is none.

    Attributes:
        route: the route that was found.
    """

    __slots__ = ("route",)

    def __init__(self, values: dict[str, str], route: RouteLike | None) -> None:
        super().__init__(values)
        self.route = route

    def __repr__(self) -> str:
        return f"<MatchInfo {super().__repr__()}: {self.route!r}>"

    @property
    def handler(self) -> Handler | None:
        """The route's handler."""
        return None if self.route is None else self.route.handler
