"""Sessions in cookies that Fernet encrypts."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.fernet import Fernet, MultiFernet

from tidewire_sessions.conformance import CHECKS, Check, Subject
from tidewire_sessions.cookie_storage import EncryptedCookieStorage

KEY = bytes(range(32))
TEXT_KEY = base64.urlsafe_b64encode(KEY).decode()
SUBJECT = Subject(
    make_storage=lambda **options: EncryptedCookieStorage(KEY, **options), on_server=False, tamper_proof=True
)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_conformance(check: Check) -> None:
    await check(SUBJECT)


@pytest.mark.parametrize(
    "key", [KEY, bytearray(KEY), TEXT_KEY, Fernet(TEXT_KEY), MultiFernet([Fernet(TEXT_KEY)])]
)
def test_a_key_comes_in_many_forms(key: Any) -> None:
    assert EncryptedCookieStorage(key).unseal(Fernet(TEXT_KEY).encrypt(b"text").decode()) == "text"


def test_old_keys_are_understood_and_new_ones_are_used() -> None:
    old, new = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
    sealed = EncryptedCookieStorage(old).seal("text")
    both = EncryptedCookieStorage(MultiFernet([new, old]))
    assert both.unseal(sealed) == "text"
    assert EncryptedCookieStorage(new).unseal(sealed) is None
    assert EncryptedCookieStorage(new).unseal(both.seal("text")) == "text"


@pytest.mark.parametrize(
    ("key", "error"), [(b"short", ValueError), ("short", ValueError), (5, TypeError), (None, TypeError)]
)
def test_a_key_that_is_none_is_refused(key: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r".+"):
        EncryptedCookieStorage(key)


@pytest.mark.parametrize("sealed", ["", "x", "ü", "gAAAAA", "=" * 200, "A" * 7000])
def test_what_was_not_sealed_here_is_none(sealed: str) -> None:
    assert EncryptedCookieStorage(KEY).unseal(sealed) is None


def test_bytes_that_are_no_text_are_none() -> None:
    assert EncryptedCookieStorage(KEY).unseal(Fernet(TEXT_KEY).encrypt(b"\xff").decode()) is None


def test_what_is_sealed_is_the_json_that_aiohttp_session_writes_and_reads() -> None:
    storage = EncryptedCookieStorage(KEY)
    session = storage.make_session()
    session["a"] = 1
    data = json.loads(Fernet(TEXT_KEY).decrypt(storage.seal(storage.encode(session))))
    assert data["session"] == {"a": 1}
    assert data["created"] == session.created
