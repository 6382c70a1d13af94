"""A certificate for 127.0.0.1, made when it is needed."""

from __future__ import annotations

import shutil
from pathlib import Path

from tidewire_testing import CertificateAuthority

__all__ = ["make_certificate"]


def make_certificate(folder: Path) -> Path | None:
    """Make a certificate that lasts for two days.

    Args:
        folder: where it is put.

    Returns:
        A PEM file with the key (PKCS #8, P-256) and the certificate, or None where there is no openssl.
    """
    return CertificateAuthority(folder).issue().both if shutil.which("openssl") else None
