from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from tidewire_client import Fingerprint, ServerFingerprintMismatch

DIGEST = sha256(b"certificate").digest()


class Peer:
    """A transport and its TLS object at once."""

    def __init__(self, certificate: bytes | None) -> None:
        self.certificate = certificate

    def get_extra_info(self, name: str) -> Any:
        if name == "peername":
            return ("192.0.2.1", 443)
        return None if self.certificate is None else self

    def getpeercert(self, binary_form: bool) -> bytes | None:
        assert binary_form
        return self.certificate


@pytest.mark.parametrize("size", [0, 16, 20, 31, 33, 64])
def test_it_is_of_sha_256(size: int) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        Fingerprint(b"x" * size)


def test_equal_digests_are_equal() -> None:
    assert Fingerprint(DIGEST) == Fingerprint(DIGEST)
    assert hash(Fingerprint(DIGEST)) == hash(Fingerprint(DIGEST))
    assert Fingerprint(DIGEST) != Fingerprint(bytes(32))
    assert Fingerprint(DIGEST) != DIGEST
    assert Fingerprint(DIGEST).fingerprint == DIGEST


def test_the_right_certificate_passes() -> None:
    Fingerprint(DIGEST).check(Peer(b"certificate"))


def test_without_tls_there_is_nothing_to_compare() -> None:
    Fingerprint(DIGEST).check(Peer(None))


@pytest.mark.parametrize("certificate", [b"another", b""])
def test_another_certificate_does_not(certificate: bytes) -> None:
    with pytest.raises(ServerFingerprintMismatch) as caught:
        Fingerprint(DIGEST).check(Peer(certificate))
    assert caught.value.expected == DIGEST
    assert caught.value.got == sha256(certificate).digest()
    assert (caught.value.host, caught.value.port) == ("192.0.2.1", 443)
