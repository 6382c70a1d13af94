from __future__ import annotations

import errno
import ssl

import pytest
from yarl import URL

from tidewire_client import (
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientError,
    ClientProxyConnectionError,
)
from tidewire_client._connecting import Told
from tidewire_client._connection_key import connection_key
from tidewire_http_parser import LocalProtocolError

KEY = connection_key(URL("https://host/"))


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "no"), ClientProxyConnectionError),
        (ssl.SSLCertVerificationError("no"), ClientConnectorCertificateError),
        (ssl.SSLError(1, "no"), ClientConnectorSSLError),
        (LocalProtocolError("no"), ClientProxyConnectionError),
    ],
)
def test_errors_are_told_as_the_clients(raised: Exception, told: type[ClientError]) -> None:
    with pytest.raises(told) as caught, Told(KEY, ClientProxyConnectionError):
        raise raised
    assert type(caught.value) is told
    assert caught.value.__cause__ is raised
    assert "no" in str(caught.value)


def test_a_name_that_is_none_is_told_as_an_error_of_the_system() -> None:
    with pytest.raises(ClientConnectorError, match="label") as caught, Told(KEY, ClientConnectorError):
        "a..b".encode("idna")
    assert caught.value.errno == errno.EINVAL


@pytest.mark.parametrize("raised", [ClientConnectionError("it"), KeyError("it"), KeyboardInterrupt()])
def test_others_go_through(raised: BaseException) -> None:
    with pytest.raises(type(raised)) as caught, Told(KEY, ClientConnectorError):
        raise raised
    assert caught.value is raised


def test_without_an_error_nothing_is_told() -> None:
    with Told(KEY, ClientConnectorError):
        pass
