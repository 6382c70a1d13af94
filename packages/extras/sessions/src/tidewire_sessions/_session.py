"""Sessions: what is kept for one browser from request to request."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, TypedDict

__all__ = ["Session", "SessionData", "SessionLimits"]

# A session that is in use is written again when this part of its idle time-out has passed: not with every request,
# and still it ends no sooner than after nine tenths of the time-out.
_RENEWALS: Final = 10


class SessionData(TypedDict, total=False):
    """What a storage writes of a session, and reads again.

    Attributes:
        created: when it was changed the last time, in seconds since the epoch.
        session: what is in it.
        started: when it began, in seconds since the epoch.
        seen: when it was written the last time, in seconds since the epoch.
        max_age: its own maximum age in seconds, where it has one.
    """

    created: int
    session: dict[str, Any]
    started: int
    seen: int
    max_age: float | None


@dataclass(frozen=True, kw_only=True)
class SessionLimits:
    """How long sessions last, beside their maximum age.

    Attributes:
        idle: seconds without a request that asks for the session, after which it ends; None for any time.
        idle_without_max_age: the same for sessions that have no maximum age, where `idle` is None.
        absolute: seconds since its beginning, after which it ends however busy it is; None for any time.
        clock: gives the seconds since the epoch.
    """

    idle: float | None = None
    idle_without_max_age: float | None = None
    absolute: float | None = None
    clock: Callable[[], float] = time.time


class Session(MutableMapping[str, Any]):
    """What is kept for one browser: a mapping of what its storage can write, JSON mostly.

    Setting and deleting keys is noticed; what is changed within a value is not, and needs `changed()`. What is changed
    after the head of the response was sent can be kept only by storages on the server.

    Args:
        identity: what the storage knows it by; None where the storage is to choose.
        data: what was read; what is too old, or has another shape, is ignored.
        new: whether nothing was read.
        max_age: seconds after its last change for which it is kept; None for any time.
        limits: how long it lasts beside that; for ever where None.
    """

    def __init__(
        self,
        identity: Any,
        *,
        data: SessionData | None,
        new: bool,
        max_age: float | None = None,
        limits: SessionLimits | None = None,
    ) -> None:
        self._identity = identity
        self._limits = limits or SessionLimits()
        self._mapping: dict[str, Any] = {}
        self._changed = False
        self._ended = False
        self._new = new or not data
        self._usual_max_age = self._max_age = max_age
        self._started = self._seen = self._created = now = int(self._limits.clock())
        if data and not self._new:
            self._restore(data, now)

    def _restore(self, data: SessionData, now: int) -> None:
        self._created = min(now, _moment(data.get("created"), now))
        self._started = min(now, _moment(data.get("started"), self._created))
        self._seen = min(now, _moment(data.get("seen"), self._created))
        if "max_age" in data and _is_duration(data["max_age"]):
            self._max_age = data["max_age"]
        left = self._left()
        content = data.get("session")
        if left is not None and left < 0:
            # What has ended does not go on under the same name.
            self._identity = None
            self._new = True
            self._max_age = self._usual_max_age
            self._started = self._seen = self._created = now
        elif isinstance(content, dict):
            self._mapping.update(content)

    def __repr__(self) -> str:
        # Without what is in it: that is nobody's business in a log.
        state = "new " if self._new else ""
        state += "changed " if self._changed else ""
        return f"<{type(self).__name__} {state}created={self._created} {len(self._mapping)} keys>"

    # What is known of it.

    @property
    def identity(self) -> Any:
        """What its storage knows it by; None where the storage knows it by nothing, or is still to choose."""
        return self._identity

    @property
    def new(self) -> bool:
        """Whether it has begun with this request."""
        return self._new

    @property
    def created(self) -> int:
        """When it was changed the last time, in seconds since the epoch."""
        return self._created

    @property
    def started(self) -> int:
        """When it began, in seconds since the epoch."""
        return self._started

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return not self._mapping

    @property
    def max_age(self) -> float | None:
        """Seconds after its last change for which it is kept; None for any time.

        A session keeps its own maximum age, such as that of a login that is to be remembered.
        """
        return self._max_age

    @max_age.setter
    def max_age(self, value: float | None) -> None:
        if not _is_duration(value):
            raise ValueError(f"a maximum age is a number of seconds, not {value!r:.100}")
        if value != self._max_age:
            self._max_age = value
            self.changed()

    @property
    def expires_in(self) -> int | None:
        """Seconds until it ends if nobody asks for it any more; None where it does not end."""
        left = self._left()
        return None if left is None else math.ceil(left)

    def _left(self) -> float | None:
        limits = self._limits
        ends = [
            start + limit
            for start, limit in (
                (self._created, self._max_age),
                (self._seen, self._idle_limit()),
                (self._started, limits.absolute),
            )
            if limit is not None
        ]
        return min(ends) - int(limits.clock()) if ends else None

    @property
    def cookie_max_age(self) -> int | None:
        """Seconds for which a browser is to keep its cookie; None where it is to forget it when it is closed."""
        if self._max_age is None:
            return None
        left = math.ceil(self._created + self._max_age - int(self._limits.clock()))
        return max(0, left)

    @property
    def needs_saving(self) -> bool:
        """Whether it was changed, or has been idle for so long that its being in use is to be written down."""
        if self._changed:
            return True
        idle = self._idle_limit()
        if idle is None or self._new or not self._mapping:
            return False
        return self._limits.clock() - self._seen >= idle / _RENEWALS

    def _idle_limit(self) -> float | None:
        limits = self._limits
        if limits.idle is None and self._max_age is None:
            return limits.idle_without_max_age
        return limits.idle

    # What is in it.

    def __len__(self) -> int:
        return len(self._mapping)

    def __iter__(self) -> Iterator[str]:
        return iter(self._mapping)

    def __contains__(self, key: object) -> bool:
        return key in self._mapping

    def __getitem__(self, key: str) -> Any:
        return self._mapping[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._mapping[key] = value
        self.changed()

    def __delitem__(self, key: str) -> None:
        del self._mapping[key]
        self.changed()

    # Compared by identity, as two browsers may have the same in their sessions.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    # What becomes of it.

    def changed(self) -> None:
        """Take note that something within a value was changed."""
        self._changed = True
        self._created = int(self._limits.clock())
        if self._ended and self._mapping:
            # Something was put into a session that had been ended: that is another one.
            self._ended = False
            self._new = True
            self._started = self._created
            self.rotate()

    def invalidate(self) -> None:
        """End it: nothing of it is kept, and the browser is to forget it. What a log-out does."""
        self._mapping = {}
        self._ended = True
        self.changed()

    def rotate(self) -> None:
        """Go on under another identity, so that whoever knows the old one has nothing any more.

        To be done whenever somebody's rights change (OWASP, session management); see `log_in()` for the most common
        case. What is kept in a cookie as a whole has no identity; there this only writes it again.
        """
        self._identity = None
        self._changed = True

    def set_new_identity(self, identity: Any) -> None:
        """Choose the identity of a new session, in place of its storage.

        Raises:
            RuntimeError: it is not new; `rotate()` gives another identity to one that is not.
        """
        if not self._new:
            raise RuntimeError("only a new session is given an identity")
        self._identity = identity

    def dump(self) -> SessionData:
        """Return what is to be written now; its being idle begins anew with that."""
        self._seen = int(self._limits.clock())
        if not self._mapping:
            return {}
        data: SessionData = {
            "created": self._created,
            "session": self._mapping,
            "started": self._started,
            "seen": self._seen,
        }
        if self._max_age != self._usual_max_age:
            data["max_age"] = self._max_age
        return data

    def saved(self, identity: Any = None) -> None:
        """Take note that it was written.

        Args:
            identity: what the storage knows it by from now on; None where that is as before.
        """
        if identity is not None:
            self._identity = identity
        self._changed = False


def _moment(value: Any, default: int) -> int:
    """A moment that was read; the default where it is none."""
    return default if value is None or not _is_duration(value) else int(value)


def _is_duration(value: Any) -> bool:
    """Whether something is None, or a number that can be reckoned with."""
    if value is None:
        return True
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 2**53
