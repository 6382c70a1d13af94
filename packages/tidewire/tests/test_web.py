from __future__ import annotations

import known_names

import tidewire
import tidewire_web
from tidewire import web

# aiohttp's server protocol: Tidewire has another, which is nobody's to derive from.
LEFT_OUT = {"RequestHandler"}


def test_the_facade_has_the_names_of_the_distribution() -> None:
    assert web.__all__ == tidewire_web.__all__
    assert all(getattr(web, name) is getattr(tidewire_web, name) for name in web.__all__)


def test_it_is_importable_from_the_top() -> None:
    assert tidewire.web is web


def test_users_find_every_name_that_they_know() -> None:
    assert known_names.WEB - set(web.__all__) == LEFT_OUT
