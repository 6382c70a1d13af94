"""What is there of a file: NAME.part, and beside it NAME.part.json, which says what it is a part of."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Partial"]


@dataclass
class Partial:
    """A file that is not complete.

    Attributes:
        folder: where it is.
        name: what it will be called.
        url: where it comes from.
        validator: the value for If-Range: what the server called the version of which this is a part; None where it did
            not, so that nobody can go on with it.
        total: bytes of the whole; None where that is not known.
    """

    folder: Path
    name: str
    url: str
    validator: str | None = None
    total: int | None = None

    @property
    def data(self) -> Path:
        """Where the bytes are."""
        return self.folder / f"{self.name}.part"

    @property
    def note(self) -> Path:
        """Where the rest is."""
        return self.folder / f"{self.name}.part.json"

    @property
    def size(self) -> int:
        """How many bytes there are."""
        try:
            return self.data.stat().st_size
        except FileNotFoundError:
            return 0

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing, as far as that can be known."""
        return self.total is not None and self.size == self.total

    @classmethod
    def find(cls, folder: Path, url: str) -> Partial | None:
        """Find what an earlier run has left of a file; None where there is nothing."""
        for path in folder.glob("*.part.json"):
            try:
                note = json.loads(path.read_bytes())
                found = cls(folder, path.name.removesuffix(".part.json"), **note)
            except (OSError, ValueError, TypeError):
                continue  # somebody else's
            if found.url == url and found.data.exists():
                return found
        return None

    def begin(self) -> None:
        """Begin it anew, without bytes."""
        self.data.write_bytes(b"")
        note = asdict(self)
        del note["folder"], note["name"]
        self.note.write_text(json.dumps(note), "utf-8")

    def discard(self) -> None:
        """Delete it."""
        self.data.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def complete(self) -> Path:
        """Give the file its name, in one step; return where it is."""
        path = self.folder / self.name
        os.replace(self.data, path)
        self.note.unlink(missing_ok=True)
        return path
