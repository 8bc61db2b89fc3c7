"""What readers want more or less of: what they said, saved and shared, kept per place and person, fading, never much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, insert, or_, select

from bot.delivery.schema import MIGRATIONS, votes
from bot.readers.places import Place
from digests.library import Database, batches
from digests.ranking import VOTES_HALVE

FORGOTTEN = timedelta(days=365)
"""Older votes are deleted."""

_DAMPING = 2.0  # one fresh vote alone reaches a third of what feedback can
_ONE = 2.0  # however much one person says of a thing, in a channel it counts as two votes


class How(StrEnum):
    """How a reader said it."""

    SAID = "said"
    SAVED = "saved"
    SHARED = "shared"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Worth:
    """What a vote counts: for the person who gave it, and for the channel."""

    person: float
    channel: float


WORTH: Mapping[How, Worth] = {
    How.SAID: Worth(1.0, 1.0),
    How.SAVED: Worth(0.5, 0.25),  # for one's own later reading: it says little of what others want
    How.SHARED: Worth(0.5, 0.5),
    How.POST: Worth(0.0, 0.0),  # of a whole post: about nothing in it
}


class Votes:
    """The store of votes in the ledger's database. Synchronous; safe to share between threads.

    Raises:
        LibraryError: From every method, when the database cannot be opened, read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        database.upgrade(MIGRATIONS)

    def give(
        self,
        place: Place,
        url: str,
        about: Sequence[str],
        value: float,
        now: datetime,
        *,
        by: Place | None = None,
        how: How = How.SAID,
    ) -> None:
        """Vote on an article; of each way to say it the newest of a person on it stands, and 0 takes it back.

        Args:
            place: Where it counts.
            url: The article.
            about: What it is about, as ``provider:NAME`` and ``topic:SLUG``.
            value: From -1 for less to 1 for more; 0 to forget.
            now: When this is.
            by: Who says so; nobody for an admin on the command line.
            how: How it was said.
        """
        mine = (votes.c.place == place, votes.c.by == (by or ""), votes.c.url == url, votes.c.how == how)
        row = {"place": place, "by": by or "", "url": url, "how": how, "about": list(about), "value": value, "at": now}
        with self._database.write() as connection:
            connection.execute(delete(votes).where(*mine))
            connection.execute(delete(votes).where(votes.c.at < now - FORGOTTEN))
            if value:
                connection.execute(insert(votes), row)

    def take_back(self, by: Place, url: str, how: How) -> None:
        """Take back what a person said of an article in one way, wherever that was."""
        mine = (votes.c.by == by, votes.c.url == url, votes.c.how == how)
        with self._database.write() as connection:
            connection.execute(delete(votes).where(*mine))

    def urls(self, place: Place, by: Place) -> tuple[str, ...]:
        """The articles that a person voted on in a place."""
        mine = (votes.c.place == place, votes.c.by == by, votes.c.how == How.SAID)
        statement = select(votes.c.url).where(*mine)
        with self._database.read() as connection:
            return tuple(connection.execute(statement).scalars())

    def standing(self, places: Collection[Place], now: datetime) -> dict[str, float]:
        """What is wanted in places together as of a moment: above 0 more of it, below 0 less, between -1 and 1.

        A person's own place has what that person said anywhere.
        """
        here = or_(votes.c.place.in_(places), votes.c.by.in_(places))
        where = (here, votes.c.at <= now, votes.c.at >= now - FORGOTTEN)
        sums: defaultdict[tuple[str, str], float] = defaultdict(float)  # by what it is about, and who said so
        with self._database.read() as connection:
            for row in connection.execute(select(votes).where(*where)):
                worth = WORTH[How(row.how)]
                counts = row.value * (worth.person if row.by in places else worth.channel)
                for name in row.about:
                    sums[name, row.by] += counts * 0.5 ** ((now - row.at) / VOTES_HALVE)
        totals: defaultdict[str, float] = defaultdict(float)
        for (name, by), total in sums.items():
            one = bool(by) and by not in places  # one's own news is one's own affair
            totals[name] += max(-_ONE, min(_ONE, total)) if one else total
        return {name: round(total / (abs(total) + _DAMPING), 6) for name, total in totals.items()}

    def cast(self, places: Collection[Place]) -> frozenset[Place]:
        """Those of some places for which anybody voted, or who did."""
        found: set[str] = set()
        with self._database.read() as connection:
            for some in batches(sorted(set(places))):
                for column in (votes.c.place, votes.c.by):
                    found |= set(connection.execute(select(column).where(column.in_(some)).distinct()).scalars())
        return frozenset(Place(each) for each in found)

    def posts(self, place: Place, since: datetime) -> tuple[int, int]:
        """How many thumbs whole posts got in a place since a moment: up, and down."""
        where = (votes.c.place == place, votes.c.how == How.POST, votes.c.at >= since)
        up, down = (func.count().filter(which) for which in (votes.c.value > 0, votes.c.value <= 0))
        with self._database.read() as connection:
            counted = connection.execute(select(up, down).where(*where)).one()
        return counted[0], counted[1]

    def count(self, who: Place) -> int:
        """How many of them count for a place, or are a person's own."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).where(_of(who))).scalar() or 0

    def forget(self, place: Place) -> int:
        """Begin anew: forget what was said for a place, and by a person anywhere; gives how many votes that were."""
        with self._database.write() as connection:
            return connection.execute(delete(votes).where(_of(place))).rowcount


def _of(place: Place) -> ColumnElement[bool]:
    return or_(votes.c.place == place, votes.c.by == place)
