from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from yarl import URL

from tidewire_client import (
    ClientConnectionError,
    ClientOSError,
    ClientPayloadError,
    ClientResponseError,
    ClientTimeout,
    RequestInfo,
    ServerDisconnectedError,
    SocketTimeoutError,
    TotalTimeoutError,
)
from tidewire_client._failures import body_failure, client_os_error, exchange_failure
from tidewire_http_io import ResetReason, StreamReset
from tidewire_http_parser import IncompleteMessage, InvalidContentCoding, InvalidStartLine, ResponseHead

URL_ = URL("http://host/")


def request(*, expired: bool = False, sock_read: float | None = 3.0) -> Any:
    return SimpleNamespace(
        request_info=RequestInfo(URL_, "GET", {}, URL_),
        scope=SimpleNamespace(
            history=(),
            options=SimpleNamespace(timeout=ClientTimeout(sock_read=sock_read)),
            clock=SimpleNamespace(expired=expired, seconds=9.0),
        ),
    )


def exchange(reason: ResetReason, error: Exception | None = None, **state: bool) -> Any:
    return SimpleNamespace(
        **{"reset_reason": reason, "reset_error": error, "finished": True, "is_writable": True, **state}
    )


@pytest.mark.parametrize(
    ("reason", "cause", "kind"),
    [
        (ResetReason.CANCEL, None, ServerDisconnectedError),
        (ResetReason.REFUSED, None, ServerDisconnectedError),
        (ResetReason.CANCEL, ConnectionResetError(104, "reset"), ClientOSError),
        (ResetReason.PROTOCOL, InvalidStartLine("bad"), ClientResponseError),
        (ResetReason.PROTOCOL, IncompleteMessage("cut"), ServerDisconnectedError),
        (ResetReason.TIMEOUT, None, SocketTimeoutError),
    ],
)
def test_each_reason_has_its_error(
    reason: ResetReason, cause: Exception | None, kind: type[Exception]
) -> None:
    failure = exchange_failure(request(), exchange(reason, cause))
    assert type(failure) is kind
    assert failure.__cause__ is cause


def test_the_errno_is_kept() -> None:
    error = client_os_error(ConnectionResetError(104, "reset"))
    assert (error.errno, error.strerror) == (104, "reset")
    assert client_os_error(OSError("odd")).strerror == "odd"


@pytest.mark.parametrize(
    ("sock_read", "state"), [(None, {}), (300.0, {"finished": False}), (300.0, {"is_writable": False})]
)
def test_a_server_that_takes_nothing_has_no_read_timeout(
    sock_read: float | None, state: dict[str, bool]
) -> None:
    failure = exchange_failure(request(sock_read=sock_read), exchange(ResetReason.TIMEOUT, None, **state))
    assert isinstance(failure, SocketTimeoutError)
    assert failure.clock is None
    assert failure.seconds == 60


def body(error: Exception, *, length: int = 7, **how: Any) -> Exception:
    head = ResponseHead(200, "OK", True)
    head.body_length = length
    return body_failure(request(**how), head, 5, error)


def reset(reason: ResetReason, cause: Exception | None = None) -> StreamReset:
    error = StreamReset(reason)
    error.__cause__ = cause
    return error


def test_each_end_of_a_body_has_its_error() -> None:
    assert isinstance(body(reset(ResetReason.TIMEOUT), expired=True), TotalTimeoutError)
    assert isinstance(body(reset(ResetReason.TIMEOUT)), SocketTimeoutError)
    assert isinstance(body(reset(ResetReason.CANCEL)), ClientConnectionError)
    assert isinstance(body(InvalidContentCoding("bad")), ClientPayloadError)


@pytest.mark.parametrize(
    ("length", "expected", "framing"), [(7, 7, "content-length"), (-1, None, "chunked"), (-2, None, "close")]
)
def test_a_body_that_breaks_off_tells_its_framing(length: int, expected: int | None, framing: str) -> None:
    error = body(reset(ResetReason.CANCEL, IncompleteMessage("cut")), length=length)
    assert isinstance(error, ClientPayloadError)
    assert (error.received, error.expected, error.framing) == (5, expected, framing)
    assert isinstance(error.__cause__, IncompleteMessage)
