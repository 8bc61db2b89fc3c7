"""Variants: what a channel has as its own of a digest that the environment sets up, and who changed that in Slack when.

A channel that was changed once has editions of its own ever after, also where it went back to the digest as it is: only so
nothing is told there twice, whatever the digest's other channels were told meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from sqlalchemy import Connection, Row, and_, delete, func, insert, select, update

from bot.crontab import CronError, parse
from bot.delivery.schema import MIGRATIONS, deliveries, schedules, variants
from bot.readers.places import Place
from bot.readers.subscriptions import LARGEST
from digests.language import LANGUAGES
from digests.library import Database, insert_new

HISTORY = timedelta(days=8)
"""How long is kept what a channel had before: longer than an edition may be late."""

_TABLE = variants.c
_MOST_TOPICS, _SLUG, _CRON = 100, 100, 100  # topics, and characters


def _cron(text: str) -> str:
    try:
        parse(text)
    except CronError as error:
        raise ValueError(str(error)) from error
    return text


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (OSError, LookupError) as error:  # ZoneInfoNotFoundError is a LookupError
        raise ValueError(f"{name!r} is no time zone") from error


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"{code!r} is no language of the catalogue")
    return code


@dataclass(frozen=True, slots=True)
class Own:
    """What a channel has as its own: topics (slugs in order, none for all AI news), when, how many stories, and the language.

    ``cron`` is a crontab line, in ``timezone`` (IANA). What it does not say is as in the digest.
    """

    topics: Annotated[tuple[Annotated[str, Field(max_length=_SLUG)], ...], Field(max_length=_MOST_TOPICS)]
    cron: Annotated[str, Field(max_length=_CRON), AfterValidator(_cron)]
    timezone: Annotated[str, Field(max_length=_SLUG), AfterValidator(_zone)]
    size: Annotated[int, Field(ge=1, le=LARGEST)]
    language: Annotated[str, AfterValidator(_language)]


_OWN: TypeAdapter[Own] = TypeAdapter(Own)


@dataclass(frozen=True, slots=True)
class Variant:
    """A digest of the settings as one channel has it, since a change.

    ``channel`` is as the settings name it, ``conversation`` its id where that was known. ``serial`` counts the channel's
    changes. Slots up to ``began`` were the digest's, later ones are the channel's own; those after ``since`` are of this
    change. ``own`` is None where the channel has the digest as it is. ``by`` is empty where the change was nobody's, and
    ``why`` says then what ended it.
    """

    digest: str
    channel: str
    serial: int
    conversation: str
    began: datetime
    since: datetime
    own: Own | None
    by: str
    at: datetime
    why: str = ""

    @property
    def name(self) -> str:
        """The name of the channel's own editions and deliveries."""
        return name_of(self.digest, self.channel)


def name_of(digest: str, channel: str) -> str:
    """How a channel's own editions of a digest are called; the names of the settings' digests have no ``@``."""
    return f"{digest}@{channel}"


def digest_of(name: str) -> str:
    """The digest of the settings whose editions, or whose variant's, are called so."""
    return name.partition("@")[0]


class Variants:
    """The store of variants in the ledger's database. Synchronous; safe to share between threads.

    Raises:
        LibraryError: From every method, when the database cannot be opened, read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        database.upgrade(MIGRATIONS)

    def all(self) -> tuple[Variant, ...]:
        """Every change that is kept, the oldest of a channel first."""
        order = (_TABLE.digest, _TABLE.channel, _TABLE.serial)
        with self._database.read() as connection:
            return tuple(map(_variant, connection.execute(select(variants).order_by(*order))))

    def history(self, name: str) -> tuple[Variant, ...]:
        """The changes of one channel that are kept, the oldest first, by the name of its editions."""
        digest, _, channel = name.partition("@")
        here = select(variants).where(_TABLE.digest == digest, _TABLE.channel == channel).order_by(_TABLE.serial)
        with self._database.read() as connection:
            return tuple(map(_variant, connection.execute(here)))

    def save(
        self,
        digest: str,
        channel: str,
        own: Own | None,
        *,
        serial: int,
        rhythm: str,
        by: str,
        now: datetime,
        conversation: str = "",
        why: str = "",
    ) -> Variant | None:
        """Change what a channel has, from the next slot after now on; None where somebody changed it meanwhile.

        A slot is of the settings that there were at its moment, however late it is published. One that the channel was
        given already is the digest's, or the former settings', also where a clock says that it is still to come.

        Args:
            digest: A digest of the settings.
            channel: A channel of it, as the settings name it.
            own: What it is to have; None for the digest as it is.
            serial: The number of the last change that is known, 0 for none.
            rhythm: The schedule that it has then, as the ledger remembers it.
            by: Who changes it; nobody where the environment does.
            now: When this is.
            conversation: The channel's id, where it is known.
            why: Why it ends, where nobody ended it.
        """
        name = name_of(digest, channel)
        with self._database.write() as connection:
            # Whoever claims a slot of the digest holds the same row: this comes before that claim, or after it.
            held = select(schedules.c.digest).where(schedules.c.digest == digest).with_for_update()
            connection.execute(held).all()
            before = _newest(connection, digest, channel)
            if (before.serial if before else 0) != serial:
                return None
            given = and_(deliveries.c.digest == (name if before else digest), deliveries.c.channel == channel)
            last = connection.execute(select(func.max(deliveries.c.slot)).where(given)).scalar()
            since = max(now, last or now)
            made = Variant(
                digest,
                channel,
                serial + 1,
                conversation or (before.conversation if before else ""),
                before.began if before else since,
                since,
                own,
                by,
                now,
                why,
            )
            row = {column.name: getattr(made, column.name) for column in variants.columns}
            row["own"] = None if own is None else _OWN.dump_python(own, mode="json")
            if not insert_new(connection, variants, row):  # the unique row decides between two who save at once
                return None
            begun = update(schedules).where(schedules.c.digest == name).values(schedule=rhythm, since=since)
            if not connection.execute(begun).rowcount:
                fresh = {"digest": name, "schedule": rhythm, "since": since, "last_slot": None}
                connection.execute(insert(schedules), fresh)
            newer = variants.alias()
            over = select(newer.c.serial).where(
                newer.c.digest == digest,
                newer.c.channel == channel,
                newer.c.serial > _TABLE.serial,
                newer.c.since < now - HISTORY,
            )
            connection.execute(
                delete(variants).where(_TABLE.digest == digest, _TABLE.channel == channel, over.exists())
            )
        return made

    def forget(self, before: datetime, there: Collection[str]) -> tuple[str, ...]:
        """Forget variants that ended before a moment and are none of those that are ``there`` still; gives their names."""
        every = newest(self.all())
        old = [each for each in every if each.name not in there and each.own is None and each.at < before]
        if old:
            with self._database.write() as connection:
                for each in old:
                    here = and_(_TABLE.digest == each.digest, _TABLE.channel == each.channel)
                    connection.execute(delete(variants).where(here))
        return tuple(each.name for each in old)


def newest(every: Iterable[Variant]) -> tuple[Variant, ...]:
    """What each channel has now, of every change in order."""
    return tuple({each.name: each for each in every}.values())


def own_of(stored: object) -> Own | None:
    """What is stored of a channel; None where it is nothing, or cannot be read: then it has the digest as it is."""
    if stored is None:
        return None
    try:
        return _OWN.validate_python(stored)
    except ValidationError:
        return None


def owner(by: str) -> Place | None:
    """The person who changed it, as they are kept."""
    return Place(by) if by else None


def _newest(connection: Connection, digest: str, channel: str) -> Variant | None:
    here = select(variants).where(_TABLE.digest == digest, _TABLE.channel == channel)
    row = connection.execute(here.order_by(_TABLE.serial.desc()).limit(1)).first()
    return None if row is None else _variant(row)


def _variant(row: Row[Any]) -> Variant:
    return Variant(**row._asdict() | {"own": own_of(row.own)})
