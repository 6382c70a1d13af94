"""Errors know their status and their data, and survive copying and pickling."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from tidewire_http_parser import (
    IncompleteContent,
    IncompleteMessage,
    IncompleteMultipart,
    InvalidChunk,
    InvalidContentCoding,
    InvalidField,
    InvalidFieldValue,
    InvalidFraming,
    InvalidHost,
    InvalidMultipart,
    InvalidStartLine,
    InvalidTarget,
    LineTooLong,
    LocalProtocolError,
    MultipartTooLarge,
    ProtocolError,
    RemoteProtocolError,
    TooManyFields,
    UnexpectedData,
    UnsupportedCoding,
    UnsupportedContentCoding,
    UnsupportedVersion,
)

SIMPLE: list[tuple[type[RemoteProtocolError], type[ProtocolError], int]] = [
    (RemoteProtocolError, ProtocolError, 400),
    (InvalidStartLine, RemoteProtocolError, 400),
    (InvalidTarget, InvalidStartLine, 400),
    (UnsupportedVersion, RemoteProtocolError, 505),
    (InvalidField, RemoteProtocolError, 400),
    (InvalidHost, InvalidField, 400),
    (InvalidFraming, RemoteProtocolError, 400),
    (UnsupportedCoding, InvalidFraming, 501),
    (InvalidChunk, RemoteProtocolError, 400),
    (UnexpectedData, RemoteProtocolError, 400),
    (InvalidFieldValue, InvalidField, 400),
    (InvalidContentCoding, RemoteProtocolError, 400),
    (IncompleteContent, InvalidContentCoding, 400),
    (InvalidMultipart, RemoteProtocolError, 400),
    (IncompleteMultipart, InvalidMultipart, 400),
]

EXAMPLES: list[ProtocolError] = [
    ProtocolError("base"),
    LocalProtocolError("problem"),
    *(kind("problem", b"data") for kind, _, _ in SIMPLE),
    *(kind("problem") for kind, _, _ in SIMPLE),
    LineTooLong("line", 8190, b"x" * 500, 414),
    LineTooLong("line", 8190),
    TooManyFields(128),
    IncompleteMessage("cut", 5, 9),
    IncompleteMessage("cut", 5),
    IncompleteMessage("cut"),
    UnsupportedContentCoding("br", "tidewire-http-parser[br]"),
    UnsupportedContentCoding("rot13"),
    MultipartTooLarge("too many parts", 1000),
]


def attributes(error: ProtocolError) -> dict[str, Any]:
    return {"class": type(error), "args": error.args, "text": str(error), **vars(error)}


@pytest.mark.parametrize("error", EXAMPLES, ids=repr)
def test_copy_and_pickle(error: ProtocolError) -> None:
    copies = [copy.copy(error), copy.deepcopy(error)]
    copies += [pickle.loads(pickle.dumps(error, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for twin in copies:
        assert twin is not error
        assert attributes(twin) == attributes(error)


def test_a_note_survives_as_well() -> None:
    error = InvalidHost("problem", b"data")
    error.add_note("from 192.0.2.1")
    assert pickle.loads(pickle.dumps(error)).__notes__ == ["from 192.0.2.1"]


@pytest.mark.parametrize(("kind", "base", "status"), SIMPLE)
def test_the_tree(kind: type[RemoteProtocolError], base: type[ProtocolError], status: int) -> None:
    assert kind.__base__ is base
    error = kind("what is wrong", b"these bytes")
    assert (error.status, error.problem, error.data) == (status, "what is wrong", b"these bytes")
    assert kind("problem").data == b""


def test_local_and_remote_are_apart() -> None:
    assert not issubclass(LocalProtocolError, RemoteProtocolError)
    assert not hasattr(LocalProtocolError("x"), "status")


def test_no_more_than_an_excerpt_is_kept() -> None:
    error = InvalidField("problem", b"x" * 10_000)
    assert error.data == b"x" * 100
    assert len(str(error)) < 200


def test_what_a_peer_sent_is_escaped_in_the_text() -> None:
    text = str(InvalidField("problem", b"a\r\n\x1b[31m\xff"))
    assert text.isascii()
    assert text.isprintable()


def test_the_data_of_the_others() -> None:
    line = LineTooLong("line", 8190, b"abc", 414)
    assert (line.limit, line.data, line.status) == (8190, b"abc", 414)
    assert LineTooLong("line", 8190).status == 431
    assert (TooManyFields(3).limit, TooManyFields(3).status) == (3, 431)
    cut = IncompleteMessage("cut", 5, 9)
    assert (cut.received, cut.expected, cut.status) == (5, 9, 400)
    assert "5 of 9" in str(cut)
    assert "after 5" in str(IncompleteMessage("cut", 5))
    missing = UnsupportedContentCoding("br", "tidewire-http-parser[br]")
    assert (missing.coding, missing.requirement, missing.status) == ("br", "tidewire-http-parser[br]", 415)
    assert "tidewire-http-parser[br]" in str(missing)
    unknown = UnsupportedContentCoding("rot\n13" * 100)
    assert unknown.requirement is None
    assert len(str(unknown)) < 200
    assert str(unknown).isprintable()
    parts = MultipartTooLarge("too many parts", 1000)
    assert (parts.limit, parts.status) == (1000, 413)
    assert "1000" in str(parts)
