"""permessage-deflate: offers, answers, and what they come to."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_http_parser import LocalProtocolError
from tidewire_websocket import DeflateAgreement, DeflateOptions, WSHandshakeError
from tidewire_websocket._deflate_agreement import check_answer, choose, offer, parse_extensions

ALL = DeflateOptions()
SMALL = DeflateOptions(
    window_bits=10, peer_window_bits=11, context_takeover=False, peer_context_takeover=False
)


@pytest.mark.parametrize(
    ("options", "written"),
    [
        (ALL, "permessage-deflate; client_max_window_bits"),
        (
            SMALL,
            (
                "permessage-deflate; client_max_window_bits=10; server_no_context_takeover; "
                "client_no_context_takeover; server_max_window_bits=11"
            ),
        ),
    ],
)
def test_what_is_offered(options: DeflateOptions, written: str) -> None:
    assert offer(options) == written
    assert choose(written, ALL) is not None


@pytest.mark.parametrize(
    ("value", "options", "answer"),
    [
        ("permessage-deflate", ALL, "permessage-deflate"),
        ("Permessage-Deflate ; Client_Max_Window_Bits", ALL, "permessage-deflate"),
        (
            "permessage-deflate; client_max_window_bits=10",
            ALL,
            "permessage-deflate; client_max_window_bits=10",
        ),
        (
            'permessage-deflate; client_max_window_bits="10"',
            ALL,
            "permessage-deflate; client_max_window_bits=10",
        ),
        ("permessage-deflate; client_max_window_bits=8", ALL, "permessage-deflate; client_max_window_bits=8"),
        ("permessage-deflate; server_max_window_bits=9", ALL, "permessage-deflate; server_max_window_bits=9"),
        (
            "permessage-deflate; server_no_context_takeover",
            ALL,
            "permessage-deflate; server_no_context_takeover",
        ),
        (
            "permessage-deflate; client_no_context_takeover",
            ALL,
            "permessage-deflate; client_no_context_takeover",
        ),
        (
            "permessage-deflate; client_max_window_bits",
            SMALL,
            (
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                "server_max_window_bits=10; client_max_window_bits=11"
            ),
        ),
        # A client that has not said that it would follow is not asked to.
        (
            "permessage-deflate",
            DeflateOptions(peer_window_bits=11),
            "permessage-deflate",
        ),
        ("permessage-deflate; server_max_window_bits=8, permessage-deflate", ALL, "permessage-deflate"),
        (
            "permessage-deflate; unknown, x, permessage-deflate; server_max_window_bits=12",
            ALL,
            "permessage-deflate; server_max_window_bits=12",
        ),
    ],
)
def test_what_is_answered(value: str, options: DeflateOptions, answer: str) -> None:
    agreement = choose(value, options)
    assert str(agreement) == answer
    assert check_answer(answer, ALL) == agreement


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x-other",
        "permessage-deflate; unknown",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=010",
        "permessage-deflate; server_max_window_bits=+9",
        "permessage-deflate; server_max_window_bits=\u0661\u0660",
        "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; server_no_context_takeover=true",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
        "permessage-deflate; ",
    ],
)
def test_offers_that_are_declined(value: str) -> None:
    assert choose(value, ALL) is None


@pytest.mark.parametrize("value", ['permessage-deflate; a="b', ";x", "a, ; b"])
def test_malformed_fields_are_refused(value: str) -> None:
    with pytest.raises(WSHandshakeError):
        choose(value, ALL)


def test_very_many_offers_are_not_all_looked_at() -> None:
    assert len(parse_extensions(", ".join(["x"] * 1000))) == 16


@pytest.mark.parametrize(
    ("value", "options"),
    [
        ("permessage-deflate", None),
        ("x-other", ALL),
        ("permessage-deflate, permessage-deflate", ALL),
        ("permessage-deflate, x-other", ALL),
        ("permessage-deflate; client_max_window_bits", ALL),
        ("permessage-deflate; unknown", ALL),
        ("permessage-deflate; server_max_window_bits=12", DeflateOptions(peer_window_bits=11)),
        ("permessage-deflate", DeflateOptions(peer_window_bits=11)),
        ("permessage-deflate", DeflateOptions(peer_context_takeover=False)),
    ],
)
def test_answers_that_end_the_handshake(value: str, options: DeflateOptions | None) -> None:
    with pytest.raises(WSHandshakeError):
        check_answer(value, options)


def test_a_server_may_decline() -> None:
    assert check_answer("", ALL) is None


def test_each_side_holds_to_the_agreement() -> None:
    agreement = DeflateAgreement(server_window_bits=10, client_window_bits=8, client_context_takeover=False)
    server, client = agreement.deflater(True, ALL), agreement.deflater(False, ALL)
    assert server is not None
    assert server.parameters == (10, 1, 8)
    assert client is None
    message = bytes(range(256))
    for inflater in (agreement.inflater(False), agreement.inflater(False)):
        compressed = agreement.deflater(True, ALL)
        assert compressed is not None
        assert inflater.inflate(compressed.compress(message), 1000) + inflater.finish(1000) == message
    own = agreement.deflater(True, DeflateOptions(window_bits=9, level=5, mem_level=4))
    assert own is not None
    assert own.parameters == (9, 5, 4)


@pytest.mark.parametrize(
    "wrong", [{"window_bits": 8}, {"peer_window_bits": 16}, {"level": 10}, {"level": -2}, {"mem_level": 0}]
)
def test_options_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(LocalProtocolError):
        DeflateOptions(**wrong)
