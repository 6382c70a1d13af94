"""Messages as users get them: a type, its data, and what goes with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

__all__ = [
    "WSMessage",
    "WSMessageBinary",
    "WSMessageClose",
    "WSMessageClosed",
    "WSMessageClosing",
    "WSMessageError",
    "WSMessagePing",
    "WSMessagePong",
    "WSMessageText",
    "WSMessageTextBytes",
    "WSMsgType",
]


class WSMsgType(IntEnum):
    """What a message is: the opcodes of RFC 6455, section 11.8, and what a reader is told beside them."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA
    CLOSING = 0x100
    CLOSED = 0x101
    ERROR = 0x102

    text = TEXT
    binary = BINARY
    close = CLOSE
    ping = PING
    pong = PONG
    closing = CLOSING
    closed = CLOSED
    error = ERROR


class WSMessage(NamedTuple):
    """A message; each kind has a class of its own, derived from this one.

    Attributes:
        type: the kind.
        data: what it says; its type depends on the kind.
        extra: the reason of a close frame; empty or None for the others.
    """

    type: WSMsgType
    data: Any
    extra: str | None

    def json(self, *, loads: Callable[[Any], Any] = json.loads) -> Any:
        """Read the data as JSON.

        Args:
            loads: reads a document; it is given the data as they are, text or bytes.
        """
        return loads(self.data)


class WSMessageText(WSMessage):
    """A text."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def type(self) -> Literal[WSMsgType.TEXT]: ...
        @property
        def data(self) -> str: ...


class WSMessageTextBytes(WSMessage):
    """A text that was not decoded, as it was asked for; it is valid UTF-8."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def type(self) -> Literal[WSMsgType.TEXT]: ...
        @property
        def data(self) -> bytes: ...


class WSMessageBinary(WSMessage):
    """Bytes."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def type(self) -> Literal[WSMsgType.BINARY]: ...
        @property
        def data(self) -> bytes: ...


class WSMessagePing(WSMessage):
    """A ping, which is to be answered with a pong of the same data."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def type(self) -> Literal[WSMsgType.PING]: ...
        @property
        def data(self) -> bytes: ...


class WSMessagePong(WSMessage):
    """A pong, asked for or not."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def type(self) -> Literal[WSMsgType.PONG]: ...
        @property
        def data(self) -> bytes: ...


class WSMessageClose(WSMessage):
    """The peer closes the websocket: the data are the status code, 1005 where it gave none, `extra` is the reason."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def type(self) -> Literal[WSMsgType.CLOSE]: ...
        @property
        def data(self) -> int: ...
        @property
        def extra(self) -> str: ...


class WSMessageClosing(WSMessage):
    """This side closes the websocket, from another task than the one that reads."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def type(self) -> Literal[WSMsgType.CLOSING]: ...


class WSMessageClosed(WSMessage):
    """The websocket is closed, or the connection is lost."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def type(self) -> Literal[WSMsgType.CLOSED]: ...


class WSMessageError(WSMessage):
    """Something went wrong: the data are the exception."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def type(self) -> Literal[WSMsgType.ERROR]: ...
        @property
        def data(self) -> BaseException: ...


CLOSING: Final = WSMessageClosing(WSMsgType.CLOSING, None, None)
CLOSED: Final = WSMessageClosed(WSMsgType.CLOSED, None, None)
