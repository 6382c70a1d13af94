"""How requests come to their sessions, and sessions to their storage."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from tidewire_sessions._abstract_storage import AbstractStorage
from tidewire_sessions._session import Session
from tidewire_web import Application, BaseRequest, HTTPException, RequestKey, StreamResponse, middleware

__all__ = [
    "SESSION_KEY",
    "STORAGE_KEY",
    "get_session",
    "log_in",
    "new_session",
    "session_middleware",
    "setup",
]

SESSION_KEY: Final = RequestKey("session", Session)
STORAGE_KEY: Final = RequestKey("storage", AbstractStorage)

Handler = Callable[[Any], Awaitable[StreamResponse]]


class _Visit:
    """One request at one storage: the session that was asked for, and whether it is to be written.

    Args:
        storage: the storage.
    """

    def __init__(self, storage: AbstractStorage) -> None:
        self.storage = storage
        self.session: Session | None = None
        self.failed = False  # the handler, or an earlier attempt to write

    def attach(self, request: BaseRequest, session: Session) -> None:
        """Let a session be the request's, and be written before the head of the response goes out."""
        self.session = session
        request[SESSION_KEY] = session
        # What the application wants to have called is called before this: it may still change the session.
        if self.save not in request.prepare_receivers:
            request.prepare_receivers = (*request.prepare_receivers, self.save)

    async def save(self, request: BaseRequest, response: StreamResponse) -> None:
        """Write the session with a response; what `on_response_prepare` does for this request."""
        session = self.session
        if session is None:
            return
        _vary_by_cookie(response)
        if self.failed or not session.needs_saving:
            return
        try:
            await self.storage.save_session(request, response, session)
        except BaseException:
            # The answer to that is a response too, and would fail in the same way.
            self.failed = True
            raise
        session.saved()
        if self.storage.cookie_name in response.cookies and "Cache-Control" not in response.headers:
            # A shared cache may keep a response that sets a cookie (RFC 9111, section 7.3), and hand it to everybody.
            response.headers["Cache-Control"] = "private"


_VISIT: Final = RequestKey("visit", _Visit)


def setup(app: Application, storage: AbstractStorage) -> None:
    """Let the handlers of an application, and of those nested in it, have sessions.

    Middlewares that are added before cannot ask for them.

    Args:
        app: the application.
        storage: where sessions are kept.

    Raises:
        RuntimeError: the storage is none, or the application does not change any more.
    """
    app.middlewares.append(session_middleware(storage))


def session_middleware(storage: AbstractStorage) -> Callable[[Any, Handler], Awaitable[StreamResponse]]:
    """Make the middleware that `setup()` adds.

    A session that was asked for and has changed is written before the head of the response goes out, whatever response
    that is: streams, files, websockets, and exceptions that are raised, redirects for instance. It is not written where
    the handler has failed. What is changed after the head was sent is written when the handler returns, if the storage
    keeps sessions on the server.

    Raises:
        RuntimeError: the storage is none.
    """
    if not isinstance(storage, AbstractStorage):
        raise RuntimeError(f"a storage is an AbstractStorage, not {type(storage).__name__}")

    @middleware
    async def keep_session(request: BaseRequest, handler: Handler) -> StreamResponse:
        visit = _Visit(storage)
        outer = request.get(_VISIT)
        request[_VISIT] = visit
        request[STORAGE_KEY] = storage
        try:
            response = await handler(request)
        except HTTPException:
            raise
        except BaseException:
            visit.failed = True
            raise
        finally:
            if visit.session is not None:
                # A middleware may have passed on a clone of the request; its response answers this one.
                visit.attach(request, visit.session)
            if outer is not None:
                _go_back(request, outer)
        if not isinstance(response, StreamResponse):
            raise RuntimeError(f"a handler returns a response, not {type(response).__name__}")
        session = visit.session
        if session is not None and session.needs_saving and response.prepared and not visit.failed:
            await _save_late(request, visit, session)
        return response

    return keep_session


def _go_back(request: BaseRequest, outer: _Visit) -> None:
    """Leave a nested application with a storage of its own: those around it have theirs again."""
    request[_VISIT] = outer
    request[STORAGE_KEY] = outer.storage
    request.pop(SESSION_KEY, None)
    if outer.session is not None:
        request[SESSION_KEY] = outer.session


async def _save_late(request: BaseRequest, visit: _Visit, session: Session) -> None:
    if not await visit.storage.save_late(request, session):
        raise RuntimeError("the session was changed after the head of the response had been sent")
    session.saved()


def _vary_by_cookie(response: StreamResponse) -> None:
    """Let caches know that others would get another response (RFC 9110, section 12.5.5)."""
    value = ", ".join(response.headers.getall("Vary", ()))
    members = {member.strip().lower() for member in value.split(",")}
    if not members & {"*", "cookie"}:
        response.headers["Vary"] = f"{value}, Cookie" if value else "Cookie"


async def get_session(request: BaseRequest) -> Session:
    """Return the session of a request, which is read when somebody asks for it first.

    Raises:
        RuntimeError: there is no storage, see `setup()`; or it gave no session.
    """
    visit = request.get(_VISIT)
    session = request.get(SESSION_KEY) if visit is None else visit.session
    if session is not None:
        return session
    visit = _visit_of(request)
    session = _checked(await visit.storage.load_session(request))
    if visit.session is None:
        visit.attach(request, session)
        return session
    # Another task of the same request was faster.
    return visit.session


async def new_session(request: BaseRequest) -> Session:
    """Begin another session for a request, with nothing in it; the one that it had ends.

    Where sessions are kept on the server, what is kept of the old one is deleted.

    Raises:
        RuntimeError: there is no storage, see `setup()`; or it gave no session.
    """
    visit = _visit_of(request)
    session = _checked(await visit.storage.new_session())
    visit.attach(request, session)
    return session


async def log_in(request: BaseRequest, /, **values: Any) -> Session:
    """Note who somebody is, in a session that begins with it.

    Whatever was in the session before is in it still, such as a basket, but it has another identity: somebody who had
    planted or overheard the old one is not logged in with it (session fixation). Its time-outs begin anew.

    Args:
        request: the request.
        values: what is put into the session.

    Raises:
        RuntimeError: there is no storage, see `setup()`; or it gave no session.
    """
    old = await get_session(request)
    session = await new_session(request)
    session.update(old)
    session.update(values)
    return session


def _visit_of(request: BaseRequest) -> _Visit:
    visit = request.get(_VISIT)
    if visit is None:
        raise RuntimeError("no storage for sessions; call setup(app, storage) before the application runs")
    return visit


def _checked(session: object) -> Session:
    if not isinstance(session, Session):
        raise RuntimeError(f"a storage gives a Session, not {type(session).__name__}")
    return session
