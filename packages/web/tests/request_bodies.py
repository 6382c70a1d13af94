"""Requests with bodies."""

from __future__ import annotations

from web_client import request

FORM = "Content-Type: application/x-www-form-urlencoded"
MULTIPART = "Content-Type: multipart/form-data; boundary=b"


def post(body: bytes, *lines: str, method: str = "POST") -> bytes:
    """The bytes of a request with a body."""
    return request("/", *lines, method=method, body=body)


def chunked(*lines: str) -> bytes:
    """The head of a request whose body comes in chunks."""
    return request("/", "Transfer-Encoding: chunked", *lines, method="POST")


def part(data: bytes, *lines: str) -> bytes:
    """A part of a multipart body with the boundary `b`."""
    return b"--b\r\n" + "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + data + b"\r\n"


def disposition(name: str, filename: str | None = None) -> str:
    """The field that says which field of a form a part is."""
    text = f'Content-Disposition: form-data; name="{name}"'
    return text if filename is None else f'{text}; filename="{filename}"'
