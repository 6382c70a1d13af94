"""`run_app()`: where it listens, what it takes and tells, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import io
import logging
import os
import re
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest
from web_client import request

from tidewire_web import (
    AbstractAccessLogger,
    Application,
    GracefulExit,
    Request,
    Response,
    Server,
    TCPSite,
    run_app,
)

HERE = "127.0.0.1"


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def stopping_application(stop: Callable[[], Any] = interrupt) -> Application:
    """Stops as soon as it runs."""

    async def startup(app: Application) -> None:
        later.append(asyncio.get_running_loop().create_task(stop_soon()))

    async def stop_soon() -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        stop()

    later: list[asyncio.Task[None]] = []
    app = Application()
    app.on_startup.append(startup)
    return app


def stopping_print(printed: list[str]) -> Callable[[str], None]:
    """What is to print: it stops the program."""

    def tell(text: str) -> None:
        printed.append(text)
        asyncio.get_running_loop().call_soon(interrupt)

    return tell


def asking_application(answers: list[bytes], *lines: str) -> tuple[Application, Callable[[str], None]]:
    """An application, and what is to print: it asks it once where it runs, and stops it."""

    async def handler(request: Request) -> Response:
        return Response(text=f"handled {request.path}")

    async def ask(text: str) -> None:
        found = re.search(r"://127.0.0.1:(\d+)", text)
        assert found is not None
        reader, writer = await asyncio.open_connection(HERE, int(found[1]))
        writer.write(request("/" + "x" * 100, "Connection: close", *lines))
        answers.append(await reader.read())
        writer.close()
        interrupt()

    def tell(text: str) -> None:
        tasks.append(asyncio.get_running_loop().create_task(ask(text)))

    tasks: list[asyncio.Task[None]] = []
    app = Application()
    app.router.add_get("/{x}", handler)
    return app, tell


# -- where it listens -----------------------------------------------------------------------------


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket() as made:
        made.bind((HERE, 0))
        yield made


def test_where_it_runs_is_printed(tmp_path: Path, sock: socket.socket) -> None:
    printed: list[str] = []
    path = str(tmp_path / "s")
    port = sock.getsockname()[1]
    run_app(Application(), path=path, sock=sock, print=stopping_print(printed))
    names = f"http://{HERE}:{port}, http://unix:{path}:"
    assert printed == [f"======== Running on {names} ========\n(Press CTRL+C to quit)"]
    assert not os.path.lexists(path)


def test_nothing_is_printed_where_nobody_wants_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run_app(stopping_application(), path=[tmp_path / "a", str(tmp_path / "b")], print=None)
    assert capsys.readouterr() == ("", "")


def test_several_hosts_and_a_free_port(tmp_path: Path) -> None:
    printed: list[str] = []
    run_app(Application(), host=[HERE, "127.0.0.2"], port=0, print=stopping_print(printed))
    assert re.fullmatch(
        r"=+ Running on http://127.0.0.1:[1-9]\d*, http://127.0.0.2:[1-9]\d* =+\n.*", printed[0]
    )


@pytest.mark.parametrize("more", ["path", "sock", "both"])
def test_a_port_is_listened_at_beside_other_places(tmp_path: Path, sock: socket.socket, more: str) -> None:
    printed: list[str] = []
    places: dict[str, Any] = {"path": [tmp_path / "s"], "sock": [sock]}
    if more != "both":
        places = {more: places[more]}
    run_app(Application(), port=0, print=stopping_print(printed), **places)
    assert printed[0].count("http://") == 1 + len(places)
    assert "http://0.0.0.0:" in printed[0]


def test_without_a_place_it_is_the_usual_port(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int]] = []

    async def start(site: TCPSite) -> None:
        seen.append((site.name, site.port))

    monkeypatch.setattr(TCPSite, "start", start)
    run_app(stopping_application(), print=None)
    run_app(stopping_application(), host="localhost", print=None)
    assert seen == [("http://0.0.0.0:8080", 8080), ("http://localhost:8080", 8080)]


@pytest.mark.parametrize("port", [-1, 65536, 99999])
def test_a_port_that_there_is_not_is_an_error(port: int) -> None:
    with pytest.raises(ValueError, match=f"a port is 0 to 65535, not {port}"):
        run_app(stopping_application(), host=HERE, port=port, print=None)


@pytest.mark.parametrize("places", [{"host": []}, {"path": []}, {"sock": ()}, {"host": [], "path": []}])
def test_no_place_at_all_is_an_error(places: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="nothing to listen at"):
        run_app(Application(), **places)


def test_an_address_that_is_taken() -> None:
    cleaned: list[int] = []

    async def cleanup(app: Application) -> None:
        cleaned.append(1)

    app = Application()
    app.on_cleanup.append(cleanup)
    with socket.socket() as sock:
        sock.bind((HERE, 0))
        sock.listen()
        with pytest.raises(OSError, match="in use"):
            run_app(app, host=HERE, port=sock.getsockname()[1], print=None)
    assert cleaned == [1]


# -- what it runs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["coroutine", "function", "coroutine function", "future"])
def test_what_gives_an_application(kind: str) -> None:
    started: list[int] = []

    async def startup(app: Application) -> None:
        started.append(1)

    def make() -> Application:
        app = stopping_application()
        app.on_startup.append(startup)
        return app

    async def make_later() -> Application:
        await asyncio.sleep(0)
        return make()

    class Later:
        def __await__(self) -> Any:
            return make_later().__await__()

    kinds: dict[str, Any] = {
        "coroutine": make_later(),
        "function": make,
        "coroutine function": make_later,
        "future": Later(),
    }
    given = kinds[kind]
    if kind != "coroutine":
        kinds["coroutine"].close()
    run_app(given, host=HERE, port=0, print=None)
    assert started == [1]


def test_what_is_no_application() -> None:
    async def make() -> Any:
        return "application"

    for wrong in (make(), make, object()):
        with pytest.raises(TypeError, match="Application"):
            run_app(wrong, host=HERE, port=0, print=None)  # type: ignore[arg-type]


async def test_where_a_loop_runs_already_it_says_what_to_do() -> None:
    async def make() -> Application:
        return Application()

    with pytest.raises(RuntimeError, match="AppRunner"):
        run_app(make())


VARIABLE = ContextVar("VARIABLE", default="default")


def test_everything_runs_in_one_context_and_requests_in_copies() -> None:
    seen: list[str] = []

    def note(name: str) -> None:
        seen.append(f"{name} sees {VARIABLE.get()}")
        VARIABLE.set(name)

    async def handler(request: Request) -> Response:
        note("handler")
        return Response()

    async def startup(app: Application) -> None:
        note("startup")

    async def context(app: Application) -> AsyncIterator[None]:
        note("set up")
        yield
        note("undone")

    async def shutdown(app: Application) -> None:
        note("shutdown")

    async def make() -> Application:
        note("make")
        app, teller = asking_application([])
        tell.append(teller)
        app.router.add_get("/{x}/{y}", handler)
        app.cleanup_ctx.append(context)
        app.on_startup.append(startup)
        app.on_shutdown.append(shutdown)
        return app

    async def asked(text: str) -> None:
        reader, writer = await asyncio.open_connection(HERE, int(text.split(":")[2].split(maxsplit=1)[0]))
        for _ in range(2):
            writer.write(request("/x/y"))
            await reader.readuntil(b"\r\n\r\n")
        writer.close()
        interrupt()

    tell: list[Any] = []
    tasks: list[asyncio.Task[None]] = []
    run_app(
        make(),
        host=HERE,
        port=0,
        print=lambda text: tasks.append(asyncio.get_running_loop().create_task(asked(text))),
    )
    assert seen == [
        "make sees default",
        "set up sees make",
        "startup sees set up",
        "handler sees startup",
        "handler sees startup",
        "shutdown sees startup",
        "undone sees shutdown",
    ]
    assert VARIABLE.get() == "default"


# -- options --------------------------------------------------------------------------------------


def test_options_reach_the_server() -> None:
    answers: list[bytes] = []
    app, tell = asking_application(answers)
    run_app(app, host=HERE, port=0, max_line_size=50, print=tell)
    assert answers[0].startswith(b"HTTP/1.1 414 ")


@pytest.mark.parametrize("where", ["run_app", "handler_args"])
def test_an_unknown_option_is_an_error_before_anything_starts(where: str) -> None:
    started: list[int] = []

    async def startup(app: Application) -> None:
        started.append(1)

    wrong: dict[str, Any] = {"keep_alive_timeout": 1}
    app = Application(handler_args=wrong if where == "handler_args" else None)
    app.on_startup.append(startup)
    with pytest.raises(TypeError, match="keep_alive_timeout"):
        run_app(app, host=HERE, port=0, print=None, **({} if where == "handler_args" else wrong))
    assert started == []


@pytest.mark.parametrize(("by_application", "seconds"), [({}, 75), ({"keepalive_timeout": 12}, 12)])
def test_idle_connections_have_75_seconds_or_what_the_application_says(
    by_application: dict[str, Any], seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def note(handler: Any, **options: Any) -> Server:
        seen.append(options["keepalive_timeout"])
        return Server(handler, **options)

    note.__signature__ = inspect.signature(Server)  # type: ignore[attr-defined]
    monkeypatch.setattr("tidewire_web._runner.Server", note)
    run_app(Application(handler_args=by_application), host=HERE, port=0, print=stopping_print([]))
    assert seen == [seconds]


class OneWordLogger(AbstractAccessLogger):
    """Says one word."""

    def log(self, request: Any, response: Any, time: float) -> None:
        self.logger.info("%s %s", self.log_format, response.status)


def test_the_access_log(caplog: pytest.LogCaptureFixture) -> None:
    app, tell = asking_application([])
    log = logging.getLogger("test.access")
    with caplog.at_level(logging.INFO, "test.access"):
        run_app(
            app,
            host=HERE,
            port=0,
            print=tell,
            access_log=log,
            access_log_class=OneWordLogger,
            access_log_format="word",
        )
    assert [record.getMessage() for record in caplog.records if record.name == "test.access"] == ["word 200"]


def test_no_access_log(caplog: pytest.LogCaptureFixture) -> None:
    app, tell = asking_application([])
    with caplog.at_level(logging.DEBUG):
        run_app(app, host=HERE, port=0, print=tell, access_log=None)
    assert [record for record in caplog.records if record.name == "tidewire.access"] == []


@contextlib.contextmanager
def bare_access_log() -> Iterator[logging.Logger]:
    """The default access log, without what pytest has set up."""
    log = logging.getLogger("tidewire.access")
    before = (log.level, log.handlers, log.propagate)
    log.handlers, log.propagate = [], False
    log.setLevel(logging.NOTSET)
    try:
        yield log
    finally:
        log.setLevel(before[0])
        log.handlers, log.propagate = before[1:]


def debugging_loop(debug: bool) -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    loop.set_debug(debug)
    return loop


def test_in_debug_mode_the_access_log_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    app, tell = asking_application([])
    with bare_access_log() as log:
        run_app(app, host=HERE, port=0, print=tell, loop=debugging_loop(True))
        assert log.level == logging.DEBUG
    assert re.search(r'"GET /x+ HTTP/1.1" 200 ', capsys.readouterr().err)


def test_in_debug_mode_an_access_log_that_is_set_up_stays_as_it_is() -> None:
    handler = logging.StreamHandler(io.StringIO())
    with bare_access_log() as log:
        log.setLevel(logging.WARNING)
        log.addHandler(handler)
        run_app(stopping_application(), host=HERE, port=0, print=None, loop=debugging_loop(True))
        assert log.level == logging.WARNING
        assert log.handlers == [handler]


@pytest.mark.parametrize(("debug", "name"), [(False, "tidewire.access"), (True, "test.other")])
def test_an_access_log_stays_as_it_is(debug: bool, name: str) -> None:
    """Without debug mode, and where it is not the default one."""
    given = logging.getLogger(name)
    with bare_access_log() as log:
        run_app(
            stopping_application(),
            host=HERE,
            port=0,
            print=None,
            access_log=given,
            loop=debugging_loop(debug),
        )
        assert (log.level, log.handlers) == (logging.NOTSET, [])
    assert given.level == logging.NOTSET


def test_the_loop_is_the_one_that_was_given_and_closed_at_the_end() -> None:
    loop = asyncio.new_event_loop()
    loops: list[asyncio.AbstractEventLoop] = []

    def stop() -> None:
        loops.append(asyncio.get_running_loop())
        interrupt()

    run_app(stopping_application(stop), host=HERE, port=0, loop=loop, print=None)
    assert loops == [loop]
    assert loop.is_closed()


def test_it_runs_outside_the_main_thread() -> None:
    printed: list[str] = []

    def leave() -> None:
        raise GracefulExit

    def tell(text: str) -> None:
        printed.append(text)
        asyncio.get_running_loop().call_soon(leave)

    def serve() -> None:
        run_app(Application(), host=HERE, port=0, print=tell)

    thread = threading.Thread(target=serve)
    thread.start()
    thread.join()
    assert len(printed) == 1


# -- how it ends ----------------------------------------------------------------------------------


def test_a_startup_that_fails_has_its_traceback() -> None:
    undone: list[int] = []

    def deep() -> None:
        raise ZeroDivisionError

    async def context(app: Application) -> AsyncIterator[None]:
        yield
        undone.append(1)

    async def startup(app: Application) -> None:
        await asyncio.sleep(0)
        deep()

    app = Application()
    app.cleanup_ctx.append(context)
    app.on_startup.append(startup)
    with pytest.raises(ZeroDivisionError) as caught:
        run_app(app, host=HERE, port=0, print=None)
    assert [entry.name for entry in caught.traceback][-2:] == ["startup", "deep"]
    assert undone == [1]


@pytest.mark.parametrize("make_loop", [None, asyncio.new_event_loop])
@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("exception", [GracefulExit, KeyboardInterrupt])
def test_a_handler_may_end_it(
    exception: type[BaseException], waits: bool, make_loop: Callable[[], asyncio.AbstractEventLoop] | None
) -> None:
    cleaned: list[int] = []
    answers: list[bytes] = []

    async def handler(request: Request) -> Response:
        if waits:
            await asyncio.sleep(0)
        raise exception

    async def cleanup(app: Application) -> None:
        cleaned.append(1)

    async def ask(text: str) -> None:
        reader, writer = await asyncio.open_connection(HERE, int(text.split(":")[2].split(maxsplit=1)[0]))
        writer.write(request())
        with contextlib.suppress(ConnectionError):
            answers.append(await reader.read())
        writer.close()

    tasks: list[asyncio.Task[None]] = []
    app = Application()
    app.router.add_get("/", handler)
    app.on_cleanup.append(cleanup)
    run_app(
        app,
        host=HERE,
        port=0,
        print=lambda text: tasks.append(asyncio.get_running_loop().create_task(ask(text))),
        loop=make_loop and make_loop(),
    )
    assert answers in ([], [b""])
    assert cleaned == [1]


def test_a_signal_during_startup_interrupts_and_undoes_it() -> None:
    events: list[str] = []

    async def context(app: Application) -> AsyncIterator[None]:
        yield
        # Clean-up is no cancelled task, or this group would take itself for cancelled too.
        with pytest.raises(ExceptionGroup):
            await fail_in_group()
        events.append("undone")

    async def fail_in_group() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            await asyncio.Event().wait()

    async def fail() -> None:
        raise ZeroDivisionError

    app = Application()
    app.cleanup_ctx.append(context)

    async def hang(app: Application) -> None:
        asyncio.get_running_loop().call_soon(interrupt)
        await asyncio.Event().wait()

    app.on_startup.append(hang)
    run_app(app, host=HERE, port=0, print=None)
    assert events == ["undone"]


def test_step_seven_comes_last_of_all() -> None:
    events: list[str] = []
    told: list[dict[str, Any]] = []

    async def other() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            events.append("task")
            raise ZeroDivisionError

    async def startup(app: Application) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: told.append(context))
        tasks.append(loop.create_task(other()))

    async def cleanup(app: Application) -> None:
        events.append("on_cleanup")

    tasks: list[asyncio.Task[None]] = []
    app = stopping_application()
    app.on_startup.append(startup)
    app.on_cleanup.append(cleanup)
    run_app(app, host=HERE, port=0, print=None)
    assert events == ["on_cleanup", "task"]
    assert [type(context["exception"]) for context in told] == [ZeroDivisionError]
