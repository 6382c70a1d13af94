from __future__ import annotations

import tidewire_web
from tidewire.compat import _abstract_types


def test_they_are_what_stands_in_their_place() -> None:
    app = tidewire_web.Application()
    assert isinstance(app.router, _abstract_types.AbstractRouter)
    assert _abstract_types.AbstractMatchInfo is tidewire_web.UrlMappingMatchInfo
