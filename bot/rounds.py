"""Rounds: publishes what subscriptions have due. A look reads an index; no subscription has a timer of its own.

What makes it safe is as in the schedule: the ledger's unique row decides who posts, and a subscription goes on to its next
slot only after the edition was claimed. It is taken with a short lease first, which only saves work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.crontab import next_slot
from bot.delivery import Delivery, Publisher
from bot.people import People
from bot.readers.subscriptions import Subscription, named
from bot.schedule import GRACE, due_slot
from bot.subscribed import note, publication
from bot.wiring import Newsroom
from digests.desk import Desk

LOST = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "user_disabled",
        "user_not_found",
    }
)
"""Slack's codes for a place that cannot be posted to any more: they end a subscription. Not `account_inactive`: that is the
token's own account, so it would end all of them while the app is installed anew."""

INACTIVE = "user_inactive"
"""Why a subscription ended whose owner's account was deactivated."""

NO_TOPICS = "topics_gone"
"""Why a subscription ended none of whose topics is left in the catalogue."""

_AT_ONCE = 16  # subscriptions; a post that Slack makes wait keeps its place
_MAKING = 2  # editions: answers to people want their share of the machine
_LEASE = timedelta(minutes=2)
_SHARED = timedelta(minutes=1)  # so old may be what was read for another subscription of the same moment
_LEAST_WAIT, _MOST_WAIT = timedelta(seconds=20), timedelta(minutes=15)  # until what failed is tried again
_TICK = timedelta(microseconds=1)

log = structlog.get_logger(__name__)


class Rounds:
    """Publishes what is due, so many at once, and catches up what was missed: the newest slot, within the grace.

    ``clock`` gives aware times. Any number of processes may go their rounds over one database.
    """

    def __init__(
        self,
        room: Newsroom,
        people: People,
        publisher: Publisher,
        clock: Callable[[], datetime],
        *,
        grace: timedelta = GRACE,
        at_once: int = _AT_ONCE,
    ) -> None:
        self._room = room
        self._people = people
        self._publisher = publisher
        self._clock = clock
        self._grace = grace
        self.lease = min(_LEASE, grace / 2)  # what a process took that died must still come in time
        self._at_once = at_once
        self._making = asyncio.Semaphore(_MAKING)
        self._workers: set[asyncio.Task[None]] = set()
        self._failures: dict[str, int] = {}
        self._shared: tuple[Desk, datetime] | None = None
        self._stopped = False

    async def tick(self) -> None:
        """Look once at what is due, and begin as much as may go on at once; who ends with one takes the next."""
        free = self._at_once - len(self._workers)
        if self._stopped or free <= 0:
            return
        for _ in await asyncio.to_thread(self._room.subscriptions.due, self._clock(), free):
            worker = asyncio.create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._done)

    async def idle(self) -> None:
        """Wait until everything that is due was served."""
        while self._workers:
            await asyncio.wait(self._workers)

    async def stop(self, timeout: float = 9.0) -> None:  # noqa: ASYNC109  # it does not raise: it cancels what is left
        """Begin nothing new, let messages that are on their way arrive, leave the rest to the next start."""
        self._stopped = True
        self._publisher.stop()
        if self._workers:
            _, late = await asyncio.wait(self._workers, timeout=timeout)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _done(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        if not self._workers:
            self._shared = None

    async def _work(self) -> None:
        try:
            while not self._stopped:
                now = self._clock()
                taken = await asyncio.to_thread(self._room.subscriptions.take, now, 1, now + self.lease)
                if not taken:
                    return
                await self._serve(taken[0], now)
        except Exception as error:  # a task's failure would be seen by nobody; the next look begins anew
            log.exception("subscriptions not served", why=str(error))

    async def _serve(self, subscription: Subscription, now: datetime) -> None:
        try:
            claimed = await self._claimed(subscription, now)
        except Exception as error:  # whatever it was, it is tried again, and stops nobody else's
            failures = self._failures[subscription.id] = self._failures.get(subscription.id, 0) + 1
            wait = min(_LEAST_WAIT * 2 ** min(failures - 1, 10), _MOST_WAIT)
            log.exception("subscription failed", subscription=subscription.id, why=str(error), again=str(wait))
            await asyncio.to_thread(self._room.subscriptions.later, subscription, self._clock() + wait)
            return
        self._failures.pop(subscription.id, None)
        await self._publisher.deliver(claimed)

    async def _claimed(self, subscription: Subscription, now: datetime) -> tuple[Delivery, ...]:
        cron, zone = subscription.cron, subscription.timezone
        slot = due_slot(cron, zone, now, self._grace, None, subscription.next_at - _TICK)
        following = next_slot(cron, zone, now)
        assert following is not None  # the store refuses lines that never come
        claimed: tuple[Delivery, ...] = ()
        if slot is None:
            log.warning("subscription came too late", subscription=subscription.id, slot=str(subscription.next_at))
        else:
            owner = await self._people.person(subscription.team, subscription.user)
            if not owner.active:
                return await self._end(subscription, INACTIVE)
            language = self._room.speaking(subscription.locale).renderer.language
            first, catalogue = self._room.settings.digests[0], self._room.catalogue
            issue = publication(subscription, first, catalogue, language, slot)
            if issue is None:
                return await self._end(subscription, NO_TOPICS)
            foot = note(subscription, owner, language)
            async with self._making:
                claimed = await self._publisher.claim(issue, slot, now, desk=self._desk(now), note=foot)
        # Only now: a process that died before leaves it due.
        await asyncio.to_thread(self._room.subscriptions.served, subscription, following)
        return claimed

    def _desk(self, now: datetime) -> Desk:
        """A desk that reads the news of a moment once for all subscriptions of it; a new one after a while."""
        if self._shared is None or now - self._shared[1] > _SHARED:
            self._shared = (self._room.desk.keeping(), now)
        return self._shared[0]

    async def _end(self, subscription: Subscription, why: str) -> tuple[Delivery, ...]:
        await asyncio.to_thread(self._room.subscriptions.end, subscription.id, why, self._clock())
        log.warning("subscription ended", subscription=subscription.id, why=why)
        return ()


def ending(room: Newsroom, clock: Callable[[], datetime]) -> Callable[[Delivery, str], None]:
    """What the outbox tells of deliveries that Slack refuses: it ends a subscription whose place is lost."""

    def refused(delivery: Delivery, code: str) -> None:
        key = named(delivery.digest)
        if key and code in LOST and room.subscriptions.end(key, code, clock()):
            log.warning("subscription ended", subscription=key, why=code)

    return refused
