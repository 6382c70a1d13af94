from __future__ import annotations

from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import pytest
from yarl import URL

from tidewire_client import CookieJar, DummyCookieJar

SITE = URL("https://www.example.com/shop/cart")


def sent(jar: CookieJar, url: URL | str) -> list[tuple[str, str]]:
    return jar.pairs_for(URL(url))


def receive(jar: CookieJar, *fields: str, url: URL = SITE) -> None:
    jar.update_cookies_from_headers(list(fields), url)


async def test_a_cookie_goes_back_to_its_host_and_path() -> None:
    jar = CookieJar()
    receive(jar, "a=1")
    assert sent(jar, SITE) == [("a", "1")]
    assert sent(jar, "https://www.example.com/shop/") == [("a", "1")]
    assert sent(jar, "https://www.example.com/") == []
    assert sent(jar, "https://example.com/shop/") == []
    assert sent(jar, "https://a.www.example.com/shop/") == []


@pytest.mark.parametrize(
    ("field", "url", "goes"),
    [
        ("a=1; Domain=example.com; Path=/", "https://other.example.com/", True),
        ("a=1; Domain=.example.com; Path=/", "https://example.com/", True),
        ("a=1; Domain=example.com; Path=/", "https://badexample.com/", False),
        ("a=1; Domain=com; Path=/", "https://www.example.com/", False),
        ("a=1; Domain=other.example; Path=/", "https://other.example/", False),
        ("a=1; Domain=example.com.; Path=/", "https://www.example.com/", False),
        ("a=1; Path=/; Secure", "https://www.example.com/", True),
        ("a=1; Path=/; Secure", "http://www.example.com/", False),
        ("a=1; Path=/; Secure", "wss://www.example.com/", True),
        ("a=1; Path=shop", "https://www.example.com/shop/x", True),
        ("a=1; Path=/; Max-Age=0", "https://www.example.com/", False),
        ("a=1; Path=/; Max-Age=x", "https://www.example.com/", True),
        ("a=1; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "https://www.example.com/", True),
        ("a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "https://www.example.com/", False),
        ("__Host-a=1; Path=/; Secure", "https://www.example.com/", True),
        ("__Host-a=1; Path=/; Secure; Domain=example.com", "https://www.example.com/", False),
        ("__Secure-a=1; Path=/", "https://www.example.com/", False),
        ("a=1; Path=/; SameSite=Strict; HttpOnly; Partitioned", "https://www.example.com/", True),
        ("a", "https://www.example.com/shop/x", False),
    ],
)
async def test_the_attributes_of_a_cookie_decide(field: str, url: str, goes: bool) -> None:
    jar = CookieJar()
    receive(jar, field)
    assert bool(sent(jar, url)) is goes


async def test_two_cookies_of_one_name_and_two_paths_both_go() -> None:
    jar = CookieJar()
    receive(jar, "a=root; Path=/", "a=shop; Path=/shop")
    assert sent(jar, SITE) == [("a", "shop"), ("a", "root")]
    assert jar.filter_cookies(SITE)["a"].value == "shop"


async def test_values_of_servers_go_back_as_they_came() -> None:
    jar = CookieJar()
    receive(jar, 'a="x\\054y"; Path=/', "b=1 2, 3; Path=/")
    assert sent(jar, SITE) == [("a", '"x\\054y"'), ("b", "1 2, 3")]
    assert jar.filter_cookies(SITE)["a"].value == "x,y"


@pytest.mark.parametrize(("quotes", "value"), [(True, '"a b"'), (False, "a b")])
async def test_values_of_users_are_quoted_if_they_are_to_be(quotes: bool, value: str) -> None:
    jar = CookieJar(quote_cookie=quotes)
    jar.update_cookies({"n": "a b"})
    assert sent(jar, SITE) == [("n", value)]


async def test_cookies_without_an_origin_go_everywhere() -> None:
    jar = CookieJar()
    jar.update_cookies({"a": "1"})
    jar.update_cookies(SimpleCookie("b=2; Secure"))
    secure: Morsel[str] = SimpleCookie("c=3")["c"]
    secure["secure"] = True
    jar.update_cookies([("c", secure)])
    assert sent(jar, "http://x.example/") == [("a", "1")]
    assert sent(jar, "http://127.0.0.1/") == [("a", "1")]
    assert sent(jar, "https://x.example/") == [("a", "1"), ("b", "2"), ("c", "3")]


async def test_addresses_have_no_cookies_unless_that_is_allowed() -> None:
    url = URL("http://127.0.0.1/")
    for unsafe in (False, True):
        jar = CookieJar(unsafe=unsafe)
        receive(jar, "a=1", url=url)
        assert bool(sent(jar, url)) is unsafe


async def test_secure_cookies_come_by_tls_only() -> None:
    jar = CookieJar()
    insecure = URL("http://www.example.com/")
    receive(jar, "a=1; Secure; Path=/", url=insecure)
    assert len(jar) == 0
    receive(jar, "a=good; Secure; Path=/")
    receive(jar, "a=evil; Path=/; Domain=example.com", url=insecure)
    assert sent(jar, "https://www.example.com/") == [("a", "good")]


async def test_an_origin_can_be_taken_for_secure() -> None:
    jar = CookieJar(treat_as_secure_origin="http://dev.example:8080/x")
    url = URL("http://dev.example:8080/")
    receive(jar, "a=1; Secure; Path=/", url=url)
    assert sent(jar, url) == [("a", "1")]
    assert sent(jar, "http://dev.example/") == []
    assert jar.treat_as_secure_origin == {URL("http://dev.example:8080")}
    with pytest.raises(TypeError):
        CookieJar(treat_as_secure_origin=[1])  # type: ignore[list-item]


async def test_no_more_goes_out_than_servers_take() -> None:
    jar = CookieJar()
    receive(jar, *[f"n{number}=v; Path=/; Domain=example.com" for number in range(50)])
    jar.update_cookies({f"s{number}": "v" * 80 for number in range(170)})
    pairs = sent(jar, SITE)
    assert len(pairs) <= 150
    assert sum(len(name) + len(value) + 3 for name, value in pairs) <= 8190


async def test_no_more_than_fifty_come_with_a_response() -> None:
    jar = CookieJar()
    receive(jar, *[f"n{number}=v" for number in range(60)])
    assert len(jar) == 50


async def test_cookies_are_there_for_users() -> None:
    jar = CookieJar()
    receive(jar, "a=1; Path=/; Domain=example.com; Secure; HttpOnly; SameSite=lax; Max-Age=60", "b=2; Path=/")
    found = {made.key: made for made in jar}
    assert found["a"]["domain"] == "example.com"
    assert found["a"]["path"] == "/"
    assert found["a"]["secure"] is True
    assert found["a"]["httponly"] is True
    assert found["a"]["samesite"] == "Lax"
    assert found["a"]["max-age"] == "60"
    assert jar.cookies["example.com", "/"]["a"].value == "1"
    assert jar.host_only_cookies == {("www.example.com", "/", "b")}
    assert "2 cookies" in repr(jar)


async def test_cookies_can_be_removed() -> None:
    jar = CookieJar()
    receive(jar, "a=1; Path=/", "b=2; Path=/")
    receive(jar, "c=3; Path=/", url=URL("https://other.example/"))
    jar.clear(lambda made: made.key == "a")
    assert {made.key for made in jar} == {"b", "c"}
    jar.clear_domain("example.com")
    assert {made.key for made in jar} == {"c"}
    jar.clear()
    assert len(jar) == 0


async def test_a_jar_survives_its_file(tmp_path: Path) -> None:
    jar = CookieJar()
    receive(jar, "a=1; Path=/; Secure; Max-Age=600", "b=2; Path=/; Domain=example.com", "over=1; Max-Age=0")
    jar.save(tmp_path / "jar")
    other = CookieJar()
    other.update_cookies({"old": "1"})
    other.load(tmp_path / "jar")
    assert sent(other, SITE) == [("a", "1"), ("b", "2")]
    assert sent(other, "https://sub.example.com/") == [("b", "2")]
    assert other.host_only_cookies == jar.host_only_cookies
    assert sent(other, "http://www.example.com/") == [("b", "2")]


async def test_a_jar_that_cannot_be_loaded_is_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "jar").write_text("[]")
    jar = CookieJar()
    jar.update_cookies({"a": "1"})
    with pytest.raises(ValueError, match="no cookies"):
        jar.load(tmp_path / "jar")
    assert len(jar) == 1


async def test_a_dummy_jar_keeps_nothing() -> None:
    jar = DummyCookieJar()
    jar.update_cookies({"a": "1"})
    jar.update_cookies_from_headers(["a=1"], SITE)
    jar.clear()
    jar.clear_domain("x")
    assert list(jar) == []
    assert len(jar) == 0
    assert not jar.filter_cookies(SITE)
    assert not jar.cookies
    assert not jar.host_only_cookies
    assert not jar.unsafe
    assert jar.quote_cookie


def test_jars_are_made_in_an_event_loop() -> None:
    with pytest.raises(RuntimeError):
        CookieJar()
