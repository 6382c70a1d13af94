"""The constants are the names that the parsers report, all of them, by the same objects."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict, istr

from tidewire_http_parser import RequestHead, RequestParser, hdrs
from tidewire_http_parser._header_names import NAMES

FIELDS = [name for name in hdrs.__all__ if not name.startswith("METH_")]
METHODS = [name for name in hdrs.__all__ if name.startswith("METH_") and name not in ("METH_ALL", "METH_ANY")]


def test_every_known_name_has_its_constant() -> None:
    known = {str(name.text) for name in NAMES.values()}
    assert {str(getattr(hdrs, constant)) for constant in FIELDS} == known


@pytest.mark.parametrize("constant", FIELDS)
def test_a_constant_is_named_after_its_field(constant: str) -> None:
    name = getattr(hdrs, constant)
    assert type(name) is istr
    assert name.upper().replace("-", "_") == constant


@pytest.mark.parametrize("constant", METHODS)
def test_a_method_is_named_after_itself(constant: str) -> None:
    assert getattr(hdrs, constant) == constant.removeprefix("METH_")


def test_the_sets_of_methods() -> None:
    assert frozenset(getattr(hdrs, constant) for constant in METHODS) == hdrs.METH_ALL
    assert hdrs.METH_ANY not in hdrs.METH_ALL


@pytest.mark.parametrize("spelling", ["Content-Type", "content-type", "CONTENT-TYPE"])
def test_a_parser_reports_the_constant_itself(spelling: str) -> None:
    parser = RequestParser()
    parser.receive_data(f"GET / HTTP/1.1\r\nhost: a\r\n{spelling}: text/plain\r\n\r\n".encode())
    head = parser.next_event()
    assert isinstance(head, RequestHead)
    assert head.method is hdrs.METH_GET
    assert head.fields[0][0] is hdrs.HOST
    assert head.fields[1][0] is hdrs.CONTENT_TYPE


def test_a_constant_finds_any_spelling() -> None:
    assert CIMultiDict([("x-REQUEST-id", "7")])[hdrs.X_REQUEST_ID] == "7"
