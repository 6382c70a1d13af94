"""Why the body of a request could not be read."""

from __future__ import annotations

import copy

from tidewire_http_io import ResetReason, StreamReset
from tidewire_http_parser import InvalidContentCoding
from tidewire_web import PayloadAccessError, RequestPayloadError
from tidewire_web._payload_errors import InvalidForm, payload_error


def test_a_reset_keeps_its_reason_and_cause() -> None:
    reset = StreamReset(ResetReason.TIMEOUT)
    reset.__cause__ = OSError("a cause")
    error = payload_error(reset)
    assert (type(error), error.reason, error.__cause__) == (
        RequestPayloadError,
        ResetReason.TIMEOUT,
        reset.__cause__,
    )
    assert "timeout" in str(error)
    assert "a cause" in str(error)
    assert copy.copy(error).reason is ResetReason.TIMEOUT


def test_what_is_wrong_with_the_content_is_the_cause() -> None:
    wrong = InvalidContentCoding("no gzip")
    error = payload_error(wrong)
    assert (error.reason, error.__cause__) == (ResetReason.PROTOCOL, wrong)


def test_they_are_copied_and_are_what_users_catch() -> None:
    assert "after the response" in str(copy.copy(PayloadAccessError()))
    assert isinstance(payload_error(StreamReset(ResetReason.CANCEL)), ConnectionError)
    form = copy.copy(InvalidForm("no name"))
    assert (form.status, form.problem, isinstance(form, ValueError)) == (400, "no name", True)
