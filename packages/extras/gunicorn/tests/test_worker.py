from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tidewire_testing import CertificateAuthority

Start = Callable[..., Any]

# Starting a Python program twice takes longer than a quarter of a second.
pytestmark = pytest.mark.slow

PROGRAM = """
import asyncio
import os

from tidewire_web import Application, Response

stops = asyncio.Event()


async def pid(request):
    return Response(text=f"{os.getpid()} {request.scheme} {request.remote}")


async def until_shutdown(request):
    print("a handler waits in", os.getpid())
    try:
        await stops.wait()
    except asyncio.CancelledError:
        print("a handler was cancelled")
        raise
    return Response(text="finished")


async def for_ever(request):
    print("a handler waits in", os.getpid())
    try:
        await asyncio.Event().wait()
    finally:
        print("a handler was cancelled")


async def stand_still(request):
    print("standing still in", os.getpid())
    with open("pipe") as pipe:
        return Response(text=pipe.read())


async def on_shutdown(app):
    print("shutting down")
    stops.set()


async def on_cleanup(app):
    print("cleaned up")


app = Application()
app.on_shutdown.append(on_shutdown)
app.on_cleanup.append(on_cleanup)
app.router.add_get("/", pid)
app.router.add_get("/until-shutdown", until_shutdown)
app.router.add_get("/for-ever", for_ever)
app.router.add_get("/stand-still", stand_still)


async def make_app():
    await asyncio.sleep(0)
    return app
"""

HOOKS = """
def worker_int(worker):
    print("worker_int")


def worker_abort(worker):
    print("worker_abort")
"""


def test_workers_serve_and_stop_gracefully(gunicorn: Start, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    server = gunicorn(PROGRAM, "--workers", "2", "--access-logfile", "-", "--keep-alive", "20")
    stands_still = server.connect()
    stands_still.request("GET", "/stand-still")
    one = server.until(r"standing still in (\d+)")[1]
    # The other worker has to answer, twice on one connection.
    connection = server.connect()
    answers = [connection.ask("/").split() for _ in range(2)]
    assert answers[0] == answers[1]
    other, scheme, remote = answers[0]
    assert (scheme, remote) == ("http", "127.0.0.1")
    assert {one, other}.isdisjoint({str(server.pid)})
    assert one != other
    (tmp_path / "pipe").write_text("moves again")
    assert stands_still.getresponse().read() == b"moves again"

    waits = server.connect()
    waits.request("GET", "/until-shutdown")
    server.until("a handler waits in")
    assert server.end(signal.SIGTERM) == 0
    assert waits.getresponse().read() == b"finished"
    assert server.said.count("cleaned up") == 2
    assert "a handler was cancelled" not in server.said
    assert re.search(r'^127\.0\.0\.1 \[.+\] "GET / HTTP/1\.1" 200 \d+ "-" "-"$', server.said, re.MULTILINE)
    for each in (stands_still, connection, waits):
        each.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
def test_a_quick_stop_cancels_handlers(gunicorn: Start, tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "hooks.py").write_text(HOOKS, "utf-8")
    server = gunicorn(PROGRAM, "program:make_app", "--config", "hooks.py", "--graceful-timeout", "20")
    connection = server.connect()
    connection.request("GET", "/for-ever")
    server.until("a handler waits in")
    assert server.end(number) == 0
    # Lines of several processes may run into each other.
    told = re.findall("worker_int|a handler was cancelled|cleaned up", server.said)
    assert told == ["worker_int", "a handler was cancelled", "cleaned up"]
    connection.close()


def test_a_graceful_stop_becomes_a_quick_one(gunicorn: Start) -> None:
    server = gunicorn(PROGRAM, "--graceful-timeout", "40")
    connection = server.connect()
    connection.request("GET", "/for-ever")
    worker = int(server.until(r"a handler waits in (\d+)")[1])
    os.kill(worker, signal.SIGTERM)
    server.until("shutting down")
    assert "a handler was cancelled" not in server.said
    os.kill(worker, signal.SIGQUIT)
    server.until("a handler was cancelled")
    server.until("cleaned up")
    server.until(rf"Worker exiting .pid: {worker}")
    assert server.end(signal.SIGTERM) == 0
    connection.close()


def test_a_worker_that_has_answered_enough_is_replaced(gunicorn: Start) -> None:
    server = gunicorn(PROGRAM, "program:make_app", "--max-requests", "2")
    pids = [server.ask("/").split()[0] for _ in range(2)]
    server.until(r"Autorestarting worker after 2 requests")
    server.until(rf"Worker exiting .pid: {pids[0]}")
    assert pids[0] == pids[1] != server.ask("/").split()[0]
    assert server.end(signal.SIGTERM) == 0


def test_a_worker_that_stands_still_is_aborted(gunicorn: Start, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "hooks.py").write_text(HOOKS, "utf-8")
    server = gunicorn(PROGRAM, "--timeout", "3", "--config", "hooks.py")
    connection = server.connect()
    connection.request("GET", "/stand-still")
    worker = server.until(r"standing still in (\d+)")[1]
    server.until("worker_abort")
    server.until(rf"Worker exiting .pid: {worker}")
    server.until(rf"Worker .pid:{worker}. exited with code 1")
    assert server.ask("/").split()[0] != worker
    connection.close()


@pytest.mark.peer("openssl")
def test_connections_with_tls(gunicorn: Start, tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    certificate = authority.issue("localhost")
    server = gunicorn(PROGRAM, "--certfile", str(certificate.path), "--keyfile", str(certificate.key))
    tls = authority.client_context()
    tls.set_alpn_protocols(["h2", "http/1.1"])
    connection = server.connect(tls)
    assert connection.ask("/").split()[1:] == ["https", "127.0.0.1"]
    assert connection.sock.selected_alpn_protocol() == "http/1.1"
    connection.close()
    assert server.end(signal.SIGTERM) == 0


def test_a_unix_domain_socket_and_connections_that_are_not_kept(
    gunicorn: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = gunicorn(PROGRAM, "--bind", "unix:s", "--keep-alive", "0")
    monkeypatch.chdir(tmp_path)  # the names of such sockets have to be short
    connection = server.connect()
    assert connection.ask("/").split()[1] == "http"
    assert connection.sock.recv(1) == b""
    connection.close()
    assert server.end(signal.SIGTERM) == 0


FAILURES = {
    "raises": 'async def app(): raise OSError("no database")',
    "ends": "async def app(): raise SystemExit(0)",
    "cancels": "import asyncio\nasync def app(): asyncio.current_task().cancel(); await asyncio.sleep(0)",
    "nothing": "async def app(): return None",
    "function": "def app(): return None",
}
REASONS = {
    "raises": "OSError: no database",
    "ends": "the application did not start: SystemExit(0)",
    "cancels": "the worker's main task was cancelled",
    "nothing": "gives an Application or an AppRunner, not NoneType",
    "function": "an ordinary function is given as 'module:function()'",
}


@pytest.mark.parametrize("how", FAILURES)
def test_an_application_that_does_not_start_stops_gunicorn(gunicorn: Start, how: str) -> None:
    server = gunicorn(FAILURES[how])
    assert server.end() == 3
    assert REASONS[how] in server.said
    assert "Worker failed to boot" in server.said
    assert server.said.count("Booting worker") == 1


def test_a_start_that_fails_is_cleaned_up(gunicorn: Start) -> None:
    fails = "\nasync def on_startup(app): raise ValueError('not today')\napp.on_startup.append(on_startup)\n"
    server = gunicorn(PROGRAM + fails)
    assert server.end() == 3
    assert "ValueError: not today" in server.said
    assert server.said.count("cleaned up") == 1


def test_a_worker_may_be_stopped_while_it_starts(gunicorn: Start) -> None:
    waits = (
        "\nasync def context(app):\n    print('starting')\n    try:\n        await asyncio.Event().wait()\n"
        "        yield\n    finally:\n        print('start ended')\n\napp.cleanup_ctx.append(context)\n"
    )
    server = gunicorn(PROGRAM + waits)
    server.until("starting")
    assert server.end(signal.SIGTERM) == 0
    assert "start ended" in server.said
    assert "Traceback" not in server.said


def test_reopening_logs(gunicorn: Start, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    server = gunicorn(PROGRAM, "--access-logfile", str(log))
    worker = int(server.ask("/").split()[0])
    log.rename(tmp_path / "old.log")
    os.kill(worker, signal.SIGUSR1)
    # The signal takes its time.
    assert any(server.ask("/") and log.exists() and log.stat().st_size for _ in range(1000))
    assert server.end(signal.SIGTERM) == 0


def test_a_program_that_is_edited_is_loaded_again(gunicorn: Start, tmp_path: Path) -> None:
    program = tmp_path / "program.py"

    def edit(text: str, answered: Callable[[str], bool]) -> None:
        program.write_text(text, "utf-8")
        now = program.stat().st_mtime
        # The reloader takes what it sees first for unchanged, and says nothing of that.
        for round_ in range(1, 100_000):
            os.utime(program, (now + round_, now + round_))
            # A worker that stops closes connections on which nothing has come yet.
            with contextlib.suppress(ConnectionError):
                if answered(server.ask("/")):
                    return
        raise AssertionError(server.said)

    server = gunicorn(PROGRAM, "--reload", "--reload-engine", "poll")
    first = server.ask("/").split()[0]
    edit(PROGRAM + "\nthis is no Python\n", lambda answer: "load_wsgi" in answer)
    edit(PROGRAM, lambda answer: answer.endswith(" http 127.0.0.1"))
    assert server.ask("/").split()[0] != first
    assert server.end(signal.SIGTERM) == 0
