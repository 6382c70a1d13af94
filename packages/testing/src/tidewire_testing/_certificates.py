"""Certificates for servers and clients of tests, by an authority that nobody else trusts."""

from __future__ import annotations

import ipaddress
import re
import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Certificate", "CertificateAuthority"]

_LOCAL: Final = ("localhost", "127.0.0.1", "::1")
_KEY: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_DAYS: Final = "2"
_NAME: Final = re.compile(r"[A-Za-z0-9*_][A-Za-z0-9._-]{0,252}")
# What must be said where nothing of the system's is to be read: the program wants a section for names.
_SETTINGS: Final = "[req]\ndistinguished_name = names\n[names]\n"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate and its key.

    Attributes:
        path: the certificate, a PEM file.
        key: the key, a PEM file.
        both: both of them in one PEM file, the key first.
    """

    path: Path
    key: Path
    both: Path

    @property
    def der(self) -> bytes:
        """The certificate in DER form, of which fingerprints are made."""
        return ssl.PEM_cert_to_DER_cert(self.path.read_text("ascii"))

    def server_context(self, *, clients: CertificateAuthority | None = None) -> ssl.SSLContext:
        """Make the context of a server that has the certificate.

        Args:
            clients: the authority of which clients need a certificate; None where they need none.
        """
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.path, self.key)
        if clients is not None:
            context.load_verify_locations(clients.path)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


class CertificateAuthority:
    """Issues certificates that last two days; needs the program `openssl`.

    Args:
        folder: where its files are put, and those that it issues.

    Raises:
        RuntimeError: there is no such program, or it fails.
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._issued = 0
        self._settings = self._folder / "authority.cnf"
        self._settings.write_text(_SETTINGS, "utf-8")
        self._key = self._folder / "authority-key.pem"
        self._path = self._folder / "authority.pem"
        uses = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")
        self._run(
            *("req", "-x509", *_KEY, "-days", _DAYS, "-subj", "/CN=An authority for tests"),
            *("-config", str(self._settings), *(word for use in uses for word in ("-addext", use))),
            *("-addext", "subjectKeyIdentifier=hash"),
            *("-keyout", str(self._key), "-out", str(self._path)),
        )

    @property
    def path(self) -> Path:
        """The authority's own certificate, a PEM file."""
        return self._path

    def issue(self, *names: str) -> Certificate:
        """Issue a certificate, for a server as for a client.

        Args:
            names: host names and IP addresses; `localhost` and its addresses where there are none.

        Raises:
            RuntimeError: the program fails.
            ValueError: a name is none.
        """
        alternatives = ",".join(map(_alternative, names or _LOCAL))
        self._issued += 1
        key, path, both, request, uses = (
            self._folder / f"{self._issued}-{name}"
            for name in ("key.pem", "certificate.pem", "both.pem", "request.pem", "uses.cnf")
        )
        uses.write_text(
            f"subjectAltName={alternatives}\n"
            "basicConstraints=critical,CA:FALSE\n"
            "keyUsage=critical,digitalSignature\n"
            "extendedKeyUsage=serverAuth,clientAuth\n"
            "authorityKeyIdentifier=keyid\n",
            "utf-8",
        )
        self._run(
            *("req", "-new", *_KEY, "-subj", f"/CN=Test {self._issued}", "-config", str(self._settings)),
            *("-keyout", str(key), "-out", str(request)),
        )
        self._run(
            *("x509", "-req", "-in", str(request), "-CA", str(self._path), "-CAkey", str(self._key)),
            *("-set_serial", str(self._issued), "-days", _DAYS, "-extfile", str(uses), "-out", str(path)),
        )
        both.write_bytes(key.read_bytes() + path.read_bytes())
        return Certificate(path=path, key=key, both=both)

    def client_context(self, *, certificate: Certificate | None = None) -> ssl.SSLContext:
        """Make the context of a client that trusts this authority, and no other.

        Args:
            certificate: what it shows to servers that want to see one.
        """
        context = ssl.create_default_context(cafile=str(self._path))
        if certificate is not None:
            context.load_cert_chain(certificate.path, certificate.key)
        return context

    def _run(self, *arguments: str) -> None:
        program = shutil.which("openssl")
        if program is None:
            raise RuntimeError("certificates are made by the program openssl, which is not there")
        done = subprocess.run([program, *arguments], check=False, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"openssl {arguments[0]} failed: {done.stderr.strip()}")


def _alternative(name: str) -> str:
    """Write a name as a subject's alternative one (RFC 5280, section 4.2.1.6)."""
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        # Written to a file in which a comma or a line break says something.
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is neither a host name nor an IP address") from None
        return f"DNS:{name}"
