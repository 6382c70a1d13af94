"""Tokens in forms, and what browsers are told not to do."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from tidewire import web
from tidewire_sessions import get_session

FIELDS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# A file's URL has its version, so it never changes.
FOR_EVER: Final = "public, max-age=31536000, immutable"


async def add_security_fields(request: web.Request, response: web.StreamResponse) -> None:
    """Add header fields to every response; for `Application.on_response_prepare`."""
    for name, value in FIELDS.items():
        response.headers.setdefault(name, value)
    if isinstance(response, web.FileResponse) and response.status == 200 and "v" in request.query:
        response.headers["Cache-Control"] = FOR_EVER


async def csrf_token(request: web.Request) -> str:
    """Return the token that the session's forms have in them: other sites cannot know it."""
    session = await get_session(request)
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(16)
    token: str = session["csrf"]
    return token


async def read_form(request: web.Request) -> dict[str, str]:
    """Read a form, and make sure that it is one of ours.

    Returns:
        The texts in it, by the names of their fields; of several fields with one name the first.

    Raises:
        HTTPForbidden: it does not have the session's token in it.
    """
    form = await request.post()
    texts = {name: text for name in form if isinstance(text := form[name], str)}
    session = await get_session(request)
    expected = session.get("csrf", "")
    if not expected or not hmac.compare_digest(expected.encode(), texts.get("csrf", "").encode()):
        raise web.HTTPForbidden(
            text="This form is too old, or comes from another site. Go back and reload the page."
        )
    return texts
