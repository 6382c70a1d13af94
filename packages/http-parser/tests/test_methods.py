"""The methods that need no decoding."""

from __future__ import annotations

from tidewire_http_parser import RequestHead, RequestParser
from tidewire_http_parser._grammar import is_token
from tidewire_http_parser._methods import METHODS


def test_each_is_a_token_under_its_own_name() -> None:
    for raw, name in METHODS.items():
        assert raw == name.encode()
        assert is_token(name)
        assert name == name.upper()


def test_those_of_rfc_9110_and_the_common_ones_are_there() -> None:
    wanted = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"}
    assert wanted <= set(METHODS.values())


def test_one_string_is_shared() -> None:
    for name in METHODS.values():
        target = "a:1" if name == "CONNECT" else "/"
        parser = RequestParser()
        parser.receive_data(f"{name} {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        head = parser.next_event()
        assert isinstance(head, RequestHead)
        assert head.method is name
