"""The schedule: which slot of which digest is due, asked of cron, clock and ledger; APScheduler only says when to ask.

Every process may run it: the ledger's unique row decides who posts. A timer that fires late, early or twice, a clock that
jumps and a machine that slept do no harm, since a slot is due because the ledger lacks it and not because a timer fired.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog
from apscheduler.schedulers import SchedulerNotRunningError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot import acts
from bot.crontab import cron_trigger, next_slot, slots
from bot.delivery import Delivery, Ledger, Publication
from bot.errors import LedgerError
from digests.errors import DigestsError

GRACE = timedelta(hours=3)
LOOK_EVERY = timedelta(seconds=20)

_PROMPT = timedelta(minutes=2)  # later than that, the log says that a slot was caught up
_LONGEST = timedelta(minutes=15)  # between two attempts to make an edition
_DRAIN = 9.0  # seconds; a supervisor kills after ten

_log = structlog.get_logger("bot.schedule")


def due_slot(
    cron: str, zone: str, now: datetime, grace: timedelta, last_slot: datetime | None, since: datetime
) -> datetime | None:
    """The newest slot that should have been published by ``now`` and was not, in UTC; None when there is none.

    Looks back as far as ``grace``, and never to slots up to ``last_slot`` (the newest that was published) or ``since``
    (when the digest was first seen): a bot that is installed at 9:30 does not begin with the digest of 9:00.
    """
    after = max(now - grace, since, last_slot or since)
    newest = None
    for newest in slots(cron, zone, after, now):  # noqa: B007  # oldest first; the last one is wanted
        pass
    return newest


class Publishing(Protocol):
    """Who publishes what is due: `bot.delivery.Publisher`."""

    async def publish(self, digest: Publication, slot: datetime, now: datetime) -> tuple[Delivery, ...]:
        """Publish one slot; doing it twice posts nothing twice."""

    async def resume(self, now: datetime) -> tuple[Delivery, ...]:
        """Finish what was left unfinished."""

    def stop(self) -> None:
        """Begin no further message."""


class Planning(Protocol):
    """Who knows what else is published, and which digest a channel has at a slot: `bot.plan.Plan`. Synchronous."""

    def more(self) -> Sequence[Publication]:
        """Digests beside those that are always there, as they are now."""

    def due(self, digest: Publication, now: datetime, grace: timedelta) -> datetime | None:
        """The newest slot of a digest that should have been published and was not."""

    def at(self, digest: Publication, slot: datetime) -> Publication | None:
        """A digest as it is published at a slot; None where nobody gets it."""


class _Fixed:
    """Digests that are always as they are."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def more(self) -> Sequence[Publication]:
        return ()

    def due(self, digest: Publication, now: datetime, grace: timedelta) -> datetime | None:
        seen = self._ledger.seen(digest.name, rhythm(digest), now)
        return due_slot(digest.cron, digest.spec.timezone, now, grace, seen.last_slot, seen.since)

    def at(self, digest: Publication, slot: datetime) -> Publication | None:  # noqa: ARG002
        return digest


class Schedule:
    """Publishes each digest at its slots, catches up what was missed, and finishes what was left.

    ``clock`` gives aware times. ``grace`` is how late a missed slot is still published. Digests without channels are
    passed over. What a ``plan`` has more is looked at as often as everything is.
    """

    def __init__(
        self,
        digests: Sequence[Publication],
        publisher: Publishing,
        ledger: Ledger,
        clock: Callable[[], datetime],
        *,
        grace: timedelta = GRACE,
        look_every: timedelta = LOOK_EVERY,
        plan: Planning | None = None,
    ) -> None:
        self._digests = tuple(digest for digest in digests if digest.channels)
        self._plan = plan or _Fixed(ledger)
        self._publisher = publisher
        self._ledger = ledger
        self._clock = clock
        self._grace = grace
        self._look_every = look_every
        self._tasks: set[asyncio.Task[None]] = set()
        self._publishing: set[tuple[str, datetime]] = set()
        self._failures: dict[str, tuple[int, datetime]] = {}  # by digest: how many in a row, when to try again
        self._stopped = False
        self._timed: dict[str, str] = {}  # what the plan has more, with the schedule that its timer has
        self.looked: float | None = None
        """When everything was looked at last, by `time.monotonic`."""
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": int(grace.total_seconds()), "coalesce": True, "max_instances": 1},
        )

    async def notice(self) -> None:
        """Write down since when each digest is published. A slot that comes while the bot is still starting is due then.

        Raises:
            LedgerError: The ledger cannot be read or written.
        """
        for digest in (*self._digests, *await asyncio.to_thread(self._plan.more)):
            await asyncio.to_thread(self._ledger.seen, digest.name, rhythm(digest), self._clock())

    async def start(self) -> None:
        """Begin: catch up missed slots, take over unfinished deliveries, then wait for what comes."""
        now = self._clock()
        for digest in self._digests:
            trigger = cron_trigger(digest.cron, digest.spec.timezone)
            self._scheduler.add_job(self._look, trigger, args=[digest], id=f"digest:{digest.name}")
            _log.info(
                "digest scheduled",
                digest=digest.name,
                cron=digest.cron,
                timezone=digest.spec.timezone,
                next=str(next_slot(digest.cron, digest.spec.timezone, now)),
                channels=list(digest.channels),
            )
        self._scheduler.add_job(self.tick, IntervalTrigger(seconds=self._look_every.total_seconds()), id="tick")
        self._scheduler.start()
        await self.tick()

    async def stop(self, timeout: float = _DRAIN) -> None:  # noqa: ASYNC109  # it does not raise: it cancels what is left
        """End: begin nothing new, let messages that are on their way arrive, leave the rest to the next start."""
        self._stopped = True
        try:
            self._scheduler.shutdown(wait=False)
        except SchedulerNotRunningError:
            _log.debug("the schedule was not running")
        self._publisher.stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=timeout)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        # AsyncIOScheduler shuts down in a later turn of the loop.
        await asyncio.sleep(0)

    async def tick(self) -> None:
        """Look at everything once: due slots and unfinished deliveries. Returns when the work has begun, not ended."""
        more = await self._more()
        if not self._stopped:
            self._time(more)
        for digest in (*self._digests, *more):
            await self._look(digest)
        if not self._stopped:
            self._begin(self._resume())
        self.looked = time.monotonic()

    async def idle(self) -> None:
        """Wait until everything that has begun has ended."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def next_slot(self, digest: Publication) -> datetime | None:
        """When a digest is published next, in UTC."""
        return next_slot(digest.cron, digest.spec.timezone, self._clock())

    def _time(self, more: Sequence[Publication]) -> None:
        """Have what the plan has more looked at in time, as it is now."""
        now = {digest.name: rhythm(digest) for digest in more}
        for name in self._timed.keys() - now.keys():
            self._scheduler.remove_job(f"digest:{name}")
        for digest in more:
            if self._timed.get(digest.name) != rhythm(digest):
                trigger = cron_trigger(digest.cron, digest.spec.timezone)
                key = f"digest:{digest.name}"
                self._scheduler.add_job(self._look, trigger, args=[digest], id=key, replace_existing=True)
        self._timed = now

    async def _more(self) -> Sequence[Publication]:
        try:
            return await asyncio.to_thread(self._plan.more)
        except (LedgerError, DigestsError) as error:
            _log.exception("plan could not be read", why=str(error))
            return ()

    async def _look(self, digest: Publication) -> None:
        """Begin to publish what is due of a digest, unless that has begun already."""
        now = self._clock()
        try:
            slot = await asyncio.to_thread(self._plan.due, digest, now, self._grace)
            there = None if slot is None else await asyncio.to_thread(self._plan.at, digest, slot)
            if slot is not None and there is None:
                await asyncio.to_thread(self._ledger.served, digest.name, slot)
        except (LedgerError, DigestsError) as error:
            _log.exception("schedule could not be read", digest=digest.name, why=str(error))
            return
        _, not_before = self._failures.get(digest.name, (0, now))
        if slot is None or there is None:
            return
        if self._stopped or now < not_before or (digest.name, slot) in self._publishing:
            return
        if now - slot > _PROMPT:
            _log.warning("catching up", digest=digest.name, slot=slot.isoformat(), late=str(now - slot))
        self._publishing.add((digest.name, slot))
        self._begin(self._publish(there, slot, now))

    @acts.of_edition
    async def _publish(self, digest: Publication, slot: datetime, now: datetime) -> None:
        try:
            await self._publisher.publish(digest, slot, now)
        except Exception as error:  # noqa: BLE001  # whatever it was, the next look tries again
            failures = self._failures.get(digest.name, (0, now))[0] + 1
            wait = min(self._look_every * 2 ** min(failures - 1, 10), _LONGEST)
            self._failures[digest.name] = (failures, self._clock() + wait)
            _log.exception("edition failed", digest=digest.name, slot=slot.isoformat(), why=str(error), again=str(wait))
        else:
            self._failures.pop(digest.name, None)
        finally:
            self._publishing.discard((digest.name, slot))

    async def _resume(self) -> None:
        try:
            await self._publisher.resume(self._clock())
        except Exception as error:  # noqa: BLE001  # whatever it was, the next look tries again
            _log.exception("unfinished deliveries could not be taken over", why=str(error))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        # Not APScheduler's own tasks: those it would cancel at shutdown in the middle of a message.
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def rhythm(digest: Publication) -> str:
    """A digest's schedule as the ledger remembers it."""
    return f"{digest.cron} {digest.spec.timezone}"
