"""What is kept with a request or a response."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest
from web_client import request

from tidewire_web import Request, RequestKey, Response, ResponseKey, StreamResponse

Look = Callable[..., Awaitable[Any]]
USER = RequestKey("user", str)
OTHER = RequestKey("user", str)
METRIC = ResponseKey("metric", int)
OTHER_METRIC = ResponseKey("metric", int)


async def test_a_request_is_a_mapping_compared_by_identity(look: Look) -> None:
    def see(r: Request) -> None:
        assert len(r) == 0
        assert list(r) == []
        assert r
        with pytest.raises(KeyError):
            r["a"]
        with pytest.raises(KeyError):
            r.pop("a")
        with pytest.raises(KeyError):
            del r["a"]
        r["a"] = 1
        assert (dict(r.items()), len(r), r["a"], "a" in r, "b" in r) == ({"a": 1}, 1, 1, True, False)
        del r["a"]
        assert r == r
        assert r != {}
        assert {r: 1}[r] == 1
        assert repr(r) == "<Request GET '/x?y'>"

    await look(request("/x?y"), see)


async def test_keys_are_typed_and_compared_by_identity(look: Look) -> None:
    def see(r: Request) -> None:
        assert r.get(USER) is None
        assert r.get(USER, "nobody") == "nobody"
        assert USER not in r
        r[USER] = "ada"
        assert (r[USER], r.get(USER), USER in r, OTHER in r) == ("ada", "ada", True, False)
        assert r.get("user", default=3) == 3
        r["user"] = 1
        assert list(r) == [USER, "user"]
        assert r.setdefault("user", 2) == 1
        assert r.pop(USER) == "ada"
        with pytest.raises(KeyError):
            r[USER]

    assert await look(request(), see) is None


@pytest.mark.parametrize("response", [Response(), StreamResponse()])
def test_a_response_is_a_mapping_by_typed_keys(response: StreamResponse) -> None:
    assert isinstance(response, MutableMapping)
    assert METRIC not in response
    response[METRIC] = 5
    assert response[METRIC] == response.get(METRIC) == 5
    assert METRIC in response
    assert OTHER_METRIC not in response
    assert response.get(OTHER_METRIC) is None
    assert response.get(OTHER_METRIC, 7) == 7
    assert list(response) == [METRIC]
    assert len(response) == 1
    response.update({OTHER_METRIC: 2})
    assert response.pop(METRIC) == 5
    del response[OTHER_METRIC]
    assert len(response) == 0


def test_keys_that_are_not_there() -> None:
    response = Response()
    with pytest.raises(KeyError):
        response[METRIC]
    with pytest.raises(KeyError):
        del response[METRIC]
    assert response.get(METRIC) is None
    assert list(response) == []


def test_a_str_is_a_key_too_as_with_requests() -> None:
    response = Response()
    response["my_metric"] = 123
    assert response["my_metric"] == 123
    assert response.get("other", "x") == "x"


def test_a_response_is_itself_and_true() -> None:
    one, two = Response(), Response()
    assert one
    assert [one, two].index(two) == 1
    assert one != two
    assert len({one, two}) == 2
    one[METRIC] = two[METRIC] = 1
    assert one != two


def test_type_checkers_know_whose_a_key_is() -> None:
    response = Response()
    response[USER] = "ada"  # type: ignore[index]  # the key of a request: a slip that only a type checker sees
    assert [repr(key) for key in response] == [repr(USER)]
