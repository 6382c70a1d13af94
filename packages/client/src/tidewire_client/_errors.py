"""What can go wrong with a request.

    ClientError
    |-- ClientResponseError             the answer is there, and is not what was wanted
    |   |-- ContentTypeError, TooManyRedirects, WSServerHandshakeError
    |   `-- ClientHttpProxyError        a proxy that opens no tunnel
    |-- ClientConnectionError           the way to the server
    |   |-- ClientConnectionResetError  written to after its end
    |   |-- ClientOSError               what the system says
    |   |   `-- ClientConnectorError    of the opening of a connection: DNS, proxy, Unix socket, TLS, certificate,
    |   |                                 an address policy
    |   `-- ServerConnectionError       the server ended it
    |       |-- ServerDisconnectedError, ServerFingerprintMismatch
    |       `-- ServerTimeoutError      or took too long: ConnectionTimeoutError, SocketTimeoutError
    |-- ClientPayloadError              a body that breaks off, or cannot be decoded
    |   |-- ContentTooLargeError        or has more bytes than were allowed
    |   `-- UploadSourceError           or that cannot be sent, since what it is read from failed
    |-- InvalidURL                      a URL that no request can be sent to
    |-- RedirectClientError             a redirect that cannot be followed
    `-- UploadAbortedError

`ClientConnectionError` and what is below it are in `_connection_errors`. `TotalTimeoutError` stands apart: it is a
`TimeoutError` and no `ClientError`. The texts are for people and may change; what a program needs is in the classes and
their attributes. All of them survive pickling, less what holds connections.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from multidict import CIMultiDict

from tidewire_client._request_info import RequestInfo

if TYPE_CHECKING:
    from yarl import URL

__all__ = [
    "ClientError",
    "ClientHttpProxyError",
    "ClientPayloadError",
    "ClientResponseError",
    "ContentTooLargeError",
    "ContentTypeError",
    "InvalidURL",
    "InvalidUrlClientError",
    "InvalidUrlRedirectClientError",
    "NonHttpUrlClientError",
    "NonHttpUrlRedirectClientError",
    "RedirectClientError",
    "TooManyRedirects",
    "TotalTimeoutError",
    "UploadAbortedError",
    "UploadSourceError",
    "WSServerHandshakeError",
]


class ClientError(Exception):
    """The base of what goes wrong with requests."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args), self.__dict__.copy()


def _restore(kind: type[ClientError], args: tuple[Any, ...]) -> ClientError:
    """Make an error out of its arguments, without asking its constructor; its attributes follow."""
    error = kind.__new__(kind)
    error.args = args
    return error


def _plain(headers: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """Return fields that can be pickled, which a read-only view of them cannot."""
    return None if headers is None else CIMultiDict(headers)


# -- answers ---------------------------------------------------------------------------------------


class ClientResponseError(ClientError):
    """A response that is not what was wanted, or no response at all but one that breaks HTTP.

    Args:
        request_info: the request.
        history: the responses that redirected before.
        status: the status code; 0 where there is none.
        message: the reason phrase, or what is wrong.
        headers: the fields of the response.
        body: what is there of its content, up to a cap; None where it was not read.
    """

    def __init__(
        self,
        request_info: RequestInfo,
        history: tuple[Any, ...],
        *,
        status: int | None = None,
        message: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> None:
        super().__init__(request_info, history)
        self.request_info = request_info
        self.history = history
        self.status = status or 0
        self.message = message
        self.headers = headers
        self.body = body

    def __str__(self) -> str:
        return f"{self.status}, message={self.message!r}, url={str(self.request_info.real_url)!r}"

    def __repr__(self) -> str:
        parts = [repr(self.request_info), repr(self.history)]
        if self.status:
            parts.append(f"status={self.status!r}")
        if self.message:
            parts.append(f"message={self.message!r}")
        if self.headers is not None:
            parts.append(f"headers={self.headers!r}")
        return f"{type(self).__name__}({', '.join(parts)})"

    def __reduce__(self) -> tuple[Any, ...]:
        # The history is left behind: responses hold connections.
        info = self.request_info
        if isinstance(info, RequestInfo):
            info = info._replace(headers=_plain(info.headers) or {})
        state = self.__dict__ | {"request_info": info, "history": (), "headers": _plain(self.headers)}
        return _restore, (type(self), (info, ())), state


class ContentTypeError(ClientResponseError):
    """A response whose Content-Type is not the expected one."""


class WSServerHandshakeError(ClientResponseError):
    """A server that does not agree to a websocket."""


class ClientHttpProxyError(ClientResponseError):
    """A proxy that has not answered CONNECT with success, for one that asks for credentials with 407."""


class TooManyRedirects(ClientResponseError):
    """More redirects than are followed."""


# -- time ---------------------------------------------------------------------------------------------


class TotalTimeoutError(TimeoutError):
    """The request as a whole took too long. It is no `ClientError`.

    Args:
        seconds: after how many seconds; None where that is not known.

    Attributes:
        clock: "total".
    """

    clock = "total"

    def __init__(self, seconds: float | None = None) -> None:
        super().__init__(*([] if seconds is None else [seconds]))
        self.seconds = seconds

    def __str__(self) -> str:
        return "total timed out" if self.seconds is None else f"total timed out after {self.seconds:g} s"


# -- bodies ----------------------------------------------------------------------------------------


class ClientPayloadError(ClientError):
    """A body that breaks off, or that cannot be decoded, or cannot be sent again.

    Args:
        message: what is wrong.
        received: bytes of body that came; None where that does not matter.
        expected: bytes that were announced; None where nothing said how many.
        framing: how its end would have been told: "content-length", "chunked" or "close".
    """

    def __init__(
        self,
        message: str = "",
        *,
        received: int | None = None,
        expected: int | None = None,
        framing: str | None = None,
    ) -> None:
        super().__init__(*([message] if message else []))
        self.received = received
        self.expected = expected
        self.framing = framing

    def __str__(self) -> str:
        text = super().__str__()
        if self.received is None:
            return text
        of = "" if self.expected is None else f" of {self.expected}"
        facts = f"{self.received}{of} bytes received" + (
            f", framed by {self.framing}" if self.framing else ""
        )
        return f"{text} ({facts})" if text else facts


class ContentTooLargeError(ClientPayloadError):
    """The body of a response has more bytes, its content codings taken off, than `max_body_size` allows.

    Args:
        limit: the limit in bytes.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body of the response has more than {limit} bytes; see max_body_size")
        self.limit = limit


class UploadSourceError(ClientPayloadError):
    """The body of a request could not be sent, since what it is made of or read from failed; the cause tells why.

    The connection is closed, but not to blame, so that nothing is gained by another one.
    """


class UploadAbortedError(ClientError):
    """A body that was not sent to its end."""


# -- URLs ------------------------------------------------------------------------------------------


class InvalidURL(ClientError, ValueError):
    """A URL that no request can be sent to.

    Args:
        url: the URL, as it was given.
        description: what is wrong with it.
    """

    def __init__(self, url: URL | str, description: str | None = None) -> None:
        super().__init__(*([url] if description is None else [url, description]))
        self._url = url
        self._description = description

    @property
    def url(self) -> URL | str:
        """The URL, as it was given."""
        return self._url

    @property
    def description(self) -> str | None:
        """What is wrong with it."""
        return self._description

    def __str__(self) -> str:
        return f"{self._url} - {self._description}" if self._description else str(self._url)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class InvalidUrlClientError(InvalidURL):
    """A URL without a host, or one that cannot be read."""


class RedirectClientError(ClientError):
    """A redirect that cannot be followed."""


class NonHttpUrlClientError(InvalidURL):
    """A URL whose scheme the connector does not serve."""


class InvalidUrlRedirectClientError(InvalidUrlClientError, RedirectClientError):
    """A redirect to a URL that cannot be read."""


class NonHttpUrlRedirectClientError(NonHttpUrlClientError, RedirectClientError):
    """A redirect to a URL whose scheme the connector does not serve."""
