"""Records what clients send for a form with files; see README.md. Run as `python record.py FOLDER`.

Needs curl and Chromium on the path, and the packages requests, httpx and aiohttp.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import io
import json
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

TEXTS = [
    ("text", "plain text"),
    ("umlaut", "Grüße, 世界"),
    ('quo"te', 'say "hi" & 100%'),
    ("lines", "one\r\ntwo\r\n"),
]
FILES = [
    ("file", "small.txt", "text/plain", b"line 1\r\nline 2\n--boundary\r\n\r\n--"),
    ("binary", 'Ünï "q".bin', "application/octet-stream", bytes(range(256)) * 2),
    ("empty", "empty.dat", "application/octet-stream", b""),
]
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b"

SUBMIT = """
const form = document.createElement("form");
form.method = "post"; form.action = "/"; form.enctype = ENCTYPE; form.acceptCharset = CHARSET;
for (const [name, value] of TEXTS) {
  const field = document.createElement("textarea");
  field.name = name; field.value = value; form.append(field);
}
for (const [name, filename, type, octets] of FILES) {
  const field = document.createElement("input");
  field.type = "file"; field.name = name;
  const transfer = new DataTransfer();
  const bytes = Uint8Array.from(atob(octets), c => c.charCodeAt(0));
  if (filename) transfer.items.add(new File([bytes], filename, {type: type}));
  field.files = transfer.files; form.append(field);
}
if (CHARSETFIELD) {
  const field = document.createElement("input");
  field.type = "hidden"; field.name = "_charset_"; form.prepend(field);
}
document.body.append(form); form.submit();
"""
FETCH = """
const data = new FormData();
for (const [name, value] of TEXTS) data.append(name, value);
for (const [name, filename, type, octets] of FILES) {
  const bytes = Uint8Array.from(atob(octets), c => c.charCodeAt(0));
  data.append(name, new File([bytes], filename, {type: type}));
}
fetch("/", {method: "POST", body: data});
"""


class Recorder:
    """Listens, answers a GET with a page, and keeps the first POST as it came."""

    def __init__(self, page: str = "") -> None:
        self.page = page.encode("utf-8")
        self.recorded = b""
        self.done = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            # Browsers open connections on which they send nothing yet.
            threading.Thread(target=self.answer, args=[self.socket.accept()[0]], daemon=True).start()

    def answer(self, connection: socket.socket) -> None:
        with connection:
            data = self.request(connection)
            body = self.page if data.startswith(b"GET / ") else b""
            connection.sendall(ANSWER % (len(body), body))
            if data.startswith(b"POST") and not self.done.is_set():
                self.recorded = data
                self.done.set()

    def request(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return data
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        lowered = head.lower()
        if b"expect: 100-continue" in lowered:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if b"transfer-encoding: chunked" in lowered:
            while not body.endswith(b"\r\n0\r\n\r\n"):
                body += connection.recv(65536)
        elif b"content-length:" in lowered:
            length = int(lowered.partition(b"content-length:")[2].split(b"\r\n")[0])
            while len(body) < length:
                body += connection.recv(65536)
        return head + b"\r\n\r\n" + body


def page(script: str, enctype: str = "multipart/form-data", charset: str = "utf-8", **fields: Any) -> str:
    files = [[name, filename, kind, base64.b64encode(data).decode()] for name, filename, kind, data in FILES]
    files.append(["nothing", "", "", ""])
    if script is FETCH or "files" in fields:
        files = files[: fields.get("files", 3)]
    values = {
        "TEXTS": [[name, value] for name, value in fields.get("texts", TEXTS)],
        "FILES": files,
        "ENCTYPE": enctype,
        "CHARSETFIELD": charset != "utf-8",
        "CHARSET": charset,
    }
    for name, value in values.items():
        script = script.replace(name, json.dumps(value))
    return f'<!doctype html><meta charset="utf-8"><title>form</title><body><script>{script}</script>'


def chromium(url: str) -> None:
    with tempfile.TemporaryDirectory() as profile:
        flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
        ]
        flags += [
            "--disable-dev-shm-usage",
            "--virtual-time-budget=10000",
            "--dump-dom",
            f"--user-data-dir={profile}",
        ]
        subprocess.run(["chromium", *flags, url], check=False, capture_output=True, timeout=30)


def curl(url: str) -> None:
    command = ["curl", "-sS", "--noproxy", "*"]
    for name, value in TEXTS:
        command += ["--form-string", f"{name}={value}"]
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, filename, kind, data) in enumerate(FILES):
            path = Path(folder, str(number))
            path.write_bytes(data)
            quoted = filename.replace("\\", "\\\\").replace('"', '\\"')
            command += ["-F", f'{name}=@{path};filename="{quoted}";type={kind}']
        subprocess.run([*command, url], check=True, capture_output=True, timeout=30)


def curl_encoded(url: str) -> None:
    command = ["curl", "-sS", "--noproxy", "*", "-F", "text=plain text;encoder=base64"]
    command += ["-F", "umlaut=Grüße, 世界;encoder=quoted-printable;type=text/plain; charset=utf-8"]
    command += [
        "-F",
        "=(;type=multipart/mixed",
        "-F",
        "=one;type=text/plain",
        "-F",
        "=two;encoder=8bit",
        "-F",
        "=)",
    ]
    subprocess.run([*command, url], check=True, capture_output=True, timeout=30)


def requests(url: str) -> None:
    files = [(name, (filename, data, kind)) for name, filename, kind, data in FILES]
    importlib.import_module("requests").post(url, data=TEXTS, files=files, timeout=30)


def httpx(url: str) -> None:
    files = [(name, (filename, data, kind)) for name, filename, kind, data in FILES]
    importlib.import_module("httpx").post(url, data=dict(TEXTS), files=files, timeout=30)


def aiohttp(url: str) -> None:
    library: Any = importlib.import_module("aiohttp")

    async def post() -> None:
        form = library.FormData(TEXTS)
        for name, filename, kind, data in FILES:
            form.add_field(name, io.BytesIO(data), filename=filename, content_type=kind)
        async with library.ClientSession() as session, session.post(url, data=form):
            pass

    asyncio.run(post())


RECORDINGS: dict[str, tuple[str, Callable[[str], None]]] = {
    "chromium-form": (page(SUBMIT), chromium),
    "chromium-fetch": (page(FETCH), chromium),
    "chromium-charset": (
        page(SUBMIT, charset="iso-8859-1", texts=[("text", "Grüße"), ("beyond", "世界")], files=0),
        chromium,
    ),
    "chromium-urlencoded": (page(SUBMIT, enctype="application/x-www-form-urlencoded", files=0), chromium),
    "curl-form": ("", curl),
    "curl-encoded": ("", curl_encoded),
    "requests-form": ("", requests),
    "httpx-form": ("", httpx),
    "aiohttp-form": ("", aiohttp),
}


def main() -> None:
    """Record those that are named, or all."""
    folder = Path(sys.argv[1])
    for name in sys.argv[2:] or RECORDINGS:
        text, client = RECORDINGS[name]
        recorder = Recorder(text)
        client(recorder.url)
        if not recorder.done.wait(20):
            raise SystemExit(f"{name}: nothing was posted")
        (folder / f"{name}.http").write_bytes(recorder.recorded)
        print(name, len(recorder.recorded))


if __name__ == "__main__":
    main()
