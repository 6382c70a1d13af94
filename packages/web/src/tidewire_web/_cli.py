"""The command line: `python -m tidewire_web module:function`."""

from __future__ import annotations

import argparse
import importlib
import logging
import socket
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from tidewire_web._application import Application
from tidewire_web._run_app import run_app
from tidewire_web._sites import PORTS

__all__: list[str] = []


def main(arguments: Sequence[str], *, program: str = "python -m tidewire_web") -> NoReturn:
    """Serve the application that a function makes, until SIGINT or SIGTERM.

    The function is called with the arguments that are not known here; it returns the application or a coroutine.

    Args:
        arguments: the command line, without the program's name.
        program: that name, for messages.

    Raises:
        SystemExit: always, with code 0 when the server has stopped, 2 where the command line is wrong, and 1 after a
            second signal.
    """
    parser = _parser(program)
    known, unknown = parser.parse_known_args(arguments)
    if known.port not in PORTS:
        parser.error(f"argument -P/--port: a port is 0 to 65535, not {known.port}")
    function = _find(parser, known.entry)
    if known.path is not None and not hasattr(socket, "AF_UNIX"):
        parser.error("this operating system has no Unix domain sockets")
    logging.basicConfig(level=logging.DEBUG)
    host, port = known.hostname or "localhost", known.port
    if known.path is not None and known.hostname is None:
        host = port = None
    run_app(function(unknown), host=host, port=port, path=known.path)
    parser.exit(message="Stopped\n")


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="Serve a Tidewire web application.")
    parser.add_argument(
        "entry",
        metavar="module:function",
        help="a function that is called with the remaining arguments and returns the application, or a coroutine "
        "that gives it",
    )
    parser.add_argument(
        "-H", "--hostname", help="host name or address to listen at (default: localhost, without -U)"
    )
    parser.add_argument(
        "-P", "--port", type=int, default=8080, help="TCP port to listen at (default: %(default)s)"
    )
    parser.add_argument(
        "-U", "--path", help="path of a Unix domain socket to listen at; with -H in addition to the TCP port"
    )
    return parser


def _find(parser: argparse.ArgumentParser, entry: str) -> Callable[[list[str]], Any]:
    """Find what makes the application; where there is no such thing, the program ends."""
    module_name, _, name = entry.partition(":")
    if not module_name or not name:
        parser.error(f"{entry!r} is not of the form module:function")
    if module_name.startswith("."):
        parser.error(f"{module_name!r} is relative; the module needs its full name")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        parser.error(f"{module_name} cannot be imported: {error}")
    try:
        found = getattr(module, name)
    except AttributeError:
        parser.error(f"module {module_name!r} has no attribute {name!r}")
    if isinstance(found, Application):
        return lambda _: found
    if not callable(found):
        parser.error(f"{entry} is {type(found).__name__}, not a function")
    function: Callable[[list[str]], Any] = found
    return function
