# Compiled by mypyc.
"""The client's side of an exchange on an HTTP/1.1 connection: a request goes, its response comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tidewire_http_io._byte_channel import ByteChannel
from tidewire_http_io._carrier import Carrier
from tidewire_http_io._exchange import ResetReason
from tidewire_http_io._http1_exchange import Http1Exchange
from tidewire_http_io._tunnel import Tunnel
from tidewire_http_parser import (
    FieldBlock,
    Fields,
    InterimHead,
    LocalProtocolError,
    ResponseHead,
    last_chunk,
    serialise_chunk,
    serialise_request,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

_CHUNKED: Final = -1
_NO_FIELDS: Final[Fields] = []
# Bytes of a body that are sent in one piece with the head; copying more costs more than a second write.
_JOINED: Final = 65536


class Http1ClientExchange(Http1Exchange):
    """A `ClientExchange`; see there for what users of it call.

    Args:
        carrier: the connection it is on.

    Attributes:
        method: the method of the request, empty before its head is sent.
        response_head: the head of the final response, None as long as it is not there.
        response_begun: whether anything of a response has come.
        interims: how many interim responses have come.
        switched: the channel that the connection has become, until somebody takes it.
    """

    __slots__ = (
        "_block",
        "_fields",
        "_on_interim",
        "_waiter",
        "interims",
        "method",
        "response_begun",
        "response_head",
        "switched",
    )

    def __init__(self, carrier: Carrier) -> None:
        super().__init__(carrier, True)
        self.method = ""
        self.response_head: ResponseHead | None = None
        self.response_begun = False
        self.interims: i64 = 0
        self.switched: Tunnel | None = None
        self._fields: Fields = _NO_FIELDS
        self._block: FieldBlock | None = None
        self._on_interim: Callable[[InterimHead], None] | None = None
        self._waiter: Any = None  # a future, while somebody waits for the head

    def __repr__(self) -> str:
        state = "waiting" if self.response_head is None else "receiving"
        if self.inbound_ended:
            state = "ended"
        return f"<Http1ClientExchange {self.method} {state}>"

    # What users of the exchange call.

    @property
    def reset_reason(self) -> ResetReason | None:
        """See `ClientExchange`."""
        return self._reset

    @property
    def reset_error(self) -> Exception | None:
        """See `ClientExchange`."""
        return self._reset_error

    def send_head(
        self,
        method: str,
        target: str,
        fields: Fields,
        *,
        body_length: int | None = 0,
        http_1_1: bool = True,
        end: bool = False,
    ) -> None:
        """See `ClientExchange`."""
        if self._gone:
            return
        if end:
            if body_length:
                raise LocalProtocolError("less body than declared")
            body_length = 0
        head = self._head(method, target, fields, body_length, http_1_1, None)
        if end:
            self.write(head + last_chunk([]) if self._chunked else head)
            self._end_outbound()
        else:
            self.bytes_sent += len(head)
            self._carrier.write_soon(head)

    def send_request(
        self, method: str, target: str, fields: Fields, body: bytes, block: FieldBlock | None = None
    ) -> None:
        """See `ClientExchange`."""
        if self._gone:
            return
        head = self._head(method, target, fields, len(body), True, block)
        if self._chunked:
            body = serialise_chunk(body) + last_chunk([])
        self._body_length = -1
        if len(body) <= _JOINED:
            self.write(head + body if body else head)
        else:
            self.write(head)
            self.write(body)
        self._end_outbound()

    def when_interim(self, callback: Callable[[InterimHead], None] | None) -> None:
        """See `ClientExchange`."""
        self._on_interim = callback

    def response(self) -> Any:
        """See `ClientExchange`."""
        if self._waiter is not None and not self._waiter.done():
            raise LocalProtocolError("somebody waits for the response already")
        future = self._carrier.loop.create_future()
        if self.response_head is not None or self._reset is not None:
            future.set_result(self.response_head)
        else:
            self._waiter = future
        return future

    def take_tunnel(self) -> ByteChannel:
        """See `ClientExchange`."""
        tunnel = self.switched
        if tunnel is None:
            raise LocalProtocolError("the response does not switch protocols")
        if not self.finished:
            # Nobody can change the protocol in the middle of a message (RFC 9110, section 7.8).
            raise LocalProtocolError("the request is not complete")
        self.switched = None
        return tunnel

    def reset(self, reason: ResetReason) -> None:
        """See `Outbound`."""
        super().reset(reason)
        if self.switched is not None:
            self.switched = None
            self._carrier.drop()

    # What the connection calls.

    @property
    def asked_to_switch(self) -> bool:
        """Whether the request offers the server another protocol."""
        fields = self._fields
        if self._block is not None:
            fields = self._block.fields + fields
        for name, _ in fields:
            if name.lower() == "upgrade":
                return True
        return False

    def take_interim(self, head: InterimHead) -> None:
        """Tell of an interim response."""
        if self._on_interim is not None:
            self._on_interim(head)

    def take_head(self, head: ResponseHead) -> None:
        """Tell of the final response."""
        self.response_head = head
        if not head.keep_alive:
            self.keep_alive = False
        self._wake(head)

    def tell_reset(self, reason: ResetReason, error: Exception | None) -> None:
        """See `Http1Exchange`."""
        super().tell_reset(reason, error)
        self._wake(None)

    def _wake(self, head: ResponseHead | None) -> None:
        self._on_interim = None
        waiter = self._waiter
        self._waiter = None
        if waiter is not None and not waiter.done():
            waiter.set_result(head)

    def _head(
        self,
        method: str,
        target: str,
        fields: Fields,
        body_length: int | None,
        http_1_1: bool,
        block: FieldBlock | None,
    ) -> bytes:
        """Serialise the head of the request and take note of its framing."""
        if self.head_sent:
            raise LocalProtocolError("a second request in one exchange")
        data, framing, keep_alive = serialise_request(method, target, fields, body_length, http_1_1, block)
        self._carrier.request_sent(method)
        self.head_sent = True
        self.method = method
        self._fields = fields
        self._block = block
        self.keep_alive = keep_alive
        if framing == _CHUNKED:
            self._chunked = True
        else:
            self._body_length = framing
        return data
