"""The application of the sample project."""

from __future__ import annotations

from tidewire_web import AppKey, Application, HTTPBadRequest, Request, Response, json_response

ENTRIES: AppKey[list[str]] = AppKey("entries", list[str])


async def show(request: Request) -> Response:
    return json_response(request.app[ENTRIES])


async def sign(request: Request) -> Response:
    form = await request.post()
    name = form.get("name")
    if not isinstance(name, str) or not name:
        raise HTTPBadRequest(text="who are you?")
    request.app[ENTRIES].append(name)
    return Response(status=201)


def make_app() -> Application:
    app = Application()
    app[ENTRIES] = []
    app.router.add_get("/", show)
    app.router.add_post("/", sign)
    return app
