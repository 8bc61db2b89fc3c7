"""Everything that is kept about a person, counted or erased."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, func, or_, select, update

from bot.delivery import contents
from bot.delivery.schema import deliveries, mutes, saved, schedules, subscriptions, variants, votes
from bot.readers.places import Place
from bot.readers.subscriptions import digest_of
from bot.readers.votes import How
from digests.library import Database, batches, forget_editions


@dataclass(frozen=True, slots=True)
class Kept:
    """How many of each are kept about a person. What saving or sharing a story says of it is no vote, but kept as one.

    That of a story that is on the list of saved ones no more counts with the votes.
    """

    saved: int = 0
    votes: int = 0
    shares: int = 0
    mutes: int = 0
    subscriptions: int = 0
    settings: int = 0

    @property
    def any(self) -> bool:
        """Whether anything is."""
        return any((self.saved, self.votes, self.shares, self.mutes, self.subscriptions, self.settings))


def kept(database: Database, who: Place) -> Kept:
    """What is kept about a person."""
    wheres: dict[str, tuple[Table, ColumnElement[bool]]] = {
        "saved": (saved, saved.c.who == who),
        "votes": (votes, and_(votes_told(who), votes.c.how != How.SHARED)),
        "shares": (votes, and_(votes_of(who), votes.c.how == How.SHARED)),
        "mutes": (mutes, mutes_of(who)),
        "subscriptions": (subscriptions, subscriptions.c.owner == who),
        "settings": (variants, variants.c.by == who),
    }
    with database.read() as connection:
        found = {
            name: connection.execute(select(func.count()).select_from(table).where(where)).scalar() or 0
            for name, (table, where) in wheres.items()
        }
    return Kept(**found)


def erase(database: Database, who: Place) -> Kept:
    """Erase what is kept about a person; gives what that was.

    With a subscription go its editions and deliveries. A channel's mute stays, and forgets whose it was; so does what a channel
    has as its own of a digest.
    """
    before = kept(database, who)
    with database.write() as connection:
        connection.execute(delete(saved).where(saved.c.who == who))
        connection.execute(delete(votes).where(votes_of(who)))
        connection.execute(delete(mutes).where(mutes.c.place == who))
        connection.execute(update(mutes).where(mutes.c.by == who).values(by=""))
        connection.execute(update(variants).where(variants.c.by == who).values(by=""))
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
    contents.sweep(connection)


def votes_of(who: Place) -> ColumnElement[bool]:
    """Which votes are a person's."""
    return or_(votes.c.by == who, votes.c.place == who)


def votes_told(who: Place) -> ColumnElement[bool]:
    """Which of them a person is told of: a story that is saved stands for what saving it says."""
    listed = exists().where(saved.c.who == who, saved.c.url == votes.c.url)
    return and_(votes_of(who), ~and_(votes.c.how == How.SAVED, listed))


def mutes_of(who: Place) -> ColumnElement[bool]:
    """Which mutes are a person's: their own, and those that they gave a channel."""
    return or_(mutes.c.by == who, mutes.c.place == who)
