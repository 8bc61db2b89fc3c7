"""How the ledger stands, in numbers that cost little to read: deliveries by state, messages in doubt, the oldest that waits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from bot.delivery.errata import ledger_errors
from bot.delivery.schema import deliveries, parts, schedules, subscriptions
from bot.delivery.values import DeliveryState, PartState
from digests.library import Database


@dataclass(frozen=True, slots=True)
class Served:
    """How far a digest's schedule was served: the schedule itself, since when it holds, the newest slot that was served."""

    schedule: str
    since: datetime
    last_slot: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the ledger stands.

    ``deliveries`` counts those that are kept, by state; ``doubtful`` messages of which nobody knows whether Slack took them.
    ``oldest`` is when the oldest unfinished delivery was made, ``due`` since when the subscription is due that waits longest.
    ``served`` is by digest.
    """

    deliveries: Mapping[DeliveryState, int]
    doubtful: int
    oldest: datetime | None
    subscriptions: int
    due: datetime | None
    served: Mapping[str, Served]


def standing(database: Database, digests: Collection[str]) -> Standing:
    """How the ledger stands; ``served`` for these digests.

    Raises:
        LedgerError: The database cannot be read.
    """
    states = deliveries.c.state
    open_ones = states == DeliveryState.CLAIMED
    doubted = select(deliveries.c.id).where(or_(open_ones, states == DeliveryState.AMBIGUOUS))
    doubtful = and_(parts.c.delivery_id.in_(doubted), parts.c.state == PartState.AMBIGUOUS)
    runs = subscriptions.c.ended == ""
    with ledger_errors(), database.read() as connection:
        counted = connection.execute(select(states, func.count()).group_by(states)).all()
        rows = connection.execute(select(schedules).where(schedules.c.digest.in_(digests))).all()
        return Standing(
            {state: dict(map(tuple, counted)).get(state, 0) for state in DeliveryState},
            connection.execute(select(func.count()).select_from(parts).where(doubtful)).scalar_one(),
            connection.execute(select(func.min(deliveries.c.created_at)).where(open_ones)).scalar(),
            connection.execute(select(func.count()).select_from(subscriptions).where(runs)).scalar_one(),
            connection.execute(select(func.min(subscriptions.c.due_at)).where(runs)).scalar(),
            {row.digest: Served(row.schedule, row.since, row.last_slot) for row in rows},
        )
