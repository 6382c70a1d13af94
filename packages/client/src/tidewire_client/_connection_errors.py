"""What can go wrong with the connection of a request: how it is opened, how it is lost, and what it waits for.

`_errors` has the whole tree.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

from tidewire_client._errors import ClientError

if TYPE_CHECKING:
    from tidewire_client._types import Endpoint

__all__ = [
    "ClientAddressRefusedError",
    "ClientConnectionError",
    "ClientConnectionResetError",
    "ClientConnectorCertificateError",
    "ClientConnectorDNSError",
    "ClientConnectorError",
    "ClientConnectorSSLError",
    "ClientOSError",
    "ClientProxyConnectionError",
    "ClientSSLError",
    "ClientSocksProxyError",
    "ConnectionTimeoutError",
    "ServerConnectionError",
    "ServerDisconnectedError",
    "ServerFingerprintMismatch",
    "ServerTimeoutError",
    "SocketTimeoutError",
    "UnixClientConnectorError",
]


class ClientConnectionError(ClientError):
    """Something is wrong with the connection."""


class ClientConnectionResetError(ClientConnectionError, ConnectionResetError):
    """A connection that was lost before everything was written."""


class ClientOSError(ClientConnectionError, OSError):
    """What the operating system says of a connection; `errno` and `strerror` as with every OSError."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore_os_error, (type(self), self.args, self.errno, self.strerror), self.__dict__.copy()


def _restore_os_error(
    kind: type[ClientOSError], args: tuple[Any, ...], errno: int | None, strerror: str | None
) -> ClientOSError:
    error = kind.__new__(kind)
    error.errno = errno
    error.strerror = strerror
    error.args = args
    return error


class ClientConnectorError(ClientOSError):
    """A connection that could not be opened.

    Args:
        connection_key: where it was to go.
        os_error: what the operating system says.
    """

    def __init__(self, connection_key: Endpoint, os_error: OSError) -> None:
        OSError.__init__(self, os_error.errno, os_error.strerror)
        self.connection_key = connection_key
        self.os_error = os_error
        self.args = (connection_key, os_error)

    @property
    def host(self) -> str:
        """The host, or that of the proxy where it is the proxy that could not be reached."""
        return self.connection_key.host

    @property
    def port(self) -> int | None:
        """The port."""
        return self.connection_key.port

    @property
    def ssl(self) -> Any:
        """How the certificate would have been verified, as it was given to the request."""
        return self.connection_key.ssl

    def __str__(self) -> str:
        how = "default" if self.ssl is True else self.ssl
        return f"Cannot connect to host {self.host}:{self.port} ssl:{how} [{self.strerror or self.os_error}]"


class ClientConnectorDNSError(ClientConnectorError):
    """A name that could not be resolved."""


class ClientAddressRefusedError(ClientConnectorError):
    """The connector's address policy allows no connection to where a host is, or cannot see where it is."""


class ClientProxyConnectionError(ClientConnectorError):
    """A proxy that could not be connected to."""


class ClientSocksProxyError(ClientProxyConnectionError):
    """A SOCKS proxy that could not connect to where it was asked to; `host` and `port` are those of the server.

    Args:
        connection_key: where the request was to go.
        os_error: what the reply means.
        reply: the reply of the proxy (RFC 1928, section 6).
    """

    def __init__(self, connection_key: Endpoint, os_error: OSError, reply: int) -> None:
        super().__init__(connection_key, os_error)
        self.reply = reply
        self.args = (connection_key, os_error, reply)


class UnixClientConnectorError(ClientConnectorError):
    """A Unix socket that could not be connected to.

    Args:
        path: its path.
        connection_key: where the request was to go.
        os_error: what the operating system says.
    """

    def __init__(self, path: str, connection_key: Endpoint, os_error: OSError) -> None:
        super().__init__(connection_key, os_error)
        self.path = path
        self.args = (path, connection_key, os_error)

    def __str__(self) -> str:
        return f"Cannot connect to unix socket {self.path} [{self.strerror or self.os_error}]"


class ClientSSLError(ClientConnectorError):
    """TLS that could not be set up; the base of the two kinds."""


class ClientConnectorSSLError(ClientSSLError, ssl.SSLError):
    """TLS that could not be set up, whatever the reason other than the certificate."""


class ClientConnectorCertificateError(ClientSSLError, ssl.CertificateError):
    """A server whose certificate is not good for its name.

    Args:
        connection_key: where the connection was to go.
        certificate_error: what is wrong with the certificate.
    """

    def __init__(self, connection_key: Endpoint, certificate_error: Exception) -> None:
        self.connection_key = connection_key
        self.certificate_error = certificate_error
        self.args = (connection_key, certificate_error)

    def __str__(self) -> str:
        return (
            f"Cannot connect to host {self.host}:{self.port} ssl:{self.ssl} "
            f"[{type(self.certificate_error).__name__}: {self.certificate_error}]"
        )


class ServerConnectionError(ClientConnectionError):
    """The server has ended the connection, or made it useless."""


class ServerDisconnectedError(ServerConnectionError):
    """The server has closed the connection before the response was complete.

    Args:
        message: what is known of it.
    """

    def __init__(self, message: Any = None) -> None:
        if message is None:
            message = "Server disconnected"
        super().__init__(message)
        self.message = message


class ServerTimeoutError(ServerConnectionError, TimeoutError):
    """The server took too long; the base of the two kinds.

    Args:
        message: what took too long; from the other two where empty.
        clock: which field of `ClientTimeout` has expired.
        seconds: after how many seconds.
    """

    def __init__(self, message: str = "", *, clock: str | None = None, seconds: float | None = None) -> None:
        if not message and clock is not None:
            message = f"{clock} timed out" if seconds is None else f"{clock} timed out after {seconds:g} s"
        super().__init__(*([message] if message else []))
        self.clock = clock
        self.seconds = seconds


class ConnectionTimeoutError(ServerTimeoutError):
    """There was no connection in time: `clock` is "pool", "connect" or "sock_connect"."""


class SocketTimeoutError(ServerTimeoutError):
    """The next bytes of the response have not come in time: `clock` is "sock_read"."""


class ServerFingerprintMismatch(ServerConnectionError):
    """A server whose certificate has another fingerprint.

    Args:
        expected: the SHA-256 fingerprint that was asked for.
        got: the one of the certificate.
        host: the host.
        port: the port.
    """

    def __init__(self, expected: bytes, got: bytes, host: str, port: int | None) -> None:
        super().__init__(expected, got, host, port)
        self.expected = expected
        self.got = got
        self.host = host
        self.port = port

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} expected={self.expected!r} got={self.got!r} "
            f"host={self.host!r} port={self.port!r}>"
        )
