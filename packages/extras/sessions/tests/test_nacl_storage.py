"""Sessions in cookies that NaCl encrypts."""

from __future__ import annotations

from typing import Any

import pytest
from nacl.encoding import Base64Encoder
from nacl.secret import SecretBox

from tidewire_sessions.conformance import CHECKS, Check, Subject
from tidewire_sessions.nacl_storage import NaClCookieStorage

KEY = bytes(range(32))
SUBJECT = Subject(
    make_storage=lambda **options: NaClCookieStorage(KEY, **options), on_server=False, tamper_proof=True
)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_conformance(check: Check) -> None:
    await check(SUBJECT)


def test_what_is_sealed_is_a_secret_box() -> None:
    assert (
        SecretBox(KEY).decrypt(NaClCookieStorage(KEY).seal("text").encode(), encoder=Base64Encoder) == b"text"
    )


@pytest.mark.parametrize("key", [b"short", "x" * 32, None])
def test_a_key_that_is_none_is_refused(key: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"32 bytes|from bytes"):
        NaClCookieStorage(key)


@pytest.mark.parametrize("sealed", ["", "x", "ü", "AAAA", "=" * 200, "A" * 7000, "A" * 41])
def test_what_was_not_sealed_here_is_none(sealed: str) -> None:
    assert NaClCookieStorage(KEY).unseal(sealed) is None


def test_bytes_that_are_no_text_are_none() -> None:
    sealed = SecretBox(KEY).encrypt(b"\xff", encoder=Base64Encoder).decode()
    assert NaClCookieStorage(KEY).unseal(sealed) is None
