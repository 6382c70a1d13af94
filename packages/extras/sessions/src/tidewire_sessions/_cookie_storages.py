"""Storages that keep sessions in the cookie itself."""

from __future__ import annotations

import abc

from tidewire_sessions._abstract_storage import AbstractStorage
from tidewire_sessions._session import Session
from tidewire_web import BaseRequest, StreamResponse

__all__ = ["AbstractCookieStorage", "SimpleCookieStorage"]


class AbstractCookieStorage(AbstractStorage):
    """Keeps what is in a session in its cookie, sealed so that browsers cannot change it.

    What is kept in cookies cannot be taken back: a copy of one is good until its time is over, also after a log-out.
    Where that matters, keep sessions on the server. Browsers take 4096 bytes of cookie.

    Args:
        options: see `AbstractStorage`.
    """

    @abc.abstractmethod
    def seal(self, text: str) -> str:
        """Make the value of a cookie of a text, so that nobody else can."""

    @abc.abstractmethod
    def unseal(self, sealed: str) -> str | None:
        """Undo `seal()`; None where the value is nothing that it has made."""

    async def load_session(self, request: BaseRequest) -> Session:
        """See `AbstractStorage`."""
        sealed = self.load_cookie(request)
        if sealed is None:
            return self.make_session()
        text = self.unseal(sealed)
        if text is None:
            self.refuse("it was not sealed here")
            return self.make_session()
        return self.make_session(None, self.decode(text))

    async def save_session(self, request: BaseRequest, response: StreamResponse, session: Session) -> None:
        """See `AbstractStorage`."""
        if not session.empty:
            self.save_cookie(response, self.seal(self.encode(session)), max_age=session.cookie_max_age)
        elif self.load_cookie(request) is not None:
            self.save_cookie(response, "")


class SimpleCookieStorage(AbstractCookieStorage):
    """Keeps what is in a session in a cookie as it is: everybody can read it, and the browser's owner can change it.

    For tests and for what is nobody's secret and nobody's harm, such as preferences.

    Args:
        options: see `AbstractStorage`.
    """

    def seal(self, text: str) -> str:
        """Nothing is sealed."""
        return text

    def unseal(self, sealed: str) -> str | None:
        """Nothing is sealed."""
        return sealed
