"""The command line."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from server_program import ServerProgram, read_all
from web_client import request

from tidewire_web import _cli as cli_module
from tidewire_web._cli import main

MODULE = """
import tidewire_web as web


def make(arguments):
    app = web.Application()

    async def handler(request):
        return web.Response(text=" ".join(arguments))

    app.router.add_get("/", handler)
    return app


async def make_later(arguments):
    return make(arguments)


def fail(arguments):
    raise ZeroDivisionError


app = make(["ready"])
number = 1
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module that can be imported, by its name."""
    name = f"module_of_{re.sub(r'[^a-z0-9]', '_', tmp_path.name)}"
    (tmp_path / f"{name}.py").write_text(MODULE)
    (tmp_path / f"{name}_broken.py").write_text("import no_such_module_at_all\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the program would run; logging stays as it is."""
    made: list[dict[str, Any]] = []

    def run_app(app: Any, **options: Any) -> None:
        made.append({"app": app, **options})

    monkeypatch.setattr(cli_module, "run_app", run_app)
    monkeypatch.setattr(logging, "basicConfig", lambda **options: made.append(options))
    return made


def end(*arguments: str) -> Any:
    """Run it; returns the exit code."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return caught.value.code


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "required"),
        (["MODULE"], "module:function"),
        (["MODULE:"], "module:function"),
        ([":make"], "module:function"),
        ([".MODULE:make"], "relative"),
        (["no_such_module_at_all:make"], "no_such_module_at_all cannot be imported"),
        (["MODULE_broken:make"], "MODULE_broken cannot be imported: No module named 'no_such_module_at_all'"),
        (["MODULE:nothing"], "'MODULE' has no attribute 'nothing'"),
        (["MODULE:number"], "MODULE:number is int, not a function"),
        (["MODULE:make", "-P", "high"], "invalid int value: 'high'"),
        (["MODULE:make", "-P", "65536"], "a port is 0 to 65535, not 65536"),
        (["MODULE:make", "-P"], "expected one argument"),
    ],
)
def test_what_is_wrong_is_said(
    arguments: list[str],
    problem: str,
    module: str,
    calls: list[Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert end(*(each.replace("MODULE", module) for each in arguments)) == 2
    told = capsys.readouterr().err
    assert "usage: python -m tidewire_web" in told
    assert problem.replace("MODULE", module) in told
    assert calls == []


def test_a_path_where_there_are_no_unix_sockets(
    module: str, calls: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(socket, "AF_UNIX")
    assert end(f"{module}:make", "-U", "s") == 2
    assert "Unix domain sockets" in capsys.readouterr().err
    assert calls == []


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        ([], ("localhost", 8080, None)),
        (["-H", "0.0.0.0"], ("0.0.0.0", 8080, None)),
        (["-P", "80"], ("localhost", 80, None)),
        (["--hostname", "example", "--port", "0"], ("example", 0, None)),
        (["-U", "s"], (None, None, "s")),
        (["-U", "s", "-P", "80"], (None, None, "s")),
        (["--path", "s", "-H", "example"], ("example", 8080, "s")),
        (["-U", "s", "-H", "example", "-P", "80"], ("example", 80, "s")),
    ],
)
def test_where_it_listens(
    arguments: list[str],
    places: tuple[Any, ...],
    module: str,
    calls: list[dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert end(f"{module}:make", *arguments) == 0
    logging_options, call = calls
    assert logging_options == {"level": logging.DEBUG}
    assert (call["host"], call["port"], call["path"]) == places
    assert capsys.readouterr() == ("", "Stopped\n")


@pytest.mark.parametrize("name", ["make", "make_later", "app"])
def test_what_is_served(name: str, module: str, calls: list[dict[str, Any]]) -> None:
    from tidewire_web import Application

    end(f"{module}:{name}")
    app = calls[1]["app"]
    if name == "make_later":
        app = asyncio.run(app)
    assert isinstance(app, Application)


def test_a_function_that_fails_has_its_traceback(module: str, calls: list[Any]) -> None:
    with pytest.raises(ZeroDivisionError):
        main([f"{module}:fail"])


def test_another_program_may_call_it(capsys: pytest.CaptureFixture[str]) -> None:
    def run() -> NoReturn:
        main([], program="other")

    with pytest.raises(SystemExit):
        run()
    assert capsys.readouterr().err.startswith("usage: other ")


# -- in a process of its own ------------------------------------------------------------------------


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., ServerProgram]]:
    (tmp_path / "somewhere.py").write_text(MODULE)
    programs: list[ServerProgram] = []

    def make(*arguments: str) -> ServerProgram:
        programs.append(ServerProgram("-m", "tidewire_web", *arguments, folder=tmp_path))
        return programs[-1]

    yield make
    for program in programs:
        program.kill()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal(start: Callable[..., ServerProgram], number: signal.Signals) -> None:
    program = start("somewhere:make_later", "-H", "127.0.0.1", "-P", "0", "--more", "words")
    with program.connect() as client:
        client.sendall(request("/", "Connection: close"))
        assert read_all(client).endswith(b"--more words")
    program.process.send_signal(number)
    code, lines, errors = program.end()
    assert (code, lines) == (0, [])
    # Everything is logged, requests as well.
    assert '"GET / HTTP/1.1" 200' in errors
    assert errors.endswith("Stopped\n")


@pytest.mark.slow
def test_it_serves_at_a_unix_socket(start: Callable[..., ServerProgram], tmp_path: Path) -> None:
    program = start("somewhere:app", "-U", "s")
    assert program.banner == "======== Running on http://unix:s: ========"
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(tmp_path / "s"))
        client.sendall(request("/", "Connection: close"))
        assert read_all(client).endswith(b"ready")
    program.process.send_signal(signal.SIGTERM)
    assert program.end()[0] == 0
    assert not (tmp_path / "s").exists()
