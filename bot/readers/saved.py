"""Stories that a person saved, the newest first, so many at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from bot.delivery.schema import MIGRATIONS, saved
from bot.readers.places import Place
from digests.handles import number
from digests.library import Database, insert_new
from digests.models import Article, Provider

MOST = 500
"""Saved stories a person; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A story as it was saved, by its lead; the library may have forgotten it since. ``key`` names it to `drop`."""

    key: str
    article: Article
    saved_at: datetime


class SavedStories:
    """The store of saved stories in the ledger's database. Synchronous; safe to share between threads.

    Raises:
        LibraryError: From every method, when the database cannot be opened, read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        database.upgrade(MIGRATIONS)

    def save(self, who: Place, article: Article, now: datetime) -> bool:
        """Save a story by its lead; whether it was not saved before. Saving twice keeps the first time."""
        row = {
            "who": who,
            "url": article.url,
            "title": article.title,
            "provider": article.publisher,
            "published_at": article.published_at,
            "saved_at": now,
        }
        mine = saved.c.who == who
        with self._database.write() as connection:
            fresh = insert_new(connection, saved, row)
            kept = select(saved.c.id).where(mine).order_by(saved.c.saved_at.desc(), saved.c.id.desc()).limit(MOST)
            connection.execute(delete(saved).where(mine, saved.c.id.not_in(kept)))
        return fresh

    def drop(self, who: Place, key: str) -> str:
        """Save a story no more; gives its address, empty where it was not saved."""
        mine = (saved.c.who == who, saved.c.id == number(key, 18))
        with self._database.write() as connection:
            url = connection.execute(select(saved.c.url).where(*mine)).scalar()
            connection.execute(delete(saved).where(*mine))
        return url or ""

    def count(self, who: Place) -> int:
        """How many stories a person has saved."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).where(saved.c.who == who)).scalar() or 0

    def of(self, who: Place, *, start: int = 0, limit: int = MOST) -> tuple[Saved, ...]:
        """What a person saved, the last first."""
        order = (saved.c.saved_at.desc(), saved.c.id.desc())
        statement = select(saved).where(saved.c.who == who).order_by(*order).offset(start).limit(limit)
        with self._database.read() as connection:
            return tuple(
                Saved(str(row.id), Article(row.url, row.title, row.published_at, Provider(row.provider)), row.saved_at)
                for row in connection.execute(statement)
            )
