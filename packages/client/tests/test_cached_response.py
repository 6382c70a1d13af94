from __future__ import annotations

import pickle

from tidewire_client import CachedResponse


def cached(body: bytes = b"body") -> CachedResponse:
    return CachedResponse(
        status=200,
        reason="OK",
        fields=(("ETag", '"1"'), ("X", "a"), ("X", "b")),
        body=body,
        decoded=True,
        nominated=(("accept", None),),
        credentials="",
        requested=1.0,
        received=2.0,
    )


def test_it_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(cached())) == cached()


def test_its_fields_are_a_mapping() -> None:
    assert cached().headers.getall("x") == ["a", "b"]


def test_its_size_grows_with_its_body() -> None:
    assert cached(bytes(1000)).size == cached(b"").size + 1000
