"""Each row names the section of RFC 9111 that it is about."""

from __future__ import annotations

from typing import Any

import pytest
from multidict import CIMultiDict

from tidewire_client import CachedResponse
from tidewire_client._cache_policy import (
    Action,
    Decision,
    concerns_cache,
    conditions,
    credentials_for,
    current_age,
    decide,
    freshened,
    freshness_lifetime,
    invalidates,
    may_store,
    may_use_after_failure,
    nominated,
    request_control,
    stored_fields,
    validated,
)

NOW = 1_700_000_000.0
DATE = "Tue, 14 Nov 2023 22:13:20 GMT"  # NOW
AN_HOUR_LATER = "Tue, 14 Nov 2023 23:13:20 GMT"
AN_HOUR_EARLIER = "Tue, 14 Nov 2023 21:13:20 GMT"
TEN_DAYS_EARLIER = "Sat, 04 Nov 2023 22:13:20 GMT"
TEN_YEARS_EARLIER = "Thu, 14 Nov 2013 22:13:20 GMT"

Given = dict[str, str]


def fields(given: Given) -> CIMultiDict[str]:
    return CIMultiDict({name.replace("_", "-"): value for name, value in given.items()})


def cached(given: Given | None = None, **how: Any) -> CachedResponse:
    how = {
        "status": 200,
        "reason": "OK",
        "body": b"body",
        "decoded": True,
        "nominated": (),
        "credentials": "",
        "requested": NOW,
        "received": NOW,
        **how,
    }
    return CachedResponse(fields=tuple(fields(given or {}).items()), **how)


@pytest.mark.parametrize(
    ("section", "method", "request_fields", "status", "response_fields", "stored"),
    [
        ("3: explicit freshness", "GET", {}, 200, {"Cache-Control": "max-age=60"}, True),
        ("3: explicit freshness of any status", "GET", {}, 302, {"Cache-Control": "max-age=60"}, True),
        ("3: of one that is not known", "GET", {}, 299, {"Expires": AN_HOUR_LATER}, True),
        ("3: heuristic, with a validator", "GET", {}, 200, {"Last-Modified": DATE}, True),
        ("3: heuristic, with a tag", "GET", {}, 404, {"ETag": '"1"'}, True),
        ("3: private", "GET", {}, 403, {"Cache-Control": "private", "ETag": '"1"'}, True),
        ("3: public", "GET", {}, 403, {"Cache-Control": "public", "ETag": '"1"'}, True),
        ("3: no use", "GET", {}, 200, {}, False),
        ("3: no use, though public", "GET", {}, 200, {"Cache-Control": "public"}, False),
        ("3: not heuristic", "GET", {}, 403, {"ETag": '"1"'}, False),
        ("3: not heuristic", "GET", {}, 500, {"Last-Modified": DATE}, False),
        ("3: final only", "GET", {}, 101, {"Cache-Control": "max-age=60"}, False),
        ("3: other methods", "HEAD", {}, 200, {"Cache-Control": "max-age=60"}, False),
        ("3: other methods", "POST", {}, 200, {"Cache-Control": "max-age=60"}, False),
        ("3.3: parts", "GET", {}, 206, {"Cache-Control": "max-age=60"}, False),
        (
            "3.3: parts",
            "GET",
            {},
            200,
            {"Cache-Control": "max-age=60", "Content-Range": "bytes 0-1/2"},
            False,
        ),
        ("4.3.4: no representation", "GET", {}, 304, {"Cache-Control": "max-age=60"}, False),
        ("5.2.2.5: no-store", "GET", {}, 200, {"Cache-Control": "max-age=60, no-store"}, False),
        ("5.2.2.4: no-cache is stored", "GET", {}, 200, {"Cache-Control": "no-cache", "ETag": '"1"'}, True),
        (
            "5.2.1.5: no-store of the request",
            "GET",
            {"Cache-Control": "no-store"},
            200,
            {"ETag": '"1"'},
            False,
        ),
        ("5.2.2.10: s-maxage is for others", "GET", {}, 200, {"Cache-Control": "s-maxage=60"}, False),
        ("4.2.1: stale from the beginning, no validator", "GET", {}, 200, {"Expires": "0"}, True),
    ],
)
def test_what_is_stored(
    section: str, method: str, request_fields: Given, status: int, response_fields: Given, stored: bool
) -> None:
    assert may_store(method, fields(request_fields), status, fields(response_fields)) is stored, section


@pytest.mark.parametrize(
    ("section", "response_fields", "seconds"),
    [
        ("4.2.1: max-age", {"Cache-Control": "max-age=60"}, 60),
        ("4.2.1: max-age before Expires", {"Cache-Control": "max-age=60", "Expires": AN_HOUR_LATER}, 60),
        (
            "4.2.1: not s-maxage",
            {"Cache-Control": "s-maxage=60", "Expires": AN_HOUR_LATER, "Date": DATE},
            3600,
        ),
        ("4.2.1: Expires less Date", {"Expires": AN_HOUR_LATER, "Date": AN_HOUR_EARLIER}, 7200),
        ("6.1: no Date is now", {"Expires": AN_HOUR_LATER}, 3600),
        ("5.3: in the past", {"Expires": AN_HOUR_EARLIER, "Date": DATE}, 0),
        ("5.3: no date", {"Expires": "0", "Last-Modified": TEN_DAYS_EARLIER}, 0),
        ("4.2.2: a tenth", {"Date": DATE, "Last-Modified": TEN_DAYS_EARLIER}, 86400),
        ("4.2.2: bounded", {"Date": DATE, "Last-Modified": TEN_YEARS_EARLIER}, 7 * 86400),
        ("4.2.2: from the future", {"Date": DATE, "Last-Modified": AN_HOUR_LATER}, 0),
        ("4.2.2: nothing is known", {"Date": DATE}, 0),
        ("4.2.2: no date", {"Last-Modified": "yesterday"}, 0),
    ],
)
def test_how_long_it_is_fresh(section: str, response_fields: Given, seconds: int) -> None:
    assert freshness_lifetime(cached(response_fields)) == seconds, section


def test_only_some_statuses_have_a_heuristic_lifetime() -> None:
    assert freshness_lifetime(cached({"Last-Modified": TEN_DAYS_EARLIER}, status=302)) == 0


@pytest.mark.parametrize(
    ("section", "response_fields", "requested", "received", "age"),
    [
        ("4.2.3: resident time", {}, 0, 0, 100),
        ("4.2.3: Age", {"Age": "10"}, 0, 0, 110),
        ("4.2.3: the delay of the response", {"Age": "10"}, -3, 0, 113),
        ("4.2.3: apparent age", {"Date": AN_HOUR_EARLIER, "Age": "10"}, -3, 0, 3700),
        ("4.2.3: a Date of the future", {"Date": AN_HOUR_LATER}, 0, 0, 100),
        ("5.1: the first of a list", {"Age": "10, 20"}, 0, 0, 110),
        ("5.1: no number", {"Age": "-10"}, 0, 0, 100),
        ("1.2.2: too many", {"Age": "9" * 5000}, 0, 0, 2**31),
        ("a clock that went back", {}, 0, 1000, 0),
    ],
)
def test_how_old_it_is(
    section: str, response_fields: Given, requested: float, received: float, age: float
) -> None:
    stored = cached(response_fields, requested=NOW + min(requested, received), received=NOW + received)
    if received:
        stored = cached(response_fields, requested=NOW + received, received=NOW + received)
    assert current_age(stored, NOW + 100) == age, section


@pytest.mark.parametrize(
    ("section", "request_fields", "response_fields", "age", "action"),
    [
        ("4.2: fresh", {}, {"Cache-Control": "max-age=60"}, 59, Action.REUSE),
        ("4.2: stale at its lifetime", {}, {"Cache-Control": "max-age=60"}, 60, Action.FORWARD),
        ("4.3.1: validated by tag", {}, {"Cache-Control": "max-age=60", "ETag": '"1"'}, 60, Action.VALIDATE),
        ("4.3.1: by date", {}, {"Last-Modified": AN_HOUR_EARLIER}, 3600, Action.VALIDATE),
        (
            "5.2.2.4: no-cache",
            {},
            {"Cache-Control": "max-age=60, no-cache", "ETag": '"1"'},
            0,
            Action.VALIDATE,
        ),
        (
            "5.2.2.4: with an argument",
            {},
            {"Cache-Control": 'max-age=60, no-cache="X"', "ETag": '"1"'},
            0,
            Action.VALIDATE,
        ),
        (
            "5.2.1.4: no-cache",
            {"Cache-Control": "no-cache"},
            {"Cache-Control": "max-age=60"},
            0,
            Action.FORWARD,
        ),
        ("5.4: Pragma", {"Pragma": "no-cache"}, {"Cache-Control": "max-age=60"}, 0, Action.FORWARD),
        (
            "5.4: Pragma beside Cache-Control",
            {"Pragma": "no-cache", "Cache-Control": "max-age=9"},
            {"Cache-Control": "max-age=60"},
            0,
            Action.REUSE,
        ),
        (
            "5.2.1.1: max-age",
            {"Cache-Control": "max-age=5"},
            {"Cache-Control": "max-age=60"},
            5,
            Action.REUSE,
        ),
        (
            "5.2.1.1: older",
            {"Cache-Control": "max-age=5"},
            {"Cache-Control": "max-age=60"},
            6,
            Action.FORWARD,
        ),
        ("5.2.1.1: 0", {"Cache-Control": "max-age=0"}, {"Cache-Control": "max-age=60"}, 1, Action.FORWARD),
        (
            "5.2.1.3: min-fresh",
            {"Cache-Control": "min-fresh=9"},
            {"Cache-Control": "max-age=60"},
            51,
            Action.REUSE,
        ),
        (
            "5.2.1.3: less",
            {"Cache-Control": "min-fresh=9"},
            {"Cache-Control": "max-age=60"},
            52,
            Action.FORWARD,
        ),
        (
            "5.2.1.2: max-stale",
            {"Cache-Control": "max-stale=9"},
            {"Cache-Control": "max-age=60"},
            69,
            Action.REUSE,
        ),
        (
            "5.2.1.2: more",
            {"Cache-Control": "max-stale=9"},
            {"Cache-Control": "max-age=60"},
            70,
            Action.FORWARD,
        ),
        ("5.2.1.2: any", {"Cache-Control": "max-stale"}, {"Cache-Control": "max-age=60"}, 9999, Action.REUSE),
        (
            "5.2.2.2: must-revalidate",
            {"Cache-Control": "max-stale"},
            {"Cache-Control": "max-age=60, must-revalidate"},
            60,
            Action.FORWARD,
        ),
        (
            "5.2.2.8: proxy-revalidate is for others",
            {"Cache-Control": "max-stale"},
            {"Cache-Control": "max-age=60, proxy-revalidate"},
            60,
            Action.REUSE,
        ),
        (
            "5.2.1.5: no-store may be reused",
            {"Cache-Control": "no-store"},
            {"Cache-Control": "max-age=60"},
            0,
            Action.REUSE,
        ),
        (
            "5.2.1.7: there",
            {"Cache-Control": "only-if-cached"},
            {"Cache-Control": "max-age=60"},
            0,
            Action.REUSE,
        ),
        (
            "5.2.1.7: stale",
            {"Cache-Control": "only-if-cached"},
            {"Cache-Control": "max-age=60", "ETag": '"1"'},
            60,
            Action.FAIL,
        ),
        ("5.2: no list", {}, {"Cache-Control": 'max-age=60, x="'}, 0, Action.FORWARD),
    ],
)
def test_what_is_decided(
    section: str, request_fields: Given, response_fields: Given, age: float, action: Action
) -> None:
    stored = cached(response_fields)
    decision = decide("GET", fields(request_fields), [stored], NOW + age, decoded=True)
    assert decision.action is action, section
    if action in {Action.REUSE, Action.VALIDATE}:
        assert decision == Decision(action, stored, age)


def test_without_anything_stored_it_goes_to_the_server() -> None:
    assert decide("GET", fields({}), [], NOW, decoded=True) == Decision(Action.FORWARD)
    only = fields({"Cache-Control": "only-if-cached"})
    assert decide("GET", only, [], NOW, decoded=True) == Decision(Action.FAIL)


def test_a_head_is_answered_by_what_is_fresh_and_validates_nothing() -> None:
    stored = cached({"Cache-Control": "max-age=60", "ETag": '"1"'})
    assert decide("HEAD", fields({}), [stored], NOW, decoded=True).action is Action.REUSE
    assert decide("HEAD", fields({}), [stored], NOW + 60, decoded=True).action is Action.FORWARD


@pytest.mark.parametrize(
    ("method", "request_fields", "concerned"),
    [
        ("GET", {}, True),
        ("HEAD", {}, True),
        ("POST", {}, False),
        ("OPTIONS", {}, False),
        ("get", {}, False),
        ("GET", {"Range": "bytes=0-"}, False),
        ("GET", {"If-Range": '"1"'}, False),
        ("GET", {"If-None-Match": '"1"'}, False),
        ("GET", {"If-Match": '"1"'}, False),
        ("GET", {"If-Modified-Since": DATE}, False),
        ("GET", {"If-Unmodified-Since": DATE}, False),
        ("GET", {"Upgrade": "websocket"}, False),
    ],
)
def test_which_requests_are_its_matter(method: str, request_fields: Given, concerned: bool) -> None:
    assert concerns_cache(method, fields(request_fields)) is concerned


@pytest.mark.parametrize(
    ("vary", "one", "other", "same"),
    [
        ("Accept", {"Accept": "a, b"}, {"Accept": "a,b"}, True),  # 4.1: white space makes no difference
        ("Accept", {"Accept": "a, b"}, {"Accept": "b, a"}, False),
        ("Accept", {"Accept": "a"}, {}, False),
        ("Accept", {}, {}, True),
        ("Accept", {}, {"Accept": ""}, False),
        ("accept, X", {"Accept": "a", "X": "1"}, {"Accept": "a", "X": "2"}, False),
        ("X", {"X": '"'}, {"X": '"'}, True),
        ("X", {"Y": "1"}, {"Y": "2"}, True),
    ],
)
def test_vary_nominates_fields(vary: str, one: Given, other: Given, same: bool) -> None:
    response = {"Vary": vary, "Cache-Control": "max-age=60"}
    varies = nominated(fields(response), fields(one))
    assert varies is not None
    stored = cached(response, nominated=varies)
    action = decide("GET", fields(other), [stored], NOW, decoded=True).action
    assert action is (Action.REUSE if same else Action.FORWARD)


@pytest.mark.parametrize("vary", ["*", "Accept, *", "no list", "a b"])
def test_what_depends_on_more_than_fields_fits_nothing(vary: str) -> None:
    assert nominated(fields({"Vary": vary}), fields({})) is None


def test_the_newest_that_fits_is_taken() -> None:
    fresh = {"Cache-Control": "max-age=600"}
    stored = [cached(fresh, received=NOW + age, body=str(age).encode()) for age in (1, 3, 2)]
    assert decide("GET", fields({}), stored, NOW + 5, decoded=True).response is stored[1]


@pytest.mark.parametrize("name", ["Authorization", "Cookie"])
def test_what_was_answered_to_credentials_is_for_them(name: str) -> None:
    mine = fields({name: "mine"})
    response = {"Cache-Control": "max-age=60"}
    stored = cached(response, credentials=credentials_for(mine, fields(response)))
    assert "mine" not in repr(stored)
    actions = [
        decide("GET", each, [stored], NOW, decoded=True).action
        for each in (mine, fields({name: "yours"}), fields({}))
    ]
    assert actions == [Action.REUSE, Action.FORWARD, Action.FORWARD]
    assert credentials_for(mine, fields({"Cache-Control": "public"})) == ""
    assert credentials_for(fields({}), fields({})) == ""


def test_whether_content_is_decoded_matters_where_it_is_encoded() -> None:
    response = {"Cache-Control": "max-age=60"}
    for given, action in (
        (response, Action.REUSE),
        ({**response, "Content-Encoding": "gzip"}, Action.FORWARD),
    ):
        assert decide("GET", fields({}), [cached(given)], NOW, decoded=False).action is action


def test_fields_of_the_connection_are_not_kept() -> None:
    response = fields(
        {"Connection": "X-Hop, close", "X_Hop": "1", "Transfer-Encoding": "chunked", "ETag": '"1"'}
    )
    response.add("Set-Cookie", "a=1")
    response.add("X-End", "2")
    assert stored_fields(response) == (("ETag", '"1"'), ("X-End", "2"))
    assert stored_fields(fields({"Connection": "no list", "X": "1"})) == (("X", "1"),)


def test_all_tags_of_a_url_are_asked_about() -> None:
    found = cached({"ETag": '"2"', "Last-Modified": DATE})
    stored = [cached({"ETag": 'W/"1"'}), found, cached()]
    assert conditions(found, stored) == [("If-None-Match", '"2", W/"1"'), ("If-Modified-Since", DATE)]
    assert conditions(cached({"Last-Modified": DATE}), []) == [("If-Modified-Since", DATE)]


def test_a_304_says_which_it_is_about() -> None:
    found, other = cached({"ETag": '"2"'}), cached({"ETag": 'W/"1"'})
    foreign = cached({"ETag": '"3"'}, credentials="somebody else's")
    stored = [other, found, foreign]
    assert validated(found, stored, fields({})) is found
    assert validated(found, stored, fields({"ETag": '"2"'})) is found
    assert validated(found, stored, fields({"ETag": 'W/"2"'})) is found
    assert validated(found, stored, fields({"ETag": '"1"'})) is other
    assert validated(found, stored, fields({"ETag": '"3"'})) is None
    assert validated(found, stored, fields({"ETag": '"4"'})) is None


def test_a_304_brings_fields_up_to_date() -> None:
    stored = cached(
        {"ETag": '"1"', "X": "old", "Content-Type": "text/plain", "Content-Length": "4", "Age": "9"}
    )
    news = fields({"X": "new", "Content-Type": "a/b", "Content-Length": "0", "Date": DATE, "Vary": "Accept"})
    fresh = freshened(stored, fields({"Accept": "a"}), news, NOW + 1, NOW + 2)
    assert dict(fresh.fields) == {
        "ETag": '"1"',
        "Content-Type": "text/plain",
        "Content-Length": "4",
        "X": "new",
        "Date": DATE,
        "Vary": "Accept",
    }
    assert (fresh.requested, fresh.received, fresh.body) == (NOW + 1, NOW + 2, b"body")
    assert fresh.nominated == (("accept", "a"),)


@pytest.mark.parametrize(
    ("request_fields", "response_fields", "age", "usable"),
    [
        ({}, {"Cache-Control": "max-age=60"}, 61, False),
        ({}, {"Cache-Control": "max-age=60, stale-if-error=9"}, 69, True),
        ({}, {"Cache-Control": "max-age=60, stale-if-error=9"}, 70, False),
        ({"Cache-Control": "stale-if-error=9"}, {"Cache-Control": "max-age=60"}, 69, True),
        ({"Cache-Control": "no-cache"}, {"Cache-Control": "max-age=60, stale-if-error=9"}, 1, False),
        ({}, {"Cache-Control": "no-cache, stale-if-error=9"}, 1, False),
        ({}, {"Cache-Control": "max-age=60, must-revalidate, stale-if-error=9"}, 61, False),
    ],
)
def test_what_may_be_used_after_a_failure(
    request_fields: Given, response_fields: Given, age: float, usable: bool
) -> None:
    control = request_control(fields(request_fields))
    assert may_use_after_failure(cached(response_fields), age, control) is usable


@pytest.mark.parametrize(
    ("method", "status", "invalid"),
    [
        ("POST", 200, True),
        ("PUT", 204, True),
        ("DELETE", 303, True),
        ("PATCH", 404, False),
        ("POST", 500, False),
        ("GET", 200, False),
        ("OPTIONS", 200, False),
        ("UNKNOWN", 200, True),
    ],
)
def test_unsafe_methods_invalidate(method: str, status: int, invalid: bool) -> None:
    assert invalidates(method, status) is invalid
