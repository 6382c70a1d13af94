"""A certificate for servers on this machine."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path


def make_contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext, bytes]:
    """Have OpenSSL's program make a certificate.

    Returns:
        The contexts of a server and of a client that trusts it, and the certificate in DER form.
    """
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += [
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    client = ssl.create_default_context(cafile=str(certificate))
    return server, client, ssl.PEM_cert_to_DER_cert(certificate.read_text("ascii"))
