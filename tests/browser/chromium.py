"""Chromium, driven by tests: a page as text, or tabs over the DevTools protocol.

Tests that use it are marked with `@pytest.mark.peer("chromium")`.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import subprocess
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Final

from tidewire_client import ClientSession, ClientWebSocketResponse, WSMsgType

__all__ = ["Chromium", "Tab", "dump_dom", "run_chromium"]

_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
# Seconds; a machine that does other work as well takes its time to start a browser.
_PATIENCE: Final = 40.0

# A condition is looked at every 20 milliseconds, in the page itself.
_UNTIL: Final = """
new Promise((resolve, reject) => {
  const end = performance.now() + %d;
  const look = () => {
    const found = (() => { %s })();
    if (found) resolve(found);
    else if (performance.now() > end) reject(new Error(document.body.innerText));
    else setTimeout(look, 20);
  };
  look();
})
"""


def dump_dom(url: str, folder: Path) -> str:
    """Load a page, let ten seconds of its time pass, and return what it looks like then, as HTML.

    It does not wait for websockets: for these there is `Tab`.
    """
    flags = ["--virtual-time-budget=10000", "--dump-dom", f"--user-data-dir={folder}"]
    finished = subprocess.run(
        ["chromium", *_FLAGS, *flags, url], check=False, capture_output=True, text=True, timeout=50
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@contextlib.contextmanager
def run_chromium(folder: Path, url: str = "about:blank") -> Iterator[str]:
    """Run a browser; give the URL of its DevTools.

    Args:
        folder: for its profile.
        url: the page that it shows at first.
    """
    command = ["chromium", *_FLAGS, "--remote-debugging-port=0", f"--user-data-dir={folder}", url]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port, path = _devtools(folder / "DevToolsActivePort", process)
        yield f"ws://127.0.0.1:{port}{path}"
    finally:
        process.terminate()
        process.wait(20)


def _devtools(file: Path, process: subprocess.Popen[bytes]) -> tuple[str, str]:
    """Wait for the file in which a browser says where its DevTools are."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, "the browser has ended"
        with contextlib.suppress(FileNotFoundError, ValueError):
            port, path = file.read_text().split("\n")
            return port, path
        time.sleep(0.05)
    raise AssertionError("the browser did not start")


class Loads:
    """Which page a tab has loaded; each load has a name of its own."""

    def __init__(self) -> None:
        self.latest = ""
        self._another = asyncio.Event()

    def note(self, loader: str) -> None:
        """Note that a page is loaded."""
        self.latest = loader
        self._another.set()

    async def until(self, condition: Callable[[str], bool]) -> None:
        """Wait until the latest load is as wanted."""
        async with asyncio.timeout(_PATIENCE):
            while not condition(self.latest):
                self._another.clear()
                await self._another.wait()


class Chromium:
    """A running browser with the cookies of one visitor; `async with Chromium.connect(url) as browser`.

    Args:
        websocket: to its DevTools.
    """

    def __init__(self, websocket: ClientWebSocketResponse) -> None:
        self._websocket = websocket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loads: defaultdict[str, Loads] = defaultdict(Loads)
        self._problems: defaultdict[str, list[str]] = defaultdict(list)
        self._visitor = ""

    @classmethod
    @contextlib.asynccontextmanager
    async def connect(cls, url: str) -> AsyncIterator[Chromium]:
        """Connect to a browser, as a visitor of whom no site has heard.

        Args:
            url: what `run_chromium()` gives.
        """
        async with ClientSession() as session, session.ws_connect(url, max_msg_size=0) as websocket:
            browser = cls(websocket)
            reading = asyncio.create_task(browser._read())
            try:
                browser._visitor = (await browser.call("Target.createBrowserContext"))["browserContextId"]
                yield browser
                await browser.call("Target.disposeBrowserContext", browserContextId=browser._visitor)
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def open(self, url: str) -> Tab:
        """Open a tab, and wait until its page is loaded."""
        made = await self.call("Target.createTarget", url="about:blank", browserContextId=self._visitor)
        target = made["targetId"]
        attached = await self.call("Target.attachToTarget", targetId=target, flatten=True)
        tab = Tab(self, target, attached["sessionId"])
        await tab.call("Page.enable")
        await tab.call("Page.setLifecycleEventsEnabled", enabled=True)
        await tab.call("Runtime.enable")
        await tab.call("Log.enable")
        await tab.go(url)
        return tab

    async def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol, and return its result."""
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        call: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session is not None:
            call["sessionId"] = session
        await self._websocket.send_json(call)
        async with asyncio.timeout(_PATIENCE):
            return await answer

    def loads(self, session: str) -> Loads:
        """What a tab has loaded."""
        return self._loads[session]

    def problems(self, session: str) -> list[str]:
        """What a tab has complained of."""
        return self._problems[session]

    def _note(self, event: dict[str, Any]) -> None:
        """Take note of what happens in a tab."""
        match event:
            case {
                "method": "Page.lifecycleEvent",
                "sessionId": session,
                "params": {"name": "load", "loaderId": loader},
            }:
                self._loads[session].note(loader)
            case {"method": "Log.entryAdded", "sessionId": session, "params": {"entry": entry}}:
                self._problems[session].append(entry["text"])
            case {
                "method": "Runtime.exceptionThrown",
                "sessionId": session,
                "params": {"exceptionDetails": what},
            }:
                self._problems[session].append(what["exception"]["description"])

    async def _read(self) -> None:
        async for message in self._websocket:
            assert message.type is WSMsgType.TEXT
            content = json.loads(message.data)
            self._note(content)
            answer = self._answers.pop(content.get("id", 0), None)
            if answer is None or answer.done():
                continue
            if "error" in content:
                answer.set_exception(AssertionError(content["error"]))
            else:
                answer.set_result(content["result"])


class Tab:
    """A tab of a browser.

    Args:
        browser: the browser.
        target: what its DevTools call the tab.
        session: what they call the connection to it.
    """

    def __init__(self, browser: Chromium, target: str, session: str) -> None:
        self._browser = browser
        self._target = target
        self._session = session

    @property
    def problems(self) -> list[str]:
        """What it has complained of: scripts that failed, files that are not there, what a policy forbids."""
        return self._browser.problems(self._session)

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol for this tab."""
        return await self._browser.call(method, self._session, **parameters)

    async def go(self, url: str) -> None:
        """Go to a page, and wait until it is loaded."""
        answer = await self.call("Page.navigate", url=url)
        assert "errorText" not in answer, answer
        if loader := answer.get("loaderId"):  # there is none where only the fragment is another one
            await self._browser.loads(self._session).until(lambda latest: latest == loader)

    async def evaluate(self, script: str) -> Any:
        """Run a script in the page; return its value, or that of its promise."""
        answer = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]["exception"]["description"]
        return answer["result"].get("value")

    async def until(self, condition: str) -> Any:
        """Wait until a condition holds in the page; return its value. What the page shows is what a failure says.

        Args:
            condition: an expression in JavaScript.
        """
        return await self.evaluate(_UNTIL % (_PATIENCE * 500, f"return {condition};"))

    async def shows(self, text: str) -> None:
        """Wait until the page shows a text."""
        await self.until(f"document.body.innerText.includes({json.dumps(text)})")

    async def fill(self, selector: str, text: str) -> None:
        """Type a text into a field."""
        element = f"document.querySelector({json.dumps(selector)})"
        await self.until(element)
        await self.evaluate(f"{element}.focus(); {element}.value = ''")
        await self.call("Input.insertText", text=text)

    async def click(self, selector: str) -> None:
        """Click on an element, which may lead to another page."""
        element = f"document.querySelector({json.dumps(selector)})"
        await self.until(element)
        await self.evaluate(f"{element}.click()")

    async def submit(self, selector: str) -> None:
        """Click on what sends a form, or follows a link, and wait until the next page is loaded."""
        loads = self._browser.loads(self._session)
        before = loads.latest
        await self.click(selector)
        await loads.until(lambda latest: latest != before)

    async def close(self) -> None:
        """Close it."""
        await self._browser.call("Target.closeTarget", targetId=self._target)

    async def screenshot(self, file: Path, *, width: int, height: int, dark: bool = False) -> None:
        """Take a picture of the whole page, in a window of some size.

        Args:
            file: where to write it, as PNG.
            width: of the window, in pixels.
            height: of the window, in pixels.
            dark: whether the visitor prefers dark colours.
        """
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        answer = await self.call("Page.captureScreenshot", captureBeyondViewport=True)
        await asyncio.to_thread(file.write_bytes, base64.b64decode(answer["data"]))
