"""Subscriptions: digests that readers set up for themselves or for a channel, and when each is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, delete, func, select, update

from bot.crontab import CronError, next_slot
from bot.delivery.schema import MIGRATIONS, subscriptions
from bot.errors import HeatlineBotError
from bot.readers.places import Place, channel, user_id
from digests.library import Database, insert_new

MOST = 20
"""Subscriptions a person, and a channel."""

LARGEST = 30
"""Stories of a subscription's post."""

REMEMBERED = timedelta(days=30)
"""How long it is remembered that a subscription ended, and why."""

ENDED = 50
"""Ended subscriptions of a person that are remembered, the newest."""

_PREFIX = "sub-"
_TABLE = subscriptions.c
_RUNS = _TABLE.ended == ""
_SHOWN = tuple(column for column in subscriptions.columns if column.name not in ("due_at", "ended_at"))


@dataclass(frozen=True, slots=True)
class Subscription:
    """A digest that a reader set up.

    ``where`` is a channel's id, or the owner's for a direct message. ``topics`` are slugs in order; empty means all AI
    news. ``cron`` is a crontab line, in ``timezone`` (IANA). ``size`` is how many stories its post tells. ``locale`` is
    whose language it speaks. ``next_at`` is its next slot. ``ended`` is empty while it runs, else why it does no more.
    """

    id: str
    owner: Place
    team: str
    where: str
    topics: tuple[str, ...]
    cron: str
    timezone: str
    size: int
    locale: str
    created_at: datetime
    next_at: datetime
    ended: str = ""

    @property
    def digest(self) -> str:
        """The name of its digest, the key of its editions and deliveries."""
        return digest_of(self.id)

    @property
    def user(self) -> str:
        """Slack's id of the owner."""
        return user_id(self.owner)

    @property
    def direct(self) -> bool:
        """Whether it comes as a direct message."""
        return self.where == self.user

    @property
    def place(self) -> Place:
        """Whose wishes count for it: the channel's that it comes to, or the owner's."""
        return self.owner if self.direct else channel(self.where)


def digest_of(key: str) -> str:
    """The name of a subscription's digest, by its id."""
    return f"{_PREFIX}{key}"


def named(digest: str) -> str:
    """The id of the subscription that a digest belongs to; empty for a digest of the settings."""
    return digest.removeprefix(_PREFIX) if digest.startswith(_PREFIX) else ""


class AlreadyThere(HeatlineBotError):  # noqa: N818  # nothing is broken
    """The same topics come to the same place at the same times already."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        super().__init__(f"the subscription {subscription.id} is the same")


class TooMany(HeatlineBotError):  # noqa: N818
    """A person, or a channel, has as many subscriptions as may be."""

    def __init__(self, *, channel: bool) -> None:
        self.channel = channel
        super().__init__(f"a {'channel' if channel else 'person'} may have {MOST} subscriptions")


class Subscriptions:
    """The store of subscriptions in the ledger's database. Synchronous; safe to share between threads.

    Raises:
        LibraryError: From every method, when the database cannot be opened, read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        database.upgrade(MIGRATIONS)

    def add(
        self,
        owner: Place,
        team: str,
        where: str,
        topics: Sequence[str],
        cron: str,
        timezone: str,
        size: int,
        locale: str,
        now: datetime,
    ) -> Subscription:
        """Subscribe: it begins with the next slot after now.

        Raises:
            AlreadyThere: With the subscription that is the same.
            TooMany: For one more than may be.
            CronError: For a line that is none.
        """
        made = Subscription(
            id=f"s{uuid4().hex[:10]}",
            owner=owner,
            team=team,
            where=where,
            topics=tuple(dict.fromkeys(topics)),
            cron=cron,
            timezone=timezone,
            size=_size(size),
            locale=locale,
            created_at=now,
            next_at=_next(cron, timezone, now),
        )
        with self._database.write() as connection:
            _refuse_double(connection, made)
            _refuse_many(connection, made, owner=True, place=True)
            row = {column.name: getattr(made, column.name) for column in _SHOWN}
            if not insert_new(connection, subscriptions, {**row, "topics": _text(made.topics), "due_at": made.next_at}):
                _refuse_double(connection, made)  # another process was faster
        return made

    def change(
        self,
        key: str,
        *,
        now: datetime,
        topics: Sequence[str] | None = None,
        cron: str | None = None,
        timezone: str | None = None,
        size: int | None = None,
        where: str | None = None,
    ) -> Subscription | None:
        """Change what is given of a subscription, which goes on with the next slot after now; None where it does not run.

        Raises:
            AlreadyThere: With another subscription that would be the same.
            TooMany: For a channel that has as many as may be.
            CronError: For a line that is none.
        """
        with self._database.write() as connection:
            row = connection.execute(select(*_SHOWN).where(_TABLE.id == key, _RUNS)).first()
            if row is None:
                return None
            before = _subscription(row)
            given = {
                "topics": before.topics if topics is None else tuple(dict.fromkeys(topics)),
                "cron": cron or before.cron,
                "timezone": timezone or before.timezone,
                "size": before.size if size is None else _size(size),
                "where": where or before.where,
            }
            values = {**given, "next_at": _next(str(given["cron"]), str(given["timezone"]), now)}
            after = Subscription(**{name: getattr(before, name) for name in before.__slots__} | values)
            _refuse_double(connection, after)
            _refuse_many(connection, after, owner=False, place=after.where != before.where)
            stored = {**values, "topics": _text(after.topics), "due_at": after.next_at}
            connection.execute(update(subscriptions).where(_TABLE.id == key).values(stored))
        return after

    def end(self, key: str, why: str, now: datetime) -> bool:
        """End a subscription, with the reason; whether it was running."""
        with self._database.write() as connection:
            ending = update(subscriptions).where(_TABLE.id == key, _RUNS).returning(_TABLE.owner)
            owner = connection.execute(ending.values(ended=why or "ended", ended_at=now)).scalar()
            if owner is None:
                return False
            over = select(_TABLE.id).where(_TABLE.owner == owner, _TABLE.ended != "")
            old = over.order_by(_TABLE.ended_at.desc(), _TABLE.id).offset(ENDED)
            if gone := list(connection.execute(old).scalars()):
                connection.execute(delete(subscriptions).where(_TABLE.id.in_(gone)))
        return True

    def get(self, key: str) -> Subscription | None:
        """A subscription by its id, also one that ended."""
        return next(iter(self._find(select(*_SHOWN).where(_TABLE.id == key))), None)

    def count(self) -> int:
        """How many run."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(subscriptions).where(_RUNS)).scalar() or 0

    def of(self, owner: Place) -> tuple[Subscription, ...]:
        """The running subscriptions of a person, oldest first."""
        return self._find(_in_order(_TABLE.owner == owner, _RUNS))

    def within(self, conversation: str) -> tuple[Subscription, ...]:
        """The running subscriptions of a channel, oldest first."""
        return self._find(_in_order(_TABLE.where == conversation, _RUNS))

    def of_team(self, team: str) -> tuple[Subscription, ...]:
        """The running subscriptions of a workspace, oldest first."""
        return self._find(_in_order(_TABLE.team == team, _RUNS))

    def ended(self, owner: Place, now: datetime) -> tuple[Subscription, ...]:
        """The subscriptions of a person that ended lately."""
        return self._find(_in_order(_TABLE.owner == owner, _TABLE.ended != "", _TABLE.ended_at >= now - REMEMBERED))

    def forget(self, now: datetime) -> int:
        """Forget what ended long ago; gives how many that were."""
        with self._database.write() as connection:
            old = delete(subscriptions).where(_TABLE.ended != "", _TABLE.ended_at < now - REMEMBERED)
            return connection.execute(old).rowcount

    def orphans(self, digests: Iterable[str]) -> set[str]:
        """Those of some digests that belong to subscriptions that there are not any more."""
        with self._database.read() as connection:
            there = set(connection.execute(select(_TABLE.id)).scalars())
        return {each for each in digests if named(each) and named(each) not in there}

    # --- what is due

    def due(self, now: datetime, limit: int) -> tuple[Subscription, ...]:
        """The running subscriptions that somebody should look at, so many at most, the longest due first."""
        return self._find(due_query(now, limit))

    def take(self, now: datetime, limit: int, until: datetime) -> tuple[Subscription, ...]:
        """Like `due`, and nobody else gets them until a moment: whoever takes them has died by then."""
        if not self.due(now, 1):  # mostly nothing is: without the write lock
            return ()
        with self._database.write(beside=True) as connection:
            free = due_query(now, limit).with_for_update(
                skip_locked=True
            )  # another process may be taking others just now
            found = tuple(map(_subscription, connection.execute(free)))
            taken = _TABLE.id.in_([each.id for each in found])
            connection.execute(update(subscriptions).where(taken).values(due_at=until))
        return found

    def later(self, subscription: Subscription, until: datetime) -> None:
        """It could not be served: look at it again then."""
        with self._database.write() as connection:
            connection.execute(update(subscriptions).where(_as_read(subscription)).values(due_at=until))

    def served(self, subscription: Subscription, next_at: datetime) -> bool:
        """Its slot has its deliveries: it goes on with another. Whether it stood where it was read."""
        return self.served_all([(subscription, next_at)]) > 0

    def served_all(self, following: Sequence[tuple[Subscription, datetime]]) -> int:
        """As `served`, of many in one transaction; how many of them stood where they were read."""
        moved = [{"of": each.id, "at": each.next_at, "next": next_at} for each, next_at in following]
        with self._database.write() as connection:
            return connection.execute(_MOVED, moved).rowcount

    def _find(self, statement: Select[Any]) -> tuple[Subscription, ...]:
        with self._database.read() as connection:
            return tuple(map(_subscription, connection.execute(statement)))


def due_query(now: datetime, limit: int) -> Select[Any]:
    """What `Subscriptions.due` asks of the database."""
    return select(*_SHOWN).where(_RUNS, _TABLE.due_at <= now).order_by(_TABLE.due_at).limit(limit)


def _as_read(subscription: Subscription) -> ColumnElement[bool]:
    return and_(_TABLE.id == subscription.id, _RUNS, _TABLE.next_at == subscription.next_at)


_MOVED = (
    update(subscriptions)
    .where(_TABLE.id == bindparam("of"), _RUNS, _TABLE.next_at == bindparam("at"))
    .values(next_at=bindparam("next"), due_at=bindparam("next"))
)


def _in_order(*where: ColumnElement[bool]) -> Select[Any]:
    return select(*_SHOWN).where(*where).order_by(_TABLE.created_at, _TABLE.id)


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(**row._asdict() | {"owner": Place(row.owner), "topics": tuple(row.topics.split())})


def _text(topics: Sequence[str]) -> str:
    return " ".join(topics)


def _size(size: int) -> int:
    return max(1, min(size, LARGEST))


def _next(cron: str, timezone: str, now: datetime) -> datetime:
    found = next_slot(cron, timezone, now)
    if found is None:  # crontab refuses days that no calendar has
        raise CronError("never comes again")
    return found


def _refuse_double(connection: Connection, wanted: Subscription) -> None:
    same = and_(
        _TABLE.where == wanted.where,
        _TABLE.topics == _text(wanted.topics),
        _TABLE.cron == wanted.cron,
        _TABLE.timezone == wanted.timezone,
        _TABLE.id != wanted.id,
        _RUNS,
    )
    row = connection.execute(select(*_SHOWN).where(same)).first()
    if row is not None:
        raise AlreadyThere(_subscription(row))


def _refuse_many(connection: Connection, wanted: Subscription, *, owner: bool, place: bool) -> None:
    def full(whose: ColumnElement[bool]) -> bool:
        counted = select(func.count()).select_from(subscriptions).where(whose, _RUNS)
        return (connection.execute(counted).scalar() or 0) >= MOST

    if owner and full(_TABLE.owner == wanted.owner):
        raise TooMany(channel=False)
    if place and not wanted.direct and full(_TABLE.where == wanted.where):
        raise TooMany(channel=True)
