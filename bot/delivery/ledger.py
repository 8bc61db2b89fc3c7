"""The ledger: who posts which edition where, and how far each message got. Its unique row is the claim."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from bot.delivery.errata import Errata, drawing_row, ledger_errors
from bot.delivery.schema import MIGRATIONS, deliveries, drawings, parts, schedules, variants
from bot.delivery.values import Delivery, DeliveryState, Drawing, Part, PartState, Seen
from bot.errors import LedgerError
from digests.library import BATCH, Database, insert_new
from digests.models import Message, Post

LEASE = timedelta(seconds=60)


class LeaseLost(LedgerError):  # noqa: N818  # nothing is broken: somebody else has the delivery now
    """Another process has taken the delivery over, or it is finished."""


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
        made = Delivery(
            id=str(uuid4()),
            digest=digest,
            slot=slot,
            channel=channel,
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
        row = {column.name: getattr(made, column.name) for column in deliveries.columns}
        with self._write() as connection:
            if _own(connection, digest, slot, channel) or not insert_new(connection, deliveries, row):
                return None
            rows = [
                {
                    "delivery_id": made.id,
                    "number": number,
                    "message": {"text": message.text, "blocks": list(message.blocks)},
                    "state": PartState.WAITING,
                    "attempts": 0,
                }
                for number, message in enumerate((post.parent, *post.thread))
            ]
            connection.execute(insert(parts), rows)
            if drawing is not None:
                connection.execute(insert(drawings), drawing_row(made.id, drawing))
            return _delivery(connection, made.id)

    def resume(self, now: datetime) -> tuple[Delivery, ...]:
        """Take over every unfinished delivery whose lease has run out, oldest slot first."""
        expired = and_(deliveries.c.state == DeliveryState.CLAIMED, deliveries.c.lease_until <= now)
        taken = {
            "claimed_by": self.owner,
            "lease_until": now + self.lease,
            "attempts": deliveries.c.attempts + 1,
            "updated_at": now,
        }
        with self._read() as connection:
            ids = connection.execute(select(deliveries.c.id).where(expired).order_by(deliveries.c.slot)).scalars().all()
        found: list[Delivery] = []
        for each in ids:
            with self._write() as connection:
                if connection.execute(
                    update(deliveries).where(deliveries.c.id == each, expired).values(taken)
                ).rowcount:
                    found.append(_delivery(connection, each))
        return tuple(found)

    def renew(self, delivery_id: str, now: datetime) -> datetime:
        """A sign of life: the lease runs anew. Gives its new end.

        Raises:
            LeaseLost: Somebody else has it now.
        """
        with self._write() as connection:
            self._hold(connection, delivery_id, now)
        return now + self.lease

    def release(self, delivery_id: str, now: datetime, until: datetime | None = None) -> None:
        """Leave an unfinished delivery to whoever looks next, or next after ``until``."""
        mine = and_(deliveries.c.id == delivery_id, *self._mine())
        with self._write() as connection:
            connection.execute(update(deliveries).where(mine).values(lease_until=until or now, updated_at=now))

    def close(self, delivery_id: str, state: DeliveryState, now: datetime, why: str | None = None) -> Delivery:
        """Finish a delivery: nobody works on it again."""
        with self._write() as connection:
            self._hold(connection, delivery_id, now)
            statement = update(deliveries).where(deliveries.c.id == delivery_id)
            connection.execute(statement.values(state=state, error=why, lease_until=now, updated_at=now))
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

    def places(self, digest: str) -> dict[str, str]:
        """The conversations that editions of a digest were posted to last, by the channel as the settings name it."""
        where = (deliveries.c.digest == digest, deliveries.c.conversation.is_not(None))
        statement = select(deliveries.c.channel, deliveries.c.conversation).where(*where).order_by(deliveries.c.slot)
        with self._read() as connection:
            return {row.channel: row.conversation for row in connection.execute(statement)}

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
                return number

    def unfinished(self) -> tuple[Delivery, ...]:
        """Every delivery that somebody works on or still has to, oldest slot first."""
        return self._deliveries(deliveries.c.state == DeliveryState.CLAIMED)

    def flagged(self) -> tuple[Delivery, ...]:
        """Every delivery with a message of which nobody knows whether Slack took it, oldest slot first."""
        doubtful = select(parts.c.delivery_id).where(parts.c.state == PartState.AMBIGUOUS)
        return self._deliveries(or_(deliveries.c.state == DeliveryState.AMBIGUOUS, deliveries.c.id.in_(doubtful)))

    # --- parts: each change is stored before the act that it announces, and only by who holds the lease

    def sending(self, part: Part, now: datetime) -> Part:
        """About to hand the message to Slack. Also a sign of life.

        Raises:
            LeaseLost: Somebody else has the delivery now; do not send.
        """
        return self._change(part, now, state=PartState.SENDING, attempts=part.attempts + 1, tried_at=now)

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
        body = {"text": message.text, "blocks": list(message.blocks)}
        changed = self._change(part, now, state=PartState.WAITING, message=body, error=why)
        return replace(changed, message=message)

    def sent(self, part: Part, ts: str, now: datetime, conversation: str | None = None) -> Part:
        """Slack has it. This is a fact, so it is stored whoever holds the lease by now; the first ``ts`` stands."""
        change = {"state": PartState.SENT, "ts": ts, "sent_at": now, "error": None}
        where = and_(_is(part), parts.c.state != PartState.SENT)
        with self._write() as connection:
            connection.execute(update(parts).where(where).values(change))
            if conversation is not None:
                known = update(deliveries).where(deliveries.c.id == part.delivery_id)
                connection.execute(known.values(conversation=conversation, updated_at=now))
            return _part(connection.execute(select(parts).where(_is(part))).one())

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
        older = or_(schedules.c.last_slot.is_(None), schedules.c.last_slot < slot)
        with self._write() as connection:
            row = {"digest": digest, "schedule": "", "since": slot, "last_slot": slot}
            if not insert_new(connection, schedules, row):
                statement = update(schedules).where(schedules.c.digest == digest, older)
                connection.execute(statement.values(last_slot=slot))

    def last_slot(self, digest: str) -> datetime | None:
        """The newest slot of a digest that was served."""
        with self._read() as connection:
            statement = select(schedules.c.last_slot).where(schedules.c.digest == digest)
            return connection.execute(statement).scalar()

    # --- inside

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return (deliveries.c.claimed_by == self.owner, deliveries.c.state == DeliveryState.CLAIMED)

    def _hold(self, connection: Connection, delivery_id: str, now: datetime) -> None:
        mine = and_(deliveries.c.id == delivery_id, *self._mine())
        values = {"lease_until": now + self.lease, "updated_at": now}
        if not connection.execute(update(deliveries).where(mine).values(values)).rowcount:
            raise LeaseLost(f"delivery {delivery_id} is finished, or another process has taken it over", retry=False)

    def _change(self, part: Part, now: datetime, **values: object) -> Part:
        with self._write() as connection:
            self._hold(connection, part.delivery_id, now)
            unsent = and_(_is(part), parts.c.state != PartState.SENT)
            if not connection.execute(update(parts).where(unsent).values(values)).rowcount:
                raise LeaseLost(f"part {part.number} of delivery {part.delivery_id} was sent meanwhile", retry=False)
            return _part(connection.execute(select(parts).where(_is(part))).one())

    def _deliveries(self, where: ColumnElement[bool]) -> tuple[Delivery, ...]:
        order = (deliveries.c.slot, deliveries.c.digest, deliveries.c.channel)
        with self._read() as connection:
            ids = connection.execute(select(deliveries.c.id).where(where).order_by(*order)).scalars().all()
            return tuple(_delivery(connection, each) for each in ids)

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with ledger_errors(), self._database.read() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with ledger_errors(), self._database.write() as connection:
            yield connection


def _own(connection: Connection, digest: str, slot: datetime, channel: str) -> bool:
    """Whether a channel has its own of a digest at a slot. Who saves that waits until this transaction has ended."""
    connection.execute(select(schedules.c.digest).where(schedules.c.digest == digest).with_for_update()).all()
    here = or_(variants.c.channel == channel, variants.c.conversation == channel)
    own = select(variants.c.serial).where(variants.c.digest == digest, here, variants.c.began < slot).limit(1)
    return connection.execute(own).first() is not None


def _is(part: Part) -> ColumnElement[bool]:
    return and_(parts.c.delivery_id == part.delivery_id, parts.c.number == part.number)


def _part(row: Row[Any]) -> Part:
    values = row._asdict()
    message = values.pop("message")
    state = PartState(values.pop("state"))
    return Part(message=Message(message["text"], tuple(message["blocks"])), state=state, **values)


def _delivery(connection: Connection, delivery_id: str) -> Delivery:
    row = connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one()
    statement = select(parts).where(parts.c.delivery_id == delivery_id).order_by(parts.c.number)
    values = row._asdict() | {"state": DeliveryState(row.state)}
    return Delivery(**values, parts=tuple(map(_part, connection.execute(statement))))
