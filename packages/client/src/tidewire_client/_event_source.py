"""Streams of events that survive the loss of their connection (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any, Final

from multidict import CIMultiDict

from tidewire_client._connection_errors import ClientConnectionError
from tidewire_client._errors import ClientPayloadError, ClientResponseError
from tidewire_client._request_options import StrOrURL
from tidewire_client._retry import LASTING
from tidewire_client._server_sent_events import EventParser, ServerSentEvent, events_of
from tidewire_client._session import ClientSession
from tidewire_http_parser import FieldBlock, LocalProtocolError

__all__ = ["event_source"]

_FIRST_PAUSE: Final = 0.05


async def event_source(
    session: ClientSession,
    url: StrOrURL,
    *,
    last_event_id: str = "",
    retry: float = 3.0,
    max_retry: float = 60.0,
    **kwargs: Any,
) -> AsyncGenerator[ServerSentEvent, None]:
    """Iterate over the events of a server; where the connection is lost, go on with the event after the last one.

    The pause before each attempt is what the server said last, or `retry`; it doubles with every attempt in a row that
    brought no connection. There is no end to it but that the server answers with 204, that it answers with something
    else than events, or that the iteration is given up.

    Args:
        session: sends the requests, without a limit for their total time unless `timeout` is given.
        url: where the events are.
        last_event_id: the id of the event to go on after. One with control characters, which no field can have, is not
            sent.
        retry: seconds of the first pause, as long as the server says nothing.
        max_retry: seconds of a pause at most.
        kwargs: see `ClientSession.request()`.

    Raises:
        ClientResponseError: the answer is neither 200 with events nor 204.
        ClientSSLError, ServerFingerprintMismatch: it is not the server that is wanted.
    """
    method = kwargs.pop("method", "GET")
    given = CIMultiDict(kwargs.pop("headers", None) or ())
    kwargs.setdefault("timeout", replace(session.timeout, total=None))
    failed = 0
    while True:
        headers = given.copy()
        headers.setdefault("Accept", "text/event-stream")
        headers.setdefault("Cache-Control", "no-store")
        if last_event_id and _can_be_sent(last_event_id):
            headers["Last-Event-ID"] = last_event_id
        parser = EventParser(last_event_id)
        try:
            async with session.request(method, url, headers=headers, **kwargs) as response:
                if response.status == 204:
                    return
                if response.status != 200 or response.content_type != "text/event-stream":
                    raise ClientResponseError(
                        response.request_info,
                        response.history,
                        status=response.status,
                        message=f"no stream of events, but {response.content_type}",
                        headers=response.headers,
                    )
                failed = 0
                async for event in events_of(response, parser):
                    yield event
        except LASTING:
            raise
        except (ClientConnectionError, ClientPayloadError):
            failed += 1
        # What the server has said counts, whether or not there was an event with it.
        last_event_id = parser.last_event_id
        if parser.retry is not None:
            retry = parser.retry / 1000
        await asyncio.sleep(pause(failed, retry, max_retry))


def pause(failed: int, retry: float, max_retry: float) -> float:
    """Return how long to wait before the next attempt, in seconds.

    Args:
        failed: how many attempts in a row have failed.
        retry: the first pause. A server may ask for none, but not for attempts without a pause while it is down.
        max_retry: the longest pause.
    """
    if failed:
        retry = max(retry, _FIRST_PAUSE) * 2.0 ** min(failed - 1, 30)
    return min(max_retry, retry)


def _can_be_sent(last_event_id: str) -> bool:
    """Tell whether an id, which may be any text, can be the value of a field."""
    try:
        FieldBlock([("Last-Event-ID", last_event_id)], for_requests=True)
    except LocalProtocolError:
        return False
    return True
