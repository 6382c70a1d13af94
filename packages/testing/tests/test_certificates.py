"""Certificates: who trusts whom."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from tidewire_testing import Certificate, CertificateAuthority

pytestmark = pytest.mark.peer("openssl")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificate(authority: CertificateAuthority) -> Certificate:
    return authority.issue()


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> ssl.SSLObject:
    """Let both speak TLS with each other in memory; return the server's side."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    waiting = list(ends)
    for _ in range(10):
        for end in list(waiting):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(end)
        if not waiting:
            return ends[1]
    raise AssertionError("the handshake does not come to an end")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_a_client_trusts_the_servers_of_its_authority(
    authority: CertificateAuthority, certificate: Certificate, name: str
) -> None:
    assert shake_hands(certificate.server_context(), authority.client_context(), name).version()


def test_a_certificate_is_for_its_names_only(authority: CertificateAuthority) -> None:
    server = authority.issue("a.example", "192.0.2.1").server_context()
    client = authority.client_context()
    assert shake_hands(server, client, "a.example").version()
    assert shake_hands(server, client, "192.0.2.1").version()
    for other in ("b.example", "localhost", "192.0.2.2"):
        with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
            shake_hands(server, client, other)


def test_nobody_else_trusts_it(certificate: Certificate, tmp_path: Path) -> None:
    other = CertificateAuthority(tmp_path)
    for client in (ssl.create_default_context(), other.client_context()):
        with pytest.raises(ssl.SSLCertVerificationError):
            shake_hands(certificate.server_context(), client, "localhost")


def test_a_server_may_want_to_see_its_clients_certificates(
    authority: CertificateAuthority, certificate: Certificate
) -> None:
    server = certificate.server_context(clients=authority)
    shown = shake_hands(server, authority.client_context(certificate=authority.issue("ann")), "localhost")
    subject = shown.getpeercert()
    assert subject is not None
    assert subject["subjectAltName"] == (("DNS", "ann"),)
    with pytest.raises(ssl.SSLError):
        shake_hands(server, authority.client_context(), "localhost").read()


def test_its_files_are_what_they_are_called(certificate: Certificate) -> None:
    assert certificate.key.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert certificate.both.read_bytes() == certificate.key.read_bytes() + certificate.path.read_bytes()
    assert ssl.DER_cert_to_PEM_cert(certificate.der).split() == certificate.path.read_text().split()
    # One file does where both are wanted.
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate.both)


def test_without_the_program_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="openssl, which is not there"):
        CertificateAuthority(tmp_path)


def test_what_the_program_says_is_told(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    authority.path.unlink()
    with pytest.raises(RuntimeError, match=r"(?s)openssl x509 failed: .*authority\.pem"):
        authority.issue()


@pytest.mark.parametrize("name", ["", "a\nb", "a,DNS:b", "a b", "-a", "caf\u00e9.example", "a" * 254])
def test_a_name_that_is_none_is_refused(authority: CertificateAuthority, name: str) -> None:
    with pytest.raises(ValueError, match="neither a host name nor an IP address"):
        authority.issue(name)
