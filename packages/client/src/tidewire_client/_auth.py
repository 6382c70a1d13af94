"""User and password of the Basic scheme (RFC 7617)."""

from __future__ import annotations

from typing import NamedTuple, Self

from yarl import URL

from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import format_basic_credentials, parse_basic_credentials

__all__ = ["BasicAuth", "encode_basic_auth"]


class _Credentials(NamedTuple):
    login: str
    password: str
    encoding: str


class BasicAuth(_Credentials):
    """User and password of the Basic scheme.

    Args:
        login: the user-id, without a colon.
        password: the password.
        encoding: the charset that they are encoded in.

    Raises:
        ValueError: one of them is None, or there is a colon in the user-id.
    """

    __slots__ = ()

    def __new__(cls, login: str, password: str = "", encoding: str = "latin1") -> Self:
        if login is None:
            raise ValueError("None is not allowed as login value")
        if password is None:
            raise ValueError("None is not allowed as password value")
        if ":" in login:
            raise ValueError('A ":" is not allowed in login (RFC 7617, section 2)')
        return super().__new__(cls, login, password, encoding)

    def __repr__(self) -> str:
        return f"BasicAuth(login={self.login!r}, password=...)"

    @classmethod
    def decode(cls, auth_header: str, encoding: str = "latin1") -> Self:
        """Read them from the value of Authorization.

        Raises:
            ValueError: it is of another scheme, or malformed.
        """
        try:
            found = parse_basic_credentials(auth_header, encoding)
        except (InvalidFieldValue, LocalProtocolError) as error:
            raise ValueError(str(error)) from None
        return cls(found.user, found.password, encoding)

    @classmethod
    def from_url(cls, url: URL, *, encoding: str = "latin1") -> Self | None:
        """Take them from a URL; None where it has none.

        Raises:
            TypeError: it is no URL.
        """
        if not isinstance(url, URL):
            raise TypeError("url should be yarl.URL instance")
        if url.raw_user is None and url.raw_password is None:
            return None
        return cls(url.user or "", url.password or "", encoding)

    def encode(self) -> str:
        """Write the value of Authorization.

        Raises:
            ValueError: a control character, or one that the charset does not have.
        """
        return encode_basic_auth(self.login, self.password, self.encoding)


def encode_basic_auth(login: str, password: str = "", encoding: str = "utf-8") -> str:
    """Write the value of Authorization for a user and a password.

    Args:
        login: the user-id, without a colon.
        password: the password.
        encoding: the charset that they are encoded in.

    Raises:
        ValueError: there is a colon in the user-id, a control character, or one that the charset does not have.
    """
    try:
        return format_basic_credentials(login, password, encoding)
    except LocalProtocolError as error:
        raise ValueError(str(error)) from None
