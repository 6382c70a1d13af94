# Compiled by mypyc.
"""The server's side of an exchange on an HTTP/1.1 connection: a request comes, its response goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tidewire_http_io._byte_channel import ByteChannel
from tidewire_http_io._carrier import Carrier
from tidewire_http_io._exchange import ResetReason
from tidewire_http_io._http1_exchange import Http1Exchange
from tidewire_http_io._tunnel import Tunnel
from tidewire_http_parser import (
    FieldBlock,
    Fields,
    LocalProtocolError,
    RequestHead,
    last_chunk,
    serialise_chunk,
    serialise_interim,
    serialise_response,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# What serialise_response() says of a body that has no length of its own.
_CHUNKED: Final = -1
_UNTIL_CLOSE: Final = -2
_NO_BODY: Final = -3


class Http1ServerExchange(Http1Exchange):
    """A `ServerExchange`; see there for what users of it call.

    Args:
        head: the head of the request.
        carrier: the connection it came by.

    Attributes:
        ends_with_connection: whether the response has no other end than the connection's.
        head: the head of the request.
        has_body: whether there is a body, or an end that is more than that.
        offers_switch: whether the parser waits for the protocol to be switched, or for that to be declined.
        interim_sent: whether a 100 (Continue) has gone out.
        status: the status code of the final response, 0 as long as its head has not gone out.
    """

    __slots__ = (
        "_on_disconnect",
        "_tells_end",
        "ends_with_connection",
        "has_body",
        "head",
        "interim_sent",
        "offers_switch",
        "status",
    )

    def __init__(self, head: RequestHead, carrier: Carrier) -> None:
        super().__init__(carrier, head.keep_alive)
        self.head = head
        self.offers_switch: bool = head.offers_switch
        self.has_body: bool = head.body_length != 0 or self.offers_switch
        self.interim_sent = False
        self.ends_with_connection = False
        self.status: i64 = 0
        self._on_disconnect: Callable[[], None] | None = None
        self._tells_end = False  # whether that is called at the end of the response, too

    def __repr__(self) -> str:
        state = "finished" if self.finished else "responding" if self.head_sent else "waiting"
        return f"<Http1ServerExchange {self.head.method} {self.head.target[:100]!r} {state}>"

    # What users of the exchange call.

    def when_disconnected(self, callback: Callable[[], None] | None, *, or_finished: bool = False) -> None:
        """See `ServerExchange`."""
        self._on_disconnect = callback
        self._tells_end = or_finished

    def hop_by_hop_fields(self, status: int, fields: Fields, *, body_length: int | None) -> Fields:
        """See `ServerExchange`."""
        head = self._serialised(status, "", fields, body_length, None, False)[0].decode(
            "utf-8", "surrogateescape"
        )
        added: Fields = []
        # Behind the status line and the given fields, before the empty line and what comes after its end.
        for line in head.split("\r\n")[len(fields) + 1 : -2]:
            name, _, value = line.partition(": ")
            added.append((name, value))
        return added

    def send_interim(self, status: int, fields: Fields) -> None:
        """See `ServerExchange`."""
        if self.head_sent:
            raise LocalProtocolError("an interim response after the head of the final one")
        if not self.head.http_1_1 or self._gone:
            return  # an HTTP/1.0 client knows no interim responses (RFC 9110, section 15.2)
        self._carrier.write(serialise_interim(status, fields))
        if status == 100:
            self.interim_sent = True
            self._carrier.continue_sent()

    def send_head(
        self, status: int, reason: str | None, fields: Fields, *, body_length: int | None, end: bool = False
    ) -> None:
        """See `ServerExchange`."""
        _check_final(status)
        if end and body_length is None:
            body_length = 0
        data = self._head(status, reason, fields, body_length, None, end)
        if end and self._body_length > 0:
            self.head_sent = False
            self.status = 0
            self._body_length = -1
            raise LocalProtocolError("less body than declared")
        if end:
            self.write(data)
            self._end_outbound()
        else:
            self.bytes_sent += len(data)
            self._carrier.write_soon(data)

    def respond(
        self, status: int, reason: str | None, fields: Fields, body: bytes, block: FieldBlock | None = None
    ) -> None:
        """See `ServerExchange`."""
        _check_final(status)
        head = self._head(status, reason, fields, len(body), block, True)
        if body and not self._mute:
            if self._chunked:
                body = serialise_chunk(body) + last_chunk([])
            self._body_length = -1
            if len(body) <= 65536:
                self.write(head + body)
            else:
                self.write(head)
                self.write(body)
        else:
            self.write(head + last_chunk([]) if self._chunked else head)
        self._end_outbound()

    def accept_tunnel(self, status: int, fields: Fields) -> ByteChannel:
        """See `ServerExchange`."""
        if not self.offers_switch or not self.body_complete:
            raise LocalProtocolError("no switch is offered, or not yet")
        if (status == 101) != (len(self.head.upgrade) > 0) or not (status == 101 or 200 <= status < 300):
            raise LocalProtocolError(f"{status} does not switch protocols here")
        self.write(self._head(status, None, fields, None, None, False))
        self.finished = True
        self._tell_finished()
        if self._gone:
            # The connection, which has told of its loss already, will not tell the channel.
            tunnel = Tunnel(self._carrier, b"")
            tunnel.lose(self._reset_error)
            return tunnel
        return self._carrier.switch()

    @property
    def awaits_continue(self) -> bool:
        """See `ServerExchange`."""
        return (
            bool(self.head.expect_continue)
            and not self.inbound_ended
            and not self.interim_sent
            and not self.body_begun
        )

    # What the connection calls.

    def lose(self, reason: ResetReason, error: Exception | None) -> None:
        """Take note that nothing more comes or goes."""
        super().lose(reason, error)
        self.tell_disconnected()

    def tell_disconnected(self) -> None:
        """Tell whoever wants to know that the peer has gone before the response was complete."""
        callback = self._on_disconnect
        self._on_disconnect = None
        if callback is not None and not self.finished:
            callback()

    def _serialised(
        self,
        status: int,
        reason: str | None,
        fields: Fields,
        body_length: int | None,
        block: FieldBlock | None,
        complete: bool,
    ) -> tuple[bytes, int, bool]:
        """The head of the final response, how its body is framed, and whether the connection lives on.

        Where the response is complete with it, nobody reads what is still to come of the request.
        """
        request = self.head
        # A client that still waits for 100: there is no telling whether the body will come, hence where the next
        # request begins (RFC 9110, section 10.1.1).
        keep_alive = self.keep_alive and not self._carrier.draining and not self.awaits_continue
        if complete and not self.inbound_ended and self._carrier.leaves_body():
            keep_alive = False
        return serialise_response(
            status, reason, fields, body_length, request.method, request.http_1_1, keep_alive, block
        )

    def _head(
        self,
        status: int,
        reason: str | None,
        fields: Fields,
        body_length: int | None,
        block: FieldBlock | None,
        complete: bool,
    ) -> bytes:
        """Serialise the head of the final response and take note of its framing."""
        if self.head_sent:
            raise LocalProtocolError("a second final response to one request")
        data, framing, keep_alive = self._serialised(status, reason, fields, body_length, block, complete)
        self.head_sent = True
        self.status = status
        self.keep_alive = keep_alive
        if framing >= 0:
            self._body_length = framing
        elif framing == _CHUNKED:
            self._chunked = True
        elif framing == _NO_BODY:
            self._mute = True
        elif framing == _UNTIL_CLOSE:
            self.ends_with_connection = True
        return data

    def _end_outbound(self) -> None:
        # Before the connection is told, which may begin the next exchange at once.
        if self._body_length <= 0 and self._on_disconnect is not None:
            self._tell_finished()
        super()._end_outbound()

    def _tell_finished(self) -> None:
        """The response is complete: tell who wants to know, and nobody any more that the peer has gone."""
        callback = self._on_disconnect
        self._on_disconnect = None
        if callback is not None and self._tells_end:
            self.finished = True
            callback()


def _check_final(status: int) -> None:
    if status == 101:
        raise LocalProtocolError("101 is for whoever accepts a tunnel: HTTP does not go on behind it")
