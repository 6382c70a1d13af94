"""The proxy as an application."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any, Final

from reverse_proxy.config import Config
from reverse_proxy.fields import request_target
from reverse_proxy.forwarding import UNTYPED, forward
from reverse_proxy.websockets import OpenWebSockets, forward_websocket, is_websocket
from tidewire_client import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from tidewire_web import (
    AppKey,
    Application,
    HTTPBadRequest,
    HTTPExpectationFailed,
    HTTPNotFound,
    Request,
    StreamResponse,
    WSCloseCode,
)

__all__ = ["make_app"]

CONFIG: Final = AppKey("CONFIG", Config)
SESSION: Final = AppKey("SESSION", ClientSession)
WEBSOCKETS: Final = AppKey("WEBSOCKETS", OpenWebSockets)

# Names of the folder itself and of the one above, plain or quoted.
_DOTS: Final = re.compile(r"/(\.|%2e){1,2}(?=[/;]|$)", re.IGNORECASE)


def make_app(config: Config) -> Application:
    """Make the proxy.

    Args:
        config: the settings.
    """
    # Bodies are passed on as they are, content codings included.
    app = Application(handler_args={"auto_decompress": False})
    app[CONFIG] = config
    app[WEBSOCKETS] = OpenWebSockets()
    app.cleanup_ctx.append(_client)
    app.on_response_prepare.append(_leave_untyped)
    app.on_shutdown.append(_close_websockets)
    app.router.add_route(
        "*", "/{path:.*}", handle, expect_handler=_leave_expectation, handler_cancellation=True
    )
    return app


async def handle(request: Request) -> StreamResponse:
    """Pass a request on; where its client goes, the handler is cancelled and so is what it asks of the upstream."""
    config = request.app[CONFIG]
    path = request_target(request).partition("?")[0]
    if _DOTS.search(path):
        # `/public/../private` is a path below /public for this proxy, and may be none for the upstream.
        raise HTTPBadRequest(text="400: the target is to be a path without dots\n")
    route = config.route_for(path)
    if route is None:
        raise HTTPNotFound(text="404: no server for this path\n")
    session = request.app[SESSION]
    if is_websocket(request):
        return await forward_websocket(request, route, session, config, request.app[WEBSOCKETS])
    return await forward(request, route, session, config)


async def _client(app: Application) -> AsyncIterator[None]:
    """Keep the connections to the upstreams."""
    config = app[CONFIG]
    async with ClientSession(
        connector=TCPConnector(limit=config.max_connections),
        timeout=ClientTimeout(
            sock_connect=config.connect_timeout, pool=config.queue_timeout, sock_read=config.read_timeout
        ),
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
    ) as session:
        app[SESSION] = session
        yield


async def _leave_expectation(request: Request) -> None:
    """Send no 100: whether the client is to continue is for the upstream to say.

    Raises:
        HTTPExpectationFailed: something else is expected.
    """
    if request.headers["Expect"].lower() != "100-continue":
        raise HTTPExpectationFailed(text="417: nothing but 100-continue is understood\n")


async def _leave_untyped(_request: Any, response: StreamResponse) -> None:
    if response.get(UNTYPED):
        response.headers.pop("Content-Type", None)


async def _close_websockets(app: Application) -> None:
    open_now = app[WEBSOCKETS]
    for websocket in list(open_now):
        await websocket.close(code=WSCloseCode.GOING_AWAY, message=b"the proxy stops")
