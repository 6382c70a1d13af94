"""The feed on a console."""

from __future__ import annotations

from collections.abc import Callable

from tidewire_client import ClientSession, ClientTimeout, event_source

__all__ = ["watch"]

# A stream says something every 15 seconds, be it a comment; one that is silent for so long is lost.
_SILENCE = 45


async def watch(url: str, tell: Callable[[str], object], last_event_id: str = "") -> None:
    """Tell of each event, until the server says that there are no more.

    Where the connection is lost, `event_source()` connects again and goes on after the last event.

    Args:
        url: where the events are.
        tell: called with a line for each.
        last_event_id: the id of the event after which to begin; empty for all that there are.

    Raises:
        ClientResponseError: there are none at this place.
    """
    async with ClientSession(timeout=ClientTimeout(sock_connect=10, sock_read=_SILENCE)) as session:
        async for event in event_source(session, url, last_event_id=last_event_id):
            tell(f"{event.last_event_id} {event.event}: {event.data}")
