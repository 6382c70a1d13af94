"""What every storage of sessions does, and the cookie that all of them need."""

from __future__ import annotations

import abc
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypedDict

from tidewire_sessions._session import Session, SessionData, SessionLimits
from tidewire_web import BaseRequest, Response, StreamResponse

__all__ = ["AbstractStorage", "StorageOptions"]

SameSite = Literal["Lax", "None", "Strict"]

LOGGER: Final = logging.getLogger("tidewire.sessions")
# How long a session lasts that nobody asks for, where nothing else ends it: 14 days, as Django has it. Sessions on a
# server would be kept for ever otherwise, and stolen cookies would be good for ever.
_IDLE: Final = 14 * 24 * 3600.0

# The end of the year 9999, in seconds since the epoch: Expires has four digits for the year (RFC 6265, section 4.1.1).
_LAST_MOMENT: Final = 253402300799


class StorageOptions(TypedDict, total=False):
    """What every storage takes; see `AbstractStorage`."""

    cookie_name: str
    domain: str | None
    max_age: float | None
    path: str
    secure: bool | None
    httponly: bool
    samesite: SameSite | None
    encoder: Callable[[Any], str]
    decoder: Callable[[str], Any]
    idle_timeout: float | None
    absolute_timeout: float | None
    clock: Callable[[], float]


class AbstractStorage(abc.ABC):
    """Where sessions are kept, and by which cookie a browser's is found.

    Storages of one's own had better be made of `AbstractCookieStorage` or `AbstractServerStorage`; what this class asks
    for is the most general: reading with a request and writing with a response.

    Args:
        cookie_name: the name of the cookie.
        domain: its domain; None for the host that sets it.
        max_age: seconds after their last change for which sessions, and their cookies, are kept; None for cookies
            that browsers forget when they are closed.
        path: its path.
        secure: whether it goes over secure connections only. Say so wherever there is TLS.
        httponly: whether it is hidden from scripts.
        samesite: whether it goes along with requests from other sites.
        encoder: makes text of what is in a session.
        decoder: undoes that.
        idle_timeout: seconds without a request that asks for it, after which a session ends. Where None, it is 14 days
            for sessions without a `max_age`, and no limit for the others.
        absolute_timeout: seconds after which a session ends however busy it is; None for any time.
        clock: gives the seconds since the epoch.

    Raises:
        ValueError: an age or time-out that is none, or the cookie may not go out like that.
    """

    def __init__(
        self,
        *,
        cookie_name: str = "AIOHTTP_SESSION",
        domain: str | None = None,
        max_age: float | None = None,
        path: str = "/",
        secure: bool | None = None,
        httponly: bool = True,
        samesite: SameSite | None = None,
        encoder: Callable[[Any], str] = json.dumps,
        decoder: Callable[[str], Any] = json.loads,
        idle_timeout: float | None = None,
        absolute_timeout: float | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        for limit in (max_age, idle_timeout, absolute_timeout):
            if limit is not None and not 0 <= limit < 2**53:
                raise ValueError(f"a number of seconds, or None, not {limit!r:.100}")
        self._cookie_name = cookie_name
        self._max_age = max_age
        self._encoder = encoder
        self._decoder = decoder
        self._limits = SessionLimits(
            idle=idle_timeout, idle_without_max_age=_IDLE, absolute=absolute_timeout, clock=clock
        )
        self._cookie_params: dict[str, Any] = {
            "domain": domain,
            "path": path,
            "secure": secure,
            "httponly": httponly,
            "samesite": samesite,
        }
        # What is wrong with it is to be known before a browser needs it.
        try:
            Response().set_cookie(cookie_name, "", **self._cookie_params)
        except Exception as error:
            raise ValueError(f"no cookie can be like that: {error}") from error

    @property
    def cookie_name(self) -> str:
        """The name of the cookie."""
        return self._cookie_name

    @property
    def max_age(self) -> float | None:
        """Seconds after their last change for which sessions are kept that have no maximum age of their own."""
        return self._max_age

    @property
    def cookie_params(self) -> Mapping[str, Any]:
        """The attributes of the cookie, as `StreamResponse.set_cookie()` takes them."""
        return self._cookie_params

    @property
    def encoder(self) -> Callable[[Any], str]:
        """Makes text of what is in a session."""
        return self._encoder

    @property
    def decoder(self) -> Callable[[str], Any]:
        """Undoes what `encoder` does."""
        return self._decoder

    # What storages do.

    async def new_session(self) -> Session:
        """Make a session with nothing in it."""
        return self.make_session()

    @abc.abstractmethod
    async def load_session(self, request: BaseRequest) -> Session:
        """Find the session of a request; a new one where there is none, or what the request brought is no good.

        A storage must not take an identity from a request for which it has nothing: whoever planted it there would know
        it (CVE-2018-1000519).
        """

    @abc.abstractmethod
    async def save_session(self, request: BaseRequest, response: StreamResponse, session: Session) -> None:
        """Write a session, or remove it where it is empty, and set or delete the cookie.

        It is called before the head of the response goes out, whatever kind of response it is.
        """

    async def save_late(self, request: BaseRequest, session: Session) -> bool:
        """Write a session after the head of the response was sent, when no cookie can be set any more.

        Returns:
            Whether it was done.
        """
        return False

    # What they do it with.

    def make_session(self, identity: Any = None, data: SessionData | None = None) -> Session:
        """Make a session of what was read; a new one where nothing was, or its time is over.

        Args:
            identity: what the storage knows it by.
            data: what was read.
        """
        if not data:
            # What nothing can be read of does not go on under its name.
            identity = None
        return Session(identity, data=data, new=not data, max_age=self._max_age, limits=self._limits)

    def encode(self, session: Session) -> str:
        """Make text of a session.

        Raises:
            Exception: whatever the encoder raises of a value that cannot be written.
        """
        return self._encoder(self._get_session_data(session))

    def decode(self, text: str) -> SessionData | None:
        """Undo `encode()`; None, and a line in the log, where the text is nothing that it makes."""
        try:
            data: Any = self._decoder(text)
        except Exception as error:
            # Whatever a decoder raises of a text from elsewhere: that must harm nobody.
            self.refuse(f"{type(error).__name__} where it was decoded")
            return None
        if not isinstance(data, dict):
            self.refuse("not a mapping")
            return None
        found: Any = data
        checked: SessionData = found
        return checked

    def refuse(self, problem: str) -> None:
        """Write to the log that a cookie, or what was kept under it, is no good. The request gets a new session.

        Args:
            problem: what is wrong, without what came from the peer.
        """
        LOGGER.warning("Refused the session of a cookie %.50s: %.100s", self._cookie_name, problem)

    def load_cookie(self, request: BaseRequest) -> str | None:
        """Return the value of a request's cookie; None where it has none."""
        return request.cookies.get(self._cookie_name) or None

    def save_cookie(
        self, response: StreamResponse, cookie_data: str, *, max_age: float | None = None
    ) -> None:
        """Set the cookie.

        Args:
            response: the response.
            cookie_data: the value; where it is empty, the cookie is deleted.
            max_age: seconds for which a browser is to keep it; until it is closed where None.

        Raises:
            tidewire_http_parser.LocalProtocolError: the value is larger than browsers take.
        """
        if not cookie_data:
            response.del_cookie(self._cookie_name, **self._cookie_params)
            return
        lasting: dict[str, Any] = {}
        if max_age is not None:
            end = min(int(self._limits.clock() + max_age), _LAST_MOMENT)
            lasting = {"max_age": int(max_age), "expires": end}
        response.set_cookie(self._cookie_name, cookie_data, **lasting, **self._cookie_params)

    def _get_session_data(self, session: Session) -> SessionData:
        # The name by which storages that were written for aiohttp-session know it.
        return session.dump()
