"""Each check of the suite finds what it is there to find."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_sessions import MemoryStorage, Session, SessionData, SessionLimits, SimpleCookieStorage
from tidewire_sessions.conformance import CHECKS, ConformanceError, Subject
from tidewire_web import HTTPException, Response


class Forgetful(MemoryStorage):
    async def write(self, key: str, text: str, seconds: int | None, *, replace: bool) -> bool:
        return True


class Eager(MemoryStorage):
    async def load_session(self, request: Any) -> Session:
        session = await super().load_session(request)
        session["loaded"] = True
        return session


class OnlyResponses(MemoryStorage):
    async def save_session(self, request: Any, response: Any, session: Session) -> None:
        if isinstance(response, Response) and not isinstance(response, HTTPException):
            await super().save_session(request, response, session)


class Aliasing(MemoryStorage):
    """Hands out the very mapping that it keeps."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sessions: dict[str, Session] = {}

    async def load_session(self, request: Any) -> Session:
        session = await super().load_session(request)
        return self.sessions.setdefault(session.identity, session) if session.identity else session


class Undying(MemoryStorage):
    async def delete(self, key: str) -> None:
        pass


class Adopting(MemoryStorage):
    async def load_session(self, request: Any) -> Session:
        session = await super().load_session(request)
        if session.new:
            session.set_new_identity(self.load_cookie(request))
        return session


class Overwriting(MemoryStorage):
    async def write(self, key: str, text: str, seconds: int | None, *, replace: bool) -> bool:
        return await super().write(key, text, seconds, replace=False)


class Public(MemoryStorage):
    async def save_session(self, request: Any, response: Any, session: Session) -> None:
        await super().save_session(request, response, session)
        response.headers["Cache-Control"] = "public"


class Unlimited(MemoryStorage):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._limits = SessionLimits(clock=options.get("clock", self._limits.clock))


class ShortMemory(MemoryStorage):
    def _get_session_data(self, session: Session) -> SessionData:
        data = session.dump()
        data.pop("max_age", None)
        return data


class Unsafe(MemoryStorage):
    def __init__(self, **options: Any) -> None:
        options.pop("samesite", None)
        super().__init__(**options)


class Deaf(MemoryStorage):
    """Does not hear of some options."""

    def __init__(self, *ignored: str, **options: Any) -> None:
        super().__init__(**{name: value for name, value in options.items() if name not in ignored})


FAULTY: dict[str, Any] = {
    "_keeps_what_is_put": Forgetful,
    "_costs_nothing_unasked": Eager,
    "_saves_with_every_response": OnlyResponses,
    "_saves_nothing_of_failures": Aliasing,
    "_saves_late_or_says_so": SimpleCookieStorage,
    "_ends": Undying,
    "_gets_another_identity": lambda **options: MemoryStorage(key_factory=lambda: "same", **options),
    "_takes_no_foreign_cookie": Adopting,
    "_notices_tampering": SimpleCookieStorage,
    "_does_not_come_back": Overwriting,
    "_ends_by_age": lambda **options: Deaf("clock", **options),
    "_ends_when_idle": lambda **options: Deaf("idle_timeout", **options),
    "_ends_absolutely": lambda **options: Deaf("absolute_timeout", **options),
    "_ends_without_limits": Unlimited,
    "_remembers": ShortMemory,
    "_sets_attributes": Unsafe,
    "_is_private": Public,
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_each_check_finds_a_storage_that_does_not_conform(check: Any) -> None:
    subject = Subject(make_storage=FAULTY[check.__name__], on_server=True, tamper_proof=True)
    with pytest.raises(ConformanceError):
        await check(subject)


def test_there_is_a_fault_for_each_check() -> None:
    assert list(FAULTY) == [getattr(check, "__name__", "") for check in CHECKS]
