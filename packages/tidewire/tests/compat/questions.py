"""A program that imports aiohttp, run by `python -m tidewire.compat`; it prints its answers as JSON."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.metadata
import importlib.util
import inspect
import io
import json
import logging
import pickle
import re
import subprocess
import sys
import threading
import traceback
import warnings
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent.parent))
known_names: Any = importlib.import_module("known_names")
# Not by name, for mypy's sake: it may not be installed, and need not be.
aiohttp: Any = importlib.import_module("aiohttp")
web: Any = importlib.import_module("aiohttp.web")

QUESTIONS: dict[str, Any] = {}


def question(function: Any) -> Any:
    QUESTIONS[function.__name__] = function
    return function


class Warned:
    """The warnings of a block, and whether each points to this file."""

    def __enter__(self) -> list[Any]:
        self.catch = warnings.catch_warnings(record=True)
        self.records = self.catch.__enter__()
        warnings.simplefilter("always")
        self.found: list[Any] = []
        return self.found

    def __exit__(self, *exc: object) -> None:
        self.catch.__exit__(None, None, None)
        self.found += [
            [str(each.message), each.category.__name__, Path(each.filename).name == "questions.py"]
            for each in self.records or ()
        ]


@question
def program() -> Any:
    main = sys.modules["__main__"]
    return {
        "argv": sys.argv[1:],
        "name": __name__,
        "path": sys.path[1] == str(Path(__file__).parent),
        "main": vars(main) is globals(),
        "file": Path(main.__file__ or "").name,
    }


@question
def missing() -> Any:
    found = {"aiohttp": sorted(known_names.TOP_LEVEL - set(dir(aiohttp)))}
    found["aiohttp.web"] = sorted(known_names.WEB - set(dir(web)))
    for name, names in known_names.MODULES.items():
        module = importlib.import_module(name)
        found[name] = sorted(each for each in names if not hasattr(module, each))
    return {name: names for name, names in found.items() if names}


@question
def statements() -> Any:
    names: dict[str, Any] = {}
    exec(
        "import aiohttp.web_exceptions as e\n"
        "from aiohttp import web, ClientSession, hdrs\n"
        "from aiohttp.client_reqrep import ClientRequest\n"
        "from aiohttp.web import *\n"
        "import aiohttp.web_ws",
        names,
    )
    return [
        names["e"].HTTPNotFound is web.HTTPNotFound,
        names["RouteTableDef"] is web.RouteTableDef,
        names["hdrs"].ETAG,
    ]


@question
def stand_ins() -> Any:
    client = importlib.import_module("tidewire_client")
    io = importlib.import_module("tidewire_http_io")

    async def run() -> Any:
        async with client.ClientSession() as session:
            return [
                isinstance(session, aiohttp.ClientSession),
                isinstance(session.connector, aiohttp.TCPConnector),
                isinstance(io.StreamReader(), aiohttp.StreamReader),
                isinstance(3, aiohttp.ClientSession),
                issubclass(client.ClientSession, aiohttp.ClientSession),
                isinstance(session, type("Own", (aiohttp.TCPConnector,), {})),
            ]

    return asyncio.run(run())


@question
def exported() -> Any:
    return {
        "aiohttp": sorted(set(aiohttp.__all__) ^ known_names.TOP_LEVEL),
        "web": sorted(set(web.__all__) ^ known_names.WEB),
    }


@question
def satellites() -> Any:
    found = {}
    for name in sys.modules["tidewire.compat._finder"].MODULES:
        try:
            importlib.import_module(name)
        except ImportError as error:
            found[name] = str(error)
    return found


@question
def session_equality() -> Any:
    if importlib.util.find_spec("tidewire_sessions") is None:
        return None
    kind = importlib.import_module("aiohttp_session").Session
    session = kind("identity", data=None, new=True)
    session["a"] = 1
    return [session == {"a": 1}, session == {}, {session: 2}[session]]


@question
def versions() -> Any:
    names = [each.metadata["Name"] for each in importlib.metadata.distributions(name="aiohttp")]
    return [
        aiohttp.__version__,
        importlib.metadata.version("aiohttp"),
        importlib.metadata.version("AIOjobs"),
        names[0],
    ]


@question
def modules() -> Any:
    return {
        "attribute": aiohttp.client_exceptions.ClientError is aiohttp.ClientError,
        "imported elsewhere": aiohttp.client.URL is aiohttp.connector.URL,
        "submodule of a module": aiohttp.client.hdrs is aiohttp.hdrs,
        "spec": [aiohttp.__spec__.name, aiohttp.__spec__.origin, hasattr(aiohttp, "__path__")],
        "getmodule": getattr(inspect.getmodule(aiohttp.ClientSession), "__name__", None),
        "no such": [
            hasattr(aiohttp, "nothing"),
            hasattr(web, "nothing"),
            hasattr(aiohttp.client, "__nothing__"),
        ],
        "no such module": _error_of(lambda: importlib.import_module("aiohttp.nothing")),
        "exact": hasattr(aiohttp, "web_urldispatcher") and not hasattr(aiohttp, "UrlDispatcher"),
    }


def _error_of(function: Any) -> str:
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


@question
def pickles() -> Any:
    errors = [
        aiohttp.ClientPayloadError("x"),
        aiohttp.InvalidURL("http://"),
        aiohttp.ServerDisconnectedError("gone"),
        aiohttp.ClientConnectorError(
            aiohttp.client_reqrep.ConnectionKey("a.test", 80, False), ConnectionRefusedError(111, "no")
        ),
        aiohttp.ClientResponseError(
            aiohttp.RequestInfo(aiohttp.client.URL("http://a"), "GET", {}, aiohttp.client.URL("http://a")),
            (),
            status=400,
        ),
        aiohttp.web_exceptions.HTTPNotFound(text="x"),
    ]
    copies = [pickle.loads(pickle.dumps(error)) for error in errors]
    return [type(one) is type(two) and str(one) == str(two) for one, two in zip(errors, copies, strict=True)]


@question
def readme() -> Any:
    path = Path(__file__).resolve().parents[2] / "README.md"
    if not path.exists():
        return None
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(re.findall(r"```python\n(.*?)```", path.read_text("utf-8"), re.DOTALL)[-1], {})
    return said.getvalue()


@question
def twice() -> Any:
    install = sys.modules["tidewire.compat"].install
    before = list(sys.meta_path)
    threads = [threading.Thread(target=install) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sys.meta_path == before


@question
def loggers() -> Any:
    records: list[logging.LogRecord] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    access_logger = aiohttp.log.access_logger

    access_logger.addHandler(Keep())
    access_logger.setLevel(logging.DEBUG)
    logging.getLogger("tidewire.access").debug("one")
    access_logger.setLevel(logging.INFO)
    logging.getLogger("tidewire.access").debug("two")
    return [record.getMessage() for record in records]


# What is deprecated.


@question
def applications() -> Any:
    loop = asyncio.new_event_loop()
    with Warned() as found:
        app = web.Application(loop=loop, debug=False, router=web.UrlDispatcher())
        _ = app.debug
        app.router.add_get("/bare", lambda request: web.Response(text="bare"))
        app.freeze()
        app["x"] = 1
        _ = app.loop
    loop.close()
    return [found, app["x"]]


@question
def responses() -> Any:
    with Warned() as found:
        response = web.Response()
        response.enable_compression(True)
        stream = web.StreamResponse()
        stream.enable_chunked_encoding(chunk_size=10)
        error = web.HTTPNotFound(body=b"gone")
        _ = response.output_length
        info = aiohttp.RequestInfo(aiohttp.client.URL("http://a"), "GET", {}, aiohttp.client.URL("http://a"))
        _ = aiohttp.ClientResponseError(info, (), status=400).code
    return [
        found,
        error.body.decode() if isinstance(error.body, bytes) else str(error.body),
        response.compression,
    ]


@question
def old_middlewares() -> Any:
    async def factory(app: Any, handler: Any) -> Any:
        async def middle(request: Any) -> Any:
            response = await handler(request)
            response.headers["X-Old"] = str(app is request.app)
            return response

        return middle

    async def handler(request: Any) -> Any:
        with Warned() as on_request:
            known = [request.has_body, request.loop is asyncio.get_running_loop(), request.message.method]
        return web.json_response([on_request, known, request.protocol.transport is request.transport])

    async def run() -> Any:
        testing = importlib.import_module("aiohttp.test_utils")
        with Warned() as found:
            app = web.Application(middlewares=[factory])
        app.router.add_get("/", handler)
        async with testing.TestClient(testing.TestServer(app)) as client, client.get("/") as response:
            return [found, await response.json(), response.headers["X-Old"]]

    return asyncio.run(run())


@question
def late_middlewares_and_returned_exceptions() -> Any:
    async def factory(app: Any, handler: Any) -> Any:
        async def middle(request: Any) -> Any:
            response = await handler(request)
            response.headers["X-Late"] = str(app is request.app)
            return response

        return middle

    async def handler(request: Any) -> Any:
        return web.HTTPNotFound()

    async def run() -> Any:
        testing = importlib.import_module("aiohttp.test_utils")
        app = web.Application()
        app.middlewares.append(factory)
        app.router.add_get("/", handler)
        with Warned() as found:
            async with testing.TestClient(testing.TestServer(app)) as client, client.get("/") as response:
                answer = [response.status, response.headers["X-Late"]]
        return [found, answer]

    return asyncio.run(run())


@question
def kept_members() -> Any:
    return [
        isinstance(aiohttp.web_request.BaseRequest.loop, property),
        aiohttp.web_response.Response.enable_compression.__name__ == "enable_compression",
        web.Application.__init__.__kwdefaults__ is None
        or "router" in web.Application.__init__.__kwdefaults__,
    ]


@question
def sites() -> Any:
    async def run() -> Any:
        runner = web.AppRunner(web.Application())
        await runner.setup()
        with Warned() as found:
            web.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=1.0)
            web.TCPSite(runner, "127.0.0.1", 0)
        await runner.cleanup()
        return found

    return asyncio.run(run())


@question
def sessions() -> Any:
    async def run() -> Any:
        with Warned() as found:
            session = aiohttp.ClientSession(
                read_timeout=3,
                conn_timeout=2,
                auth=aiohttp.BasicAuth("u", "p"),
                connector=aiohttp.TCPConnector(verify_ssl=False, ssl_shutdown_timeout=1),
            )
            session.requote_redirect_url = False
            session.cookie_jar.filter_cookies("http://a.test/")
        known = [session.timeout.total, session.timeout.connect, session.requote_redirect_url]
        wrong = _error_of(lambda: aiohttp.ClientSession(timeout=3))
        await session.close()
        return [found, known, wrong, list(session.connector._conns) if session.connector else []]

    with Warned() as inherited:
        kind = type("Mine", (aiohttp.ClientSession,), {})

    loop = asyncio.new_event_loop()
    early = kind(loop=loop)
    kept = early.loop is loop
    loop.run_until_complete(early.close())
    loop.close()
    return [asyncio.run(run()), inherited, kept]


@question
def requests() -> Any:
    async def handler(request: Any) -> Any:
        return web.json_response(
            [request.method, request.headers.get("Authorization"), (await request.read()).decode()]
        )

    async def run() -> Any:
        app = web.Application()
        app.router.add_route("*", "/", handler)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        found: list[Any] = []
        async with aiohttp.ClientSession(headers={"X": "1"}) as session:
            for method in ("get", "post", "put", "patch", "delete", "options"):
                async with getattr(session, method)(url) as response:
                    found.append((await response.json())[0])
            response = await session.head(url)
            with Warned() as warned:
                response = await session.post(
                    url, data=b"abc", chunked=5, timeout=5, ssl=None, auth=aiohttp.BasicAuth("u", "p")
                )
            found.append([warned, await response.json()])
            with Warned() as warned:
                _ = response.url_obj
                _ = response.output_size
                await response.upload_complete
            found.append(warned)
            async with aiohttp.request("GET", url) as response:
                found.append([response.status, isinstance(response, aiohttp.ClientResponse)])
            mocked = mock.AsyncMock(return_value=response)
            with mock.patch("aiohttp.ClientSession._request", mocked):
                await session.get(url, params={"a": "b"})
                await session.post(url, json={})
            found.append([[list(each.args), each.kwargs] for each in mocked.await_args_list])
            found.append(
                [str(session._build_url("http://a.test/b")), dict(session._prepare_headers({"Y": "2"}))]
            )
        await runner.cleanup()
        found[-2] = json.loads(json.dumps(found[-2]).replace(url, "URL"))
        return found

    return asyncio.run(run())


@question
def websockets() -> Any:
    async def handler(request: Any) -> Any:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("hello")
        await socket.close()
        return socket

    async def run() -> Any:
        app = web.Application()
        app.router.add_get("/", handler)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            with Warned() as found:
                manager = session.ws_connect(
                    f"http://127.0.0.1:{runner.addresses[0][1]}/", timeout=5.0, receive_timeout=20.0, ssl=None
                )
            async with manager as socket:
                message = await socket.receive()
        await runner.cleanup()
        return [found, [message.type.name, message.data]]

    return asyncio.run(run())


@question
def bodies() -> Any:
    async def run() -> Any:
        with Warned() as found:
            form = aiohttp.FormData()
            form.add_field("a", b"b")
            form.add_field("c", "d", content_transfer_encoding="base64")
            aiohttp.FlowControlDataQueue(None, 10)

            async def write(writer: Any, text: str) -> None:
                await writer.write(text.encode())

            body = aiohttp.streamer(write)

        payload = aiohttp.get_payload(body("abc"))
        written = bytearray()

        class Writer:
            async def write(self, data: bytes) -> None:
                written.extend(data)

        await payload.write(Writer())
        return [found, written.decode(), form.is_multipart]

    return asyncio.run(run())


@question
def undecodable_parts() -> Any:
    async def run() -> Any:
        content = aiohttp.StreamReader()
        content.feed_data(b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xff\r\n--b--\r\n")
        content.feed_eof()
        part = await aiohttp.MultipartReader({"Content-Type": "multipart/mixed; boundary=b"}, content).next()
        try:
            return await part.text()
        except UnicodeDecodeError as error:
            return type(error).__name__

    return asyncio.run(run())


@question
def command_line() -> Any:
    asked = subprocess.run(
        [sys.executable, "-m", "tidewire.compat", "-m", "aiohttp.web", "--help"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return [asked.returncode, "usage" in asked.stdout]


def main() -> None:
    answers = {}
    for name, function in QUESTIONS.items():
        try:
            answers[name] = function()
        except Exception:
            answers[name] = traceback.format_exc()
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
