from __future__ import annotations

import ssl
from typing import Any

import pytest

from tidewire_client import Fingerprint
from tidewire_client._tls import checked, context_for, trusting_context, verifying_context


def test_the_default_verifies_names_and_is_made_once() -> None:
    context = context_for(True)
    assert context is verifying_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize("verification", [False, Fingerprint(bytes(32))])
def test_without_authorities_nothing_is_verified_in_the_handshake(verification: Any) -> None:
    context = context_for(verification)
    assert context is trusting_context()
    assert context.verify_mode is ssl.CERT_NONE
    assert not context.check_hostname


def test_a_context_is_taken_as_it_is() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    assert context_for(context) is context


@pytest.mark.parametrize("wrong", [None, 1, "yes", object()])
def test_nothing_else_is_taken(wrong: object) -> None:
    with pytest.raises(TypeError, match="ssl should be"):
        checked(wrong)
