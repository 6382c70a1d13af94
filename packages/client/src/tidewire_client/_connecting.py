"""What goes wrong while a connection is opened, in the words of the client."""

from __future__ import annotations

import errno
import ssl
from types import TracebackType

from tidewire_client._connection_errors import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientConnectorSSLError,
)
from tidewire_client._connection_key import ConnectionKey
from tidewire_client._errors import ClientError
from tidewire_http_parser import ProtocolError

__all__: list[str] = []


class Told:
    """Turns the errors of a block into those of the client; its own go through as they are.

    Args:
        key: where the connection was to go.
        kind: the error for what the operating system says.
    """

    __slots__ = ("_key", "_kind")

    def __init__(self, key: ConnectionKey, kind: type[ClientConnectorError]) -> None:
        self._key = key
        self._kind = kind

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, ClientError):
            return
        if isinstance(error, ssl.CertificateError):
            raise ClientConnectorCertificateError(self._key, error) from error
        if isinstance(error, ssl.SSLError):
            raise ClientConnectorSSLError(self._key, error) from error
        if isinstance(error, OSError):
            raise self._kind(self._key, error) from error
        if isinstance(error, UnicodeError):
            # No name server has refused such a name where a proxy is told to go there; TLS does.
            unnamed = OSError(errno.EINVAL, "a label of the server's name is empty or too long")
            raise self._kind(self._key, unnamed) from error
        if isinstance(error, ProtocolError):
            raise self._kind(self._key, OSError(errno.EPROTO, str(error))) from error
