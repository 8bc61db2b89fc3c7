"""Posting a digest now, outside its schedule: once a minute at most, from the command line and from Slack alike."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from bot.delivery import Delivery, Publisher
from bot.plan import Plan


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of it: the ``slot``, and the deliveries that were made now."""

    slot: datetime
    deliveries: tuple[Delivery, ...]


async def post_now(plan: Plan, publisher: Publisher, digest: str, now: datetime) -> Posted:
    """Publish an edition of this minute to the channels of a digest of the settings; to those that have their own, that.

    Raises:
        DigestsError: The edition could not be made.
        LedgerError: The ledger failed.
    """
    slot = now.replace(second=0, microsecond=0)  # twice within a minute is a slip, and posts once
    made: list[Delivery] = []
    for each in await asyncio.to_thread(plan.family, digest, slot):
        made += await publisher.publish(each, slot, now)
    return Posted(slot, tuple(made))
