"""The database: what is kept, and the engine that the application has while it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import String, Text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tidewire_web import AppKey, Application

__all__ = ["DATABASE_URL", "SESSIONS", "Base", "Note", "database"]


class Base(DeclarativeBase):
    """What all tables have in common."""


class Note(Base):
    """A note.

    Its version is counted by SQLAlchemy, which changes a row only where it still is of the version that was read, and
    raises `StaleDataError` otherwise.
    """

    __tablename__ = "notes"

    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    created: Mapped[str] = mapped_column(default=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    version: Mapped[int] = mapped_column()

    __mapper_args__: dict[str, Any] = {"version_id_col": version}  # noqa: RUF012 - so the base says


DATABASE_URL: Final = AppKey[str]("DATABASE_URL")
SESSIONS: Final = AppKey[async_sessionmaker[AsyncSession]]("SESSIONS")


async def database(app: Application) -> AsyncIterator[None]:
    """Keep the engine from the application's start to its end; a cleanup context."""
    engine = create_async_engine(app[DATABASE_URL])
    try:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        app[SESSIONS] = async_sessionmaker(engine, expire_on_commit=False)
        yield
    finally:
        await engine.dispose()
