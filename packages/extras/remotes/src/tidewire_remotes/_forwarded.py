"""Believes in the field Forwarded (RFC 7239)."""

from __future__ import annotations

from collections.abc import Mapping

from tidewire_remotes._addresses import node_address
from tidewire_remotes._errors import IncorrectForwardedCount
from tidewire_remotes._proxied import checked_host, checked_scheme, number_of_proxies
from tidewire_remotes._tool import Overrides, ProxyTool, StrictTool
from tidewire_web import Request

__all__ = ["ForwardedRelaxed", "ForwardedStrict"]

_FORWARDED = "Forwarded"


class ForwardedRelaxed(ProxyTool):
    """Believes the last elements of Forwarded, whoever has sent them: for servers that only proxies can connect to.

    Args:
        num: how many proxies there are. What the one furthest from the server says counts most.

    Raises:
        TypeError: it is no number.
        ValueError: it is less than 1.
    """

    def __init__(self, num: int = 1) -> None:
        super().__init__()
        self._num = number_of_proxies(num)

    def decide(self, request: Request) -> Overrides:
        """Return what is believed of what proxies say; see `ProxyTool.decide()`."""
        if _FORWARDED not in request.headers:
            return {}
        return _said_by(list(request.forwarded[-self._num :]))


class ForwardedStrict(StrictTool):
    """Believes Forwarded when it has come through the proxies that are trusted, and refuses all other requests.

    Each proxy adds one element, in which it says who has sent the request to it. There have to be as many elements as
    proxies, and each sender but the client has to have an address of its proxy.

    Args:
        trusted: the addresses of each proxy, the one next to the server first; with `...` at the end there may be more
            elements, of proxies that are not believed, and the client is who has sent the request to the last proxy
            that is.
        white_paths: paths for which nothing is looked at.

    Raises:
        TypeError: it is no sequence of collections of addresses.
        ValueError: an address is none.
    """

    def decide(self, request: Request) -> Overrides:
        """Return what is believed of what proxies say; see `ProxyTool.decide()`."""
        elements = list(request.forwarded) if _FORWARDED in request.headers else []
        count = len(self._hops)
        if not self.has_right_number(elements):
            raise IncorrectForwardedCount(count, len(elements))
        if not count:
            return {}
        believed = elements[-count:]
        self.client_of(request, _FORWARDED, [element.get("for", "") for element in believed])
        return _said_by(believed)


def _said_by(elements: list[Mapping[str, str]]) -> Overrides:
    """What elements say; what was said first, at the left, counts.

    Raises:
        InvalidHeader: an element is malformed.
    """
    overrides: Overrides = {}
    for element in reversed(elements):
        node = element.get("for", "")
        # Proxies may hide who sends (RFC 7239, sections 6.2 and 6.3): then nobody is known.
        if node and node.lower() != "unknown" and not node.startswith("_"):
            overrides["remote"] = str(node_address(_FORWARDED, node))
        if "proto" in element:
            overrides["scheme"] = checked_scheme(_FORWARDED, element["proto"])
        if "host" in element:
            overrides["host"] = checked_host(_FORWARDED, element["host"])
    return overrides
