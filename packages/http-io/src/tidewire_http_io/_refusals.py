"""Why a server refuses what comes on a connection, beside what the parser says."""

from __future__ import annotations

from tidewire_http_parser import RemoteProtocolError

__all__ = ["InvalidProxyHeader", "RequestTimeout"]


class RequestTimeout(RemoteProtocolError):
    """The head of a request has taken too long."""

    default_status = 408


class InvalidProxyHeader(RemoteProtocolError):
    """A connection does not begin with the PROXY header that it should begin with; it is closed without an answer."""
