"""After a backup was put back: whatever may have been posted since then is not posted again.

The database does not know what happened after the backup. So slots up to now count as served, and messages that were on their
way when the backup was made count as ambiguous: they are looked up in Slack before anything is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update

from bot.crontab import next_slot
from bot.delivery import DeliveryState, PartState
from bot.delivery.errata import ledger_errors
from bot.delivery.schema import deliveries, parts, schedules
from bot.wiring import Newsroom

_AT_ONCE = 500
_WHY = "restored from a backup: it may have been sent since"


@dataclass(frozen=True, slots=True)
class Restored:
    """How many messages are to be looked up, and how many digests and subscriptions go on with their next slot."""

    messages: int
    digests: int
    subscriptions: int


def restored(room: Newsroom, now: datetime) -> Restored:
    """Make a restored database safe to go on with, as of now. While it is done no bot may run; twice does no harm.

    Raises:
        LedgerError: The database cannot be read or written.
        LibraryError: The same, of subscriptions.
    """
    unfinished = select(deliveries.c.id).where(deliveries.c.state == DeliveryState.CLAIMED)
    open_ones = (parts.c.delivery_id.in_(unfinished), parts.c.state.in_((PartState.WAITING, PartState.SENDING)))
    in_doubt = {"state": PartState.AMBIGUOUS, "tried_at": now, "error": _WHY}
    with ledger_errors(), room.library.database.write() as connection:
        messages = connection.execute(update(parts).where(*open_ones).values(in_doubt)).rowcount
        old = or_(schedules.c.last_slot.is_(None), schedules.c.last_slot < now)
        digests = connection.execute(update(schedules).where(old).values(since=now, last_slot=now)).rowcount
    for digest in room.plan.more():  # what channels have as their own, and was not served yet
        room.ledger.served(digest.name, now)
    moved = 0
    while due := room.subscriptions.due(now, _AT_ONCE):
        for each in due:
            following = next_slot(each.cron, each.timezone, now)
            assert following is not None  # the store refuses lines that never come
            moved += room.subscriptions.served(each, following)
    return Restored(messages, digests, moved)
