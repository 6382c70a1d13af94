"""Asking a server for a websocket (RFC 6455, section 4.1)."""

from __future__ import annotations

import warnings
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from types import TracebackType
from typing import Any, Final

from multidict import CIMultiDict

from tidewire_client._client_response import ClientResponse
from tidewire_client._client_websocket_response import ClientWebSocketResponse
from tidewire_client._errors import WSServerHandshakeError
from tidewire_client._request_manager import ManagedCoroutine
from tidewire_client._request_options import LooseHeaders
from tidewire_client._timeouts import ClientWSTimeout
from tidewire_websocket import (
    DeflateOptions,
    Handshake,
    WSHandshakeError,
    check_handshake,
    handshake_fields,
    new_key,
)
from tidewire_websocket.asyncio import WebSocketOptions

__all__ = ["WebSocketRequestManager"]

Send = Callable[[Mapping[str, Any]], Awaitable[ClientResponse]]

_CLOSE_TIMEOUT: Final = 10.0
_WINDOWS: Final = range(9, 16)
# What the request of the handshake may be given beside; the rest is about bodies, of which it has none.
_OF_THE_REQUEST: Final = frozenset(
    {
        "allow_redirects",
        "auth",
        "cookies",
        "max_field_size",
        "max_headers",
        "max_line_size",
        "max_redirects",
        "middlewares",
        "params",
        "proxy",
        "proxy_auth",
        "proxy_headers",
        "retry",
        "server_hostname",
        "skip_auto_headers",
        "ssl",
        "trace_request_ctx",
    }
)


@dataclass(slots=True, kw_only=True)
class WebSocketParameters:
    """The parameters of a websocket; see `ClientSession.ws_connect()`."""

    protocols: Iterable[str] = ()
    timeout: ClientWSTimeout | float | None = None
    receive_timeout: float | None = None
    autoclose: bool = True
    autoping: bool = True
    heartbeat: float | None = None
    origin: str | None = None
    headers: LooseHeaders | None = None
    compress: int | DeflateOptions = 0
    max_msg_size: int = 4 * 1024 * 1024
    decode_text: bool = True
    streaming: bool = False
    writer_limit: int = 262144

    def deflate(self) -> DeflateOptions | None:
        """Return how to compress; None for not at all.

        Raises:
            ValueError: no window has so many bits.
        """
        compress = self.compress
        if isinstance(compress, DeflateOptions):
            return compress
        if compress is True:
            return DeflateOptions()
        if not compress:
            return None
        if compress not in _WINDOWS:
            raise ValueError(f"a window has 9 to 15 bits, or 0 for no compression, not {compress!r}")
        return DeflateOptions(window_bits=compress)

    def options(self, deflate: DeflateOptions | None) -> WebSocketOptions:
        """Return how the websocket behaves.

        Raises:
            TypeError: time-outs that are none.
        """
        timeout = self.timeout
        if timeout is None:
            timeout = ClientWSTimeout()
        elif not isinstance(timeout, ClientWSTimeout):
            if isinstance(timeout, bool) or not isinstance(timeout, int | float):
                raise TypeError(f"timeout is a ClientWSTimeout, not {type(timeout).__name__}")
            timeout = ClientWSTimeout(ws_close=timeout)
        receive_timeout = self.receive_timeout or timeout.ws_receive
        return WebSocketOptions(
            close_timeout=_CLOSE_TIMEOUT if timeout.ws_close is None else timeout.ws_close,
            receive_timeout=receive_timeout or None,
            heartbeat=self.heartbeat or None,
            autoclose=self.autoclose,
            autoping=self.autoping,
            max_msg_size=self.max_msg_size,
            writer_limit=self.writer_limit,
            decode_text=self.decode_text,
            streaming=self.streaming,
            deflate=deflate or DeflateOptions(),
        )


_OF_THE_WEBSOCKET: Final = frozenset(field.name for field in fields(WebSocketParameters))


def sorted_out(given: Mapping[str, Any]) -> tuple[WebSocketParameters, dict[str, Any]]:
    """Tell the arguments for a websocket from those for the request of its handshake.

    Raises:
        TypeError: an argument that is not known.
    """
    own = {name: value for name, value in given.items() if name in _OF_THE_WEBSOCKET}
    rest = {name: value for name, value in given.items() if name not in _OF_THE_WEBSOCKET}
    unknown = rest.keys() - _OF_THE_REQUEST
    if unknown:
        raise TypeError(f"ws_connect() got an unexpected keyword argument {min(unknown)!r}")
    if own.get("receive_timeout") is not None:
        warnings.warn(
            "in place of receive_timeout use timeout=ClientWSTimeout(ws_receive=...)",
            DeprecationWarning,
            stacklevel=3,
        )
    if isinstance(own.get("timeout"), int | float):
        warnings.warn(
            "in place of a number use timeout=ClientWSTimeout(ws_close=...)", DeprecationWarning, stacklevel=3
        )
    return WebSocketParameters(**own), rest


async def connect(
    send: Send, kind: type[ClientWebSocketResponse], own: WebSocketParameters, rest: dict[str, Any]
) -> ClientWebSocketResponse:
    """Ask for a websocket.

    Args:
        send: sends the request with arguments of its own.
        kind: what the websocket is made of.
        own: the arguments for the websocket.
        rest: those for the request.

    Raises:
        WSServerHandshakeError: the server gives none.
        ClientError: there is no answer.
        ValueError, TypeError: arguments that are none.
        tidewire_http_parser.LocalProtocolError: a subprotocol that is no token.
    """
    protocols = tuple(own.protocols)
    deflate = own.deflate()
    options = own.options(deflate)
    key = new_key()
    headers = _headers(own, handshake_fields(key, protocols=protocols, deflate=deflate))
    response = await send({**rest, "headers": headers, "raise_for_status": False})
    try:
        handshake = check_handshake(
            key, response.status, response.head.fields, protocols=protocols, deflate=deflate
        )
        return _made(kind, response, options, handshake)
    except WSHandshakeError as error:
        raise _refusal(response, error) from error
    finally:
        response.let_go()


def _made(
    kind: type[ClientWebSocketResponse],
    response: ClientResponse,
    options: WebSocketOptions,
    handshake: Handshake,
) -> ClientWebSocketResponse:
    channel, connection = response.take_tunnel()
    try:
        return kind(
            response,
            channel,
            connection,
            options=options,
            protocol=handshake.protocol,
            deflate=handshake.deflate,
        )
    except BaseException:
        connection.close()
        raise


def _headers(own: WebSocketParameters, handshake: Iterable[tuple[str, str]]) -> CIMultiDict[str]:
    """Return the fields of the handshake; but for the key, those that were given count more."""
    headers: CIMultiDict[str] = CIMultiDict(own.headers or ())
    headers.popall("Sec-WebSocket-Key", None)
    for name, value in handshake:
        if name not in headers:
            headers[name] = value
    if own.origin is not None:
        headers["Origin"] = own.origin
    return headers


def _refusal(response: ClientResponse, error: WSHandshakeError) -> WSServerHandshakeError:
    """Tell of a server that gives no websocket, with what is there of its answer."""
    return WSServerHandshakeError(
        response.request_info,
        response.history,
        status=response.status,
        message=f"Invalid response status: {response.reason}" if response.status != 101 else str(error),
        headers=response.headers,
        body=response._peek(),
    )


class WebSocketRequestManager(ManagedCoroutine[ClientWebSocketResponse]):
    """A websocket that is asked for when this is awaited; in `async with` it is closed at the end.

    Sessions make them.
    """

    __slots__ = ()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        websocket, self._result = self._result, None
        if websocket is not None:
            await websocket.close()
