"""What goes in and out: structures that msgspec reads, validates and writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeVar

import msgspec

from rest.database import Note
from rest.problems import InvalidInput
from tidewire_web import HTTPUnsupportedMediaType, Request

__all__ = ["NoteChanges", "NoteContent", "NoteOut", "PageQuery", "parse_body", "parse_query"]

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Body = Annotated[str, msgspec.Meta(max_length=10_000)]

T = TypeVar("T")


class NoteContent(msgspec.Struct, forbid_unknown_fields=True):
    """A note, as a client makes or replaces it."""

    title: Title
    text: Body = ""


class NoteChanges(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be changed of a note (RFC 7396); the rest stays as it is."""

    title: Title | msgspec.UnsetType = msgspec.UNSET
    text: Body | msgspec.UnsetType = msgspec.UNSET


class NoteOut(msgspec.Struct):
    """A note, as clients see it."""

    number: int
    title: str
    text: str
    created: str

    @classmethod
    def of(cls, note: Note) -> NoteOut:
        """Make it of what the database has."""
        return cls(note.number, note.title, note.text, note.created)


class PageQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which page of a collection."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    after: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] = 0


async def parse_body(request: Request, kind: type[T], media_type: str = "application/json") -> T:
    """Read the body of a request.

    Raises:
        HTTPUnsupportedMediaType: it is of another media type.
        InvalidInput: it is not what it should be.
    """
    if request.content_type != media_type:
        raise HTTPUnsupportedMediaType(
            text=f"the content is to be {media_type}", headers={"Accept": media_type}
        )
    body = await request.read()
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise InvalidInput(str(error)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidInput(str(error), 400) from error


def parse_query(query: Mapping[str, str], kind: type[T]) -> T:
    """Read the query of a request.

    Raises:
        InvalidInput: it is not what it should be.
    """
    try:
        return msgspec.convert(dict(query), kind, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(str(error)) from error
