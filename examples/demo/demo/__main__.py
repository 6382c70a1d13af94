"""`python -m demo`: serve polls and chat until Ctrl-C."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import chat.config
import polls.config

from demo.app import make_app
from tidewire import web

PORT: Final = 8080


def main() -> None:
    """Serve the demo."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="Polls and chat, served by Tidewire.")
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument("--port", type=int, help=f"default: {PORT}, or any other where that is taken")
    parser.add_argument("--data", type=Path, help="a folder to keep the polls in; default: a temporary one")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    try:
        listening = listen(options.host, options.port)
    except OSError as error:
        sys.exit(f"demo: cannot listen at {options.host}, port {options.port or PORT}: {error.strerror}")
    with listening, data_folder(options.data) as folder:
        polls_config = polls.config.read_config(["--database", str(folder / "polls.sqlite")])
        app = make_app(polls_config, chat.config.read_config([]))

        def tell(_: str) -> None:
            print(
                f"\n  Look at     {url_of(listening)}"
                f"\n  Log in as   {polls_config.admin}, with the password {polls_config.admin_password}"
                f"\n  Stop with   Ctrl-C\n",
                flush=True,
            )

        web.run_app(app, sock=listening, print=tell)
    print("Stopped.", flush=True)


def listen(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens.

    Args:
        host: the address.
        port: the port; the usual one where None, or any other where that is taken.

    Raises:
        OSError: there is no such address, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, PORT if port is None else port), family=family)
    except OSError:
        if port is not None:
            raise
        return socket.create_server((host, 0), family=family)


def url_of(listening: socket.socket) -> str:
    """Return the URL that a browser finds the demo at."""
    host, port = listening.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - every address of this machine, so also this one
        host = "localhost"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@contextmanager
def data_folder(folder: Path | None) -> Iterator[Path]:
    """Give a folder, which is made where there is none; a temporary one, that is deleted then, for None."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="tidewire-demo-") as made:
            yield Path(made)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder


if __name__ == "__main__":
    main()
