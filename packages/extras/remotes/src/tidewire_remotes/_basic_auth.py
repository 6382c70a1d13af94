"""Asks for a password (RFC 7617)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import unicodedata
from collections.abc import Collection
from hmac import compare_digest

from tidewire_remotes._tool import ABC, Handler, WhitePaths
from tidewire_web import Application, HTTPUnauthorized, Request, StreamResponse, middleware

__all__ = ["BasicAuth"]


class BasicAuth(ABC):
    """Answers requests without the right user name and password with 401.

    They are compared in a time that tells nothing of them, their length included.

    Args:
        username: the name, which has no colon.
        password: the password.
        realm: what people are told that the password is for.
        white_paths: paths that are answered without a password.

    Raises:
        TypeError: an argument is no text.
        ValueError: a colon in the name, control characters, or a realm that is not ASCII.
    """

    def __init__(
        self, username: str, password: str, realm: str, *, white_paths: Collection[str] = ()
    ) -> None:
        for each in (username, password, realm):
            given: object = each
            if not isinstance(given, str):
                raise TypeError(f"text, not {type(each).__name__}")
            if not each.isprintable():
                raise ValueError("neither name, password nor realm has control characters")
        if not realm.isascii():
            raise ValueError("a realm is ASCII: fields have no other characters")
        if ":" in username:
            raise ValueError("a user name has no colon (RFC 7617, section 2)")
        # The form that clients are asked for by the charset (RFC 7617, section 2.1).
        self._digest = _digest(unicodedata.normalize("NFC", f"{username}:{password}").encode())
        quoted = realm.replace("\\", "\\\\").replace('"', '\\"')
        self._challenge = f'Basic realm="{quoted}", charset="UTF-8"'
        self._white_paths = WhitePaths(white_paths)

    async def setup(self, app: Application) -> None:
        """Add the tool's middleware to an application."""
        app.middlewares.append(self.middleware)

    async def raise_error(self, request: Request) -> None:
        """Raise the answer to a request without the right credentials.

        Raises:
            HTTPUnauthorized: always. Override this for another answer.
        """
        raise HTTPUnauthorized(headers={"WWW-Authenticate": self._challenge})

    def accepts(self, fields: Collection[str]) -> bool:
        """Return whether the credentials are right.

        Args:
            fields: the values of Authorization, of which there is to be one.
        """
        if len(fields) != 1:
            return False
        scheme, _, encoded = next(iter(fields)).partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(encoded.strip(" ").encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            return False
        return compare_digest(_digest(given), self._digest)

    @middleware
    async def middleware(self, request: Request, handler: Handler) -> StreamResponse:
        """Refuse a request, or hand it on."""
        if request not in self._white_paths and not self.accepts(request.headers.getall("Authorization", [])):
            await self.raise_error(request)
            await BasicAuth.raise_error(self, request)
        return await handler(request)


def _digest(credentials: bytes) -> bytes:
    # Comparing takes a time that depends on the length.
    return hashlib.sha256(credentials).digest()
