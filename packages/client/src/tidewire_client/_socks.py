"""What a client says to a SOCKS proxy: version 5 (RFC 1928), with user and password (RFC 1929). No I/O."""

from __future__ import annotations

import errno
import ipaddress
from enum import Enum, auto
from typing import Final

__all__: list[str] = []

SOCKS_SCHEMES: Final = frozenset({"socks5", "socks5h"})
SOCKS_PORT: Final = 1080

_VERSION: Final = 5
_NO_METHOD: Final = 0xFF
_WITHOUT: Final = 0
_PASSWORD: Final = 2
_SUBNEGOTIATION: Final = 1
_CONNECT: Final = 1
_IPV4: Final = 1
_NAME: Final = 3
_IPV6: Final = 4
_LONGEST: Final = 255
# RFC 1928, section 6: what the proxy says, and what the system would say.
_REPLIES: Final = {
    1: (errno.EIO, "a general failure"),
    2: (errno.EACCES, "a connection that its rules do not allow"),
    3: (errno.ENETUNREACH, "a network that cannot be reached"),
    4: (errno.EHOSTUNREACH, "a host that cannot be reached"),
    5: (errno.ECONNREFUSED, "a connection that was refused"),
    6: (errno.ETIMEDOUT, "a time to live that has expired"),
    7: (errno.EOPNOTSUPP, "a command that it does not know"),
    8: (errno.EAFNOSUPPORT, "a type of address that it does not know"),
}


class SocksRefusal(OSError):
    """A proxy that opens no connection.

    Args:
        reply: what it has answered.
    """

    def __init__(self, reply: int) -> None:
        number, text = _REPLIES.get(reply, (errno.EPROTO, f"a failure without a name, {reply}"))
        super().__init__(number, f"the SOCKS proxy tells of {text}")
        self.reply = reply


class _State(Enum):
    METHOD = auto()
    PASSWORD = auto()
    REPLY = auto()
    NAME = auto()
    ADDRESS = auto()
    DONE = auto()


class SocksHandshake:
    """The beginning of a connection through a proxy, up to where it is one to the server.

    Send `begin()`; then, as long as `wanted` is not 0, receive exactly so many bytes and send what `receive()` returns
    for them. So nothing is taken that comes after it, and no more than 262 bytes in all.

    Args:
        host: the server: a name, or an address of IPv4 or IPv6.
        port: its port.
        credentials: user and password; None for none.

    Raises:
        ValueError: a name, user or password that is too long, or an address with a zone.
    """

    __slots__ = ("_credentials", "_request", "_state", "wanted")

    def __init__(self, host: str, port: int, credentials: tuple[str, str] | None) -> None:
        self._request = bytes([_VERSION, _CONNECT, 0]) + _address(host) + port.to_bytes(2, "big")
        self._credentials = b""
        if credentials is not None:
            user, password = (text.encode() for text in credentials)
            if not user or len(user) > _LONGEST or len(password) > _LONGEST:
                raise ValueError("SOCKS takes a user of 1 to 255 bytes and a password of at most 255")
            self._credentials = bytes([_SUBNEGOTIATION, len(user)]) + user + bytes([len(password)]) + password
        self._state = _State.METHOD
        self.wanted = 0

    def begin(self) -> bytes:
        """Return the first bytes to send: the methods of authentication (RFC 1928, section 3)."""
        self.wanted = 2
        methods = [_WITHOUT, _PASSWORD] if self._credentials else [_WITHOUT]
        return bytes([_VERSION, len(methods), *methods])

    def receive(self, data: bytes) -> bytes:
        """Take what the proxy says.

        Args:
            data: as many bytes as were wanted.

        Returns:
            What to send next; nothing where more is to be received before that, or all is said.

        Raises:
            SocksRefusal: it opens no connection.
            OSError: it takes none of the methods, or not the credentials, or does not speak SOCKS 5.
        """
        if len(data) != self.wanted or not data:
            raise _broken("it has said something else than was to be said")
        match self._state:
            case _State.METHOD:
                return self._method(data)
            case _State.PASSWORD:
                return self._password(data)
            case _State.REPLY:
                self._reply(data)
            case _State.NAME:
                self._state, self.wanted = _State.ADDRESS, data[0] + 2
            case _:
                self._state, self.wanted = _State.DONE, 0
        return b""

    def _method(self, data: bytes) -> bytes:
        if data[0] != _VERSION:
            raise _broken("it has another version")
        if data[1] == _PASSWORD and self._credentials:
            self._state, self.wanted = _State.PASSWORD, 2
            return self._credentials
        if data[1] == _NO_METHOD:
            wants = "it takes no user and password" if self._credentials else "it wants to know who asks"
            raise OSError(errno.EACCES, f"the SOCKS proxy opens no connection: {wants}")
        if data[1] != _WITHOUT:
            raise _broken("it has chosen a method that was not offered")
        return self._ask()

    def _password(self, data: bytes) -> bytes:
        if data[0] != _SUBNEGOTIATION:
            raise _broken("it has another version of user and password")
        if data[1] != 0:
            raise OSError(errno.EACCES, "the SOCKS proxy refuses user or password")
        return self._ask()

    def _ask(self) -> bytes:
        self._state, self.wanted = _State.REPLY, 4
        return self._request

    def _reply(self, data: bytes) -> None:
        """Read the reply up to the type of the address that the proxy connects from, which is read and not looked at."""
        version, reply, reserved, kind = data
        if version != _VERSION:
            raise _broken("it has another version")
        if reply != 0:
            raise SocksRefusal(reply)
        if reserved != 0 or kind not in {_IPV4, _NAME, _IPV6}:
            raise _broken("it has an address of a type that there is not")
        if kind == _NAME:
            self._state, self.wanted = _State.NAME, 1
        else:
            self._state, self.wanted = _State.ADDRESS, (4 if kind == _IPV4 else 16) + 2


def is_address(host: str) -> bool:
    """Tell whether a host is an address, so that nobody has to resolve it."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _address(host: str) -> bytes:
    """Return a host as the request has it (RFC 1928, section 5)."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.encode("ascii")  # UnicodeEncodeError is a ValueError
        if not name or len(name) > _LONGEST or "%" in host:
            raise ValueError(f"SOCKS takes a name of 1 to 255 bytes, not {host[:300]!r}") from None
        return bytes([_NAME, len(name)]) + name
    if "%" in host:
        raise ValueError("SOCKS takes no address with a zone")
    return bytes([_IPV4 if address.version == 4 else _IPV6]) + address.packed


def _broken(how: str) -> OSError:
    return OSError(errno.EPROTO, f"the proxy does not speak SOCKS 5: {how}")
