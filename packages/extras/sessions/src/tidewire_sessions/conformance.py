"""What a storage of sessions has to hold: checks for whoever writes one.

Each check runs an application on the loopback interface. With pytest and pytest-asyncio:

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    async def test_conformance(check: Check) -> None:
        await check(Subject(make_storage=MyStorage, on_server=True, tamper_proof=True))
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from tidewire_sessions._abstract_storage import AbstractStorage
from tidewire_sessions._browser import Answer, Browser, Clock, Site

__all__ = ["CHECKS", "Check", "ConformanceError", "Subject"]

_COOKIE: Final = "conformance"
# No storage has made these; of each kind of bad input there is one. A head has room for 8 KB.
_FORGED: Final = (
    "x", "0" * 32, "f" * 300, "A" * 7000, "../../etc/passwd", "%00%0a", '"a b"', "\xff\xfe\x80", "=", "{}",
    "null", "[" * 3000, "gAAAAABh", "1" * 5000, '"{\\"created\\": 1e999, \\"session\\": 1}"',
    '"{\\"created\\": 1, \\"session\\": {}, \\"max_age\\": 4e15}"',
)  # fmt: skip


class ConformanceError(AssertionError):
    """A storage does not do what it has to."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The storage that is checked.

    Attributes:
        make_storage: makes a storage of options; see `StorageOptions`. Called within the running event loop, once or
            more for each check. What it makes may share what it stands on, or may not.
        on_server: whether sessions are kept on the server, so that a copy of a cookie is worth nothing once the session
            has ended.
        tamper_proof: whether browsers cannot change what is in a session.
    """

    make_storage: Callable[..., AbstractStorage]
    on_server: bool
    tamper_proof: bool

    def site(self, **options: Any) -> Site:
        """An application with such a storage."""
        return Site(self.make_storage(cookie_name=_COOKIE, **options))


Check = Callable[[Subject], Awaitable[None]]


def _expect(condition: object, what: str) -> None:
    # No assert statement: these are checks also where Python runs with -O.
    if not condition:
        raise ConformanceError(what)


def _content(answer: Answer) -> dict[str, Any]:
    _expect(answer.status == 200, f"a handler that does not fail was answered with {answer.status}")
    content: dict[str, Any] = json.loads(answer.body)["content"]
    return content


async def _expect_content(browser: Browser, content: dict[str, Any], when: str) -> None:
    found = _content(await browser.get("/show"))
    _expect(found == content, f"{when}: {found} is in the session, and not {content}")


async def _expect_dead(subject: Subject, browser: Browser, when: str) -> None:
    """Nothing is found by a cookie that was good once, where sessions are kept on the server."""
    if subject.on_server:
        await _expect_content(browser, {}, f"{when}, with the old cookie")


async def _keeps_what_is_put(subject: Subject) -> None:
    async with subject.site() as site:
        browser, other = site.browser(), site.browser()
        first = await browser.get("/put?a=1&b=J%C3%BCrgen%20%22%3B,")
        _expect(json.loads(first.body)["new"], "a session that begins is not new")
        _expect(len(first.set_cookies) == 1, f"a new session sets {len(first.set_cookies)} cookies")
        second = await browser.get("/show")
        _expect(not json.loads(second.body)["new"], "a session that was found is new")
        _expect(_content(second) == {"a": "1", "b": 'Jürgen ";,'}, "what was put into a session is not there")
        _expect(not second.set_cookies, "a session that has not changed sets a cookie")
        await browser.get("/delete?a")
        await _expect_content(browser, {"b": 'Jürgen ";,'}, "a key was deleted")
        await _expect_content(other, {}, "another browser")
        for _ in range(2):
            await browser.get("/nest")
        await _expect_content(browser, {"b": 'Jürgen ";,', "list": [0, 1]}, "a value was changed within")


async def _costs_nothing_unasked(subject: Subject) -> None:
    async with subject.site() as site:
        browser = site.browser()
        for path in ("/nothing", "/show", "/invalidate"):
            _expect(not (await browser.get(path)).set_cookies, f"{path} sets a cookie without need")
        _expect(
            (await browser.get("/nothing")).headers["Vary"] is None, "a session that nobody asked for varies"
        )
        _expect((await browser.get("/show")).headers["Vary"] == "Cookie", "Vary does not tell of the session")
        await browser.get("/put?a=1")
        _expect(
            not (await browser.get("/nothing")).set_cookies, "a session that nobody asked for sets a cookie"
        )


async def _saves_with_every_response(subject: Subject) -> None:
    async with subject.site() as site:
        for path, status in (("redirect", 303), ("stream", 200), ("file", 200)):
            browser = site.browser()
            answer = await browser.get(f"/{path}?a={path}")
            _expect(answer.status == status, f"/{path} was answered with {answer.status}")
            await _expect_content(browser, {"a": path}, f"put with a {path}")


async def _saves_nothing_of_failures(subject: Subject) -> None:
    async with subject.site() as site:
        browser = site.browser()
        await browser.get("/put?a=1")
        answer = await browser.get("/fail?a=2")
        _expect(answer.status == 500, f"a failure was answered with {answer.status}")
        _expect(not answer.set_cookies, "a failure sets a cookie")
        await _expect_content(browser, {"a": "1"}, "a handler has failed")


async def _saves_late_or_says_so(subject: Subject) -> None:
    async with subject.site() as site:
        browser = site.browser()
        await browser.get("/put?a=1")
        await browser.get("/late?a=2")
        content = {"a": "2" if subject.on_server else "1"}
        await _expect_content(browser, content, "put after the head was sent")


async def _ends(subject: Subject) -> None:
    async with subject.site() as site:
        browser = site.browser()
        await browser.get("/put?a=1")
        old = browser.copy()
        await browser.get("/invalidate")
        _expect(_COOKIE not in browser.cookies, "the cookie of a session that was ended is not deleted")
        await _expect_dead(subject, old, "a session was ended")
        await browser.get("/put?a=1")
        old = browser.copy()
        await browser.get("/delete?a")
        _expect(_COOKIE not in browser.cookies, "the cookie of a session with nothing in it is not deleted")
        await _expect_dead(subject, old, "a session was emptied")
        await browser.get("/put?a=1")
        old = browser.copy()
        await browser.get("/invalidate?b=2")
        _expect(browser.cookies != old.cookies, "what follows a session that was ended has its cookie")
        await _expect_content(browser, {"b": "2"}, "put into a session that was ended")
        await _expect_dead(subject, old, "a session was ended, and another begun")


async def _gets_another_identity(subject: Subject) -> None:
    async with subject.site() as site:
        for path, content in (
            ("/rotate?b=2", {"a": "1", "b": "2"}),
            ("/login?b=2", {"a": "1", "b": "2"}),
            ("/new?b=2", {"b": "2"}),
        ):
            browser = site.browser()
            await browser.get("/put?a=1")
            old = browser.copy()
            await browser.get(path)
            _expect(browser.cookies != old.cookies, f"{path} leaves the cookie as it is")
            await _expect_content(browser, content, path)
            await _expect_dead(subject, old, path)


async def _takes_no_foreign_cookie(subject: Subject) -> None:
    async with subject.site() as site:
        for forged in _FORGED:
            browser = site.browser().copy(**{_COOKIE: forged})
            answer = await browser.get("/put?a=1")
            if 400 <= answer.status < 500:
                continue  # It did not even come to the storage.
            _expect(_content(answer) == {"a": "1"}, f"something was found by the cookie {forged[:20]!r}")
            _expect(browser.cookies[_COOKIE] != forged, f"the identity {forged[:20]!r} was taken over")
            await _expect_content(browser, {"a": "1"}, f"a new session in place of {forged[:20]!r}")


async def _notices_tampering(subject: Subject) -> None:
    if not subject.tamper_proof:
        return
    async with subject.site() as site:
        browser = site.browser()
        await browser.get("/put?a=1")
        value = browser.cookies[_COOKIE]
        # Of the last characters of base64 not every bit counts.
        size = len(value) - 4
        positions = sorted({size * part // 8 for part in range(8)})
        tampered = [value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :] for at in positions]
        truncated = [value[:at] for at in positions if at]
        for wrong in [*tampered, *truncated, value + "A", value * 2]:
            await _expect_content(browser.copy(**{_COOKIE: wrong}), {}, "a cookie that was tampered with")
        await _expect_content(browser, {"a": "1"}, "others have tampered with their copies")


async def _does_not_come_back(subject: Subject) -> None:
    for ending, waiting in itertools.product(("/invalidate", "/rotate", "/login?b=3"), ("/wait", "/turn")):
        async with subject.site() as site:
            browser = site.browser()
            await browser.get("/put?a=1")
            old, late = browser.copy(), browser.copy()
            slow = asyncio.create_task(late.get(f"{waiting}?a=2"))
            await site.waiting.wait()
            await browser.get(ending)
            site.go_on.set()
            _expect(_content(await slow) == {"a": "2"}, "a slow handler has no session any more")
            await _expect_dead(subject, old, f"{ending} while {waiting} was running")
            # A slow handler that gives the session another identity does not save it by that.
            await _expect_dead(subject, late, f"{ending} while {waiting} was running, as it has left it")


async def _ends_by_age(subject: Subject) -> None:
    clock = Clock()
    async with subject.site(max_age=100, clock=clock) as site:
        browser = site.browser()
        line = (await browser.get("/put?a=1")).set_cookies[0]
        _expect("Max-Age=100" in line.split("; "), f"the maximum age is not told: {line}")
        clock.advance(60)
        await browser.get("/put?b=2")
        clock.advance(100)
        await _expect_content(browser, {"a": "1", "b": "2"}, "within its maximum age")
        clock.advance(1)
        await _expect_content(browser, {}, "after its maximum age")


async def _ends_when_idle(subject: Subject) -> None:
    clock = Clock()
    async with subject.site(idle_timeout=100, clock=clock) as site:
        browser = site.browser()
        await browser.get("/put?a=1")
        for _ in range(5):
            clock.advance(80)
            await _expect_content(browser, {"a": "1"}, "in use")
        clock.advance(101)
        old = browser.copy()
        await _expect_content(browser, {}, "idle for too long")
        await browser.get("/put?b=2")
        _expect(browser.cookies != old.cookies, "a session that has ended goes on under the same identity")


async def _ends_absolutely(subject: Subject) -> None:
    clock = Clock()
    async with subject.site(absolute_timeout=100, clock=clock) as site:
        browser = site.browser()
        await browser.get("/put?a=1")
        clock.advance(60)
        await browser.get("/rotate?a=2")
        clock.advance(40)
        await _expect_content(browser, {"a": "2"}, "within its absolute time-out")
        clock.advance(1)
        await _expect_content(browser, {}, "after its absolute time-out")


async def _ends_without_limits(subject: Subject) -> None:
    clock = Clock()
    async with subject.site(clock=clock) as site:
        browser = site.browser()
        line = (await browser.get("/put?a=1")).set_cookies[0]
        _expect("Max-Age" not in line and "Expires" not in line, f"the cookie outlives the browser: {line}")
        for _ in range(3):
            clock.advance(13 * 86400)
            await _expect_content(browser, {"a": "1"}, "in use without limits")
        clock.advance(14 * 86400 + 1)
        await _expect_content(browser, {}, "idle for more than 14 days")


async def _remembers(subject: Subject) -> None:
    clock = Clock()
    async with subject.site(max_age=100, clock=clock) as site:
        browser = site.browser()
        await browser.get("/put?a=1")
        line = (await browser.get("/remember?seconds=5000000")).set_cookies[0]
        _expect("Max-Age=5000000" in line.split("; "), f"the session's own maximum age is not told: {line}")
        clock.advance(4999999)
        await _expect_content(browser, {"a": "1"}, "within its own maximum age")
        clock.advance(2)
        await _expect_content(browser, {}, "after its own maximum age")


async def _sets_attributes(subject: Subject) -> None:
    async with subject.site() as site:
        parts = (await site.browser().get("/put?a=1")).set_cookies[0].split("; ")[1:]
        _expect(sorted(parts) == ["HttpOnly", "Path=/"], f"the cookie has {parts}")
    options = {"domain": "example", "path": "/x", "secure": True, "httponly": False, "samesite": "Strict"}
    async with subject.site(**options) as site:
        browser = site.browser()
        wanted = ["Domain=example", "Path=/x", "SameSite=Strict", "Secure"]
        parts = (await browser.get("/put?a=1")).set_cookies[0].split("; ")[1:]
        _expect(sorted(parts) == wanted, f"the cookie has {parts}")
        parts = (await browser.get("/invalidate")).set_cookies[0].split("; ")[1:]
        _expect(set(wanted) < set(parts), f"a cookie with {wanted} is deleted by one with {parts}")


async def _is_private(subject: Subject) -> None:
    async with subject.site() as site:
        answer = await site.browser().get("/put?a=1")
        _expect(
            answer.headers["Cache-Control"] == "private",
            "a cookie is set for everybody behind a shared cache",
        )


CHECKS: Final[tuple[Check, ...]] = (
    _keeps_what_is_put,
    _costs_nothing_unasked,
    _saves_with_every_response,
    _saves_nothing_of_failures,
    _saves_late_or_says_so,
    _ends,
    _gets_another_identity,
    _takes_no_foreign_cookie,
    _notices_tampering,
    _does_not_come_back,
    _ends_by_age,
    _ends_when_idle,
    _ends_absolutely,
    _ends_without_limits,
    _remembers,
    _sets_attributes,
    _is_private,
)
