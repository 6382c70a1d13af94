"""curl, and clients that are written by hand."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

MALFORMED: list[tuple[bytes, bytes]] = [
    (b"nonsense\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\n\r\n", b"400"),
    (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", b"505"),
    (b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"414"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 10_000 + b"\r\n\r\n", b"431"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", b"501"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
]


def curl(port: int, path: str, *arguments: str, stdin: bytes | None = None) -> bytes:
    """Run curl and return what it prints."""
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20", *arguments]
    command.append(f"http://127.0.0.1:{port}{path}")
    finished = subprocess.run(command, check=False, input=stdin, capture_output=True, timeout=30)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def read_all(sock: socket.socket) -> bytes:
    received = b""
    while data := sock.recv(65536):
        received += data
    return received


# -- curl -----------------------------------------------------------------------------------------


@pytest.mark.peer("curl")
def test_get(port: int) -> None:
    output = curl(port, "/hello/J%C3%BCrgen?x=y", "--include").decode()
    head, _, body = output.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert "\r\nContent-Type: text/plain; charset=utf-8\r\n" in head
    assert "\r\nServer: Python/" in head
    assert body == "Hello, Jürgen!"


@pytest.mark.peer("curl")
def test_head(port: int) -> None:
    output = curl(port, "/hello/you", "--head")
    assert b"\r\nContent-Length: 11\r\n" in output
    assert output.endswith(b"\r\n\r\n")


@pytest.mark.peer("curl")
def test_post(port: int) -> None:
    output = curl(port, "/echo", "--include", "--data", "a=1&b=2")
    assert b"\r\nX-Method: POST\r\n" in output
    assert output.endswith(b"\r\n\r\na=1&b=2")


@pytest.mark.peer("curl")
def test_put_of_a_file(port: int, tmp_path: Path) -> None:
    body = bytes(range(256)) * 2000
    (tmp_path / "body").write_bytes(body)
    head, _, echoed = curl(port, "/echo", "--include", "-T", str(tmp_path / "body")).rpartition(b"\r\n\r\n")
    assert b"\r\nX-Method: PUT\r\n" in head
    assert b"\r\nX-Length: 512000\r\n" in head
    assert body.endswith(echoed)
    assert curl(port, "/echo", "-T", str(tmp_path / "body")) == body


@pytest.mark.peer("curl")
def test_a_chunked_body(port: int) -> None:
    body = b"0123456789" * 10_000
    arguments = ("--include", "--header", "Transfer-Encoding: chunked", "--data-binary", "@-")
    output = curl(port, "/echo", *arguments, stdin=body)
    assert b"\r\nX-Length: chunked\r\n" in output
    assert output.endswith(b"\r\n\r\n" + body)
    assert curl(port, "/echo", "-T", "-", stdin=body) == body


@pytest.mark.peer("curl")
@pytest.mark.slow
def test_a_large_body(port: int) -> None:
    size = 20_000_000
    assert curl(port, "/size", "--data-binary", "@-", stdin=bytes(size)) == str(size).encode()


@pytest.mark.peer("curl")
@pytest.mark.slow
def test_a_large_answer(port: int) -> None:
    assert len(curl(port, "/large")) == 32 * 1024 * 1024


@pytest.mark.peer("curl")
def test_a_client_that_waits_for_100(port: int) -> None:
    # Without the interim answer curl would wait for longer than it may take altogether.
    arguments = (
        "--include",
        "--header",
        "Expect: 100-continue",
        "--expect100-timeout",
        "60",
        "--data",
        "abc",
    )
    output = curl(port, "/echo", *arguments)
    assert output.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert output.endswith(b"\r\n\r\nabc")


@pytest.mark.peer("curl")
def test_an_answer_before_the_body_is_read(port: int) -> None:
    arguments = ("--write-out", "%{http_code}", "--data-binary", "@-")
    assert curl(port, "/refuse", *arguments, stdin=bytes(1000)) == b"no413"


@pytest.mark.peer("curl")
@pytest.mark.parametrize("protocol", ["--http1.1", "--http1.0"])
def test_a_streamed_answer(port: int, protocol: str) -> None:
    output = curl(port, "/stream?n=5", "--include", protocol)
    assert output.endswith(b"\r\n\r\n0;1;2;3;4;")
    assert (b"Transfer-Encoding: chunked" in output) is (protocol == "--http1.1")


@pytest.mark.peer("curl")
def test_a_connection_is_used_again(port: int) -> None:
    paths = [
        f"http://127.0.0.1:{port}/{path}" for path in ("hello/a", "fail", "nothing", "stream?n=1", "echo")
    ]
    output = curl(port, "/hello/b", "--write-out", "|%{num_connects} ", *paths).decode()
    assert [each.rpartition("|")[2] for each in output.rstrip().split(" ") if "|" in each] == [
        "1", "0", "0", "0", "0", "0",
    ]  # fmt: skip


@pytest.mark.peer("curl")
def test_http_1_0(port: int) -> None:
    output = curl(port, "/hello/you", "--http1.0", "--include")
    assert b"\r\nConnection: close\r\n" in output
    assert output.endswith(b"Hello, you!")
    kept = curl(port, "/hello/you", "--http1.0", "--include", "--header", "Connection: keep-alive")
    assert b"\r\nConnection: keep-alive\r\n" in kept


# -- by hand --------------------------------------------------------------------------------------


def get(target: str, *lines: str) -> bytes:
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: a", *lines, "", ""]).encode()


def test_pipelining(port: int) -> None:
    with connect(port) as sock:
        for number in range(200):
            sock.sendall(get(f"/hello/{number}"))
        sock.sendall(get("/hello/last", "Connection: close"))
        answers = read_all(sock).split(b"HTTP/1.1 200 OK\r\n")[1:]
    names = [answer.rpartition(b"Hello, ")[2] for answer in answers]
    assert names == [b"%d!" % number for number in range(200)] + [b"last!"]


def test_pipelining_into_a_half_closed_connection(port: int) -> None:
    with connect(port) as sock:
        sock.sendall(get("/hello/you") * 100)
        sock.shutdown(socket.SHUT_WR)
        assert read_all(sock).count(b"Hello, you!") == 100


def test_a_half_closed_connection_gets_its_answer(port: int) -> None:
    with connect(port) as sock:
        sock.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
        sock.shutdown(socket.SHUT_WR)
        assert read_all(sock).endswith(b"\r\n\r\nabc")


def test_a_body_that_breaks_off_is_no_request(port: int) -> None:
    with connect(port) as sock:
        sock.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        sock.shutdown(socket.SHUT_WR)
        assert read_all(sock)[:12] in (b"HTTP/1.1 400", b"")


def test_a_request_byte_by_byte(port: int) -> None:
    with connect(port) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = b"POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        for octet in data + b"3\r\nabc\r\n0\r\n\r\n":
            sock.sendall(bytes([octet]))
        assert read_all(sock).endswith(b"\r\n\r\nabc")


@pytest.mark.parametrize(("data", "status"), MALFORMED)
def test_malformed_requests_while_another_connection_works(port: int, data: bytes, status: bytes) -> None:
    with connect(port) as other, connect(port) as sock:
        other.sendall(get("/hello/before"))
        assert other.recv(65536).endswith(b"Hello, before!")
        sock.sendall(data)
        answer = read_all(sock)
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert b"\r\nConnection: close\r\n" in answer
        other.sendall(get("/hello/after"))
        assert other.recv(65536).endswith(b"Hello, after!")


def test_an_answer_survives_a_body_that_nobody_reads(port: int) -> None:
    """The client writes on for a while: it must not lose the answer to a reset."""
    with connect(port) as sock:
        sock.sendall(b"POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n")
        for _ in range(30):
            sock.sendall(bytes(10_000))
        assert read_all(sock).endswith(b"\r\n\r\nno")
