"""Everything that is kept about a person, counted or erased."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, or_, select

from bot.delivery.schema import saved, votes
from bot.readers.places import Place
from digests.library import Database


@dataclass(frozen=True, slots=True)
class Kept:
    """How many of each are kept about a person."""

    saved: int = 0
    votes: int = 0

    @property
    def any(self) -> bool:
        """Whether anything is."""
        return bool(self.saved or self.votes)


def kept(database: Database, who: Place) -> Kept:
    """What is kept about a person."""
    with database.read() as connection:
        stories = connection.execute(select(func.count()).where(saved.c.who == who)).scalar()
        said = connection.execute(select(func.count()).where(_votes_of(who))).scalar()
    return Kept(stories or 0, said or 0)


def erase(database: Database, who: Place) -> Kept:
    """Erase what is kept about a person; gives what that was."""
    before = kept(database, who)
    with database.write() as connection:
        connection.execute(delete(saved).where(saved.c.who == who))
        connection.execute(delete(votes).where(_votes_of(who)))
    return before


def _votes_of(who: Place) -> ColumnElement[bool]:
    return or_(votes.c.by == who, votes.c.place == who)
