"""The errata: which messages are to be corrected how, and how far that got. Stored before anything is done about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, select, update

from bot.delivery.schema import corrections, deliveries, drawings, parts
from bot.delivery.values import CorrectionState, Drawing, Erratum
from bot.errors import LedgerError
from digests.corrections import Correction
from digests.errors import LibraryError
from digests.library import Database, insert_new
from digests.models import Message
from digests.steering import Mute

LEASE = timedelta(seconds=60)
"""So long one process tries a correction alone; one that died is followed by the next look."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A delivery that may have to be corrected: whose it is, what it was drawn with, and whether it ever was corrected."""

    id: str
    digest: str
    slot: datetime
    drawing: Drawing
    corrected: bool


@contextmanager
def ledger_errors() -> Iterator[None]:
    """The database's errors as the ledger's."""
    try:
        yield
    except LibraryError as error:
        raise LedgerError(str(error)) from error


class Errata:
    """The store of corrections in the ledger's database. Synchronous; safe to share between threads.

    Raises:
        LedgerError: From every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def editions(self, since: datetime) -> dict[tuple[str, datetime], tuple[int, bool]]:
        """The editions that deliveries were made of from a moment on: of how many is known what they were drawn with, and
        whether any was ever corrected."""
        columns = (deliveries.c.digest, deliveries.c.slot)
        here = select(*columns, func.count()).join(drawings, drawings.c.delivery_id == deliveries.c.id)
        here = here.where(deliveries.c.created_at >= since).group_by(*columns)
        mended = select(*columns).join(corrections, corrections.c.delivery_id == deliveries.c.id).distinct()
        with ledger_errors(), self._database.read() as connection:
            known = {(digest, slot) for digest, slot in connection.execute(mended)}
            rows = connection.execute(here).all()
        return {(digest, slot): (number, (digest, slot) in known) for digest, slot, number in rows}

    def posted(self, digest: str, slot: datetime, since: datetime) -> tuple[Posted, ...]:
        """An edition's deliveries made from a moment on of which is known what they were drawn with, oldest first."""
        once = exists().where(corrections.c.delivery_id == deliveries.c.id)
        columns = (deliveries.c.id, deliveries.c.digest, deliveries.c.slot, once.label("corrected"))
        here = select(*columns, *drawings.c).join(drawings, drawings.c.delivery_id == deliveries.c.id)
        where = (deliveries.c.digest == digest, deliveries.c.slot == slot, deliveries.c.created_at >= since)
        here = here.where(*where).order_by(deliveries.c.created_at, deliveries.c.id)
        with ledger_errors(), self._database.read() as connection:
            return tuple(
                Posted(row.id, row.digest, row.slot, _drawing(row), row.corrected) for row in connection.execute(here)
            )

    def of(self, delivery_id: str) -> dict[int, tuple[Erratum, ...]]:
        """The corrections of a delivery's messages, by part, in the order in which they were made."""
        found: dict[int, tuple[Erratum, ...]] = {}
        for each in self._errata(corrections.c.delivery_id == delivery_id):
            found[each.number] = (*found.get(each.number, ()), each)
        return found

    def count(self, since: datetime) -> dict[CorrectionState, int]:
        """How many were noticed since a moment, by where they stand."""
        counted = (
            select(corrections.c.state, func.count()).where(corrections.c.at >= since).group_by(corrections.c.state)
        )
        with ledger_errors(), self._database.read() as connection:
            found = {CorrectionState(state): int(number) for state, number in connection.execute(counted)}
        return {state: found.get(state, 0) for state in CorrectionState}

    def note(
        self, delivery_id: str, number: int, serial: int, message: Message, made: Sequence[Correction], now: datetime
    ) -> bool:
        """A message is to be corrected; False where another process has noted this correction before."""
        row = {
            "delivery_id": delivery_id,
            "number": number,
            "serial": serial,
            "at": now,
            "message": {"text": message.text, "blocks": list(message.blocks)},
            "made": [asdict(each) for each in made],
            "state": CorrectionState.WAITING,
            "attempts": 0,
            "next_at": now,
        }
        with ledger_errors(), self._database.write() as connection:
            return insert_new(connection, corrections, row)

    def due(self, now: datetime) -> tuple[Erratum, ...]:
        """The corrections to be made now, oldest first."""
        return self._errata(and_(corrections.c.state == CorrectionState.WAITING, corrections.c.next_at <= now))

    def take(self, erratum: Erratum, now: datetime) -> bool:
        """About to make a correction, for `LEASE` alone; False where another process does, or has done so."""
        free = and_(_is(erratum), corrections.c.state == CorrectionState.WAITING, corrections.c.next_at <= now)
        values = {"attempts": corrections.c.attempts + 1, "next_at": now + LEASE}
        with ledger_errors(), self._database.write() as connection:
            return bool(connection.execute(update(corrections).where(free).values(values)).rowcount)

    def later(self, erratum: Erratum, why: str, until: datetime) -> None:
        """Slack does not have it yet: try again."""
        self._change(erratum, next_at=until, error=why)

    def done(self, erratum: Erratum, now: datetime) -> None:
        """Slack has it."""
        self._change(erratum, state=CorrectionState.DONE, done_at=now, error=None)

    def failed(self, erratum: Erratum, why: str) -> None:
        """It is given up."""
        self._change(erratum, state=CorrectionState.FAILED, error=why)

    def standing(self, delivery_id: str) -> tuple[Correction, ...]:
        """What the messages of a delivery have by now been corrected in."""
        where = and_(corrections.c.delivery_id == delivery_id, corrections.c.state == CorrectionState.DONE)
        newest = select(corrections.c.made).where(where).order_by(corrections.c.at.desc(), corrections.c.serial.desc())
        with ledger_errors(), self._database.read() as connection:
            return _made(connection.execute(newest.limit(1)).scalar() or ())

    def _change(self, erratum: Erratum, **values: object) -> None:
        open_ = and_(_is(erratum), corrections.c.state == CorrectionState.WAITING)
        with ledger_errors(), self._database.write() as connection:
            connection.execute(update(corrections).where(open_).values(values))

    def _errata(self, where: ColumnElement[bool]) -> tuple[Erratum, ...]:
        of_part = and_(parts.c.delivery_id == corrections.c.delivery_id, parts.c.number == corrections.c.number)
        columns = (deliveries.c.digest, deliveries.c.conversation, deliveries.c.created_at, parts.c.ts)
        here = select(*corrections.c, *columns).join(deliveries, deliveries.c.id == corrections.c.delivery_id)
        order = (corrections.c.at, corrections.c.delivery_id, corrections.c.number, corrections.c.serial)
        with ledger_errors(), self._database.read() as connection:
            rows = connection.execute(here.join(parts, of_part).where(where).order_by(*order)).all()
        return tuple(_erratum(row) for row in rows)


def drawing_row(delivery_id: str, drawing: Drawing) -> dict[str, Any]:
    """A drawing as it is stored."""
    return {
        "delivery_id": delivery_id,
        "at": drawing.at,
        "template": drawing.template,
        "language": drawing.language,
        "note": drawing.note,
        "earlier": {slot.isoformat(): url for slot, url in drawing.earlier.items()},
        "handles": dict(drawing.handles),
        "addresses": dict(drawing.addresses),
        "foot": drawing.foot,
        "muted": [[mute.kind, mute.name] for mute in drawing.muted],
    }


def _drawing(row: Row[Any]) -> Drawing:
    earlier = {datetime.fromisoformat(slot): url for slot, url in row.earlier.items()}
    muted = tuple(Mute(kind, name) for kind, name in row.muted)
    return Drawing(
        row.at,
        row.template,
        row.language,
        row.note,
        earlier,
        row.handles,
        row.addresses,
        foot=row.foot,
        muted=muted,
    )


def _is(erratum: Erratum) -> ColumnElement[bool]:
    return and_(
        corrections.c.delivery_id == erratum.delivery_id,
        corrections.c.number == erratum.number,
        corrections.c.serial == erratum.serial,
    )


def _erratum(row: Any) -> Erratum:
    return Erratum(
        row.delivery_id,
        row.number,
        row.serial,
        row.at,
        Message(row.message["text"], tuple(row.message["blocks"])),
        _made(row.made),
        CorrectionState(row.state),
        row.attempts,
        row.digest,
        row.conversation,
        row.ts,
        row.created_at,
    )


def _made(rows: Sequence[Mapping[str, str]]) -> tuple[Correction, ...]:
    return tuple(Correction(**row) for row in rows)
