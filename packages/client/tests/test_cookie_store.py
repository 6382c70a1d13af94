from __future__ import annotations

from typing import Any

from tidewire_client._cookie_store import SHARED, CookieStore, StoredCookie

HOST = "www.example.com"


def cookie(
    name: str, *, path: str = "/", domain: str = HOST, secure: bool = False, expires: float | None = None
) -> StoredCookie:
    made = StoredCookie(name, "v", "v")
    made.domain, made.path, made.secure, made.expires = domain, path, secure, expires
    return made


def store(*cookies: StoredCookie) -> CookieStore:
    made = CookieStore()
    for each in cookies:
        made.put(each, 0.0)
    return made


def names(found: list[StoredCookie]) -> list[str]:
    return [each.name for each in found]


def test_cookies_are_sent_longest_path_first_then_oldest_first() -> None:
    kept = store(cookie("a"), cookie("b", path="/x/y"), cookie("c", path="/x"), cookie("d", path="/x"))
    assert names(kept.find(HOST, "/x/y", secure=False)) == ["b", "c", "d", "a"]


def test_a_cookie_takes_the_place_and_the_age_of_its_like() -> None:
    kept = store(cookie("a"), cookie("b"))
    newer = cookie("a")
    newer.value = "new"
    kept.put(newer, 0.0)
    assert len(kept) == 2
    assert [(each.name, each.value) for each in kept.find(HOST, "/", secure=False)] == [
        ("a", "new"),
        ("b", "v"),
    ]


def test_a_cookie_that_is_over_removes_its_like() -> None:
    kept = store(cookie("a"))
    kept.put(cookie("a", expires=-1.0), 0.0)
    assert len(kept) == 0
    assert kept.find(HOST, "/", secure=True) == []


def test_cookies_end() -> None:
    kept = store(cookie("a", expires=5.0), cookie("b", expires=9.0), cookie("c"))
    kept.expire(4.0)
    assert len(kept) == 3
    kept.expire(5.0)
    assert names(list(kept)) == ["b", "c"]
    assert kept.soonest == 9.0


def test_secure_cookies_are_found_for_secure_requests_only() -> None:
    kept = store(cookie("a", secure=True))
    assert kept.find(HOST, "/", secure=False) == []
    assert names(kept.find(HOST, "/", secure=True)) == ["a"]


def test_host_only_cookies_are_for_that_host() -> None:
    only = cookie("a", domain="example.com")
    only.host_only = True
    kept = store(only, cookie("b", domain="example.com"))
    assert names(kept.find(HOST, "/", secure=False)) == ["b"]
    assert names(kept.find("example.com", "/", secure=False)) == ["a", "b"]


def test_shared_cookies_go_everywhere() -> None:
    kept = store(cookie("a", domain=SHARED))
    assert names(kept.find("anything", "/", secure=False)) == ["a"]
    assert names(kept.find(None, "/", secure=False)) == ["a"]


def test_a_domain_has_no_more_than_so_many() -> None:
    kept = store(*[cookie(f"n{number}") for number in range(180)])
    kept.find(HOST, "/", secure=False)
    assert len(kept) == 180
    kept.put(cookie("last"), 0.0)
    assert len(kept) == 150
    assert "last" in names(list(kept))


def test_those_that_were_not_used_go_first_and_secure_ones_last() -> None:
    kept = store(cookie("secure", secure=True), cookie("used", path="/used"))
    for number in range(178):
        kept.put(cookie(f"n{number}", path="/n"), 0.0)
    kept.find(HOST, "/used", secure=False)
    kept.put(cookie("over"), 0.0)
    left = names(list(kept))
    assert "secure" in left
    assert "used" in left
    assert "n0" not in left


def test_secure_cookies_make_room_for_secure_ones_only() -> None:
    kept = store(*[cookie(f"n{number}", secure=True) for number in range(180)])
    kept.put(cookie("plain"), 0.0)
    assert len(kept) == 180
    assert "plain" not in names(list(kept))
    kept.put(cookie("secure", secure=True), 0.0)
    assert len(kept) == 150
    assert "n0" not in names(list(kept))


def test_all_domains_have_no_more_than_so_many() -> None:
    kept = CookieStore()
    for number in range(3301):
        kept.put(cookie("a", domain=f"h{number}.example"), 0.0)
    assert len(kept) == 3000
    assert kept.find("h0.example", "/", secure=False) == []
    assert names(kept.find("h3300.example", "/", secure=False)) == ["a"]


def test_a_secure_cookie_is_held_against_one_that_is_not() -> None:
    kept = store(cookie("a", secure=True, path="/x"))
    assert kept.holds_secure(cookie("a", path="/x/y"))
    assert kept.holds_secure(cookie("a", path="/x", domain="example.com"))
    assert not kept.holds_secure(cookie("a", path="/"))
    assert not kept.holds_secure(cookie("b", path="/x"))
    assert not kept.holds_secure(cookie("a", path="/x", domain="other.example"))


def test_what_is_gone_is_held_no_more() -> None:
    kept = store(cookie("a", secure=True), cookie("b", secure=True), cookie("c", secure=True, expires=5.0))
    assert all(kept.holds_secure(cookie(name)) for name in "abc")
    kept.put(cookie("a"), 0.0)  # in its place, and not secure
    kept.put(cookie("b", secure=True, expires=-1.0), 0.0)
    kept.expire(6.0)
    assert not any(kept.holds_secure(cookie(name)) for name in "abc")
    kept.put(cookie("a", secure=True), 0.0)
    assert kept.holds_secure(cookie("a"))
    kept.remove_if(lambda each: True)
    assert not kept.holds_secure(cookie("a"))


class CountedPath(str):
    """Counts how often it is compared."""

    __slots__ = ()
    comparisons = 0

    def startswith(self, *given: Any) -> bool:
        CountedPath.comparisons += 1
        return super().startswith(*given)


def test_secure_cookies_of_other_names_are_not_looked_at() -> None:
    kept = store(*[cookie(f"n{number}", secure=True) for number in range(100)])
    CountedPath.comparisons = 0
    assert kept.holds_secure(cookie("n7", path=CountedPath("/")))
    assert CountedPath.comparisons == 1
