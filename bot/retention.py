"""Retention: how long is kept what was made and posted, and what is left of subscriptions that ended."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.plan import ENDED
from bot.readers.erasing import erase_digests
from bot.wiring import Newsroom

KEPT = timedelta(days=90)
"""How long editions, what they told, and deliveries are kept.

A digest looks back 60 days at most, and three more for the beginnings of stories: nothing that was told longer ago can come
into its reach again. As long do the buttons under a post know their edition.
"""

log = structlog.get_logger(__name__)


def settle(room: Newsroom, now: datetime) -> None:
    """End what channels have as their own of digests that the environment leaves no room for: once, at the start.

    Raises:
        DigestsError: The database cannot be read or written.
    """
    for variant, why in list(room.plan.ended()):
        ended = room.variants.save(
            variant.digest, variant.channel, None, serial=variant.serial, rhythm="", by="", now=now, why=why
        )
        if ended is not None:
            log.warning(
                "channel's own settings ended",
                digest=variant.digest,
                channel=variant.channel,
                why=ENDED[why],
                changed_by=variant.by,
                changed_at=str(variant.at),
            )


def tidy(room: Newsroom, now: datetime) -> None:
    """Forget what is old, and all that is left of subscriptions which are forgotten.

    Raises:
        DigestsError: The library cannot be written.
        LedgerError: The ledger cannot be written.
    """
    ended = room.subscriptions.forget(now)
    orphans = room.subscriptions.orphans({*room.library.digests(), *room.ledger.names()})
    there = {variant.name for each in room.plan.outlets() if (variant := each.variant)}
    orphans |= {*room.variants.forget(now - KEPT, there)}
    if orphans:
        with room.library.database.write() as connection:
            erase_digests(connection, orphans)
    editions, deliveries = room.library.forget(now - KEPT), room.ledger.forget(now - KEPT)
    if ended or orphans or editions or deliveries:
        log.info("old editions forgotten", editions=editions, deliveries=deliveries, subscriptions=ended)
