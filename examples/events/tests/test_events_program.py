"""The feed as a program, shown by a console, and by a browser that goes on when the program starts again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from chromium import Chromium, run_chromium

EXAMPLE = Path(__file__).resolve().parent.parent


@contextmanager
def program(*arguments: str, stop: signal.Signals = signal.SIGTERM) -> Iterator[subprocess.Popen[str]]:
    """Run the program, which has to end well."""
    process = subprocess.Popen(
        [sys.executable, "-m", "events", *arguments],
        cwd=EXAMPLE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
        process.send_signal(stop)
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (0, "")
    finally:
        process.kill()
        process.communicate()


@contextmanager
def serving(port: int) -> Iterator[None]:
    with program("serve", "--port", str(port), "--interval", "0.05") as process:
        assert process.stdout is not None
        assert "Running on http://127.0.0.1:" in process.stdout.readline()
        yield


@pytest.mark.slow
def test_the_console_shows_each_event(unused_port: Callable[[], int]) -> None:
    port = unused_port()
    url = f"http://127.0.0.1:{port}/events"
    with serving(port), program("watch", url, stop=signal.SIGINT) as console:
        assert console.stdout is not None
        first = console.stdout.readline()
        epoch, _, rest = first.partition("-")
        assert rest.startswith("1 tick: ")
        assert console.stdout.readline().startswith(f"{epoch}-2 tick: ")


@pytest.mark.slow
@pytest.mark.peer("chromium")
async def test_a_browser_goes_on_with_the_next_server(tmp_path: Path, unused_port: Callable[[], int]) -> None:
    port = unused_port()
    with run_chromium(tmp_path) as devtools:
        async with Chromium.connect(devtools) as browser:
            with serving(port):
                tab = await browser.open(f"http://127.0.0.1:{port}/")
                await tab.shows("connected")
                await tab.until("document.querySelectorAll('li.tick').length > 2")
            await tab.shows("connecting again")
            await tab.evaluate("log.replaceChildren()")
            with serving(port):
                await tab.until("document.querySelectorAll('li.tick').length > 2")
                await tab.until("document.querySelector('#state').className == 'open'")
