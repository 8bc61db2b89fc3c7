"""The single things that are kept about a person, page by page; `erasing` counts and erases them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, select

from bot.delivery.schema import mutes, saved, subscriptions, variants, votes
from bot.readers.erasing import mutes_of, votes_told
from bot.readers.places import Place, channel
from bot.readers.votes import How
from digests.library import Database


class What(StrEnum):
    """The kinds of things, in the order in which they are shown."""

    SUBSCRIPTION = "subscription"
    SAVED = "saved"
    VOTE = "vote"
    MUTE = "mute"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Thing:
    """One of them: what it is of, where it counts, and since when.

    ``name`` is a subscription's id, the address of a story, ``digest:NAME@SLOT`` for a whole post, or ``topic:SLUG`` and
    ``source:NAME`` for what is muted; the name of a digest whose settings were changed. ``title`` is what was stored of a
    saved story. ``how`` and ``value`` are a vote's.
    """

    what: What
    name: str
    place: Place
    at: datetime
    title: str = ""
    how: How = How.SAID
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class _Kind:
    table: Table
    mine: ColumnElement[bool]
    order: tuple[ColumnElement[Any], ...]


def things(database: Database, who: Place, start: int, limit: int) -> tuple[tuple[Thing, ...], int]:
    """So many of a person's things from a place on, of each kind the newest first; and how many there are of all."""
    total, found = 0, list[Thing]()
    with database.read() as connection:
        for what, kind in _kinds(who).items():
            counted = select(func.count()).select_from(kind.table).where(kind.mine)
            number = connection.execute(counted).scalar() or 0
            skipped, room = max(0, start - total), limit - len(found)
            total += number
            if room > 0 and skipped < number:
                rows = select(kind.table).where(kind.mine).order_by(*kind.order).offset(skipped).limit(room)
                found += _read(connection, what, rows, who)
    return tuple(found), total


def _kinds(who: Place) -> dict[What, _Kind]:
    s, v, m, c = subscriptions.c, votes.c, mutes.c, variants.c
    return {
        What.SUBSCRIPTION: _Kind(subscriptions, s.owner == who, (s.created_at.desc(), s.id)),
        What.SAVED: _Kind(saved, saved.c.who == who, (saved.c.saved_at.desc(), saved.c.id.desc())),
        What.VOTE: _Kind(votes, votes_told(who), (v.at.desc(), v.url, v.how, v.place)),
        What.MUTE: _Kind(mutes, mutes_of(who), (m.since.desc(), m.kind, m.name, m.place)),
        What.SETTINGS: _Kind(variants, c.by == who, (c.at.desc(), c.digest, c.channel, c.serial)),
    }


def _read(connection: Connection, what: What, rows: Select[Any], who: Place) -> Iterator[Thing]:
    for row in connection.execute(rows):
        yield _thing(what, row, who)


def _thing(what: What, row: Row[Any], who: Place) -> Thing:
    match what:
        case What.SUBSCRIPTION:
            return Thing(what, row.id, who, row.created_at)
        case What.SAVED:
            return Thing(what, row.url, who, row.saved_at, title=row.title)
        case What.VOTE:
            return Thing(what, row.url, Place(row.place), row.at, how=How(row.how), value=row.value)
        case What.MUTE:
            return Thing(what, f"{row.kind}:{row.name}", Place(row.place), row.since)
        case What.SETTINGS:
            return Thing(what, row.digest, channel(row.conversation or row.channel), row.at)
