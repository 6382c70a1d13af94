"""Storages that keep sessions on the server, under identities that browsers get."""

from __future__ import annotations

import abc
import secrets
from collections.abc import Callable
from typing import Final, Unpack

from tidewire_sessions._abstract_storage import LOGGER, AbstractStorage, StorageOptions
from tidewire_sessions._session import Session
from tidewire_web import BaseRequest, StreamResponse

__all__ = ["AbstractServerStorage", "ServerStorageOptions"]

# Characters of an identity: with the cookie's name they are a key, of which memcached takes 250 bytes.
_IDENTITY: Final = 128
_IDENTITY_CHARACTERS: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:+/="
)

# Seconds that every server understands, a hundred years: it forgets what is to be kept for longer, or refuses it.
_LONGEST: Final = 100 * 366 * 24 * 3600


class ServerStorageOptions(StorageOptions, total=False):
    """What every storage on a server takes; see `AbstractServerStorage`."""

    key_factory: Callable[[], str] | None


def _make_identity() -> str:
    """128 bits that nobody can guess (OWASP, session management: 64 at least)."""
    return secrets.token_hex(16)


class AbstractServerStorage(AbstractStorage):
    """Keeps what is in a session on the server; the cookie has an identity only.

    To make a storage of it, three coroutines are needed that read, write and delete texts by their keys.

    An identity that the server does not know is never taken over. The old one of a session that is rotated, replaced or
    invalidated is deleted, and a request that was running at that time does not bring it back.

    Args:
        key_factory: makes identities that nobody can guess, of ASCII letters, digits and `-._~:+/=`, 128 at most; where
            None, they have 128 bits in 32 hexadecimal digits.
        options: see `AbstractStorage`.
    """

    def __init__(
        self, *, key_factory: Callable[[], str] | None = None, **options: Unpack[StorageOptions]
    ) -> None:
        super().__init__(**options)
        self._key_factory = key_factory or _make_identity

    @abc.abstractmethod
    async def read(self, key: str) -> str | bytes | None:
        """Return what is kept under a key; None where there is nothing."""

    @abc.abstractmethod
    async def write(self, key: str, text: str, seconds: int | None, *, replace: bool) -> bool:
        """Keep a text under a key.

        Args:
            key: the key, the name of the cookie, an underscore and the identity: ASCII without white space.
            text: the text.
            seconds: for how long it is needed; None for any time.
            replace: whether to write only if something is kept under the key at this moment.

        Returns:
            Whether it was written.
        """

    @abc.abstractmethod
    async def delete(self, key: str) -> None:
        """Delete what is kept under a key, if anything is."""

    async def load_session(self, request: BaseRequest) -> Session:
        """See `AbstractStorage`."""
        identity = self.load_cookie(request)
        if identity is None or not _is_identity(identity):
            return self.make_session()
        text = await self.read(self._key(identity))
        if text is None:
            return self.make_session()
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        return self.make_session(identity, self.decode(text))

    async def save_session(self, request: BaseRequest, response: StreamResponse, session: Session) -> None:
        """See `AbstractStorage`."""
        cookie = self.load_cookie(request)
        old = cookie if cookie is not None and _is_identity(cookie) else None
        if session.empty:
            for identity in {old, session.identity} - {None}:
                await self.delete(self._key(identity))
            if cookie is not None:
                self.save_cookie(response, "")
            return
        identity = session.identity
        begins = session.new or identity is None
        if identity is None:
            if old is not None and not session.new and await self.read(self._key(old)) is None:
                # To give a session another identity is not to begin another one.
                _note_end()
                return
            identity = self._key_factory()
        if not _is_identity(identity):
            raise ValueError("a session's identity is 1 to 128 letters, digits and -._~:+/= of ASCII")
        if not await self._write(identity, session, replace=not begins):
            return
        session.saved(identity)
        if old is not None and old != identity:
            await self.delete(self._key(old))
        self.save_cookie(response, identity, max_age=session.cookie_max_age)

    async def save_late(self, request: BaseRequest, session: Session) -> bool:
        """See `AbstractStorage`; it can be done as long as the browser need not be told of another identity."""
        identity = session.identity
        if identity is None:
            return session.empty
        if session.empty:
            await self.delete(self._key(identity))
        else:
            await self._write(identity, session, replace=True)
        return True

    async def _write(self, identity: str, session: Session, *, replace: bool) -> bool:
        text = self.encode(session)
        seconds = session.expires_in
        if seconds is not None:
            seconds = max(1, min(seconds, _LONGEST))
        written = await self.write(self._key(identity), text, seconds, replace=replace)
        if not written:
            _note_end()
        return written

    def _key(self, identity: str) -> str:
        return f"{self._cookie_name}_{identity}"


def _note_end() -> None:
    """Take note that a session is no more.

    Somebody has logged out, or in, while this request was running: what it has to say is about a session that has
    ended. Its cookie is left alone, as the browser may have got another one by now.
    """
    LOGGER.debug("A session was ended while a request was changing it")


def _is_identity(value: object) -> bool:
    """Whether something can be an identity: what cannot be is not even looked for."""
    return isinstance(value, str) and 0 < len(value) <= _IDENTITY and _IDENTITY_CHARACTERS.issuperset(value)
