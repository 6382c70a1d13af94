"""One request without a session of one's own."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tidewire_client._client_response import ClientResponse
from tidewire_client._connector import BaseConnector
from tidewire_client._request_options import StrOrURL
from tidewire_client._session import ClientSession
from tidewire_client._tcp_connector import TCPConnector

__all__ = ["request"]


@asynccontextmanager
async def request(
    method: str,
    url: StrOrURL,
    *,
    version: tuple[int, int] = (1, 1),
    connector: BaseConnector | None = None,
    loop: asyncio.AbstractEventLoop | None = None,
    **kwargs: Any,
) -> AsyncIterator[ClientResponse]:
    """Send one request; to be entered with `async with`, at whose end everything is closed.

    Args:
        method: the method.
        url: where it goes.
        version: the HTTP version.
        connector: opens the connection, and is not closed; one of its own where None.
        loop: ignored; deprecated.
        kwargs: see `ClientSession.request()`.
    """
    if loop is not None:
        warnings.warn("the loop argument is ignored", DeprecationWarning, stacklevel=3)
    owner = connector is None
    if connector is None:
        connector = TCPConnector(force_close=True)
    async with (
        ClientSession(connector=connector, connector_owner=owner, version=version) as session,
        session.request(method, url, **kwargs) as response,
    ):
        yield response
