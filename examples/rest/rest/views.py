"""The resources, as classes with a method for each of HTTP's."""

from __future__ import annotations

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from rest.database import SESSIONS, Note
from rest.preconditions import check_conditions, etag_of
from rest.schemas import NoteChanges, NoteContent, NoteOut, PageQuery, parse_body, parse_query
from tidewire_http_parser.field_values import Link, format_etag, format_links
from tidewire_web import HTTPNotFound, HTTPPreconditionFailed, Request, Response, View

__all__ = ["NoteCollection", "NoteItem"]


class NoteCollection(View):
    """All notes."""

    async def get(self) -> Response:
        """Return a page of notes; Link says where the next one is (RFC 8288)."""
        request = self.request
        page = parse_query(request.query, PageQuery)
        async with request.app[SESSIONS]() as session:
            # One more than is shown, to know whether there is a next page.
            query = select(Note).where(Note.number > page.after).order_by(Note.number).limit(page.limit + 1)
            notes = (await session.scalars(query)).all()
        shown = notes[: page.limit]
        response = _json([NoteOut.of(note) for note in shown])
        links = [_page(request, page.limit, None, "first")]
        if len(notes) > len(shown):
            links.append(_page(request, page.limit, shown[-1].number, "next"))
        response.headers["Link"] = format_links(links)
        return response

    async def post(self) -> Response:
        """Make a note."""
        content = await parse_body(self.request, NoteContent)
        note = Note(title=content.title, text=content.text)
        async with self.request.app[SESSIONS].begin() as session:
            session.add(note)
        response = _one(note, status=201)
        response.headers["Location"] = str(self.request.app.router["note"].url_for(number=str(note.number)))
        return response


class NoteItem(View):
    """One note."""

    async def get(self) -> Response:
        """Return it, unless the client has it already."""
        async with self.request.app[SESSIONS]() as session:
            return _one(await self._note(session))

    async def head(self) -> Response:
        """Return what `get()` would, but for the body."""
        return await self.get()

    async def put(self) -> Response:
        """Replace it."""
        content = await parse_body(self.request, NoteContent)
        return await self._change({"title": content.title, "text": content.text})

    async def patch(self) -> Response:
        """Change parts of it."""
        changes = await parse_body(self.request, NoteChanges, "application/merge-patch+json")
        return await self._change(msgspec.structs.asdict(changes))

    async def delete(self) -> Response:
        """Delete it."""
        try:
            async with self.request.app[SESSIONS].begin() as session:
                await session.delete(await self._note(session))
        except StaleDataError as error:
            raise _changed_meanwhile() from error
        return Response(status=204)

    async def _change(self, values: dict[str, object]) -> Response:
        try:
            async with self.request.app[SESSIONS].begin() as session:
                note = await self._note(session)
                for name, value in values.items():
                    if value is not msgspec.UNSET:
                        setattr(note, name, value)
        except StaleDataError as error:
            raise _changed_meanwhile() from error
        return _one(note)

    async def _note(self, session: AsyncSession) -> Note:
        """Find the note, and out whether the request is for it.

        Raises:
            HTTPException: it is not there, or the request's conditions do not hold.
        """
        note = await session.get(Note, int(self.request.match_info["number"]))
        if note is None:
            raise HTTPNotFound(text="there is no such note")
        check_conditions(self.request, note)
        return note


def _changed_meanwhile() -> HTTPPreconditionFailed:
    """What the database has found out between reading and writing."""
    return HTTPPreconditionFailed(text="the note was changed by somebody else")


def _one(note: Note, status: int = 200) -> Response:
    response = _json(NoteOut.of(note), status)
    response.headers["ETag"] = format_etag(etag_of(note))
    return response


def _json(value: object, status: int = 200) -> Response:
    return Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


def _page(request: Request, limit: int, after: int | None, relation: str) -> Link:
    query = {"limit": str(limit)} | ({} if after is None else {"after": str(after)})
    return Link(str(request.app.router["notes"].url_for().with_query(query)), (relation,))
