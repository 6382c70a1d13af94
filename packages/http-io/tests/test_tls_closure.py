"""Whether TLS came to its end or was cut off."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from tidewire_http_io._tls_closure import is_cut_off
from tidewire_testing import CertificateAuthority

pytestmark = pytest.mark.peer("openssl")


class Ends:
    """A client and a server that have done their handshake, in memory."""

    def __init__(self, folder: Path) -> None:
        authority = CertificateAuthority(folder)
        self.to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.client = authority.client_context().wrap_bio(
            self.to_client, to_server, server_hostname="localhost"
        )
        self.server = authority.issue().server_context().wrap_bio(to_server, self.to_client, server_side=True)
        open_ends = [self.client, self.server]
        while open_ends:
            for end in list(open_ends):
                try:
                    end.do_handshake()
                    open_ends.remove(end)
                except ssl.SSLWantReadError:
                    pass
        self.server.write(b"all")
        assert self.client.read(10) == b"all"


def test_an_end_with_the_alert_is_an_end(tmp_path: Path) -> None:
    ends = Ends(tmp_path)
    with pytest.raises(ssl.SSLWantReadError):
        ends.server.unwrap()
    assert not is_cut_off(ends.client)
    assert not is_cut_off(ends.client)


def test_so_it_is_where_this_side_has_said_goodbye_too(tmp_path: Path) -> None:
    ends = Ends(tmp_path)
    with pytest.raises(ssl.SSLWantReadError):
        ends.server.unwrap()
    ends.client.unwrap()
    assert not is_cut_off(ends.client)


@pytest.mark.parametrize("told", [False, True])
def test_an_end_without_the_alert_is_none(tmp_path: Path, told: bool) -> None:
    ends = Ends(tmp_path)
    if told:
        ends.to_client.write_eof()
    assert is_cut_off(ends.client)


def test_without_tls_nothing_is_cut_off() -> None:
    assert not is_cut_off(None)
    assert not is_cut_off("something of a test's transport")
