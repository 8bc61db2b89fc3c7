"""A channel that gets another id, as one does that is shared with another company: what is kept of it goes along."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, delete, exists, or_, select, update

from bot.delivery.schema import deliveries, mutes, subscriptions, variants, votes
from bot.readers.places import channel
from bot.readers.subscriptions import digest_of
from digests.library import Database, batches

TWICE = "unsubscribed"
"""Why a subscription ends that the channel has under its new id already; of which nobody has to be told."""


def move(database: Database, old: str, new: str, now: datetime) -> int:
    """Let subscriptions, votes, mutes and what was posted belong to the new id of a channel; how many subscriptions run there.

    Where there is the same under the new id already, that stays.
    """
    with database.write() as connection:
        _once(connection, votes, votes.c.place, channel(old), channel(new), votes.c.by, votes.c.url, votes.c.how)
        _once(connection, mutes, mutes.c.place, channel(old), channel(new), mutes.c.kind, mutes.c.name)
        moved = _subscriptions(connection, old, new, now)
        # What a channel has as its own goes by its new id, too, once the settings name that.
        own = or_(variants.c.conversation == old, variants.c.channel == old)
        connection.execute(update(variants).where(own).values(conversation=new))
        here = deliveries.c.conversation == old
        connection.execute(update(deliveries).where(here).values(conversation=new))
    return moved


def _once(connection: Connection, table: Table, place: Column[str], old: str, new: str, *same: Column[str]) -> None:
    connection.execute(delete(table).where(place == old, _there(table, place, new, *same)))
    connection.execute(update(table).where(place == old).values({place.name: new}))


def _there(table: Table, place: Column[str], new: str, *same: Column[str]) -> ColumnElement[bool]:
    """Whether there is a row under the new id that is the same otherwise."""
    other = table.alias()
    alike = (other.c[each.name] == each for each in same)
    return exists().where(other.c[place.name] == new, *alike)


def _subscriptions(connection: Connection, old: str, new: str, now: datetime) -> int:
    c = subscriptions.c
    runs = c.ended == ""
    double = and_(c.where == old, runs, _running(new))
    connection.execute(update(subscriptions).where(double).values(ended=TWICE, ended_at=now))
    keys = connection.execute(select(c.id).where(c.where == old)).scalars().all()
    moved = connection.execute(select(c.id).where(c.where == old, runs)).scalars().all()
    for some in batches(sorted(digest_of(key) for key in keys)):
        # A subscription's deliveries go by where it comes to: a slot that was served must not be served again.
        named = (deliveries.c.digest.in_(some), deliveries.c.channel == old)
        again = _there(deliveries, deliveries.c.channel, new, deliveries.c.digest, deliveries.c.slot)
        connection.execute(update(deliveries).where(*named, ~again).values(channel=new))
    connection.execute(update(subscriptions).where(c.where == old).values(where=new))
    return len(moved)


def _running(new: str) -> ColumnElement[bool]:
    c, other = subscriptions.c, subscriptions.alias()
    alike = (other.c[name] == c[name] for name in ("topics", "cron", "timezone"))
    return exists().where(other.c.where == new, other.c.ended == "", *alike)
