"""Who changes a note says which version it has seen (RFC 9110, section 13; RFC 6585, section 3)."""

from __future__ import annotations

import time

from rest.database import Note
from tidewire_http_parser.field_values import Conditions, ETag, evaluate_conditions, format_etag
from tidewire_web import HTTPNotModified, HTTPPreconditionFailed, HTTPPreconditionRequired, Request

__all__ = ["check_conditions", "etag_of"]


def etag_of(note: Note) -> ETag:
    """Return the entity tag of a note."""
    return ETag(f"{note.number}-{note.version}")


def check_conditions(request: Request, note: Note) -> None:
    """Find out whether a request may go on.

    Raises:
        HTTPNotModified: a GET of what the client has already.
        HTTPPreconditionFailed: the note is not the one that the client has seen.
        HTTPPreconditionRequired: a change that does not say with If-Match what it changes.
    """
    reads = request.method in ("GET", "HEAD")
    if not reads and "If-Match" not in request.headers:
        raise HTTPPreconditionRequired(text="say with If-Match which version is to be changed")
    conditions = Conditions(
        if_match=_joined(request, "If-Match"), if_none_match=_joined(request, "If-None-Match")
    )
    etag = etag_of(note)
    match evaluate_conditions(request.method, conditions, etag, None, time.time()):
        case 304:
            raise HTTPNotModified(headers={"ETag": format_etag(etag)})
        case 412:
            raise HTTPPreconditionFailed(text="the note was changed by somebody else")


def _joined(request: Request, name: str) -> str | None:
    return ", ".join(request.headers.getall(name)) if name in request.headers else None
