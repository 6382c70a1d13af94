"""The guest book: entries in SQLite."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

NAME_LIMIT = 60
MESSAGE_LIMIT = 500


class InvalidEntryError(ValueError):
    """An entry that the guest book does not take."""


@dataclass(frozen=True)
class Entry:
    """An entry of the guest book."""

    number: int
    name: str
    message: str
    written: datetime

    def to_json(self) -> dict[str, object]:
        """The entry as JSON knows it."""
        return {
            "id": self.number,
            "name": self.name,
            "message": self.message,
            "written": self.written.isoformat(timespec="seconds"),
        }


class Guestbook:
    """Keeps entries; to be called from threads, since it waits for the disk.

    Args:
        database: the file; None to keep the entries in memory.
    """

    def __init__(self, database: Path | None) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(database or ":memory:", check_same_thread=False)
        with self._connection:
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS entries"
                " (number INTEGER PRIMARY KEY, name TEXT NOT NULL, message TEXT NOT NULL, written TEXT NOT NULL)"
            )

    def add(self, name: object, message: object) -> int:
        """Add an entry.

        Raises:
            InvalidEntryError: name or message are missing or too long.
        """
        checked_name = _checked("name", name, NAME_LIMIT)
        checked_message = _checked("message", message, MESSAGE_LIMIT)
        with self._lock, self._connection:
            cursor = self._connection.execute(
                "INSERT INTO entries (name, message, written) VALUES (?, ?, ?)",
                (checked_name, checked_message, datetime.now(UTC).isoformat()),
            )
        number = cursor.lastrowid
        assert number is not None  # an INSERT has one
        return number

    def get(self, number: int) -> Entry | None:
        """Find an entry by its number."""
        with self._lock:
            row = self._connection.execute(
                "SELECT number, name, message, written FROM entries WHERE number = ?", (number,)
            ).fetchone()
        return None if row is None else _entry(row)

    def newest(self, count: int) -> list[Entry]:
        """The newest entries, the newest first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT number, name, message, written FROM entries ORDER BY number DESC LIMIT ?", (count,)
            ).fetchall()
        return [_entry(row) for row in rows]

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()


def _entry(row: tuple[int, str, str, str]) -> Entry:
    number, name, message, written = row
    return Entry(number, name, message, datetime.fromisoformat(written))


def _checked(what: str, value: object, limit: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidEntryError(f"an entry has a {what}")
    value = value.strip()
    if len(value) > limit:
        raise InvalidEntryError(f"a {what} has at most {limit} characters")
    return value
