"""Static files: folders, symbolic links, versions."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

import tidewire_web as web

Serve = Callable[..., Awaitable[Any]]


@pytest.fixture
def path_to_static_folder(tmp_path: Path) -> Path:
    """A folder with files, beside a file that is none of its."""
    folder = tmp_path / "static"
    (folder / "css").mkdir(parents=True)
    (folder / "css" / "site.css").write_text("body { color: teal }")
    (folder / "script.js").write_text("let x;")
    (folder / "inside.css").symlink_to(folder / "css" / "site.css")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "outside.txt").symlink_to(tmp_path / "secret.txt")
    return folder


def serving(definition: web.StaticDef) -> web.Application:
    app = web.Application()
    app.add_routes([definition])
    return app


@pytest.mark.promise(20)
@pytest.mark.snippet("advanced: static")
@pytest.mark.parametrize("by", ["function", "table", "router"])
async def test_files_of_a_folder(serve: Serve, path_to_static_folder: Path, by: str) -> None:
    app = web.Application()
    if by == "function":
        app.add_routes([web.static("/prefix", path_to_static_folder)])
    elif by == "table":
        routes = web.RouteTableDef()
        routes.static("/prefix", path_to_static_folder)
        app.add_routes(routes)
    else:
        app.router.add_static("/prefix", path_to_static_folder)
    client = await serve(app)
    answer = await client.get("/prefix/css/site.css")
    assert (answer.status, answer.headers["Content-Type"], answer.text) == (
        200,
        "text/css",
        "body { color: teal }",
    )
    assert (await client.get("/prefix/nothing.css")).status == 404


@pytest.mark.promise(20)
@pytest.mark.snippet("advanced: show_index")
async def test_a_folder_is_forbidden_or_shown(serve: Serve, path_to_static_folder: Path) -> None:
    client = await serve(serving(web.static("/prefix", path_to_static_folder)))
    for path in ("/prefix", "/prefix/", "/prefix/css"):
        assert (await client.get(path)).status == 403
    client = await serve(serving(web.static("/prefix", path_to_static_folder, show_index=True)))
    answer = await client.get("/prefix")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert 'href="/prefix/script.js"' in answer.text
    assert 'href="/prefix/css/site.css"' in (await client.get("/prefix/css")).text


@pytest.mark.promise(20)
@pytest.mark.snippet("advanced: follow_symlinks")
async def test_symbolic_links_out_of_the_folder(serve: Serve, path_to_static_folder: Path) -> None:
    client = await serve(serving(web.static("/prefix", path_to_static_folder)))
    assert (await client.get("/prefix/outside.txt")).status == 404
    # Those to somewhere else within the folder need no option.
    assert (await client.get("/prefix/inside.css")).text == "body { color: teal }"
    client = await serve(serving(web.static("/prefix", path_to_static_folder, follow_symlinks=True)))
    assert (await client.get("/prefix/outside.txt")).text == "secret"
    # What is no link does not lead out, whatever the option.
    for path in ("/prefix/../secret.txt", "/prefix/..%2fsecret.txt", "/prefix/%2e%2e/secret.txt"):
        assert (await client.get(path)).status == 404


@pytest.mark.promise(20)
@pytest.mark.snippet("advanced: append_version")
async def test_a_version_changes_with_the_content(serve: Serve, path_to_static_folder: Path) -> None:
    app = web.Application()
    resource = app.router.add_static("/prefix", path_to_static_folder, append_version=True)
    client = await serve(app)
    script = path_to_static_folder / "script.js"

    first = resource.url_for(filename="script.js")
    assert first.path == "/prefix/script.js"
    assert resource.url_for(filename="script.js") == first
    assert (await client.get(str(first))).text == "let x;"

    script.write_text("let y;")
    os.utime(script, (1, 1))  # a time of its own, however coarse the file system's clock is
    second = resource.url_for(filename="script.js")
    assert second.path == first.path
    assert second != first
    assert (await client.get(str(second))).text == "let y;"

    table = web.static("/prefix", path_to_static_folder, append_version=True)
    (route, *_) = serving(table).router.routes()
    assert route.resource is not None
    assert route.resource.url_for(filename="script.js") == second


@pytest.mark.promise(20)
async def test_a_route_beside_the_files_goes_first(serve: Serve, path_to_static_folder: Path) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="handled")

    app = web.Application()
    app.add_routes([web.static("/", path_to_static_folder), web.get("/script.js", handler)])
    client = await serve(app)
    assert (await client.get("/script.js")).text == "handled"
    assert (await client.get("/css/site.css")).status == 200
