from __future__ import annotations

import tidewire_http_parser.hdrs
from tidewire import hdrs


def test_it_has_the_names_of_the_distribution() -> None:
    assert hdrs.__all__ == tidewire_http_parser.hdrs.__all__
    assert hdrs.CONTENT_TYPE is tidewire_http_parser.hdrs.CONTENT_TYPE
    assert "GET" in hdrs.METH_ALL
