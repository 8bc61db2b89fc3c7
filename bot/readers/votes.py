"""What readers want more or less of: votes on articles, kept per place and person, fading and never weighing much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select

from bot.delivery.schema import MIGRATIONS, votes
from bot.readers.places import Place
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

    def give(
        self, place: Place, url: str, about: Sequence[str], value: float, now: datetime, *, by: Place | None = None
    ) -> None:
        """Vote on an article; the newest vote of a person on it stands, and 0 takes it back.

        Args:
            place: Where it counts.
            url: The article.
            about: What it is about, as ``provider:NAME`` and ``topic:SLUG``.
            value: From -1 for less to 1 for more; 0 to forget.
            now: When this is.
            by: Who says so; nobody for an admin on the command line.
        """
        mine = (votes.c.place == place, votes.c.by == (by or ""), votes.c.url == url)
        with self._database.write() as connection:
            connection.execute(delete(votes).where(*mine))
            connection.execute(delete(votes).where(votes.c.at < now - FORGOTTEN))
            if value:
                row = {"place": place, "by": by or "", "url": url, "about": list(about), "value": value, "at": now}
                connection.execute(insert(votes), row)

    def urls(self, place: Place, by: Place) -> tuple[str, ...]:
        """The articles that a person voted on in a place."""
        statement = select(votes.c.url).where(votes.c.place == place, votes.c.by == by)
        with self._database.read() as connection:
            return tuple(connection.execute(statement).scalars())

    def standing(self, places: Collection[Place], now: datetime) -> dict[str, float]:
        """What is wanted in places together as of a moment: above 0 more of it, below 0 less, between -1 and 1.

        A person's own place has what that person said anywhere.
        """
        here = or_(votes.c.place.in_(places), votes.c.by.in_(places))
        where = (here, votes.c.at <= now, votes.c.at >= now - FORGOTTEN)
        sums: defaultdict[str, float] = defaultdict(float)
        with self._database.read() as connection:
            for about, value, at in connection.execute(select(votes.c.about, votes.c.value, votes.c.at).where(*where)):
                for name in about:
                    sums[name] += value * 0.5 ** ((now - at) / VOTES_HALVE)
        return {name: round(total / (abs(total) + _DAMPING), 6) for name, total in sums.items()}

    def forget(self, place: Place) -> int:
        """Begin anew: forget what was said for a place; gives how many votes that were."""
        with self._database.write() as connection:
            return connection.execute(delete(votes).where(votes.c.place == place)).rowcount
