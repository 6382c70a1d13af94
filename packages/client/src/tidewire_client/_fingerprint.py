"""A server that is known by the fingerprint of its certificate, whoever has signed that."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any

from tidewire_client._connection_errors import ServerFingerprintMismatch

__all__ = ["Fingerprint"]


class Fingerprint:
    """The SHA-256 digest of a certificate in its DER form, for the `ssl` argument of requests and connectors.

    Args:
        fingerprint: the digest, 32 bytes.

    Raises:
        ValueError: it is not 32 bytes long; MD5 and SHA-1 are not secure, and are refused.
    """

    __slots__ = ("_fingerprint",)

    def __init__(self, fingerprint: bytes) -> None:
        if len(fingerprint) in {16, 20}:
            raise ValueError("MD5 and SHA-1 fingerprints are not secure; use SHA-256")
        if len(fingerprint) != 32:
            raise ValueError("a SHA-256 fingerprint has 32 bytes")
        self._fingerprint = bytes(fingerprint)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fingerprint) and other._fingerprint == self._fingerprint

    def __hash__(self) -> int:
        return hash(self._fingerprint)

    def __repr__(self) -> str:
        return f"<Fingerprint {self._fingerprint.hex()}>"

    @property
    def fingerprint(self) -> bytes:
        """The digest."""
        return self._fingerprint

    def check(self, transport: Any) -> None:
        """Compare the certificate of a connection's peer; without TLS nothing is compared.

        Args:
            transport: the transport, or whatever has its `get_extra_info()`.

        Raises:
            ServerFingerprintMismatch: the certificate is another one.
        """
        ssl_object = transport.get_extra_info("ssl_object")
        if ssl_object is None:
            return
        got = sha256(ssl_object.getpeercert(binary_form=True) or b"").digest()
        if not hmac.compare_digest(got, self._fingerprint):
            host, port, *_ = transport.get_extra_info("peername") or ("", None)
            raise ServerFingerprintMismatch(self._fingerprint, got, str(host), port)
