"""Errors as pages."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import tidewire_jinja2
from tidewire import web

LOGGER: Final = logging.getLogger("polls")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TEXTS: Final = {
    404: "There is no such page. It may have moved, or the address has a typo.",
    405: "This address does not take such a request.",
    500: "Something went wrong on our side. It has been noted.",
}


@web.middleware
async def error_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer errors with pages: those that are raised as responses, and those that nobody has foreseen."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise  # a redirect is no error
        page = _render(request, error.status, error.text)
        if "Allow" in error.headers:
            page.headers["Allow"] = error.headers["Allow"]
        return page
    except Exception:
        LOGGER.exception("Error in %s %s", request.method, request.path)
        return _render(request, 500, None)


def _render(request: web.Request, status: int, text: str | None) -> web.Response:
    phrase = HTTPStatus(status).phrase
    # What an HTTPException says where nobody has said anything is "404: Not Found".
    if text is None or text == f"{status}: {phrase}":
        text = TEXTS.get(status, "")
    # Without the session: it may be what has failed.
    context = {"status": status, "title": phrase, "text": text, "user": None, "notice": None}
    return tidewire_jinja2.render_template("error.html", request, context, status=status)
