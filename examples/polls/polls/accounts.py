"""Who may log in: names, and passwords that nobody can read, not even in the database."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from typing import Final

import aiosqlite

# 16 MiB and some 50 ms for each guess (RFC 7914, section 2).
SCRYPT: Final = {"n": 2**14, "r": 8, "p": 1}
# Passwords that are checked at once: what that takes of memory and of threads is bounded.
CHECKS: Final = 2


class Accounts:
    """The accounts in the database.

    Args:
        connection: to the database.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._checks = asyncio.Semaphore(CHECKS)

    async def set_password(self, name: str, password: str) -> None:
        """Set the password of an account, which is made where there is none."""
        hashed = await asyncio.to_thread(hash_password, password)
        await self._connection.execute("REPLACE INTO accounts (name, password) VALUES (?, ?)", (name, hashed))
        await self._connection.commit()

    async def check(self, name: str, password: str) -> bool:
        """Tell whether there is such an account, and that is its password."""
        query = "SELECT password FROM accounts WHERE name = ?"
        async with self._connection.execute(query, (name,)) as cursor:
            row = await cursor.fetchone()
        # A name that is unknown takes as long as a wrong password: nobody can find out which names there are.
        hashed = NOBODY if row is None else row[0]
        async with self._checks:
            return await asyncio.to_thread(check_password, password, hashed)


def hash_password(password: str) -> str:
    """Return what is kept of a password: the salt and the key that scrypt derives, in hexadecimal digits."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_derive(password, salt).hex()}"


def check_password(password: str, hashed: str) -> bool:
    """Tell whether it is the password of which that was kept."""
    salt, _, key = hashed.partition("$")
    return hmac.compare_digest(_derive(password, bytes.fromhex(salt)), bytes.fromhex(key))


def _derive(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, dklen=32, **SCRYPT)


NOBODY: Final = f"{bytes(16).hex()}${bytes(32).hex()}"
