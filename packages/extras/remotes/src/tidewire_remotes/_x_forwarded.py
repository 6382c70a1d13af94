"""Believes in the fields X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from tidewire_remotes._addresses import (
    AddressLike,
    AddressSet,
    node_address,
    peer_address,
)
from tidewire_remotes._errors import (
    IncorrectHostCount,
    IncorrectIPCount,
    IncorrectProtoCount,
    TooManyHeaders,
)
from tidewire_remotes._proxied import checked_host, checked_scheme, number_of_proxies
from tidewire_remotes._tool import Overrides, ProxyTool, StrictTool
from tidewire_web import Request

__all__ = ["XForwardedFiltered", "XForwardedRelaxed", "XForwardedStrict"]

_FOR: Final = "X-Forwarded-For"
_PROTO: Final = "X-Forwarded-Proto"
_HOST: Final = "X-Forwarded-Host"


class XForwardedRelaxed(ProxyTool):
    """Believes these fields, whoever has sent them: for servers that only proxies can connect to.

    Args:
        num: how many proxies there are: the client is at this place from the right. Where there are fewer entries, the
            request has taken another way, and nothing is believed.

    Raises:
        TypeError: it is no number.
        ValueError: it is less than 1.
    """

    def __init__(self, num: int = 1) -> None:
        super().__init__()
        self._num = number_of_proxies(num)

    def decide(self, request: Request) -> Overrides:
        """Return what is believed of what proxies say; see `ProxyTool.decide()`."""
        overrides: Overrides = {}
        entries = _entries(request, _FOR)
        if len(entries) >= self._num:
            overrides["remote"] = str(node_address(_FOR, entries[-self._num]))
        elif entries:
            return {}
        return _add_scheme_and_host(request, overrides, self._num)


class XForwardedFiltered(ProxyTool):
    """Believes these fields as far as proxies that are trusted have written them.

    The client is the rightmost address that is not trusted, the peer's being the rightmost of all; where all are
    trusted, the leftmost. A peer that is not trusted is the client itself, whatever it sends.

    Args:
        trusted: addresses and networks of proxies; `unix` for those that connect through a Unix domain socket.

    Raises:
        TypeError: it is no collection of addresses.
        ValueError: an address is none.
    """

    def __init__(self, trusted: Collection[AddressLike]) -> None:
        super().__init__()
        self._trusted = AddressSet(trusted)

    def decide(self, request: Request) -> Overrides:
        """Return what is believed of what proxies say; see `ProxyTool.decide()`."""
        if peer_address(request) not in self._trusted:
            return {}
        overrides: Overrides = {}
        place = 0
        for entry in reversed(_entries(request, _FOR)):
            # What is further to the left may be anything: a client has sent it.
            place += 1
            address = node_address(_FOR, entry)
            overrides["remote"] = str(address)
            if address not in self._trusted:
                break
        return _add_scheme_and_host(request, overrides, place or 1)


class XForwardedStrict(StrictTool):
    """Believes these fields when they have come through the proxies that are trusted, and refuses all other requests.

    X-Forwarded-For has to have as many entries as there are proxies, and each of them but the client's has to be an
    address of its proxy. Of schemes and hosts there may be as many as proxies, or one.

    Args:
        trusted: the addresses of each proxy, the one next to the server first; with `...` at the end there may be more
            entries, of proxies that are not believed, and the client is who has sent the request to the last proxy
            that is.
        white_paths: paths for which nothing is looked at.

    Raises:
        TypeError: it is no sequence of collections of addresses.
        ValueError: an address is none.
    """

    def decide(self, request: Request) -> Overrides:
        """Return what is believed of what proxies say; see `ProxyTool.decide()`."""
        entries = _entries(request, _FOR)
        count = len(self._hops)
        if not self.has_right_number(entries):
            # The peer's counts.
            raise IncorrectIPCount(count + 1, len(entries) + 1)
        if not self._hops.is_open:
            for name, error in ((_PROTO, IncorrectProtoCount), (_HOST, IncorrectHostCount)):
                if (number := len(_entries(request, name))) > count:
                    raise error(count, number)
        if not count:
            return {}
        client = self.client_of(request, _FOR, entries[-count:])
        return _add_scheme_and_host(request, {"remote": str(client)}, count)


def _entries(request: Request, name: str) -> list[str]:
    """The entries of a field, from left to right.

    Raises:
        TooManyHeaders: it is there more than once.
    """
    values = request.headers.getall(name, [])
    if len(values) > 1:
        # Whether a proxy adds to the first or to the last one differs.
        raise TooManyHeaders(name)
    return values[0].split(",") if values and values[0].strip(" \t") else []


def _add_scheme_and_host(request: Request, overrides: Overrides, place: int) -> Overrides:
    """Add what is said at a place from the right.

    Raises:
        InvalidHeader: it is malformed.
        TooManyHeaders: a field is there more than once.
    """
    scheme = _at(_entries(request, _PROTO), place)
    if scheme is not None:
        overrides["scheme"] = checked_scheme(_PROTO, scheme)
    host = _at(_entries(request, _HOST), place)
    if host is not None:
        overrides["host"] = checked_host(_HOST, host)
    return overrides


def _at(entries: Sequence[str], place: int) -> str | None:
    """The entry at a place from the right, or the only one, where proxies replace what they are sent."""
    if len(entries) == 1:
        return entries[0]
    return entries[-place] if len(entries) >= place else None
