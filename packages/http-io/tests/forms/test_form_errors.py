"""Errors of parts and forms."""

from __future__ import annotations

import copy
import pickle

import pytest

from tidewire_http_io.forms import (
    FormTooLarge,
    InvalidText,
    InvalidTransferEncoding,
    UnsupportedTransferEncoding,
)
from tidewire_http_parser import RemoteProtocolError

ERRORS = [
    (FormTooLarge("too many fields", 3), 413, "too many fields: the limit is 3"),
    (InvalidText("unknown charset", "x"), 400, "unknown charset: 'x'"),
    (InvalidTransferEncoding("not base64", b"!"), 400, "not base64: b'!'"),
    (UnsupportedTransferEncoding("x-uuencode"), 415, "unknown transfer encoding 'x-uuencode'"),
]


@pytest.mark.parametrize(("error", "status", "text"), ERRORS)
def test_they_know_the_answer_and_survive_copies(error: RemoteProtocolError, status: int, text: str) -> None:
    for same in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(same) is type(error)
        assert same.status == status
        assert str(same) == text
        assert vars(same) == vars(error)


def test_what_came_from_a_peer_is_cut() -> None:
    assert len(str(UnsupportedTransferEncoding("x" * 10_000))) < 200
    assert len(str(InvalidText("unknown charset", "x" * 10_000))) < 200
