"""How a server's certificate is verified: the contexts of TLS, made once."""

from __future__ import annotations

import functools
import importlib
import ssl
from typing import Final, TypeAlias

from tidewire_client._fingerprint import Fingerprint

__all__: list[str] = []

Verification: TypeAlias = bool | ssl.SSLContext | Fingerprint
"""True for the authorities that the system trusts, False for none, a context, or one certificate by its digest."""

_PROTOCOLS: Final = ["http/1.1"]


def checked(verification: object) -> Verification:
    """Return a value if it is one of those that there are.

    Raises:
        TypeError: it is not.
    """
    if isinstance(verification, bool | ssl.SSLContext | Fingerprint):
        return verification
    raise TypeError(f"ssl should be SSLContext, Fingerprint, or bool, got {verification!r} instead.")


def context_for(verification: Verification) -> ssl.SSLContext:
    """Return the context for a way of verification; the two default ones are made once, as that takes milliseconds."""
    if isinstance(verification, ssl.SSLContext):
        return verification
    return verifying_context() if verification is True else trusting_context()


@functools.cache
def verifying_context() -> ssl.SSLContext:
    """Return the context that trusts what the system trusts."""
    context = _system_context()
    context.set_alpn_protocols(_PROTOCOLS)
    return context


@functools.cache
def trusting_context() -> ssl.SSLContext:
    """Return the context that takes any certificate; a fingerprint is compared afterwards."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(_PROTOCOLS)
    return context


def _system_context() -> ssl.SSLContext:
    try:
        truststore = importlib.import_module("truststore")
    except ImportError:
        return ssl.create_default_context()
    # The trust store of macOS and Windows too, which OpenSSL does not look into.
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return context
