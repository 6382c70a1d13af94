"""What can go wrong with a payload."""

from __future__ import annotations

import builtins
import copy
import pickle

import pytest

from tidewire_http_io.payloads import LookupError as PayloadLookupError
from tidewire_http_io.payloads import PayloadConsumed, PayloadError, PayloadReadError

ERRORS = [
    (
        PayloadLookupError("Thing"),
        (
            "no payload is made of a Thing: give bytes, str, a file, an async iterable of bytes or a Payload, such as "
            "JsonPayload, or register_payload() for this type"
        ),
    ),
    (PayloadConsumed("<a payload>", "it was closed"), "<a payload>: it was closed"),
    (PayloadReadError("<a payload>", "gone", 17), "<a payload>: gone after 17 bytes"),
]


@pytest.mark.parametrize(("error", "text"), ERRORS)
def test_errors_say_what_is_wrong_and_survive_copy_and_pickle(error: PayloadError, text: str) -> None:
    assert str(error) == text
    for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(other) is type(error)
        assert (str(other), other.__dict__) == (text, error.__dict__)


def test_a_type_without_payload_is_a_type_error() -> None:
    assert issubclass(PayloadLookupError, TypeError)
    assert not issubclass(PayloadLookupError, builtins.LookupError)


def test_a_long_problem_is_cut() -> None:
    assert len(str(PayloadReadError("p", "x" * 10_000, 0))) < 200
