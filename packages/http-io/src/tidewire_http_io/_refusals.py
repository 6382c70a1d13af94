"""Why a server refuses what comes on a connection, beside what the parser says, and how it says so."""

from __future__ import annotations

from tidewire_http_parser import REASONS, RemoteProtocolError, serialise_response

__all__ = ["InvalidProxyHeader", "RequestTimeout"]


class RequestTimeout(RemoteProtocolError):
    """The head of a request has taken too long."""

    default_status = 408


class InvalidProxyHeader(RemoteProtocolError):
    """A connection does not begin with the PROXY header that it should begin with; it is closed without an answer."""


def refusal_of(error: RemoteProtocolError, date: str) -> bytes:
    """The whole response to a request that is none, after which the connection is closed.

    Args:
        error: what is wrong with it.
        date: the value of the Date field.
    """
    body = f"{error.status}: {REASONS.get(error.status, '')}\n\n{error.problem}\n".encode()
    fields = [("Content-Type", "text/plain; charset=utf-8"), ("Date", date)]
    head, _, _ = serialise_response(
        error.status, None, fields, len(body), request_method="GET", http_1_1=True, keep_alive=False
    )
    return head + body
