"""Options that views have themselves."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tidewire_cors import CorsOptions, CorsViewMixin, ResourceOptions, custom_cors
from tidewire_cors._view_options import has_method, view_layers
from tidewire_web import View

OWN, WHOLE = ResourceOptions(), ResourceOptions()


class Page(View, CorsViewMixin):
    cors_config: ClassVar[CorsOptions | None] = {"*": WHOLE}

    async def get(self) -> None:
        """Answer."""

    @custom_cors({"*": OWN})
    async def put(self) -> None:
        """Answer."""


class Plain(View, CorsViewMixin):
    async def get(self) -> None:
        """Answer."""


async def handler(request: Any) -> None:
    """Answer."""


def test_options_of_a_method_go_before_those_of_the_view() -> None:
    assert view_layers(Page, "PUT") == [{"*": OWN}, {"*": WHOLE}]
    assert view_layers(Page, "GET") == [{"*": WHOLE}]
    assert view_layers(Page, "DELETE") == [{"*": WHOLE}]
    assert view_layers(Plain, "GET") == view_layers(View, "GET") == view_layers(handler, "GET") == []


def test_a_view_answers_the_methods_that_it_has() -> None:
    methods = ("GET", "PUT", "DELETE", "get", "REQUEST", "__CLASS__", "")
    assert [has_method(Page, method) for method in methods] == [True, True] + [False] * 5
    assert has_method(handler, "ANY")


def test_wrong_options_are_refused_where_they_are_given() -> None:
    with pytest.raises(ValueError, match="origin"):
        custom_cors({"a": ResourceOptions()})
