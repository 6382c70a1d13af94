from __future__ import annotations

import pytest
from yarl import URL

import tidewire_client
from tidewire.compat._basic_auth import BasicAuth, strip_auth_from_url


def test_credentials_warn_and_work() -> None:
    with pytest.warns(DeprecationWarning, match="encode_basic_auth"):
        auth = BasicAuth("user", "password")
    assert auth.encode() == tidewire_client.encode_basic_auth("user", "password")
    assert isinstance(auth, tidewire_client.BasicAuth)
    assert isinstance(tidewire_client.BasicAuth("user"), BasicAuth)


def test_credentials_are_taken_out_of_a_url() -> None:
    url, auth = strip_auth_from_url(URL("http://user:password@host/path"))
    assert url == URL("http://host/path")
    assert auth == tidewire_client.BasicAuth("user", "password")
    assert strip_auth_from_url(url) == (url, None)
