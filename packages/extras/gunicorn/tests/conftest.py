"""What the tests of this distribution share: gunicorn itself, on a free port, with a program of the test's own."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Seconds for anything that takes some tenths of one on a machine that is not busy.
PATIENCE = 30.0


class Connection(http.client.HTTPConnection):
    """A connection to a port or a Unix domain socket, with TLS or without."""

    def __init__(self, address: tuple[str, int] | str, tls: ssl.SSLContext | None) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._address = address
        self._tls = tls

    def connect(self) -> None:
        if isinstance(self._address, str):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(self.timeout)
            self.sock.connect(self._address)
        else:
            self.sock = socket.create_connection(self._address, self.timeout)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname="localhost")

    def ask(self, target: str) -> str:
        self.request("GET", target)
        with self.getresponse() as response:
            return response.read().decode()


class Gunicorn:
    """A master process and its workers.

    Attributes:
        said: what it has written so far, as far as it was read.
        pid: the master's number.
    """

    def __init__(self, folder: Path, program: str, arguments: tuple[str, ...]) -> None:
        (folder / "program.py").write_text(program, "utf-8")
        self.said = ""
        self._connections: list[Connection] = []
        command = [sys.executable, "-u", "-m", "gunicorn", "--no-sendfile"]
        if "--bind" not in arguments:
            command += ["--bind", "127.0.0.1:0"]
        # It keeps a socket for its control program at home.
        environment = os.environ | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
        self._process = subprocess.Popen(
            [*command, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env=environment,
        )
        self.pid = self._process.pid

    def until(self, pattern: str) -> re.Match[str]:
        """Read what it says, up to a line with this."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said += line
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"it ended, and did not say {pattern}:\n{self.said}")

    def connect(self, tls: ssl.SSLContext | None = None) -> Connection:
        """Connect to where it listens, which it has to say."""
        found = re.search(r"Listening at: (\S+)", self.said) or self.until(r"Listening at: (\S+)")
        place = re.fullmatch(r"unix:(.+)|https?://([\d.]+):(\d+)", found[1])
        assert place is not None, found[1]
        self._connections.append(Connection(place[1] or (place[2], int(place[3])), tls))
        return self._connections[-1]

    def ask(self, target: str, tls: ssl.SSLContext | None = None) -> str:
        """Ask for something over a connection of its own."""
        connection = self.connect(tls)
        try:
            return connection.ask(target)
        finally:
            connection.close()

    def end(self, number: signal.Signals | None = None) -> int:
        """Send the master a signal, and wait for its end; returns the exit code."""
        if number is not None:
            self._process.send_signal(number)
        self.said += self._process.communicate(timeout=PATIENCE)[0]
        return self._process.returncode

    def kill(self) -> None:
        """End it whatever it does; workers end when they see that their master has gone."""
        for connection in self._connections:
            connection.close()
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.communicate(timeout=PATIENCE)
            finally:
                self._process.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()


Start = Callable[..., Gunicorn]


@pytest.fixture
def gunicorn(tmp_path: Path) -> Iterator[Start]:
    """Starts gunicorn with a program and arguments."""
    started: list[Gunicorn] = []

    def start(program: str, *arguments: str, worker: str = "GunicornWebWorker") -> Gunicorn:
        target = () if any(each.startswith("program:") for each in arguments) else ("program:app",)
        worker_class = ("--worker-class", f"tidewire_gunicorn.{worker}")
        started.append(Gunicorn(tmp_path, program, (*arguments, *worker_class, *target)))
        return started[-1]

    yield start
    for each in started:
        each.kill()
