"""Everything that is kept about a person, counted or erased."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select

from bot.delivery.schema import deliveries, saved, schedules, subscriptions, votes
from bot.readers.places import Place
from bot.readers.subscriptions import digest_of
from digests.library import Database, batches, forget_editions


@dataclass(frozen=True, slots=True)
class Kept:
    """How many of each are kept about a person."""

    saved: int = 0
    votes: int = 0
    subscriptions: int = 0

    @property
    def any(self) -> bool:
        """Whether anything is."""
        return bool(self.saved or self.votes or self.subscriptions)


def kept(database: Database, who: Place) -> Kept:
    """What is kept about a person."""
    with database.read() as connection:
        stories = connection.execute(select(func.count()).where(saved.c.who == who)).scalar()
        said = connection.execute(select(func.count()).where(_votes_of(who))).scalar()
        subscribed = connection.execute(select(func.count()).where(subscriptions.c.owner == who)).scalar()
    return Kept(stories or 0, said or 0, subscribed or 0)


def erase(database: Database, who: Place) -> Kept:
    """Erase what is kept about a person; gives what that was. With a subscription go its editions and deliveries."""
    before = kept(database, who)
    with database.write() as connection:
        connection.execute(delete(saved).where(saved.c.who == who))
        connection.execute(delete(votes).where(_votes_of(who)))
        own = subscriptions.c.owner == who
        keys = connection.execute(select(subscriptions.c.id).where(own)).scalars().all()
        connection.execute(delete(subscriptions).where(own))
        erase_digests(connection, [digest_of(key) for key in keys])
    return before


def erase_digests(connection: Connection, names: Collection[str]) -> None:
    """Erase all that was made and delivered of digests, within a transaction."""
    for some in batches(sorted(names)):
        connection.execute(delete(deliveries).where(deliveries.c.digest.in_(some)))
        connection.execute(delete(schedules).where(schedules.c.digest.in_(some)))
        forget_editions(connection, some)


def _votes_of(who: Place) -> ColumnElement[bool]:
    return or_(votes.c.by == who, votes.c.place == who)
