"""What an access log is told of bytes that are no request."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_web._refused_request import refused_request


@pytest.mark.parametrize(
    ("peer", "remote"), [(("192.0.2.1", 7), "192.0.2.1"), ("/run/peer", "/run/peer"), (None, None)]
)
def test_it_looks_like_a_request(peer: Any, remote: str | None) -> None:
    services: Any = None
    request = refused_request(peer, 99, 400, services)
    assert (request.method, request.raw_path, request.version) == ("UNKNOWN", "/", (1, 0))
    assert request.remote == remote
    assert dict(request.headers) == {}
    assert (request.exchange.bytes_sent, request.exchange.status) == (99, 400)
