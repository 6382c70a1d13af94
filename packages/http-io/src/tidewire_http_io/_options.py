"""How a server, and how a client, treats its connections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tidewire_http_parser import Leniencies, Limits

__all__ = ["ClientOptions", "ServerOptions"]


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """Limits and time-outs of a server's connections.

    Time-outs are in seconds and are looked at once a second: one takes effect between its time and two seconds
    later. 0 turns one off.

    Attributes:
        limits: what a request may have.
        keepalive_timeout: how long a connection may be idle between two requests.
        head_timeout: how long a request's head may take, from the connection's start or the head's first byte.
        body_timeout: how long a handler that reads has to wait for the next bytes of a body, before it is told that
            they do not come.
        send_timeout: how long a peer may take none of the bytes that wait for it, before it is cut off.
        lingering_time: how long a connection that is being closed goes on reading, so that the peer gets to read
            the last answer before it is told that its own bytes were not wanted (RFC 9112, section 9.6). With 0 it
            reads no more at all.
        read_bufsize: bytes of body that are kept for a handler that does not read, before the peer is slowed down.
        write_bufsize: bytes that are kept for a peer that does not read, before the handler is slowed down.
        tcp_keepalive: whether the system looks after connections on which nothing happens (SO_KEEPALIVE).
        proxied: called with the address of a peer that has connected; tells whether its connection begins with a
            PROXY header, which says whose connection it really is. None where none does.
    """

    limits: Limits = field(default_factory=Limits)
    keepalive_timeout: float = 75.0
    head_timeout: float = 30.0
    body_timeout: float = 60.0
    send_timeout: float = 60.0
    lingering_time: float = 2.0
    read_bufsize: int = 262144
    write_bufsize: int = 65536
    tcp_keepalive: bool = True
    proxied: Callable[[Any], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class ClientOptions:
    """Limits and time-outs of a client's connections; time-outs as in `ServerOptions`.

    Attributes:
        limits: what a response may have.
        leniencies: what is overlooked in responses.
        read_timeout: how long a response, or its next bytes, may be waited for.
        send_timeout: how long a peer may take none of the bytes that wait for it.
        read_bufsize: bytes of body that are kept for somebody who does not read, before the peer is slowed down.
        write_bufsize: bytes that are kept for a peer that does not read, before writers are slowed down.
    """

    limits: Limits = field(default_factory=Limits)
    leniencies: Leniencies = field(default_factory=Leniencies)
    read_timeout: float = 0.0
    send_timeout: float = 60.0
    read_bufsize: int = 262144
    write_bufsize: int = 65536
