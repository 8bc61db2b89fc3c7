"""What is muted: topics and publishers that a channel or a person is not to be told of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, select

from bot.delivery.schema import MIGRATIONS, mutes
from bot.readers.places import Place, is_channel
from digests.library import Database, batches
from digests.steering import Mute

LASTS = timedelta(days=30)
"""How long a channel's mute holds: it is everybody's there. A person's own has no end."""

MOST = 100
"""Mutes a place; the oldest go first."""


class Mutes:
    """The store of mutes in the ledger's database. Synchronous; safe to share between threads.

    Raises:
        LibraryError: From every method, when the database cannot be opened, read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        database.upgrade(MIGRATIONS)

    def mute(self, place: Place, kind: str, name: str, now: datetime, by: Place) -> Mute:
        """Mute something in a place; muted anew, a channel's mute holds for its whole time again, since when it did."""
        made = Mute(kind, name, now + LASTS if is_channel(place) else None, now)
        with self._database.write() as connection:
            connection.execute(delete(mutes).where(mutes.c.until <= now - LASTS))
            held = connection.execute(select(mutes.c.since).where(*_named(place, kind, name))).scalar()
            connection.execute(delete(mutes).where(*_named(place, kind, name)))
            row = {"place": place, "kind": kind, "name": name, "by": by, "since": held or now, "until": made.until}
            connection.execute(insert(mutes), row)
            order = (mutes.c.since.desc(), mutes.c.kind, mutes.c.name)
            rows = connection.execute(select(mutes.c.kind, mutes.c.name).where(mutes.c.place == place).order_by(*order))
            for kept_kind, kept_name in rows.all()[MOST:]:
                connection.execute(delete(mutes).where(*_named(place, kept_kind, kept_name)))
        return made

    def unmute(self, place: Place, kind: str, name: str) -> bool:
        """Tell of something again; whether it was muted."""
        with self._database.write() as connection:
            return connection.execute(delete(mutes).where(*_named(place, kind, name))).rowcount > 0

    def of(self, place: Place) -> tuple[Mute, ...]:
        """What is muted in a place, the newest first; what has ended may be among it, as `Mute.holds` tells."""
        order = (mutes.c.since.desc(), mutes.c.kind, mutes.c.name)
        with self._database.read() as connection:
            rows = connection.execute(select(mutes).where(mutes.c.place == place).order_by(*order))
            return tuple(Mute(row.kind, row.name, row.until, row.since) for row in rows)

    def each(self, places: Collection[Place], now: datetime) -> dict[Place, tuple[Mute, ...]]:
        """What is muted at a moment in each of the places, the newest first; where nothing is, the place is left out."""
        order = (mutes.c.since.desc(), mutes.c.kind, mutes.c.name)
        found: dict[Place, tuple[Mute, ...]] = {}
        with self._database.read() as connection:
            for some in batches(sorted(set(places))):
                for row in connection.execute(select(mutes).where(mutes.c.place.in_(some)).order_by(*order)):
                    mute, place = Mute(row.kind, row.name, row.until, row.since), Place(row.place)
                    if mute.holds(now):
                        found[place] = (*found.get(place, ()), mute)
        return found

    def everywhere(self, places: Collection[Place], now: datetime) -> tuple[Mute, ...]:
        """What is muted in each of the places at a moment, to the first end of it; nothing where there is no place."""
        common: dict[tuple[str, str], Mute] | None = None
        for some in batches(list(places)):
            muted = self.each(some, now)
            for place in some:
                here = {(mute.kind, mute.name): mute for mute in muted.get(place, ())}
                common = (
                    here if common is None else {k: min(m, here[k], key=_end) for k, m in common.items() if k in here}
                )
            if not common:
                return ()
        return tuple((common or {}).values())


def _end(mute: Mute) -> tuple[bool, float]:
    return mute.until is None, 0.0 if mute.until is None else mute.until.timestamp()


def _named(place: Place, kind: str, name: str) -> tuple[ColumnElement[bool], ...]:
    return mutes.c.place == place, mutes.c.kind == kind, mutes.c.name == name
