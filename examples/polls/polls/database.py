"""The database: opened when the application starts, closed when it stops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import aiosqlite

from polls.accounts import Accounts
from polls.keys import ACCOUNTS, CONFIG, STORE
from polls.store import PollStore
from tidewire import web

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS accounts (
    name TEXT PRIMARY KEY,
    password TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS polls (
    number INTEGER PRIMARY KEY,
    question TEXT NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS choices (
    number INTEGER PRIMARY KEY,
    poll INTEGER NOT NULL REFERENCES polls,
    text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS choices_by_poll ON choices (poll);
CREATE TABLE IF NOT EXISTS votes (
    poll INTEGER NOT NULL REFERENCES polls,
    voter TEXT NOT NULL,
    choice INTEGER NOT NULL REFERENCES choices,
    PRIMARY KEY (poll, voter)
);
CREATE INDEX IF NOT EXISTS votes_by_choice ON votes (choice);
"""

SAMPLES: Final = (
    (
        "Where does your Python run?",
        ("In a container", "On a virtual machine", "On bare metal", "On a laptop"),
    ),
    ("Tabs or spaces?", ("Tabs", "Spaces", "Whatever the formatter says")),
    ("When do you read the documentation?", ("First", "When it does not work", "I read the source")),
)


async def open_database(app: web.Application) -> AsyncIterator[None]:
    """Keep the database open for as long as the application runs; for `Application.cleanup_ctx`."""
    config = app[CONFIG]
    async with aiosqlite.connect(config.database) as connection:
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute("PRAGMA foreign_keys = ON")
        await connection.executescript(SCHEMA)
        app[STORE] = store = PollStore(connection)
        app[ACCOUNTS] = accounts = Accounts(connection)
        await accounts.set_password(config.admin, config.admin_password)
        if config.samples and not await store.list():
            for question, choices in SAMPLES:
                await store.create(question, choices)
        yield
