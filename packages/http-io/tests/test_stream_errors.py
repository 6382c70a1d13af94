"""Why a body could not be read on."""

from __future__ import annotations

import copy
import pickle

import pytest

from tidewire_http_io import BodyTooLarge, LineTooLong, ResetReason, StreamReset

ERRORS = [
    (StreamReset(ResetReason.TIMEOUT), ConnectionError, "the stream was reset: timeout"),
    (BodyTooLarge(1000), ValueError, "a body of more than 1000 bytes"),
    (LineTooLong(1000, b"x" * 200), ValueError, "more than 1000 bytes"),
]


@pytest.mark.parametrize(("error", "base", "text"), ERRORS)
def test_errors_say_what_is_wrong_and_survive_copies(
    error: Exception, base: type[Exception], text: str
) -> None:
    assert isinstance(error, base)
    assert text in str(error)
    for copied in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(copied) is type(error)
        assert vars(copied) == vars(error)
        assert str(copied) == str(error)


def test_a_line_that_is_too_long_tells_how_it_begins_and_how_to_read_it() -> None:
    error = LineTooLong(1000, b"data: " + b"x" * 2000)
    assert error.limit == 1000
    assert error.line == b"data: " + b"x" * 94
    for knob in ("max_line_length", "max_size", "math.inf"):
        assert knob in str(error)


def test_a_body_that_is_too_large_has_a_status() -> None:
    assert (BodyTooLarge(5).limit, BodyTooLarge(5).status) == (5, 413)
