"""Posting a digest now, outside its schedule: once a minute at most, from the command line and from Slack alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.delivery import Delivery, Publication, Publisher


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of it: the ``slot``, and the deliveries that were made now."""

    slot: datetime
    deliveries: tuple[Delivery, ...]


async def post_now(publisher: Publisher, digest: Publication, now: datetime) -> Posted:
    """Publish an edition of this minute to the digest's channels.

    Raises:
        DigestsError: The edition could not be made.
        LedgerError: The ledger failed.
    """
    slot = now.replace(second=0, microsecond=0)  # twice within a minute is a slip, and posts once
    return Posted(slot, await publisher.publish(digest, slot, now))
