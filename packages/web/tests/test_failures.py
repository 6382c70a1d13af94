"""What failures of handlers mean."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from tidewire_http_io import BodyTooLarge, ResetReason, StreamReset
from tidewire_http_parser import (
    IncompleteMessage,
    InvalidMultipart,
    LocalProtocolError,
    MultipartTooLarge,
    RemoteProtocolError,
    UnsupportedContentCoding,
)
from tidewire_web import RequestPayloadError
from tidewire_web._failures import answer_to_failure, is_abort, is_cancelled


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("exception", "status"),
    [
        (ZeroDivisionError(), 500),
        (LocalProtocolError("x"), 500),
        (ConnectionResetError(), 500),
        (asyncio.CancelledError(), 500),
        (TimeoutError(), 504),
        (StreamReset(ResetReason.CANCEL), 500),
        (StreamReset(ResetReason.TIMEOUT), 408),
        (StreamReset(ResetReason.PROTOCOL), 400),
        (RequestPayloadError(ResetReason.TIMEOUT), 408),
        (caused(StreamReset(ResetReason.PROTOCOL), IncompleteMessage("x")), 400),
        (caused(RequestPayloadError(ResetReason.PROTOCOL), UnsupportedContentCoding("x")), 415),
        (caused(RequestPayloadError(ResetReason.PROTOCOL), ValueError("x")), 400),
        (InvalidMultipart("x"), 400),
        (MultipartTooLarge("x", 1), 413),
        (BodyTooLarge(7), 413),
        (RemoteProtocolError("of somebody else whom the handler has asked"), 500),
    ],
)
def test_whose_fault_it_is(exception: BaseException, status: int) -> None:
    response = answer_to_failure(SimpleNamespace(headers={}), exception, debug=False)
    assert response.status == status
    assert "Traceback" not in (response.text or "")


@pytest.mark.parametrize(
    ("exception", "so"),
    [
        (ConnectionResetError(), True),
        (BrokenPipeError(), True),
        (StreamReset(ResetReason.CANCEL), True),
        (LocalProtocolError("x"), True),
        (OSError(), False),
        (ZeroDivisionError(), False),
    ],
)
def test_what_it_looks_like_when_a_client_goes(exception: Exception, so: bool) -> None:
    assert is_abort(exception) is so


async def test_who_has_cancelled() -> None:
    async def asks() -> bool:
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            return is_cancelled(asyncio.current_task())
        return is_cancelled(asyncio.current_task())

    task = asyncio.create_task(asks())
    assert await task is False
    task = asyncio.create_task(asks())
    await asyncio.sleep(0)
    task.cancel()
    assert await task is True
    assert is_cancelled(object())
