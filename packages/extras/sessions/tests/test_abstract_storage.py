"""What every storage does."""

from __future__ import annotations

import json
import logging
from inspect import Parameter, signature
from typing import Any, get_type_hints

import pytest

from tidewire_sessions import AbstractStorage, SimpleCookieStorage, StorageOptions
from tidewire_sessions._browser import Clock
from tidewire_web import Response


def test_the_options_are_the_parameters() -> None:
    parameters = signature(AbstractStorage.__init__).parameters
    named = [name for name, each in parameters.items() if each.kind is Parameter.KEYWORD_ONLY]
    assert named == list(get_type_hints(StorageOptions))
    assert get_type_hints(AbstractStorage.__init__) == {
        **get_type_hints(StorageOptions),
        "return": type(None),
    }


def test_the_defaults_are_those_that_users_know() -> None:
    storage = SimpleCookieStorage()
    assert storage.cookie_name == "AIOHTTP_SESSION"
    assert storage.max_age is None
    assert storage.encoder is json.dumps
    assert storage.decoder is json.loads
    assert dict(storage.cookie_params) == {
        "domain": None,
        "path": "/",
        "secure": None,
        "httponly": True,
        "samesite": None,
    }


@pytest.mark.parametrize("option", ["max_age", "idle_timeout", "absolute_timeout"])
@pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
def test_an_age_that_is_none_is_refused(option: str, value: float) -> None:
    options: Any = {option: value}
    with pytest.raises(ValueError, match="seconds"):
        SimpleCookieStorage(**options)


@pytest.mark.parametrize("options", [{"cookie_name": "a b"}, {"cookie_name": "__Host-a"}, {"path": "/;"}])
def test_a_cookie_that_may_not_go_out_is_refused_before_it_is_needed(options: Any) -> None:
    with pytest.raises(ValueError, match="no cookie"):
        SimpleCookieStorage(**options)


def test_options_that_there_are_not_are_refused() -> None:
    options: Any = {"cookie": "a"}
    with pytest.raises(TypeError, match="cookie"):
        SimpleCookieStorage(**options)


def test_a_cookie_is_set_and_deleted() -> None:
    clock = Clock()
    storage = SimpleCookieStorage(cookie_name="c", secure=True, clock=clock)
    response = Response()
    storage.save_cookie(response, "value", max_age=60.5)
    cookie = response.cookies["c"]
    assert (cookie.value, cookie.max_age, cookie.expires) == ("value", 60, int(clock() + 60.5))
    assert (cookie.secure, cookie.http_only, cookie.path) == (True, True, "/")
    storage.save_cookie(response, "")
    cookie = response.cookies["c"]
    assert (cookie.value, cookie.max_age, cookie.secure) == ("", 0, True)


@pytest.mark.parametrize("text", ["", "x", "[]", "1", "null", '"a"', "[" * 100_000, "1" * 5000])
def test_a_text_that_is_no_session_is_refused_with_one_bounded_line(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert SimpleCookieStorage(cookie_name="c" * 100).decode(text) is None
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("tidewire.sessions", logging.WARNING)
    assert len(record.getMessage()) < 250


def test_a_decoder_may_raise_what_it_likes() -> None:
    def decode(text: str) -> Any:
        raise KeyError(text)

    assert SimpleCookieStorage(decoder=decode).decode("{}") is None


async def test_what_storages_for_aiohttp_session_use_is_there() -> None:
    storage = SimpleCookieStorage(max_age=10)
    session = await storage.new_session()
    session["a"] = 1
    assert storage._get_session_data(session)["session"] == {"a": 1}
    assert session._changed
    assert session.max_age == 10
