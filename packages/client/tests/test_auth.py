from __future__ import annotations

from typing import Any

import pytest
from yarl import URL

from tidewire_client import BasicAuth, encode_basic_auth


def test_credentials_are_encoded_and_decoded() -> None:
    auth = BasicAuth("user", "pass:word")
    assert auth.encode() == "Basic dXNlcjpwYXNzOndvcmQ="
    assert BasicAuth.decode(auth.encode()) == auth
    assert BasicAuth.decode("basic dXNlcjpwYXNzOndvcmQ=") == auth


@pytest.mark.parametrize("header", ["", "Basic", "Bearer x", "Basic ***", "Basic dXNlcg=="])
def test_what_is_malformed_is_refused(header: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        BasicAuth.decode(header)


@pytest.mark.parametrize("arguments", [(None, ""), ("user", None), ("us:er", "")])
def test_what_cannot_be_encoded_is_refused(arguments: Any) -> None:
    with pytest.raises(ValueError, match="allowed"):
        BasicAuth(*arguments)


def test_passwords_are_not_shown() -> None:
    assert "secret" not in repr(BasicAuth("user", "secret"))


def test_credentials_are_taken_from_a_url() -> None:
    assert BasicAuth.from_url(URL("http://user:p%20w@host/")) == BasicAuth("user", "p w")
    assert BasicAuth.from_url(URL("http://:pw@host/")) == BasicAuth("", "pw")
    assert BasicAuth.from_url(URL("http://host/")) is None
    with pytest.raises(TypeError):
        BasicAuth.from_url("http://user@host/")  # type: ignore[arg-type]


def test_the_charset_counts() -> None:
    assert BasicAuth("\u00e4", "", "latin1").encode() != BasicAuth("\u00e4", "", "utf-8").encode()
    assert encode_basic_auth("\u00e4") == BasicAuth("\u00e4", "", "utf-8").encode()
    with pytest.raises(ValueError, match="encoded"):
        encode_basic_auth("\u20ac", encoding="latin1")
    with pytest.raises(ValueError, match="colon"):
        encode_basic_auth("a:b")
