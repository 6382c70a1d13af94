"""What middlewares and handlers keep with a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from web_client import request

from tidewire_web import Request, RequestKey

Look = Callable[..., Awaitable[Any]]
USER = RequestKey("user", str)
OTHER = RequestKey("user", str)


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
