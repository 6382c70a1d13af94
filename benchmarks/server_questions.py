"""What a server is asked, as bytes, and what it has to answer."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Question", "ServerError", "Target", "json_of", "sized", "text_of"]

_TIMEOUT = 30.0
_PIECE = 1 << 20

# Whether an answer's status, media type and body are right; of a long body its length alone is given.
Judge = Callable[[int, str, bytes | int], bool]


class ServerError(Exception):
    """A server did not come up, or its answer is not the one that was asked for."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a server listens on 127.0.0.1."""

    port: int
    tls: bool = False

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/"

    def connect(self) -> http.client.HTTPConnection:
        """A connection, which is opened with its first request; nobody vouches for the certificate."""
        if not self.tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=_TIMEOUT)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=_TIMEOUT, context=context)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A request, and how its answer is judged.

    Attributes:
        paths: the request targets, asked for in turn.
        judge: tells a right answer.
        method: the method.
        fields: header fields beside Host and Content-Length.
        body: the content.
        counts: whether of the answer's body the length is enough.
    """

    paths: Sequence[str]
    judge: Judge
    method: str = "GET"
    fields: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    counts: bool = False

    def entries(self, port: int, pipelined: int = 1) -> bytes:
        """The requests as wrk/asked.lua takes them, each entry `pipelined` times the same request."""
        entries = []
        for path in self.paths:
            lines = [f"{self.method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
            lines += [f"{name}: {value}" for name, value in self.fields]
            if self.body:
                lines.append(f"Content-Length: {len(self.body)}")
            head = "\r\n".join([*lines, "", ""]).encode("ascii")
            entries.append((head + self.body) * pipelined)
        return b"\0".join(entries)

    def ask(self, target: Target, times: int = 1) -> http.client.HTTPMessage:
        """Ask on one connection; return the fields of the last answer.

        Args:
            target: who is asked.
            times: how often.

        Raises:
            ServerError: an answer is wrong.
            OSError, http.client.HTTPException: there is no answer.
        """
        connection = target.connect()
        headers = http.client.HTTPMessage()
        with contextlib.closing(connection):
            for _ in range(times):
                for path in self.paths[:1] if times > 1 else self.paths[:3]:
                    headers = self._ask(connection, path)
        return headers

    def _ask(self, connection: http.client.HTTPConnection, path: str) -> http.client.HTTPMessage:
        # None, and not b"": a GET with an empty body would be sent with Content-Length.
        connection.request(self.method, path, body=self.body or None, headers=dict(self.fields))
        answer = connection.getresponse()
        body: bytes | int = answer.read() if not self.counts else _length(answer)
        kind = answer.headers.get_content_type()
        if not self.judge(answer.status, kind, body):
            shown = body[:60] if isinstance(body, bytes) else f"{body} bytes"
            raise ServerError(
                f"its answer to {self.method} {path} is wrong: {answer.status} {kind} {shown!r}"
            )
        return answer.headers

    def wait_for(self, target: Target, running: Callable[[], bool], seconds: float = 20.0) -> None:
        """Ask until there is an answer.

        Args:
            target: who is asked.
            running: tells whether there is a server still.
            seconds: how long there may be none.

        Raises:
            ServerError: there was none, or it is wrong.
        """
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up and running():
            try:
                self.ask(target)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            else:
                return
        raise ServerError("it did not come up")


def _length(answer: http.client.HTTPResponse) -> int:
    count = 0
    while piece := answer.read(_PIECE):
        count += len(piece)
    return count


def text_of(wanted: bytes, status: int = 200) -> Judge:
    """Judges plain text."""
    return lambda got, kind, body: (got, kind, body) == (status, "text/plain", wanted)


def json_of(wanted: object) -> Judge:
    """Judges JSON, in whatever way it is written."""

    def judge(got: int, kind: str, body: bytes | int) -> bool:
        return (
            (got, kind) == (200, "application/json")
            and isinstance(body, bytes)
            and json.loads(body) == wanted
        )

    return judge


def sized(count: int) -> Judge:
    """Judges binary content by its length."""

    def judge(got: int, kind: str, body: bytes | int) -> bool:
        return (got, kind) == (200, "application/octet-stream") and count in (
            body,
            len(body) if isinstance(body, bytes) else -1,
        )

    return judge
