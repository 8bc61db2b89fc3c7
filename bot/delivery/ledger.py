"""The ledger: who posts which edition where, and how far each message got. Its unique row is the claim."""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.delivery import contents
from bot.delivery.contents import Content
from bot.delivery.errata import Errata, drawing_row, ledger_errors
from bot.delivery.schema import MIGRATIONS, deliveries, drawings, messages, parts, schedules, variants
from bot.delivery.values import Delivery, DeliveryState, Drawing, Part, PartState, Seen
from bot.errors import LedgerError
from digests.library import BATCH, Database, batches, insert_all_new, insert_new
from digests.models import Message, Post
from digests.recent import Recent

LEASE = timedelta(seconds=60)

_POSTS = 64  # that are kept in memory: at one moment many channels get the same

CONVERSATION = re.compile(r"[CGD][A-Z0-9]+")
"""Slack's id of a conversation, as opposed to its name or a person."""


class LeaseLost(LedgerError):  # noqa: N818  # nothing is broken: somebody else has the delivery now
    """Another process has taken the delivery over, or it is finished."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is to be made: an edition's ``post`` for a channel, and what it was drawn with.

    Where many digests have the same post, ``drawn_for`` is the one whose name stands in it.
    """

    digest: str
    slot: datetime
    channel: str
    post: Post
    drawing: Drawing | None = None
    drawn_for: str = ""

    @property
    def key(self) -> tuple[int, str]:
        """What its messages are remembered by while there is the post."""
        return id(self.post), self.drawn_for or self.digest

    @property
    def place(self) -> tuple[str, datetime, str]:
        """What decides that there is one delivery of it."""
        return self.digest, self.slot, self.channel


@dataclass(frozen=True, slots=True)
class Stood:
    """Where the post of an edition stands."""

    slot: datetime
    channel: str
    conversation: str
    ts: str


Change = tuple[Callable[..., Any], tuple[Any, ...]]
"""A method of a ledger, and what it is to be called with."""

_Many = Callable[[Connection, Sequence[Any]], list[Any]]


class Ledger:
    """The store of deliveries in one database. Synchronous; safe to share between threads.

    ``errata`` are the corrections of what was posted. ``lease`` is how long a claim holds without a sign of life: longer than
    any one call to Slack. ``owner`` names this process in the rows it works on; every ledger object is an owner of its own
    unless told otherwise.

    Raises:
        LedgerError: From every method, when the database cannot be opened, read or written.
    """

    def __init__(self, database: Database, *, lease: timedelta = LEASE, owner: str | None = None) -> None:
        self.lease = lease
        self.owner = owner or f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._database = database
        # The posts are kept, so that nothing else gets the id of one.
        self._frozen = Recent[tuple[Post, tuple[tuple[Content, Message], ...]]](_POSTS)
        self._open = threading.local()  # the transaction that changes are carried out in together
        self._many: Mapping[str, _Many] = {"sending": self._sending, "sent": self._sent, "close": self._close}
        with ledger_errors():
            database.upgrade(MIGRATIONS)
        self.errata = Errata(database)

    # --- deliveries

    def claim(
        self, digest: str, slot: datetime, channel: str, post: Post, now: datetime, drawing: Drawing | None = None
    ) -> Delivery | None:
        """Make the delivery and freeze its messages; None where any process has made it before.

        None, too, where the channel has had its own of the digest since before the slot; see `bot.readers.variants`.
        ``drawing`` is what they were drawn with; without it they are never corrected.
        """
        made = next(iter(self.claims([Claim(digest, slot, channel, post, drawing)], now)), None)
        return None if made is None else _named(made)

    def claims(self, wanted: Sequence[Claim], now: datetime) -> tuple[Delivery, ...]:
        """Make deliveries and freeze their messages in one transaction; what any process has made before is left out.

        Their messages are as they are stored, for `contents.named`.
        """
        frozen = {each.key: self._frozen.get(each.key, partial(_frozen, each)) for each in wanted}
        made = {each.id: (each, claim) for claim in wanted for each in [self._made(claim, now)]}
        with self._write() as connection:
            own = _own(connection, wanted)
            made = {key: (each, claim) for key, (each, claim) in made.items() if claim.place not in own}
            rows = [
                {column.name: getattr(each, column.name) for column in deliveries.columns} for each, _ in made.values()
            ]
            insert_all_new(connection, deliveries, rows)
            here = select(deliveries.c.id)
            ours = {
                key
                for some in batches(list(made))
                for key in connection.execute(here.where(deliveries.c.id.in_(some))).scalars()
            }
            taken = [(each, claim, frozen[claim.key][1]) for key, (each, claim) in made.items() if key in ours]
            contents.keep(connection, (content for _, _, whole in taken for content, _ in whole))
            waiting = {"state": PartState.WAITING, "attempts": 0}
            rows = [
                {"delivery_id": each.id, "number": number, "content": content.key, **waiting}
                for each, _, whole in taken
                for number, (content, _) in enumerate(whole)
            ]
            if rows:
                connection.execute(insert(parts), rows)
            drawn = [drawing_row(each.id, claim.drawing) for each, claim, _ in taken if claim.drawing is not None]
            if drawn:
                connection.execute(insert(drawings), drawn)
        return tuple(
            replace(each, parts=tuple(Part(each.id, number, message) for number, (_, message) in enumerate(whole)))
            for each, _, whole in taken
        )

    def _made(self, claim: Claim, now: datetime) -> Delivery:
        return Delivery(
            id=str(uuid4()),
            digest=claim.digest,
            slot=claim.slot.astimezone(UTC),
            channel=claim.channel,
            conversation=None,
            state=DeliveryState.CLAIMED,
            lease_until=now + self.lease,
            claimed_by=self.owner,
            attempts=1,
            created_at=now,
            updated_at=now,
            error=None,
            parts=(),
        )

    def resume(self, now: datetime, limit: int | None = None) -> tuple[Delivery, ...]:
        """Take over unfinished deliveries whose lease has run out, oldest slot first; so many at most, where that is said.

        Their messages are as they are stored, as those of `claims`.
        """
        expired = and_(deliveries.c.state == DeliveryState.CLAIMED, deliveries.c.lease_until <= now)
        taken = {
            "claimed_by": self.owner,
            "lease_until": now + self.lease,
            "attempts": deliveries.c.attempts + 1,
            "updated_at": now,
        }
        wanted = select(deliveries.c.id).where(expired).order_by(deliveries.c.slot).limit(limit)
        with self._read() as connection:
            ids = connection.execute(wanted).scalars().all()
        found: list[Delivery] = []
        for some in batches(ids):
            with self._write(beside=True) as connection:
                free = (
                    select(deliveries.c.id).where(deliveries.c.id.in_(some), expired).with_for_update(skip_locked=True)
                )
                ours = set(connection.execute(free).scalars())  # another process may be taking others just now
                connection.execute(update(deliveries).where(deliveries.c.id.in_(ours)).values(taken))
                found += _deliveries(connection, [each for each in some if each in ours])
        return tuple(found)

    def renew(self, delivery_id: str, now: datetime) -> datetime:
        """A sign of life: the lease runs anew. Gives its new end.

        Raises:
            LeaseLost: Somebody else has it now.
        """
        with self._write(beside=True) as connection:
            self._hold(connection, [(delivery_id, now)])
        return now + self.lease

    def release(self, delivery_id: str, now: datetime, until: datetime | None = None) -> None:
        """Leave an unfinished delivery to whoever looks next, or next after ``until``."""
        mine = and_(deliveries.c.id == delivery_id, *self._mine())
        with self._write(beside=True) as connection:
            connection.execute(update(deliveries).where(mine).values(lease_until=until or now, updated_at=now))

    def close(self, delivery_id: str, state: DeliveryState, now: datetime, why: str | None = None) -> Delivery:
        """Finish a delivery: nobody works on it again."""
        with self._write(beside=True) as connection:
            self._close(connection, [(delivery_id, state, now, why)])
            return _delivery(connection, delivery_id)

    def abandon(self, digest: str, why: str, now: datetime) -> None:
        """Nobody wants what is left of a digest's deliveries any more: what was not handed to Slack yet never is."""
        left = and_(deliveries.c.digest == digest, deliveries.c.state == DeliveryState.CLAIMED)
        given_up = {"state": DeliveryState.FAILED, "error": why, "lease_until": now, "updated_at": now}
        with self._write() as connection:
            connection.execute(update(deliveries).where(left).values(given_up))

    def delivery(self, delivery_id: str) -> Delivery | None:
        """A delivery by its id."""
        return next(iter(self._deliveries(deliveries.c.id == delivery_id)), None)

    def channels(self, digest: str, slot: datetime) -> frozenset[str]:
        """The channels that have a delivery of an edition."""
        where = (deliveries.c.digest == digest, deliveries.c.slot == slot)
        with self._read() as connection:
            return frozenset(connection.execute(select(deliveries.c.channel).where(*where)).scalars())

    def deliveries(self, digest: str, slot: datetime) -> tuple[Delivery, ...]:
        """The deliveries of one edition, by channel."""
        return self._deliveries(and_(deliveries.c.digest == digest, deliveries.c.slot == slot))

    def posted(self, conversation: str, ts: str) -> Delivery | None:
        """The delivery that a message of a conversation belongs to; None for a message that is none of ours."""
        here = select(parts.c.delivery_id).where(parts.c.ts == ts)
        found = self._deliveries(and_(deliveries.c.id.in_(here), deliveries.c.conversation == conversation))
        return found[0] if found else None

    def conversations(self, digest: str) -> tuple[str, ...]:
        """The ids of the conversations that editions of a digest were posted to."""
        where = (deliveries.c.digest == digest, deliveries.c.conversation.is_not(None))
        with self._read() as connection:
            return tuple(connection.execute(select(deliveries.c.conversation).where(*where).distinct()).scalars())

    def places(self, digest: str, channels: Sequence[str]) -> dict[str, str]:
        """The conversations that editions of a digest were posted to last, by channels as the settings name them.

        A conversation that is named by its id is itself, and one to which nothing was posted yet is what it is called.
        """
        known = {each: each for each in channels}
        named = [each for each in channels if not CONVERSATION.fullmatch(each)]
        where = (deliveries.c.digest == digest, deliveries.c.conversation.is_not(None))
        here = select(deliveries.c.channel, deliveries.c.conversation).where(*where).order_by(deliveries.c.slot)
        with self._read() as connection:
            for some in batches(named):
                rows = connection.execute(here.where(deliveries.c.channel.in_(some)))
                known |= {row.channel: row.conversation for row in rows}
        return known

    def parents(self, digest: str, slots: Sequence[datetime], channels: Sequence[str]) -> tuple[Stood, ...]:
        """Where the posts of some editions stand in some channels, as far as Slack has them."""
        columns = (deliveries.c.slot, deliveries.c.channel, deliveries.c.conversation, parts.c.ts)
        here = select(*columns).join(parts, and_(parts.c.delivery_id == deliveries.c.id, parts.c.number == 0))
        here = here.where(deliveries.c.digest == digest, deliveries.c.slot.in_(slots))
        sent = here.where(parts.c.ts.is_not(None), deliveries.c.conversation.is_not(None))
        with self._read() as connection:
            return tuple(
                Stood(*row)
                for some in batches(channels)
                for row in connection.execute(sent.where(deliveries.c.channel.in_(some)))
            )

    def newest(self, conversation: str) -> Delivery | None:
        """The newest delivery whose post stands in a conversation."""
        sent = select(parts.c.delivery_id).where(parts.c.number == 0, parts.c.ts.is_not(None))
        where = (deliveries.c.conversation == conversation, deliveries.c.id.in_(sent))
        order = (deliveries.c.slot.desc(), deliveries.c.created_at.desc())
        with self._read() as connection:
            found = connection.execute(select(deliveries.c.id).where(*where).order_by(*order).limit(1)).scalar()
            return None if found is None else _delivery(connection, found)

    def last(self, digest: str) -> tuple[Delivery, ...]:
        """The deliveries of the newest slot of a digest that has any, by channel."""
        statement = select(func.max(deliveries.c.slot)).where(deliveries.c.digest == digest)
        with self._read() as connection:
            slot = connection.execute(statement).scalar()
        return () if slot is None else self.deliveries(digest, slot)

    def digests(self, conversation: str) -> tuple[str, ...]:
        """The digests that were posted to a conversation."""
        here = select(deliveries.c.digest).where(deliveries.c.conversation == conversation).distinct()
        with self._read() as connection:
            return tuple(connection.execute(here.order_by(deliveries.c.digest)).scalars())

    def names(self) -> tuple[str, ...]:
        """The digests that anything was delivered of, or whose schedule was served."""
        either = select(deliveries.c.digest).union(select(schedules.c.digest))
        with self._read() as connection:
            return tuple(connection.execute(either).scalars())

    def forget(self, before: datetime) -> int:
        """Forget finished deliveries of slots before a moment; gives how many that were."""
        old = and_(deliveries.c.slot < before, deliveries.c.state != DeliveryState.CLAIMED)
        some = select(deliveries.c.id).where(old).limit(BATCH)
        number = 0
        while True:  # by and by: messages on their way want the write lock, too
            with self._write() as connection:
                gone = connection.execute(delete(deliveries).where(deliveries.c.id.in_(some))).rowcount
            number += gone
            if gone < BATCH:
                break
        with self._write() as connection:
            contents.sweep(connection)
        return number

    def unfinished(self) -> tuple[Delivery, ...]:
        """Every delivery that somebody works on or still has to, oldest slot first."""
        return self._deliveries(deliveries.c.state == DeliveryState.CLAIMED)

    def flagged(self) -> tuple[Delivery, ...]:
        """Every delivery with a message of which nobody knows whether Slack took it, oldest slot first."""
        ambiguous = and_(parts.c.delivery_id == deliveries.c.id, parts.c.state == PartState.AMBIGUOUS)
        begun = and_(deliveries.c.state == DeliveryState.CLAIMED, select(parts.c.number).where(ambiguous).exists())
        return self._deliveries(or_(deliveries.c.state == DeliveryState.AMBIGUOUS, begun))

    # --- parts: each change is stored before the act that it announces, and only by who holds the lease

    def sending(self, part: Part, now: datetime) -> Part:
        """About to hand the message to Slack. Also a sign of life.

        Raises:
            LeaseLost: Somebody else has the delivery now; do not send.
        """
        with self._write(beside=True) as connection:
            return self._sending(connection, [(part, now)])[0]

    def waiting(self, part: Part, why: str, now: datetime) -> Part:
        """Slack surely does not have it: it may be sent again."""
        return self._change(part, now, state=PartState.WAITING, error=why)

    def ambiguous(self, part: Part, why: str, now: datetime) -> Part:
        """Nobody knows whether Slack has it: it must be looked up."""
        return self._change(part, now, state=PartState.AMBIGUOUS, error=why)

    def failed(self, part: Part, why: str, now: datetime) -> Part:
        """Slack will not take it."""
        return self._change(part, now, state=PartState.FAILED, error=why)

    def simplified(self, part: Part, message: Message, why: str, now: datetime) -> Part:
        """Slack refused the content: send this one in its place."""
        with self._write(beside=True) as connection:
            content = Content.of(message, _digest_of(connection, part))
            contents.keep(connection, [content])
            values = {"state": PartState.WAITING, "error": why, "content": content.key}
            self._changed(connection, [(part, now, values)])
        return replace(part, message=message, state=PartState.WAITING, error=why)

    def split(self, part: Part, first: Message, second: Message, why: str, now: datetime) -> Delivery:
        """Slack finds a part too long: send two in its place. Those that follow, none of which was begun, move on by one."""
        with self._write() as connection:
            digest = _digest_of(connection, part)
            halves = [Content.of(first, digest), Content.of(second, digest)]
            contents.keep(connection, halves)
            values = {"state": PartState.WAITING, "error": why, "content": halves[0].key}
            self._changed(connection, [(part, now, values)])
            of = parts.c.delivery_id == part.delivery_id
            later = select(parts.c.number).where(of, parts.c.number > part.number).order_by(parts.c.number.desc())
            for number in connection.execute(later).scalars().all():  # the last first: no two may have one number
                connection.execute(update(parts).where(of, parts.c.number == number).values(number=number + 1))
            new = {"delivery_id": part.delivery_id, "number": part.number + 1, "content": halves[1].key}
            connection.execute(insert(parts), [{**new, "state": PartState.WAITING, "attempts": 0}])
            return _delivery(connection, part.delivery_id)

    def sent(self, part: Part, ts: str, now: datetime, conversation: str | None = None) -> Part:
        """Slack has it. This is a fact, so it is stored whoever holds the lease by now; the first ``ts`` stands."""
        with self._write(beside=True) as connection:
            return self._sent(connection, [(part, ts, now, conversation)])[0]

    # --- many changes in one transaction

    def together(self, changes: Sequence[Change]) -> list[Any]:
        """Carry out changes of different deliveries in one transaction: one wait for the disk, however many they are.

        Each change is a method of this ledger with its arguments. Gives, in their order, what each of them gives, or the
        `LeaseLost` that it raises: then that one alone was not made. `close` gives nothing here.
        """
        results: list[Any] = [None] * len(changes)
        kinds: dict[str, list[int]] = {}
        for place, (method, _) in enumerate(changes):
            kinds.setdefault(method.__name__, []).append(place)
        with self._write(beside=True) as connection:
            self._open.connection = connection
            try:
                for kind, places in kinds.items():
                    # In the same order in every process, for databases that lock row by row.
                    places.sort(key=lambda place: _key(changes[place]))
                    many = self._many.get(kind)
                    # Each with all of its arguments, also those that it was not given.
                    calls = [(*changes[place][1], *_DEFAULTS.get(kind, ()))[: _TAKES.get(kind)] for place in places]
                    made = many and self._at_once(connection, many, calls)
                    for place, result in zip(places, made or [_LEFT] * len(places), strict=True):
                        results[place] = self._alone(changes[place]) if result is _LEFT else result
            finally:
                del self._open.connection
        return results

    def _at_once(self, connection: Connection, many: _Many, calls: Sequence[tuple[Any, ...]]) -> list[Any] | None:
        """All changes of a kind in a few statements; None, and nothing is changed, where one of them cannot be made."""
        try:
            with connection.begin_nested():
                return many(connection, calls)
        except LeaseLost:
            return None

    def _alone(self, change: Change) -> Any:
        method, arguments = change
        try:
            return method(*arguments)
        except LeaseLost as lost:
            return lost

    # --- schedules

    def seen(self, digest: str, schedule: str, now: datetime) -> Seen:
        """How far a digest's schedule was served. A digest or a schedule (any text) that is new here begins now."""
        fresh = {"digest": digest, "schedule": schedule, "since": now, "last_slot": None}
        where = schedules.c.digest == digest
        with self._read() as connection:
            row = connection.execute(select(schedules).where(where)).first()
        if row is None or row.schedule != schedule:
            with self._write() as connection:
                insert_new(connection, schedules, fresh)
                changed = and_(where, schedules.c.schedule != schedule)
                connection.execute(update(schedules).where(changed).values(schedule=schedule, since=now))
                row = connection.execute(select(schedules).where(where)).one()
        return Seen(since=row.since, last_slot=row.last_slot)

    def schedule(self, digest: str) -> Seen | None:
        """How far a digest's schedule was served; None where none was seen yet."""
        with self._read() as connection:
            row = connection.execute(select(schedules).where(schedules.c.digest == digest)).first()
        return None if row is None else Seen(since=row.since, last_slot=row.last_slot)

    def served(self, digest: str, slot: datetime) -> None:
        """Every channel has its delivery of this slot, or there was nothing to tell."""
        self.served_all([(digest, slot)])

    def served_all(self, slots: Sequence[tuple[str, datetime]]) -> None:
        """As `served`, of many digests in one transaction."""
        with self._write() as connection:
            fresh = [{"digest": digest, "schedule": "", "since": slot, "last_slot": slot} for digest, slot in slots]
            insert_all_new(connection, schedules, fresh)
            connection.execute(_SERVED, [{"of": digest, "at": slot} for digest, slot in slots])

    def last_slot(self, digest: str) -> datetime | None:
        """The newest slot of a digest that was served."""
        with self._read() as connection:
            statement = select(schedules.c.last_slot).where(schedules.c.digest == digest)
            return connection.execute(statement).scalar()

    # --- inside

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return (deliveries.c.claimed_by == self.owner, deliveries.c.state == DeliveryState.CLAIMED)

    def _hold(self, connection: Connection, held: Sequence[tuple[str, datetime]]) -> None:
        """Let leases run anew.

        Raises:
            LeaseLost: For one that is somebody else's.
        """
        rows = [self._own(key) | {"until": now + self.lease, "now": now} for key, now in held]
        if not _each(connection, _HOLD, rows):
            raise LeaseLost(f"delivery {held[0][0]} is finished, or another process has taken it over", retry=False)

    def _close(
        self, connection: Connection, closed: Sequence[tuple[str, DeliveryState, datetime, str | None]]
    ) -> list[None]:
        rows = [self._own(key) | {"as": state, "why": why, "now": now} for key, state, now, why in closed]
        if not _each(connection, _CLOSE, rows):
            raise LeaseLost(f"delivery {closed[0][0]} is finished, or another process has taken it over", retry=False)
        return [None] * len(closed)

    def _own(self, delivery_id: str) -> dict[str, object]:
        return {"key": delivery_id, "owner": self.owner}

    def _change(self, part: Part, now: datetime, **values: Any) -> Part:
        with self._write(beside=True) as connection:
            self._changed(connection, [(part, now, values)])
        return replace(part, **values)

    def _changed(self, connection: Connection, changes: Sequence[tuple[Part, datetime, Mapping[str, object]]]) -> None:
        """Change parts, all of them in the same columns."""
        self._hold(connection, [(part.delivery_id, now) for part, now, _ in changes])
        rows = [{**_place(part), **values} for part, _, values in changes]
        unsent = update(parts).where(_HERE, parts.c.state != PartState.SENT)
        if not _each(connection, unsent.values({name: bindparam(name) for name in changes[0][2]}), rows):
            part = changes[0][0]
            raise LeaseLost(f"part {part.number} of delivery {part.delivery_id} was sent meanwhile", retry=False)

    def _sending(self, connection: Connection, calls: Sequence[tuple[Part, datetime]]) -> list[Part]:
        changes: list[tuple[Part, datetime, dict[str, Any]]] = [
            (part, now, {"state": PartState.SENDING, "attempts": part.attempts + 1, "tried_at": now})
            for part, now in calls
        ]
        self._changed(connection, changes)
        return [replace(part, **values) for part, _, values in changes]

    def _sent(self, connection: Connection, calls: Sequence[tuple[Part, str, datetime, str | None]]) -> list[Part]:
        fixed: dict[str, Any] = {"state": PartState.SENT, "error": None}
        new = [fixed | {"ts": ts, "sent_at": now} for _, ts, now, _ in calls]
        rows = [_place(call[0]) | values for call, values in zip(calls, new, strict=True)]
        alone = _each(connection, _SENT, rows)
        if not alone and len(calls) > 1:
            raise LeaseLost("one of them was sent before: each by itself", retry=False)
        known = [{"key": part.delivery_id, "where": where, "now": now} for part, _, now, where in calls if where]
        if known:
            connection.execute(_KNOWN, known)
        if alone:
            return [replace(call[0], **values) for call, values in zip(calls, new, strict=True)]
        part = calls[0][0]
        stored = _parts(connection, and_(parts.c.delivery_id == part.delivery_id, parts.c.number == part.number))
        return list(stored[part.delivery_id])

    def _deliveries(self, where: ColumnElement[bool]) -> tuple[Delivery, ...]:
        order = (deliveries.c.slot, deliveries.c.digest, deliveries.c.channel)
        with self._read() as connection:
            ids = connection.execute(select(deliveries.c.id).where(where).order_by(*order)).scalars().all()
            return tuple(map(_named, _deliveries(connection, ids)))

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with ledger_errors(), self._database.read() as connection:
            yield connection

    @contextmanager
    def _write(self, *, beside: bool = False) -> Iterator[Connection]:
        """A transaction; ``beside`` others where each row that it writes says itself whether it may."""
        shared: Connection | None = getattr(self._open, "connection", None)
        with ledger_errors():
            if shared is None:
                with self._database.write(beside=beside) as connection:
                    yield connection
            else:
                with shared.begin_nested():
                    yield shared


def _own(connection: Connection, wanted: Sequence[Claim]) -> set[tuple[str, datetime, str]]:
    """The wanted that are their channel's own by then. Who saves that waits until this transaction has ended."""
    began: dict[tuple[str, str], datetime] = {}
    for some in batches(sorted({each.digest for each in wanted})):
        held = select(schedules.c.digest).where(schedules.c.digest.in_(some)).order_by(schedules.c.digest)
        connection.execute(held.with_for_update()).all()
        for row in connection.execute(select(variants).where(variants.c.digest.in_(some))):
            began |= {(row.digest, each): row.began for each in (row.channel, row.conversation)}
    return {each.place for each in wanted if began.get((each.digest, each.channel), each.slot) < each.slot}


_LEFT = object()
_TAKES: Mapping[str, int] = {"close": 4, "sent": 4}
_DEFAULTS: Mapping[str, tuple[None, ...]] = {"close": (None,), "sent": (None,)}


def _frozen(claim: Claim) -> tuple[Post, tuple[tuple[Content, Message], ...]]:
    _, digest = claim.key
    whole = (Content.of(message, digest) for message in (claim.post.parent, *claim.post.thread))
    return claim.post, tuple((content, content.message) for content in whole)


_MINE = and_(
    deliveries.c.id == bindparam("key"),
    deliveries.c.claimed_by == bindparam("owner"),
    deliveries.c.state == DeliveryState.CLAIMED,
)
_HOLD = update(deliveries).where(_MINE).values(lease_until=bindparam("until"), updated_at=bindparam("now"))
_CLOSE = (
    update(deliveries)
    .where(_MINE)
    .values(state=bindparam("as"), error=bindparam("why"), lease_until=bindparam("now"), updated_at=bindparam("now"))
)
_KNOWN = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("key"))
    .values(conversation=bindparam("where"), updated_at=bindparam("now"))
)
_SERVED = (
    update(schedules)
    .where(
        schedules.c.digest == bindparam("of"),
        or_(schedules.c.last_slot.is_(None), schedules.c.last_slot < bindparam("at")),
    )
    .values(last_slot=bindparam("at"))
)
_HERE = and_(parts.c.delivery_id == bindparam("of"), parts.c.number == bindparam("at"))
_SENT = (
    update(parts)
    .where(_HERE, parts.c.state != PartState.SENT)
    .values({name: bindparam(name) for name in ("state", "ts", "sent_at", "error")})
)


def _digest_of(connection: Connection, part: Part) -> str:
    of = select(deliveries.c.digest).where(deliveries.c.id == part.delivery_id)
    return str(connection.execute(of).scalar_one())


def _place(part: Part) -> dict[str, object]:
    return {"of": part.delivery_id, "at": part.number}


def _key(change: Change) -> str:
    _, (about, *_) = change
    return about.delivery_id if isinstance(about, Part) else str(about)


def _each(connection: Connection, statement: Update, rows: Sequence[Mapping[str, object]]) -> bool:
    """Carry out a statement for each row; whether every one of them found what it changes."""
    return connection.execute(statement, rows).rowcount == len(rows)


def _part(row: Row[Any], known: dict[str, Message]) -> Part:
    values = row._asdict()
    key, body, state = values.pop("content"), values.pop("body"), PartState(values.pop("state"))
    message = known.get(key)
    if message is None:
        message = known[key] = contents.read(body)
    return Part(message=message, state=state, **values)


def _parts(connection: Connection, where: ColumnElement[bool]) -> dict[str, list[Part]]:
    """Parts by their deliveries, in order; what many of them say is in memory once."""
    known: dict[str, Message] = {}
    here = select(*parts.c, messages.c.body).join(messages, messages.c.id == parts.c.content).where(where)
    found: dict[str, list[Part]] = {}
    rows: Iterable[Row[Any]] = connection.execute(here.order_by(parts.c.delivery_id, parts.c.number))
    for row in rows:
        found.setdefault(row.delivery_id, []).append(_part(row, known))
    return found


def _deliveries(connection: Connection, ids: Sequence[str]) -> Iterator[Delivery]:
    """Deliveries in the order of their ids."""
    for some in batches(ids):
        found = _parts(connection, parts.c.delivery_id.in_(some))
        rows = {row.id: row for row in connection.execute(select(deliveries).where(deliveries.c.id.in_(some)))}
        for each in some:
            values = rows[each]._asdict() | {"state": DeliveryState(rows[each].state)}
            yield Delivery(**values, parts=tuple(found.get(each, ())))


def _delivery(connection: Connection, delivery_id: str) -> Delivery:
    return _named(next(_deliveries(connection, [delivery_id])))


def _named(delivery: Delivery) -> Delivery:
    shown = (replace(part, message=contents.named(part.message, delivery.digest)) for part in delivery.parts)
    return replace(delivery, parts=tuple(shown))
