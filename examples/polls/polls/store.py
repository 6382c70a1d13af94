"""Polls and votes, in SQLite."""

from __future__ import annotations

import asyncio
import builtins
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiosqlite

_POLLS = """
SELECT p.number, p.question, p.closed, c.number, c.text, count(v.voter)
FROM polls p JOIN choices c ON c.poll = p.number LEFT JOIN votes v ON v.choice = c.number
WHERE :poll IS NULL OR p.number = :poll
GROUP BY c.number ORDER BY p.closed, p.number DESC, c.number
"""
# It holds by itself that the choice is one of the poll's, and the poll open.
_VOTE = """
INSERT INTO votes (poll, voter, choice)
SELECT p.number, :voter, c.number FROM polls p JOIN choices c ON c.poll = p.number
WHERE p.number = :poll AND c.number = :choice AND NOT p.closed
ON CONFLICT (poll, voter) DO UPDATE SET choice = excluded.choice
"""


class CannotVoteError(Exception):
    """The poll is closed, or has no such choice."""


@dataclass(frozen=True)
class Choice:
    """One of a poll's answers, and how many have chosen it."""

    number: int
    text: str
    votes: int


@dataclass(frozen=True)
class Poll:
    """A question, its answers, and whether one can still vote."""

    number: int
    question: str
    closed: bool
    choices: tuple[Choice, ...]

    @property
    def votes(self) -> int:
        """How many have voted."""
        return sum(choice.votes for choice in self.choices)


class PollStore:
    """The polls in the database.

    Args:
        connection: to the database.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._writing = asyncio.Lock()

    async def list(self) -> builtins.list[Poll]:
        """Return all polls: the open ones first, of these the newest first."""
        return await self._select(None)

    async def get(self, number: int) -> Poll | None:
        """Return one poll; None where there is no such poll."""
        found = await self._select(number)
        return found[0] if found else None

    async def create(self, question: str, choices: Iterable[str]) -> int:
        """Add a poll; return its number."""
        async with self._transaction():
            cursor = await self._connection.execute("INSERT INTO polls (question) VALUES (?)", (question,))
            number = cursor.lastrowid
            assert number is not None  # an INSERT has one
            rows = [(number, choice) for choice in choices]
            await self._connection.executemany("INSERT INTO choices (poll, text) VALUES (?, ?)", rows)
        return number

    async def set_closed(self, number: int, closed: bool) -> bool:
        """Close a poll, or open it again; return whether there is such a poll."""
        async with self._transaction():
            query = "UPDATE polls SET closed = ? WHERE number = ?"
            cursor = await self._connection.execute(query, (closed, number))
        return cursor.rowcount == 1

    async def vote(self, number: int, choice: int, voter: str) -> None:
        """Count a vote; one that the voter gave before in this poll counts no more.

        Raises:
            CannotVoteError: the poll is closed, or there is no such choice.
        """
        async with self._transaction():
            cursor = await self._connection.execute(_VOTE, {"poll": number, "choice": choice, "voter": voter})
        if cursor.rowcount != 1:
            raise CannotVoteError

    async def choice_of(self, number: int, voter: str) -> int | None:
        """Return the number of what somebody has chosen; None where they have not voted."""
        query = "SELECT choice FROM votes WHERE poll = ? AND voter = ?"
        async with self._connection.execute(query, (number, voter)) as cursor:
            row = await cursor.fetchone()
        return None if row is None else row[0]

    async def _select(self, number: int | None) -> builtins.list[Poll]:
        polls: dict[int, Poll] = {}
        async with self._connection.execute(_POLLS, {"poll": number}) as cursor:
            async for poll, question, closed, *choice in cursor:
                before = polls[poll].choices if poll in polls else ()
                polls[poll] = Poll(poll, question, bool(closed), (*before, Choice(*choice)))
        return [*polls.values()]

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        """Commit what is done within, or nothing of it. Handlers share a connection: one of them at a time."""
        async with self._writing:
            try:
                yield
            except BaseException:
                await self._connection.rollback()
                raise
            await self._connection.commit()
