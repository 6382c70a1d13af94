from __future__ import annotations

from collections.abc import Callable
from typing import Any

Texts = Callable[[list[Any]], list[str]]


def test_constructors_take_what_is_deprecated(answers: dict[str, Any], texts: Texts) -> None:
    (found, known, wrong, connections), inherited, kept_loop = answers["sessions"]
    assert [text.partition(" ")[0] for text in texts(found)] == [
        "BasicAuth",
        "verify_ssl",
        "The",
        "read_timeout",
        "conn_timeout",
        "The",
        "session.requote_redirect_url",
        "filter_cookies",
    ]
    assert known == [3, 2, False]
    assert wrong.startswith("ValueError: timeout parameter cannot be of <class 'int'>")
    assert connections == []
    assert texts(inherited) == ["Inheritance class Mine from ClientSession is discouraged"]
    assert kept_loop is True


def test_every_method_sends_its_own(answers: dict[str, Any]) -> None:
    assert answers["requests"][:6] == ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def test_requests_take_what_is_deprecated(answers: dict[str, Any], texts: Texts) -> None:
    found, seen = answers["requests"][6]
    assert [text.partition(";")[0] for text in texts(found)] == [
        "BasicAuth is deprecated",
        "The 'auth' parameter is deprecated",
        "Chunk size is deprecated",
        "a timeout that is a number is deprecated, use ClientTimeout(total=...)",
    ]
    assert seen == ["POST", "Basic dTpw", "abc"]


def test_a_request_without_a_session_has_the_same_response(answers: dict[str, Any]) -> None:
    assert answers["requests"][8] == [200, True]


def test_requests_go_through_what_is_patched(answers: dict[str, Any]) -> None:
    assert answers["requests"][9] == [
        [["GET", "URL"], {"allow_redirects": True, "params": {"a": "b"}}],
        [["POST", "URL"], {"data": None, "json": {}}],
    ]


def test_urls_and_headers_are_prepared_as_there(answers: dict[str, Any]) -> None:
    assert answers["requests"][10] == ["http://a.test/b", {"X": "1", "Y": "2"}]


def test_websockets_take_what_is_deprecated(answers: dict[str, Any], texts: Texts) -> None:
    found, received = answers["websockets"]
    assert [text.partition(" of")[0] for text in texts(found)] == [
        "ssl=None is deprecated, please use ssl=True",
        "parameter 'timeout'",
        "parameter 'receive_timeout' is deprecated, please use ClientWSTimeout(ws_receive=...)",
    ]
    assert received == ["TEXT", "hello"]
