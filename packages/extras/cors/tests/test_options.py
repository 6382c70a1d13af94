"""What an origin may do, and what is given for it."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_cors import ResourceOptions
from tidewire_cors._options import checked_options, is_token


def test_defaults_allow_simple_requests() -> None:
    options = ResourceOptions()
    assert (options.allow_credentials, options.max_age, options.allow_methods) == (False, None, None)
    assert (options.expose_headers, options.allow_headers, options.allow_private_network) == (
        frozenset(), frozenset(), False,
    )  # fmt: skip
    assert options.is_method_allowed("GET")
    assert not options.is_header_allowed("X-Own")
    assert "max_age=None" in repr(options)


def test_names_are_compared_without_case() -> None:
    options = ResourceOptions(allow_headers=["X-Own"], allow_methods={"put"}, expose_headers=("a", "B"))
    assert options.allow_headers == frozenset({"X-OWN"})
    assert options.expose_headers == frozenset({"A", "B"})
    assert (options.is_header_allowed("x-own"), options.is_header_allowed("other")) == (True, False)
    assert (options.is_method_allowed("PUT"), options.is_method_allowed("GET")) == (True, False)
    everything = ResourceOptions(allow_headers="*", allow_methods="*", expose_headers="*")
    assert (everything.is_header_allowed("x"), everything.is_method_allowed("X")) == (True, True)


@pytest.mark.parametrize(
    "arguments",
    [
        {"allow_credentials": "yes"},
        {"allow_credentials": 1},
        {"allow_private_network": None},
        {"expose_headers": "X-Own"},
        {"expose_headers": 1},
        {"allow_headers": None},
        {"allow_headers": ["a b"]},
        {"allow_headers": ["a\r\nb"]},
        {"allow_headers": [""]},
        {"allow_headers": [1]},
        {"allow_methods": "GET"},
        {"allow_methods": ["GET,PUT"]},
        {"max_age": -1},
        {"max_age": "1"},
        {"max_age": 1.5},
        {"max_age": True},
    ],
)
def test_wrong_options_are_refused(arguments: Any) -> None:
    with pytest.raises(ValueError, match=next(iter(arguments))):
        ResourceOptions(**arguments)


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "https://a.example", "http://127.0.0.1:8080", "http://[::1]:1", "chrome-extension://abc"],
)
def test_options_come_by_origin(origin: str) -> None:
    given = checked_options({origin: {"max_age": 5}})
    assert given[origin].max_age == 5
    assert checked_options(None) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        1,
        [("*", ResourceOptions())],
        {1: ResourceOptions()},
        {"": ResourceOptions()},
        {"https://a.example/": ResourceOptions()},
        {"https://A.example": ResourceOptions()},
        {"a.example": ResourceOptions()},
        {"https://": ResourceOptions()},
        {"https://a b": ResourceOptions()},
        {"*": None},
        {"*": "*"},
        {"*": {"allow_method": "*"}},
        {"*": {"max_age": -1}},
        {"*": {1: 2}},
    ],
)
def test_wrong_configurations_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"origin|Options|options|max_age"):
        checked_options(wrong)


def test_tokens() -> None:
    assert [is_token(each) for each in ("GET", "x-y", "", "a b", "a,b", "\u00e4")] == [True, True] + [
        False
    ] * 4
