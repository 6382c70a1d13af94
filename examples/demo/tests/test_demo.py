"""The demo: the process that the README's first command starts, and what a browser makes of it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("aiosqlite", reason="the demo needs aiosqlite")
pytest.importorskip("tidewire_jinja2", reason="the demo needs tidewire-jinja2")
pytest.importorskip("cryptography", reason="the demo needs cryptography")

import chat
import polls
from chromium import Chromium, Tab, run_chromium
from demo import make_app
from demo.__main__ import listen, url_of

from tidewire_testing.client import TestClient
from tidewire_testing.web import TestServer

EXAMPLES = Path(__file__).parent.parent.parent
PASSWORD = "correct horse"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are sent signals")


@contextmanager
def run_demo(*arguments: str) -> Iterator[str]:
    """Run the demo, give its URL, and see that it stops cleanly."""
    environment = dict(os.environ, POLLS_ADMIN_PASSWORD=PASSWORD)
    environment["PYTHONPATH"] = os.pathsep.join(str(EXAMPLES / name) for name in ("polls", "chat", "demo"))
    environment.pop("CHAT_REDIS_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "demo", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        told = [process.stdout.readline() for _ in range(4)]
        found = re.search(r"http://\S+", "".join(told))
        assert found, (told, process.communicate(timeout=30))
        yield found[0]
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    finally:
        process.kill()  # where it is there still
        process.wait()
    assert process.returncode == 0, errors
    assert output.endswith("Stopped.\n")
    assert errors == ""


async def test_its_page_leads_to_both(tmp_path: Path) -> None:
    app = make_app(polls.Config(database=tmp_path / "p.sqlite", samples=False), chat.Config())
    async with TestClient(TestServer(app)) as client:
        async with client.get("/") as response:
            page = await response.text()
        links = re.findall(r'(?:href|src)="([^"]+)"', page)
        assert {"/polls/", "/chat/"} < set(links)
        for link in links:
            async with client.get(link) as response:
                assert response.status == 200, link
        for short in "/polls", "/chat":
            async with client.get(short) as response:
                assert (response.status, response.url.path) == (200, f"{short}/")
        async with client.ws_connect("/chat/rooms/lobby?name=Ada") as websocket:
            assert (await websocket.receive_json(timeout=20))["type"] == "welcome"


def test_where_the_usual_port_is_taken_it_takes_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr("demo.__main__.PORT", port)
        with listen("127.0.0.1", None) as other:
            assert other.getsockname()[1] != port
            assert url_of(other) == f"http://127.0.0.1:{other.getsockname()[1]}/"
        with pytest.raises(OSError, match="in use"):
            listen("127.0.0.1", port)
    with listen("0.0.0.0", 0) as everywhere:
        assert url_of(everywhere).startswith("http://localhost:")


# As a process, and in a browser.


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the demo as a process, started once."""
    folder = tmp_path_factory.mktemp("demo") / "new"
    with run_demo("--port", "0", "--data", str(folder)) as url:
        assert (folder / "polls.sqlite").exists()
        yield url


@pytest.fixture(scope="module")
def devtools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A browser, started once."""
    with run_chromium(tmp_path_factory.mktemp("chromium")) as devtools:
        yield devtools


@pytest.fixture
async def browser(devtools: str) -> AsyncIterator[Chromium]:
    """The browser with no cookies."""
    async with Chromium.connect(devtools) as browser:
        yield browser


@pytest.mark.slow
def test_the_process_serves_both(url: str) -> None:
    for path, text in {
        "": b"Tidewire is running.",
        "polls/": b"Tabs or spaces?",
        "chat/": b"Come in",
    }.items():
        with urllib.request.urlopen(url + path, timeout=20) as response:
            assert text in response.read()


@pytest.mark.slow
@pytest.mark.peer("chromium")
async def test_a_vote_is_seen_in_the_results(browser: Chromium, url: str) -> None:
    tab = await browser.open(url)
    await tab.submit(".card:first-child a")
    await tab.submit(".card:last-child a")
    await tab.shows("Where does your Python run?")
    await tab.click("input[name=choice]:checked, .option:nth-of-type(2) input")
    await tab.submit("main button")
    await tab.shows("Your vote is counted.")
    assert (
        await tab.evaluate("document.querySelector('.chosen dt').innerText")
        == "On a virtual machine Your vote"
    )
    assert await tab.evaluate("document.querySelector('.chosen progress').position") == 1
    assert await tab.evaluate("getComputedStyle(document.querySelector('.bar')).display") == "flex"
    assert tab.problems == []


@pytest.mark.slow
@pytest.mark.peer("chromium")
async def test_the_admin_logs_in_makes_a_poll_and_logs_out(browser: Chromium, url: str) -> None:
    tab = await browser.open(f"{url}polls/admin/")
    await tab.shows("Log in to see that page.")
    await log_in(tab, "wrong")
    await tab.shows("Wrong name or password.")
    await log_in(tab, PASSWORD)
    await tab.shows("Welcome, admin.")
    await tab.submit("nav a")
    await tab.fill("#question", "Is it <b>bold</b>?")
    await tab.fill("#choices", "Yes\nNo")
    await tab.submit("form.card button")
    await tab.shows("The poll is open.")
    await tab.shows("Is it <b>bold</b>?")
    await tab.submit("#logout")
    await tab.shows("You are logged out.")
    await tab.go(f"{url}polls/admin/")
    await tab.shows("Log in to see that page.")


async def log_in(tab: Tab, password: str) -> None:
    await tab.fill("#name", "admin")
    await tab.fill("#password", password)
    await tab.submit("main button")


@pytest.mark.slow
@pytest.mark.peer("chromium")
async def test_an_error_has_a_page_with_a_way_back(browser: Chromium, url: str) -> None:
    tab = await browser.open(f"{url}polls/9999")
    await tab.shows("There is no such poll.")
    assert len(tab.problems) == 1, "the status is to be 404"
    await tab.submit(".error-page .button")
    await tab.shows("What do you think?")


@pytest.mark.slow
@pytest.mark.peer("chromium")
async def test_two_tabs_talk(browser: Chromium, url: str) -> None:
    ada, bob = await browser.open(f"{url}chat/"), await browser.open(f"{url}chat/#kitchen")
    await enter(ada, "Ada")
    await enter(bob, "Bob")
    await ada.shows("Bob has come in")
    await say(ada, "Is <i>anybody</i> in the kitchen?")
    await bob.shows("Is <i>anybody</i> in the kitchen?")
    await say(bob, "I am.")
    await ada.shows("I am.")
    assert await ada.evaluate("document.querySelectorAll('.mine').length") == 1
    await bob.close()
    await ada.shows("Bob has left")
    await ada.shows("Here now: 1")
    assert ada.problems == bob.problems == []


@pytest.mark.slow
@pytest.mark.peer("chromium")
async def test_a_tab_comes_back_when_the_server_does(browser: Chromium) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with run_demo("--port", str(port)) as url:
        tab = await browser.open(f"{url}chat/")
        await enter(tab, "Ada")
    await tab.shows("Reconnecting")
    with run_demo("--port", str(port)):
        await tab.shows("Connected")
        await say(tab, "Here again")
        await tab.until("document.querySelectorAll('.mine').length === 1")
        await tab.close()


@pytest.mark.slow
@pytest.mark.peer("chromium")
async def test_nothing_is_wider_than_a_narrow_window(browser: Chromium, url: str) -> None:
    tab = await browser.open(url)
    await tab.call(
        "Emulation.setDeviceMetricsOverride", width=320, height=640, deviceScaleFactor=1, mobile=True
    )
    for path in "", "polls/", "polls/1", "polls/1/results", "polls/login", "chat/":
        await tab.go(url + path)
        width = await tab.until("innerWidth <= 320 && document.documentElement.scrollWidth")
        assert width == 320, path


async def enter(tab: Tab, name: str) -> None:
    await tab.fill("#name", name)
    await tab.fill("#room", "kitchen")
    await tab.click("#join button")
    await tab.shows("Connected")


async def say(tab: Tab, text: str) -> None:
    await tab.fill("#text", text)
    await tab.click("#say button")
