"""A server in a process of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest


class ServerProgram:
    """Runs a program that is a server, and says where.

    Args:
        arguments: of the Python interpreter.
        folder: in which it is run.
    """

    def __init__(self, *arguments: str, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        self.lines = self.process.stdout
        try:
            self.banner = self.read()
            if not self.banner.startswith("======== Running on "):
                pytest.fail(f"it did not start: {self.banner}\n{self.end()[2]}")
            assert self.read() == "(Press CTRL+C to quit)"
        except BaseException:
            self.kill()
            raise

    @property
    def port(self) -> int:
        """The port of its first TCP site."""
        found = re.search(r"://[^ ,]*:(\d+)", self.banner)
        assert found is not None
        return int(found[1])

    def read(self) -> str:
        """Read a line that it has printed."""
        return self.lines.readline().rstrip("\n")

    def connect(self) -> socket.socket:
        """Connect to it."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def end(self) -> tuple[int, list[str], str]:
        """Wait for the end; returns exit code, the rest of what was printed, and the errors."""
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out.splitlines(), err

    def kill(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.communicate()


def read_all(sock: socket.socket) -> bytes:
    """Read what a server sends until it closes the connection."""
    received = b""
    while data := sock.recv(65536):
        received += data
    return received
