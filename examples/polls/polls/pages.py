"""Pages: templates with what every page shows."""

from __future__ import annotations

import secrets
from typing import Any

import tidewire_jinja2
from polls.security import csrf_token
from tidewire import web
from tidewire_sessions import get_session


async def render(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """Render a page.

    It gets to see who is logged in, the token for its forms, and what the last request wanted to be said.

    Args:
        request: the request that is answered.
        template: the template's name.
        status: the status code.
        context: what else it gets to see.
    """
    token = await csrf_token(request)
    session = await get_session(request)
    usual = {
        "csrf": token,
        "user": session.get("user"),
        "notice": session.pop("notice", None),
        "error": None,
    }
    response = tidewire_jinja2.render_template(template, request, usual | context, status=status)
    # It may show who somebody is: the back button after a log-out must not.
    response.headers["Cache-Control"] = "no-store"
    return response


async def say(request: web.Request, notice: str) -> None:
    """Have the next page say something."""
    (await get_session(request))["notice"] = notice


async def voter(request: web.Request) -> str:
    """Return what tells this browser from all others."""
    session = await get_session(request)
    if "voter" not in session:
        session["voter"] = secrets.token_urlsafe(16)
    known: str = session["voter"]
    return known
