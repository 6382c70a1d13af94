"""What a private cache may do (RFC 9111): decisions, without a clock, a store or a connection."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from multidict import CIMultiDict, CIMultiDictProxy

from tidewire_client._cache_control import MOST_SECONDS, CacheControl, delta_seconds
from tidewire_client._cached_response import CachedResponse
from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import parse_date, parse_list, parse_token_list

__all__: list[str] = []

Fields = CIMultiDict[str] | CIMultiDictProxy[str]

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PROPFIND", "REPORT", "SEARCH"})
# Status codes whose responses may be kept without being told for how long (RFC 9110, section 15.1), less 206.
HEURISTIC: Final = frozenset({200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501})
# Answers to requests with conditions, to parts, and to changes of protocol are no representation.
_NEVER: Final = frozenset({206, 304})
_CONDITIONS: Final = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range")
# Section 4.2.2 gives 10% as typical; the bound keeps what has not changed for years from being believed for months.
_HEURISTIC_PART: Final = 0.1
_HEURISTIC_MOST: Final = 7 * 86400.0
_CREDENTIALS: Final = ("Authorization", "Cookie")
# Section 3.1; and Set-Cookie, which is for the moment of its response, and is in the jar.
_NOT_STORED: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "proxy-connection",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# What a 304 does not change (section 3.2): what the stored body is framed, coded and read by.
_NOT_UPDATED: Final = frozenset({"content-length", "content-encoding", "content-range", "content-type"})


class Action(Enum):
    """What to do with a request."""

    REUSE = "answer with the stored response"
    VALIDATE = "ask the server whether the stored responses still hold"
    FORWARD = "send it as it is"
    FAIL = "answer with 504 (Gateway Timeout)"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a request.

    Attributes:
        action: what.
        response: the stored response that fits the request, if there is one.
        age: its age in seconds.
    """

    action: Action
    response: CachedResponse | None = None
    age: float = 0.0


def concerns_cache(method: str, headers: Fields) -> bool:
    """Tell whether a request can be answered by a cache.

    One for a part, with conditions of its own, or for another protocol goes to the server as it is (sections 3.3 and
    4.3.2).
    """
    if method not in {"GET", "HEAD"} or "Range" in headers or "Upgrade" in headers:
        return False
    return not any(name in headers for name in _CONDITIONS)


def decide(
    method: str, headers: Fields, stored: Iterable[CachedResponse], now: float, *, decoded: bool
) -> Decision:
    """Decide what to do with a request (section 4).

    Args:
        method: its method, GET or HEAD.
        headers: its fields.
        stored: the responses to GET that are kept for its URL.
        now: the time, in seconds since the epoch.
        decoded: whether the body is wanted without its content codings.
    """
    control = request_control(headers)
    found = select(headers, stored, decoded=decoded)
    age = 0.0 if found is None else current_age(found, now)
    if found is not None and may_reuse(found, age, control):
        return Decision(Action.REUSE, found, age)
    if "only-if-cached" in control:
        return Decision(Action.FAIL)
    if found is None:
        return Decision(Action.FORWARD)
    if method == "GET" and ("ETag" in found.headers or "Last-Modified" in found.headers):
        return Decision(Action.VALIDATE, found, age)
    return Decision(Action.FORWARD, found, age)


def request_control(headers: Fields) -> CacheControl:
    """Return the directives of a request; without any, Pragma counts (section 5.4)."""
    control = CacheControl(headers.getall("Cache-Control", ()))
    if not control and "no-cache" in headers.get("Pragma", "").lower():
        return CacheControl(["no-cache"])
    return control


# -- what fits (section 4.1) -----------------------------------------------------------------------


def select(headers: Fields, stored: Iterable[CachedResponse], *, decoded: bool) -> CachedResponse | None:
    """Return the newest stored response that fits a request."""
    fitting = [each for each in stored if fits(each, headers, decoded=decoded)]
    return max(fitting, key=lambda each: each.received, default=None)


def fits(stored: CachedResponse, headers: Fields, *, decoded: bool) -> bool:
    """Tell whether a stored response is for a request: its nominated fields are the same, and its credentials."""
    if stored.decoded is not decoded and "Content-Encoding" in stored.headers:
        return False
    if stored.credentials and stored.credentials != credentials_digest(headers):
        return False
    return all(_combined(headers, name) == value for name, value in stored.nominated)


def nominated(response: Fields, request: Fields) -> tuple[tuple[str, str | None], ...] | None:
    """Return the fields of a request that its response depends on; None where it depends on more than fields."""
    names: set[str] = set()
    for value in response.getall("Vary", ()):
        try:
            names.update(name.lower() for name in parse_token_list(value))
        except InvalidFieldValue:
            return None
    if "*" in names:
        return None
    return tuple((name, _combined(request, name)) for name in sorted(names))


def credentials_digest(headers: Fields) -> str:
    """Return a digest of a request's credentials, empty for none; they themselves are not to be kept."""
    given = [f"{name}: {value}" for name in _CREDENTIALS for value in headers.getall(name, ())]
    if not given:
        return ""
    return hashlib.sha256("\n".join(given).encode("utf-8", "surrogateescape")).hexdigest()


def _combined(headers: Fields, name: str) -> str | None:
    """Return the value of a field in a form in which white space around its elements makes no difference."""
    values = headers.getall(name, None)
    if values is None:
        return None
    joined = ",".join(values)
    try:
        return ", ".join(parse_list(joined))
    except InvalidFieldValue:
        return joined


# -- freshness (section 4.2) -----------------------------------------------------------------------


def may_reuse(stored: CachedResponse, age: float, request: CacheControl) -> bool:
    """Tell whether a stored response may be used without asking the server."""
    control = CacheControl(stored.headers.getall("Cache-Control", ()))
    if "no-cache" in request or "no-cache" in control:
        return False  # with an argument too: more than it asks for is allowed (section 5.2.2.4)
    most = request.seconds("max-age")
    if most is not None and age > most:
        return False
    left = freshness_lifetime(stored) - age
    if left > 0:
        return left >= (request.seconds("min-fresh") or 0)
    if "must-revalidate" in control or "max-stale" not in request:
        return False
    return request.unlimited("max-stale") or -left <= (request.seconds("max-stale") or 0)


def may_use_after_failure(stored: CachedResponse, age: float, request: CacheControl) -> bool:
    """Tell whether a stale response may be used where the server cannot be asked (RFC 5861, section 4)."""
    control = CacheControl(stored.headers.getall("Cache-Control", ()))
    if any("no-cache" in each for each in (request, control)) or "must-revalidate" in control:
        return False
    grace = [
        seconds for each in (request, control) if (seconds := each.seconds("stale-if-error")) is not None
    ]
    return bool(grace) and age - freshness_lifetime(stored) <= max(grace)


def freshness_lifetime(stored: CachedResponse) -> float:
    """Return for how many seconds a response is fresh (section 4.2.1); where it does not say, a part of its age."""
    headers = stored.headers
    seconds = CacheControl(headers.getall("Cache-Control", ())).seconds("max-age")
    if seconds is not None:
        return float(seconds)
    date = _date(headers, "Date", stored.received) or stored.received
    if "Expires" in headers:
        expires = _date(headers, "Expires", stored.received)  # what is no date, such as 0, is in the past
        return 0.0 if expires is None else max(0.0, expires - date)
    modified = _date(headers, "Last-Modified", stored.received)
    if modified is None or stored.status not in HEURISTIC:
        return 0.0
    return max(0.0, min((date - modified) * _HEURISTIC_PART, _HEURISTIC_MOST))


def current_age(stored: CachedResponse, now: float) -> float:
    """Return how old a response is, in seconds (section 4.2.3)."""
    headers = stored.headers
    date = _date(headers, "Date", stored.received)
    apparent = 0.0 if date is None else max(0.0, stored.received - date)
    # A list is an error; its first member counts (section 5.1).
    said = delta_seconds(headers.get("Age", "").partition(",")[0].strip(" \t")) or 0
    corrected = said + max(0.0, stored.received - stored.requested)
    return min(max(apparent, corrected) + max(0.0, now - stored.received), float(MOST_SECONDS))


def _date(headers: Fields, name: str, now: float) -> float | None:
    value = headers.get(name)
    if value is None:
        return None
    try:
        return float(parse_date(value, int(now)))
    except InvalidFieldValue:
        return None


# -- storing (section 3) ---------------------------------------------------------------------------


def may_store(method: str, request: Fields, status: int, response: Fields) -> bool:
    """Tell whether a response may be kept, and is worth it (section 3): it is fresh for a time, or can be validated.

    Section 3.5, on requests with Authorization, is for shared caches; here `credentials_for()` does more.
    """
    if method != "GET" or status < 200 or status in _NEVER:
        return False
    control = CacheControl(response.getall("Cache-Control", ()))
    if "no-store" in control or "no-store" in request_control(request) or "Content-Range" in response:
        return False
    explicit = "max-age" in control or "Expires" in response
    if not explicit and not ("public" in control or "private" in control or status in HEURISTIC):
        return False
    return explicit or "ETag" in response or "Last-Modified" in response


def credentials_for(request: Fields, response: Fields) -> str:
    """Return the digest of the credentials that a response is kept for; empty where it is for everybody.

    A session may send requests for several users. So what was answered to credentials is for these only, unless the
    server says that it is public (section 5.2.2.9).
    """
    if "public" in CacheControl(response.getall("Cache-Control", ())):
        return ""
    return credentials_digest(request)


def stored_fields(response: Fields) -> tuple[tuple[str, str], ...]:
    """Return the fields of a response that are kept (section 3.1)."""
    left_out = _NOT_STORED | _of_the_connection(response)
    return tuple((name, value) for name, value in response.items() if name.lower() not in left_out)


def _of_the_connection(headers: Fields) -> frozenset[str]:
    names: set[str] = set()
    for value in headers.getall("Connection", ()):
        try:
            names.update(name.lower() for name in parse_token_list(value))
        except InvalidFieldValue:
            continue
    return frozenset(names)


# -- validation (section 4.3) ----------------------------------------------------------------------


def conditions(found: CachedResponse, stored: Sequence[CachedResponse]) -> list[tuple[str, str]]:
    """Return the fields that ask whether stored responses still hold (section 4.3.1).

    Args:
        found: the response that fits the request.
        stored: all of its URL: their entity tags are sent too, as the server may choose one of them.
    """
    fields: list[tuple[str, str]] = []
    tags = [each.headers["ETag"] for each in (found, *stored) if "ETag" in each.headers]
    if tags:
        fields.append(("If-None-Match", ", ".join(dict.fromkeys(tags))))
    modified = found.headers.get("Last-Modified")
    if modified is not None:
        fields.append(("If-Modified-Since", modified))
    return fields


def validated(
    found: CachedResponse, stored: Iterable[CachedResponse], headers: Fields
) -> CachedResponse | None:
    """Return which stored response a 304 (Not Modified) is about (section 4.3.4).

    Args:
        found: the response that fits the request.
        stored: those whose tags were sent; only one with the credentials of `found` is good for the request.
        headers: the fields of the 304.
    """
    tag = headers.get("ETag")
    if tag is None or tag == found.headers.get("ETag"):
        return found
    opaque = tag.removeprefix("W/")
    for each in stored:
        if each.headers.get("ETag", "").removeprefix("W/") != opaque:
            continue
        if each is found or (each.credentials == found.credentials and each.decoded is found.decoded):
            return each
    return None


def freshened(
    stored: CachedResponse, request: Fields, response: Fields, requested: float, received: float
) -> CachedResponse:
    """Return a stored response with what a 304 says about it (section 3.2)."""
    news = [pair for pair in stored_fields(response) if pair[0].lower() not in _NOT_UPDATED]
    names = {name.lower() for name, _ in news}
    kept = [pair for pair in stored.fields if pair[0].lower() not in names and pair[0].lower() != "age"]
    fields = CIMultiDict([*kept, *news])
    varies = nominated(fields, request)
    return replace(
        stored,
        fields=tuple(fields.items()),
        nominated=stored.nominated if varies is None else varies,
        requested=requested,
        received=received,
    )


# -- invalidation (section 4.4) --------------------------------------------------------------------


def invalidates(method: str, status: int) -> bool:
    """Tell whether the answer to a request says that what is kept for its URL holds no more."""
    return method not in SAFE_METHODS and 200 <= status < 400
