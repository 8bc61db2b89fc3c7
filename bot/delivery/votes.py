"""What readers want more or less of: votes on articles, kept per digest, fading with time and never weighing much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from bot.delivery.schema import MIGRATIONS, votes
from digests.library import Database
from digests.ranking import VOTES_HALVE

FORGOTTEN = timedelta(days=365)
"""Older votes are deleted."""

_DAMPING = 2.0  # one fresh vote alone reaches a third of what feedback can


class Votes:
    """The store of votes in the ledger's database. Synchronous; safe to share between threads.

    Raises:
        LibraryError: From every method, when the database cannot be opened, read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        database.upgrade(MIGRATIONS)

    def give(self, digest: str, url: str, about: Sequence[str], value: float, now: datetime) -> None:
        """Vote on an article; the newest vote on it stands, and 0 takes it back.

        Args:
            digest: The digest whose readers say so.
            url: The article.
            about: What it is about, as ``provider:NAME`` and ``topic:SLUG``.
            value: -1 for less, 1 for more, 0 to forget.
            now: When this is.
        """
        mine = (votes.c.digest == digest, votes.c.url == url)
        with self._database.write() as connection:
            connection.execute(delete(votes).where(*mine))
            connection.execute(delete(votes).where(votes.c.at < now - FORGOTTEN))
            if value:
                row = {"digest": digest, "url": url, "about": list(about), "value": value, "at": now}
                connection.execute(insert(votes), row)

    def standing(self, digest: str, now: datetime) -> dict[str, float]:
        """What the digest's readers want as of a moment: above 0 more of it, below 0 less, between -1 and 1."""
        where = (votes.c.digest == digest, votes.c.at <= now, votes.c.at >= now - FORGOTTEN)
        sums: defaultdict[str, float] = defaultdict(float)
        with self._database.read() as connection:
            for about, value, at in connection.execute(select(votes.c.about, votes.c.value, votes.c.at).where(*where)):
                for name in about:
                    sums[name] += value * 0.5 ** ((now - at) / VOTES_HALVE)
        return {name: round(total / (abs(total) + _DAMPING), 6) for name, total in sums.items()}
