"""Why a body could not be written on."""

from __future__ import annotations

import copy
import pickle

import pytest

from tidewire_http_io import BodyLengthMismatch, PeerGone
from tidewire_http_parser import LocalProtocolError

ERRORS = [
    (BodyLengthMismatch(5, 6), LocalProtocolError, "more body than declared: 6 of 5 bytes"),
    (BodyLengthMismatch(5, 4), LocalProtocolError, "less body than declared: 4 of 5 bytes"),
    (PeerGone(), ConnectionResetError, "the peer has gone"),
]


@pytest.mark.parametrize(("error", "base", "text"), ERRORS)
def test_errors_say_what_is_wrong_and_survive_copies(
    error: Exception, base: type[Exception], text: str
) -> None:
    assert isinstance(error, base)
    assert str(error) == text
    for copied in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(copied) is type(error)
        assert vars(copied) == vars(error)
        assert str(copied) == text
