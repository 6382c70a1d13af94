from __future__ import annotations

import tidewire
import tidewire_web
from tidewire import web


def test_the_facade_has_the_names_of_the_distribution() -> None:
    assert web.__all__ == tidewire_web.__all__
    assert all(getattr(web, name) is getattr(tidewire_web, name) for name in web.__all__)


def test_it_is_importable_from_the_top() -> None:
    assert tidewire.web is web
