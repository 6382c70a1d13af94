"""What can go wrong with a websocket.

    WebSocketError                  the peer broke the protocol; `code` is what the connection is closed with
    |-- InvalidFrame          1002  a frame, or a sequence of frames, that RFC 6455 does not allow
    |   `-- InvalidDeflate    1002  a message that is not compressed as RFC 7692, section 7.2, says
    |-- InvalidText           1007  text that is not UTF-8
    |-- TooManyFragments      1008  a message of very many fragments with nothing in them
    `-- MessageTooBig         1009  a message above the limit
    WSHandshakeError                a handshake that makes no websocket; `status` is the answer to a bad request
    WebSocketClosed                 (ConnectionResetError) something was to be sent, and nothing can be any more
    PingTimeout                     (TimeoutError) the peer was silent, and did not answer a ping
    WSMessageTypeError              (TypeError) a message of another kind than was asked for

The texts are for people and may change; what a program needs is in the classes and their attributes.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "InvalidDeflate",
    "InvalidFrame",
    "InvalidText",
    "MessageTooBig",
    "PingTimeout",
    "TooManyFragments",
    "WSHandshakeError",
    "WSMessageTypeError",
    "WebSocketClosed",
    "WebSocketError",
]


class WebSocketError(Exception):
    """The peer broke the protocol, so that the connection is failed (RFC 6455, section 7.1.7).

    Args:
        code: the status code to close with (RFC 6455, section 7.4.1).
        message: what is wrong, in a few words.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


class _CodedError(WebSocketError):
    """An error whose class tells the code."""

    default_code: ClassVar[int] = 1002

    def __init__(self, message: str) -> None:
        super().__init__(self.default_code, message)
        self.args = (message,)


class InvalidFrame(_CodedError):
    """A frame, or a sequence of frames, that RFC 6455, section 5, does not allow."""


class InvalidDeflate(InvalidFrame):
    """A message that is not compressed as RFC 7692, section 7.2, says."""


class InvalidText(_CodedError):
    """A text, or the reason of a close frame, that is not UTF-8 (RFC 6455, section 8.1)."""

    default_code = 1007


class TooManyFragments(_CodedError):
    """A message of very many fragments with nothing in them: it would never end, and never become too big."""

    default_code = 1008


class MessageTooBig(_CodedError):
    """A message above the limit, by what its frames declare or by what it is when it is decompressed."""

    default_code = 1009


class WSHandshakeError(Exception):
    """A handshake that makes no websocket (RFC 6455, section 4).

    Args:
        message: what is wrong, in a few words.
        status: on the server, the status code to answer with.
        fields: on the server, names and values to answer with.
    """

    def __init__(self, message: str, status: int = 400, fields: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message, status, fields)
        self.message = message
        self.status = status
        self.fields = fields

    def __str__(self) -> str:
        return self.message


class WebSocketClosed(ConnectionResetError):
    """Something was to be sent, and the websocket is closed or being closed.

    Args:
        code: the status code of the closing; None where it is not known yet.
    """

    def __init__(self, code: int | None = None) -> None:
        super().__init__("the websocket is closed")
        self.args = (code,)
        self.code = code

    def __str__(self) -> str:
        return "the websocket is closed" if self.code is None else f"the websocket is closed ({self.code})"


class PingTimeout(TimeoutError):
    """The peer was silent, and did not answer a ping.

    Args:
        seconds: how long an answer was waited for.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer to a ping for {seconds:g} s")
        self.args = (seconds,)
        self.seconds = seconds

    def __str__(self) -> str:
        return f"no answer to a ping for {self.seconds:g} s"


class WSMessageTypeError(TypeError):
    """A message of another kind than was asked for."""
