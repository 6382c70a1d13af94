"""The service as an application."""

from __future__ import annotations

from rest.database import DATABASE_URL, database
from rest.problems import problems
from rest.request_ids import request_ids
from rest.views import NoteCollection, NoteItem
from tidewire_web import Application

__all__ = ["make_app"]


def make_app(database_url: str) -> Application:
    """Make the service.

    Args:
        database_url: where the notes are, as SQLAlchemy names it, with an asynchronous driver.
    """
    app = Application(middlewares=[request_ids, problems], client_max_size=64 * 1024)
    app[DATABASE_URL] = database_url
    app.cleanup_ctx.append(database)
    app.router.add_view("/notes", NoteCollection, name="notes")
    app.router.add_view(r"/notes/{number:\d{1,9}}", NoteItem, name="note")
    return app
