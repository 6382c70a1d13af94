"""Why a server refuses what comes on a connection."""

from __future__ import annotations

import copy
import pickle

import pytest

from tidewire_http_io import InvalidProxyHeader, RequestTimeout
from tidewire_http_parser import RemoteProtocolError


@pytest.mark.parametrize(("kind", "status"), [(RequestTimeout, 408), (InvalidProxyHeader, 400)])
def test_they_are_the_peers_fault_and_survive_a_copy(kind: type[RemoteProtocolError], status: int) -> None:
    error = kind("what is wrong", b"data")
    for each in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert isinstance(each, RemoteProtocolError)
        assert (type(each), each.status, str(each)) == (kind, status, "what is wrong: b'data'")
