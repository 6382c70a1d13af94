"""Static resources: what of a folder is given away, and what is not."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
import os
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from file_client import PlannerAtOnce, are_back_to, descriptors, fetch
from web_client import Client, request

from tidewire_web import (
    Application,
    FileResponse,
    HTTPNotFound,
    Request,
    Response,
    RouteTableDef,
    StaticDef,
    StaticResource,
    UrlDispatcher,
    middleware,
    static,
)
from tidewire_web._file_planner import FilePlanner, _planners

Serve = Callable[..., Awaitable[Client]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files, and a secret beside it."""
    root = tmp_path / "root"
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "hello.txt").write_text("hello")
    (root / "sub" / "page.html").write_text("page")
    (root / "sub" / "deep" / "x").write_text("deep")
    (root / "caf\u00e9 1.txt").write_text("coffee")
    (root / "50%.txt").write_text("half")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "rooted.txt").write_text("secret")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "key").write_text("secret")
    return root


@pytest.fixture(autouse=True)
def _no_descriptor_is_left(serve: Serve) -> Iterator[None]:
    before = descriptors()
    yield
    assert are_back_to(before)


@pytest.fixture(autouse=True, params=["thread", "loop"])
async def _where_plans_are_made(request: pytest.FixtureRequest) -> None:
    # For this test: each has a loop of its own.
    _planners[asyncio.get_running_loop()] = PlannerAtOnce() if request.param == "loop" else FilePlanner()


def app_of(folder: Path, prefix: str = "/static", **how: Any) -> Application:
    app = Application()
    app.router.add_static(prefix, folder, **how)
    return app


# -- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("hello.txt", "hello"),
        ("sub/page.html", "page"),
        ("sub/deep/x", "deep"),
        ("caf%C3%A9%201.txt", "coffee"),
        ("50%25.txt", "half"),
        ("hello.txt?v=1", "hello"),
        ("h%65llo.txt", "hello"),
    ],
)
@pytest.mark.parametrize("follow", [False, True])
async def test_a_file(serve: Serve, folder: Path, path: str, text: str, follow: bool) -> None:
    client = await serve(app_of(folder, follow_symlinks=follow))
    answer = await fetch(client, f"/static/{path}")
    assert (answer.status, answer.text) == (200, text)
    assert answer.fields["ETag"]
    answer = await fetch(client, f"/static/{path}", method="HEAD")
    assert (answer.status, answer.body, answer.fields["Content-Length"]) == (200, b"", str(len(text)))


@pytest.mark.parametrize("prefix", ["/static", "/static/", "/a/b", "/", "/caf\u00e9"])
async def test_a_prefix(serve: Serve, folder: Path, prefix: str) -> None:
    client = await serve(app_of(folder, prefix))
    where = "/caf%C3%A9" if "caf" in prefix else prefix.rstrip("/")
    assert (await fetch(client, f"{where}/hello.txt")).text == "hello"
    assert (await fetch(client, f"{where}/")).status == 403
    assert (await fetch(client, where or "/")).status == 403
    if where:
        assert (await fetch(client, f"{where}x/hello.txt")).status == 404


async def test_other_methods_are_not_allowed(serve: Serve, folder: Path) -> None:
    client = await serve(app_of(folder))
    for target in ("/static/hello.txt", "/static/none", "/static"):
        answer = await fetch(client, target, method="POST")
        assert (answer.status, answer.fields["Allow"]) == (405, "GET,HEAD")


async def test_conditions_and_ranges_and_siblings(serve: Serve, folder: Path) -> None:
    client = await serve(app_of(folder))
    (folder / "hello.txt.gz").write_bytes(b"packed")
    (folder / "sub" / "page.html.br").write_bytes(b"packed")
    answer = await fetch(client, "/static/hello.txt")
    etag = answer.fields["ETag"]
    assert (await fetch(client, "/static/hello.txt", f"If-None-Match: {etag}")).status == 304
    answer = await fetch(client, "/static/hello.txt", "Range: bytes=1-2")
    assert (answer.status, answer.text) == (206, "el")
    assert (await fetch(client, "/static/hello.txt", "Range: bytes=9-")).status == 416
    for target, coding in (("hello.txt", "gzip"), ("sub/page.html", "br")):
        answer = await fetch(client, f"/static/{target}", f"Accept-Encoding: {coding}")
        assert (answer.text, answer.fields["Content-Encoding"]) == ("packed", coding)


async def test_a_large_file_in_a_folder_below(serve: Serve, folder: Path) -> None:
    content = os.urandom(1024 * 1024)
    (folder / "sub" / "deep" / "large").write_bytes(content)
    assert (await fetch(await serve(app_of(folder)), "/static/sub/deep/large")).body == content


async def test_a_file_in_use_is_looked_at_for_each_request(serve: Serve, folder: Path) -> None:
    file = folder / "hello.txt"
    client = await serve(app_of(folder))

    async def text() -> str:
        answers = [await fetch(client, "/static/hello.txt") for _ in range(5)]
        return answers[-1].text if answers[-1].status == 200 else str(answers[-1].status)

    assert await text() == "hello"
    file.write_text("changed")
    assert await text() == "changed"
    (folder / "new").write_text("another")
    (folder / "new").rename(file)
    assert await text() == "another"
    changes: list[tuple[Callable[[], None], int]] = [
        (lambda: None, 404),
        (lambda: file.symlink_to("../secret.txt"), 404),
        (lambda: os.mkfifo(file), 403),
        (file.mkdir, 403),
    ]
    for make, status in changes:
        file.unlink()
        make()
        assert await text() == str(status)
        if status == 403 and file.is_dir():
            file.rmdir()
        else:
            file.unlink(missing_ok=True)
        file.write_text("here again")
        assert await text() == "here again"


# -- what is not there, or is nobody's business ----------------------------------------------------

OUTSIDE = [
    "../secret.txt",
    "..%2fsecret.txt",
    "%2e%2e/secret.txt",
    "%2e%2e%2fsecret.txt",
    "sub/../../secret.txt",
    "sub/../hello.txt",
    "./hello.txt",
    "../root/hello.txt",
    "../rooted.txt",
    "/etc/passwd",
    "//etc/passwd",
    "%2fetc/passwd",
    "%2Fetc%2Fpasswd",
    "..\\secret.txt",
    "..%5csecret.txt",
    "%5c%5chost%5cshare",
    "c:/windows/win.ini",
    "C:%5cboot.ini",
    "hello.txt%00",
    "hello.txt%00.html",
    "%00",
    "hello.txt%0a",
    "%0d%0ax",
    "%7f",
    "%c2%85",
    "%ff",
    "%fe%ff",
    "sub//page.html",
    "sub%2Fpage.html",
    "hello.txt/",
    "hello.txt/x",
    "hello.txt/.",
    "none",
    "sub/none/x",
    "x" * 300,
    "x/" * 200 + "x",
    "%e2%80%ae" * 100,
    "%ed%a0%80",
]


@pytest.mark.parametrize("target", OUTSIDE)
@pytest.mark.parametrize("follow", [False, True])
async def test_every_way_out_is_answered_alike(serve: Serve, folder: Path, target: str, follow: bool) -> None:
    client = await serve(app_of(folder, follow_symlinks=follow, show_index=True))
    answer = await fetch(client, f"/static/{target}")
    assert (answer.status, answer.text) == (404, "404: Not Found")
    assert not {"ETag", "Last-Modified", "Accept-Ranges", "Vary"} & set(answer.fields)


async def test_an_encoded_slash_counts_behind_any_prefix(serve: Serve, folder: Path) -> None:
    inner = app_of(folder, "/in")
    outer = Application()
    outer.add_subapp("/out%2Fside", inner)
    client = await serve(outer)
    assert (await fetch(client, "/out%2Fside/in/sub/page.html")).text == "page"
    assert (await fetch(client, "/out%2Fside/in/sub%2Fpage.html")).status == 404


@pytest.mark.parametrize("show", [False, True])
async def test_links_to_the_outside_tell_nothing(serve: Serve, folder: Path, show: bool) -> None:
    outside = folder.parent
    for name, aim in {
        "file": outside / "secret.txt",
        "folder": outside / "private",
        "up": Path(".."),
        "relative": Path("../secret.txt"),
        "dangling": outside / "nothing",
        "self": Path("self"),
        "rooted": outside / "rooted.txt",
        "device": Path("/dev/null"),
        "tmp": Path("/"),
    }.items():
        (folder / name).symlink_to(aim)
    (folder / "sub" / "chain").symlink_to("../file")
    client = await serve(app_of(folder, show_index=show))
    for target in [
        "file",
        "folder",
        "folder/",
        "folder/key",
        "folder/none",
        "up",
        "up/secret.txt",
        "up/root/hello.txt",
        "relative",
        "dangling",
        "dangling/x",
        "self",
        "self/x",
        "rooted",
        "device",
        "tmp/etc/passwd",
        "sub/chain",
    ]:
        answer = await fetch(client, f"/static/{target}")
        assert (answer.status, answer.text) == (404, "404: Not Found"), target


async def test_links_within_are_followed(serve: Serve, folder: Path) -> None:
    (folder / "file").symlink_to("hello.txt")
    (folder / "absolute").symlink_to(folder / "sub" / "page.html")
    (folder / "folder").symlink_to("sub/deep")
    (folder / "sub" / "back").symlink_to("..")
    (folder / "out and in").symlink_to("../root/sub")
    (folder / "chain").symlink_to("file")
    client = await serve(app_of(folder))
    for target, text in {
        "file": "hello",
        "absolute": "page",
        "folder/x": "deep",
        "sub/back/hello.txt": "hello",
        "sub/back/folder/x": "deep",
        "out%20and%20in/page.html": "page",
        "chain": "hello",
    }.items():
        answer = await fetch(client, f"/static/{target}")
        assert (answer.status, answer.text) == (200, text), target
    assert (await fetch(client, "/static/folder")).status == 403
    assert (await fetch(client, "/static/sub/back")).status == 403


async def test_links_to_the_outside_are_followed_where_that_is_wanted(serve: Serve, folder: Path) -> None:
    (folder / "file").symlink_to(folder.parent / "secret.txt")
    (folder / "folder").symlink_to(folder.parent / "private")
    (folder / "self").symlink_to("self")
    client = await serve(app_of(folder, follow_symlinks=True))
    assert (await fetch(client, "/static/file")).text == "secret"
    assert (await fetch(client, "/static/folder/key")).text == "secret"
    assert (await fetch(client, "/static/folder")).status == 403
    assert (await fetch(client, "/static/self")).status == 404
    assert (await fetch(client, "/static/folder/../secret.txt")).status == 404


async def test_a_sibling_that_is_a_link_does_not_lead_out(serve: Serve, folder: Path) -> None:
    (folder / "hello.txt.gz").symlink_to(folder.parent / "secret.txt")
    (folder / "hello.txt.br").symlink_to("sub/page.html")
    for follow in (False, True):
        client = await serve(app_of(folder, follow_symlinks=follow))
        answer = await fetch(client, "/static/hello.txt", "Accept-Encoding: gzip, br")
        assert (answer.text, "Content-Encoding" in answer.fields) == ("hello", False)


async def test_what_is_no_file_is_forbidden(serve: Serve, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    client = await serve(app_of(folder))
    for target in ("pipe", "sub", "sub/", "sub/deep", ""):
        answer = await fetch(client, f"/static/{target}")
        assert (answer.status, answer.text) == (403, "403: Forbidden"), target


@pytest.mark.skipif(os.geteuid() == 0, reason="to root nothing is forbidden")
async def test_what_may_not_be_read_is_forbidden_and_what_is_behind_it_unknown(
    serve: Serve, folder: Path
) -> None:
    (folder / "hello.txt").chmod(0)
    (folder / "sub").chmod(0)
    client = await serve(app_of(folder, show_index=True))
    assert (await fetch(client, "/static/hello.txt")).status == 403
    assert (await fetch(client, "/static/sub/")).status == 403
    assert (await fetch(client, "/static/sub/page.html")).status == 404
    assert (await fetch(client, "/static/sub/none")).status == 404
    (folder / "sub").chmod(0o700)


@pytest.mark.slow
async def test_files_that_are_exchanged_for_links_meanwhile_lead_nowhere(serve: Serve, folder: Path) -> None:
    """Another thread exchanges a folder for a link to the outside and back, as fast as it can."""
    import threading

    outside = folder.parent / "private"
    (folder / "flip").mkdir()
    (folder / "flip" / "key").write_text("public")
    (folder / "aside").symlink_to(outside)
    stop = threading.Event()

    def flip() -> None:
        while not stop.is_set():
            os.rename(folder / "flip", folder / "kept")
            os.rename(folder / "aside", folder / "flip")
            os.rename(folder / "flip", folder / "aside")
            os.rename(folder / "kept", folder / "flip")

    thread = threading.Thread(target=flip)
    thread.start()
    try:
        client = await serve(app_of(folder))
        texts = {(await fetch(client, "/static/flip/key")).text for _ in range(500)}
    finally:
        stop.set()
        thread.join()
    assert texts <= {"public", "404: Not Found"}
    assert "public" in texts


# -- folders --------------------------------------------------------------------------------------


async def test_a_folder_is_shown_where_that_is_wanted(serve: Serve, folder: Path) -> None:
    (folder / "<img src=x onerror=alert(1)>&\"'.txt").write_text("")
    (folder / "a#b?c.txt").write_text("")
    (folder / "control\n.txt").write_text("")
    (folder / os.fsdecode(b"\xff.txt")).write_text("")
    (folder / "out").symlink_to(folder.parent / "secret.txt")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "in").symlink_to("sub")
    os.mkfifo(folder / "pipe")
    client = await serve(app_of(folder, show_index=True))
    for target in ("/static", "/static/"):
        answer = await fetch(client, target)
        assert (answer.status, answer.fields["Content-Type"]) == (200, "text/html; charset=utf-8")
        text = answer.text
        assert "Index of /</title>" in text
        assert "<img" not in text
        shown = [html.unescape(name) for name in re.findall(r">([^<]+)</a>", text)]
        assert shown == sorted(
            [
                "50%.txt",
                "<img src=x onerror=alert(1)>&\"'.txt",
                "a#b?c.txt",
                "caf\u00e9 1.txt",
                "hello.txt",
                "in/",
                "sub/",
            ]
        )
        for name, href in zip(shown, re.findall(r'href="([^"]*)"', text), strict=True):
            found = await fetch(client, html.unescape(href))
            assert found.status == 200, name
    answer = await fetch(client, "/static/sub")
    assert "Index of /sub<" in answer.text
    assert 'href="/static/sub/page.html"' in answer.text
    assert (await fetch(client, "/static/in/")).status == 200
    answer = await fetch(client, "/static/sub/", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")


async def test_an_index_in_a_nested_application_has_its_prefixes(serve: Serve, folder: Path) -> None:
    outer = Application()
    outer.add_subapp("/outer", app_of(folder, "/files", show_index=True))
    client = await serve(outer)
    for target in ("/outer/files", "/outer/files/"):
        assert 'href="/outer/files/hello.txt"' in (await fetch(client, target)).text
    assert (await fetch(client, "/outer/files/sub/page.html")).text == "page"
    assert (await fetch(client, "/outer/files/../secret.txt")).status == 404


async def test_the_root_of_a_nested_application(serve: Serve, folder: Path) -> None:
    outer = Application()
    outer.add_subapp("/outer", app_of(folder, "/"))
    client = await serve(outer)
    assert (await fetch(client, "/outer/hello.txt")).text == "hello"
    assert (await fetch(client, "/outer")).status == 403


# -- what is around it ----------------------------------------------------------------------------


async def test_middlewares_see_what_is_answered_and_may_change_it(serve: Serve, folder: Path) -> None:
    seen: list[Any] = []

    @middleware
    async def look(request: Request, handler: Any) -> Any:
        try:
            response = await handler(request)
        except HTTPNotFound:
            return Response(text="no such file", status=404)
        seen.append((type(response), response.status))
        if "replace" in request.query:
            return Response(text="replaced")
        response.headers["Cache-Control"] = "max-age=60"
        return response

    (folder / "large").write_bytes(b"x" * 1024 * 1024)
    app = Application(middlewares=[look])
    app.router.add_static("/static", folder)
    client = await serve(app)
    answer = await fetch(client, "/static/hello.txt")
    assert (answer.text, answer.fields["Cache-Control"]) == ("hello", "max-age=60")
    answer = await fetch(client, "/static/hello.txt", "Range: bytes=0-0")
    assert (answer.status, answer.text) == (206, "h")
    assert seen == [(FileResponse, 200), (FileResponse, 206)]
    assert (await fetch(client, "/static/none")).text == "no such file"
    assert (await fetch(client, "/static/large?replace")).text == "replaced"


async def test_an_expect_handler(serve: Serve, folder: Path) -> None:
    async def expect(request: Request) -> Response:
        return Response(text="expected", status=400)

    client = await serve(app_of(folder, expect_handler=expect))
    answer = await fetch(client, "/static/hello.txt", "Expect: 100-continue")
    assert (answer.status, answer.text) == (400, "expected")
    with pytest.raises(TypeError):
        app_of(folder, expect_handler="no")


async def test_a_route_for_options(serve: Serve, folder: Path) -> None:
    async def options(request: Request) -> Response:
        return Response(text="options")

    app = Application()
    resource = app.router.add_static("/static", folder)
    resource.set_options_route(options)
    with pytest.raises(RuntimeError):
        resource.set_options_route(options)
    assert len(resource) == 3
    client = await serve(app)
    assert (await fetch(client, "/static/hello.txt", method="OPTIONS")).text == "options"


async def test_a_literal_path_goes_before_files(serve: Serve, folder: Path) -> None:
    async def handler(request: Request) -> Response:
        return Response(text="handler")

    app = app_of(folder, "/")
    app.router.add_get("/", handler)
    app.router.add_get("/hello.txt", handler)
    client = await serve(app)
    assert (await fetch(client, "/")).text == "handler"
    assert (await fetch(client, "/hello.txt")).text == "handler"
    assert (await fetch(client, "/sub/page.html")).text == "page"


async def test_the_folder_is_the_one_that_was_there(serve: Serve, folder: Path) -> None:
    link = folder.parent / "current"
    link.symlink_to("root")
    client = await serve(app_of(link))
    assert (await fetch(client, "/static/hello.txt")).text == "hello"


async def test_many_at_once(serve: Serve, folder: Path) -> None:
    client = await serve(app_of(folder))
    answers = await asyncio.gather(*(fetch(client, "/static/sub/page.html") for _ in range(50)))
    assert {answer.text for answer in answers} == {"page"}


async def test_pipelined_requests_are_answered_in_order(serve: Serve, folder: Path) -> None:
    from file_client import until

    connection = (await serve(app_of(folder))).connect()
    names = ["hello.txt", "none", "sub/page.html", "sub", "sub/deep/x"]
    connection.send(b"".join(request(f"/static/{name}") for name in names))
    await until(lambda: len(connection.look()) == 5 and connection.answers[-1].complete)
    assert [answer.status for answer in connection.answers] == [200, 404, 200, 403, 200]


# -- the resource ---------------------------------------------------------------------------------


def test_what_is_known_of_it(folder: Path) -> None:
    router = UrlDispatcher()
    resource = router.add_static("/static/", folder, name="files")
    assert isinstance(resource, StaticResource)
    assert router["files"] is resource
    assert (resource.canonical, resource.name, len(resource)) == ("/static", "files", 2)
    assert {route.method for route in resource} == {"GET", "HEAD"}
    info = resource.get_info()
    assert (info["prefix"], info["directory"]) == ("/static", str(folder.resolve()))
    assert set(info["routes"]) == {"GET", "HEAD"}
    assert not resource.raw_match("/static")
    assert repr(resource) == f"<StaticResource 'files' /static -> '{folder.resolve()}'>"
    assert next(iter(resource)).url_for(filename="a.txt").path == "/static/a.txt"


@pytest.mark.parametrize("prefix", ["static", "", "/{x}", "/static//"])
def test_a_prefix_that_is_none(folder: Path, prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        StaticResource(prefix, folder)


def test_a_folder_that_is_none(folder: Path) -> None:
    for path in (folder / "none", folder / "hello.txt", str(folder / "none")):
        with pytest.raises(ValueError, match="folder"):
            StaticResource("/static", path)
    with pytest.raises(TypeError):
        StaticResource(1, folder)  # type: ignore[arg-type]


def test_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder.parent))
    assert StaticResource("/static", "~/root").get_info()["directory"] == str(folder.resolve())


@pytest.mark.parametrize(
    ("filename", "url"),
    [
        ("hello.txt", "/static/hello.txt"),
        ("/hello.txt", "/static/hello.txt"),
        ("sub/page.html", "/static/sub/page.html"),
        (Path("sub") / "page.html", "/static/sub/page.html"),
        ("caf\u00e9 1.txt", "/static/caf%C3%A9%201.txt"),
        ("50%.txt", "/static/50%25.txt"),
        ("a?b#c", "/static/a%3Fb%23c"),
        ("none", "/static/none"),
    ],
)
def test_urls(folder: Path, filename: Any, url: str) -> None:
    for resource in (
        StaticResource("/static", folder),
        StaticResource("/static", folder, follow_symlinks=True),
    ):
        assert str(resource.url_for(filename=filename)) == url


def test_a_filename_is_text(folder: Path) -> None:
    with pytest.raises(TypeError):
        StaticResource("/static", folder).url_for(filename=b"hello.txt")  # type: ignore[arg-type]


def version_of(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()


def test_versions(folder: Path) -> None:
    resource = StaticResource("/static", folder, append_version=True)
    url = resource.url_for(filename="hello.txt")
    assert url.path == "/static/hello.txt"
    assert dict(url.query) == {"v": version_of(b"hello")}
    assert resource.url_for(filename="hello.txt") == url
    assert not resource.url_for(filename="hello.txt", append_version=False).query
    resource = StaticResource("/static", folder)
    assert not resource.url_for(filename="hello.txt").query
    assert resource.url_for(filename="hello.txt", append_version=True) == url


def test_a_version_changes_with_the_file(folder: Path) -> None:
    resource = StaticResource("/static", folder, append_version=True)
    first = resource.url_for(filename="hello.txt")
    (folder / "hello.txt").write_bytes(b"another")
    assert resource.url_for(filename="hello.txt").query["v"] == version_of(b"another")
    assert resource.url_for(filename="hello.txt") != first
    large = os.urandom(600_000)
    (folder / "hello.txt").write_bytes(large)
    assert resource.url_for(filename="hello.txt").query["v"] == version_of(large)


def test_a_version_is_computed_once(folder: Path) -> None:
    resource = StaticResource("/static", folder, append_version=True)
    first = resource.url_for(filename="hello.txt")
    stat = (folder / "hello.txt").stat()
    (folder / "hello.txt").write_bytes(b"HELLO")
    os.utime(folder / "hello.txt", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert resource.url_for(filename="hello.txt") == first


@pytest.mark.slow
def test_versions_are_kept_of_so_many_files(folder: Path) -> None:
    resource = StaticResource("/static", folder, append_version=True)
    for number in range(1030):
        (folder / f"{number}.js").write_bytes(b"")
        resource.url_for(filename=f"{number}.js")
    assert len(resource._versions) == 1024


def test_what_is_not_there_has_no_version(folder: Path) -> None:
    (folder / "link").symlink_to(folder.parent / "secret.txt")
    resource = StaticResource("/static", folder, append_version=True)
    for name in ("none", "sub", "link", "../secret.txt", "a\0b", "", "hello.txt/"):
        assert not resource.url_for(filename=name).query, name
    followed = StaticResource("/static", folder, append_version=True, follow_symlinks=True)
    assert followed.url_for(filename="link").query["v"] == version_of(b"secret")
    assert not followed.url_for(filename="../secret.txt").query


# -- definitions ----------------------------------------------------------------------------------


async def test_a_definition(serve: Serve, folder: Path) -> None:
    routes = RouteTableDef()
    routes.static("/one", folder, name="one")
    assert list(routes) == [StaticDef("/one", folder, {"name": "one"})]
    app = Application()
    added = app.add_routes([*routes, static("/two", folder, show_index=True)])
    assert [route.method for route in added] == ["GET", "HEAD"] * 2
    assert app.router["one"].canonical == "/one"
    client = await serve(app)
    assert (await fetch(client, "/one/hello.txt")).text == "hello"
    assert (await fetch(client, "/one")).status == 403
    assert (await fetch(client, "/two")).status == 200


def test_a_frozen_router_takes_none(folder: Path) -> None:
    router = UrlDispatcher()
    router.freeze()
    with pytest.raises(RuntimeError):
        router.add_static("/static", folder)
