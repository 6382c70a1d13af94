"""Believes Cloudflare."""

from __future__ import annotations

import asyncio
import importlib
import ipaddress
from collections.abc import Collection, Iterable
from typing import Any, Final

from tidewire_remotes._addresses import AddressLike, AddressSet, node_address, peer_address
from tidewire_remotes._errors import InvalidHeader, TooManyHeaders, UntrustedIP
from tidewire_remotes._tool import LOGGER, Overrides, ProxyTool
from tidewire_web import Application, Request

__all__ = ["Cloudflare"]

_URLS: Final = ("https://www.cloudflare.com/ips-v4", "https://www.cloudflare.com/ips-v6")
_FIELD: Final = "CF-Connecting-IP"
# Seconds in which the ranges have to be there.
_TIMEOUT: Final = 30.0
# There are two dozen.
_MAX_RANGES: Final = 1000


class Cloudflare(ProxyTool):
    """Believes what Cloudflare says of who a client is, and refuses requests that do not come from there.

    Args:
        client: a client session for `setup()` to fetch the ranges of Cloudflare's addresses with; None for one of its
            own, which needs tidewire-client.
        ranges: the ranges; then nothing is fetched.
        urls: where the ranges are, one on each line.

    Raises:
        TypeError: the ranges are no collection of addresses.
        ValueError: one of them is no range, or there are none.
    """

    def __init__(
        self,
        client: Any = None,
        *,
        ranges: Collection[AddressLike] | None = None,
        urls: Iterable[str] = _URLS,
    ) -> None:
        super().__init__()
        self._client = client
        self._urls = tuple(urls)
        self._ranges = None if ranges is None else AddressSet(ranges)
        if self._ranges is not None and not self._ranges:
            raise ValueError("no ranges")

    async def setup(self, app: Application) -> None:
        """Fetch the ranges, if they are not known, and add the tool's middleware to an application.

        Raises:
            RuntimeError: there are none where they should be.
            TimeoutError: they do not come.
            Exception: what the client raises.
        """
        if self._ranges is None:
            async with asyncio.timeout(_TIMEOUT):
                self._ranges = await self._fetch()
        await super().setup(app)

    def decide(self, request: Request) -> Overrides:
        """Return what is believed of what Cloudflare says; see `ProxyTool.decide()`."""
        peer = peer_address(request)
        if self._ranges is None or peer not in self._ranges:
            raise UntrustedIP(None if peer is None else str(peer))
        values = request.headers.getall(_FIELD, [])
        if len(values) > 1:
            raise TooManyHeaders(_FIELD)
        if not values:
            raise InvalidHeader(_FIELD, "")
        return {"remote": str(node_address(_FIELD, values[0]))}

    async def _fetch(self) -> AddressSet:
        if self._client is not None:
            return await self._fetch_with(self._client)
        # By name: the client is optional, and need not be there for types to be checked either.
        tidewire_client = importlib.import_module("tidewire_client")
        async with tidewire_client.ClientSession() as client:
            return await self._fetch_with(client)

    async def _fetch_with(self, client: Any) -> AddressSet:
        ranges: list[AddressLike] = []
        for url in self._urls:
            async with client.get(url) as response:
                response.raise_for_status()
                text = await response.text()
            ranges += _ranges_in(text, url)
        if not ranges:
            raise RuntimeError("no ranges of Cloudflare's addresses were found")
        return AddressSet(ranges[:_MAX_RANGES])


def _ranges_in(text: str, url: str) -> list[AddressLike]:
    ranges: list[AddressLike] = []
    for line in text.split("\n")[:_MAX_RANGES]:
        stripped = line.strip()
        try:
            if stripped:
                ranges.append(ipaddress.ip_network(stripped))
        except ValueError:
            LOGGER.warning("No range of addresses in %s: %.100r", url, stripped)
    return ranges
