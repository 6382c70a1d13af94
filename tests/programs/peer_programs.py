"""Programs that tests start: at ports that were free, waited for until somebody listens there, and ended."""

from __future__ import annotations

import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

# Seconds, on a machine that has much else to do.
_TO_START: Final = 30.0
_TO_END: Final = 20.0

# One process, in the foreground, which writes nowhere but into its folder.
_NGINX: Final = """
@first@
daemon off;
master_process off;
pid @folder@/nginx.pid;
error_log stderr error;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path @folder@/body;
  proxy_temp_path @folder@/proxy;
  fastcgi_temp_path @folder@/fastcgi;
  uwsgi_temp_path @folder@/uwsgi;
  scgi_temp_path @folder@/scgi;
@http@
}
@last@
"""


def free_ports(*names: str) -> dict[str, int]:
    """Ports that nobody listens at, by names for them."""
    socks = [socket.create_server(("127.0.0.1", 0)) for _ in names]
    ports = {name: sock.getsockname()[1] for name, sock in zip(names, socks, strict=True)}
    for sock in socks:
        sock.close()
    return ports


def filled_in(template: str, values: Mapping[str, object]) -> str:
    """A text with values in the place of their names between at signs."""
    for name, value in values.items():
        template = template.replace(f"@{name}@", str(value))
    return template


class Program:
    """A program that runs.

    Args:
        command: the program, and its arguments.
    """

    def __init__(self, command: Sequence[str]) -> None:
        # A pipe that nobody reads would stop a program that has much to tell.
        self._told = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - see kill()
        self._process = subprocess.Popen(command, stdout=self._told, stderr=subprocess.STDOUT)

    def wait_until_it_listens(self, port: int) -> None:
        """Wait for somebody to listen at a port; the test fails where nobody does."""
        deadline = time.monotonic() + _TO_START
        while not _listens(port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{self._process.args!r} did not start: {self.kill()}")
            time.sleep(0.01)  # nobody tells

    def end(self) -> tuple[int, str]:
        """Ask it to end; return its exit code, and what it has told."""
        self._process.terminate()
        code = self._process.wait(_TO_END)
        return code, self.kill()

    def kill(self) -> str:
        """End it at once; return what it has told."""
        self._process.kill()
        self._process.wait()
        if self._told.closed:
            return ""
        self._told.seek(0)
        with self._told:
            return self._told.read()


def _listens(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(command: Sequence[str], port: int) -> Iterator[Program]:
    """Run a program that listens at a port, from then on when it does."""
    program = Program(command)
    try:
        program.wait_until_it_listens(port)
        yield program
    finally:
        program.kill()


@contextmanager
def running_nginx(
    folder: Path,
    port: int,
    http: str,
    *,
    first: str = "",
    last: str = "",
    serious: str = "error|crit|alert|emerg",
) -> Iterator[None]:
    """Run nginx; it has to end well.

    Args:
        folder: where its files are put.
        port: one of those that it listens at.
        http: what the block `http` has, but for what all have.
        first: what stands before everything else, such as modules.
        last: what stands behind it.
        serious: the levels of messages that it must not have written.
    """
    path = folder / "nginx.conf"
    path.write_text(filled_in(_NGINX, {"first": first, "http": http, "last": last, "folder": folder}))
    with running(["nginx", "-c", str(path)], port) as program:
        yield
        code, told = program.end()
        assert (code, re.findall(rf"\[(?:{serious})\].*", told)) == (0, [])
