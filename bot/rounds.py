"""Rounds: publishes what subscriptions have due. A look reads an index; no subscription has a timer of its own.

What makes it safe is as in the schedule: the ledger's unique row decides who posts, and a subscription goes on to its next
slot only after the edition was claimed. It is taken with a short lease first, which only saves work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.crontab import next_slot
from bot.delivery import Delivery, Issue, Moment, Publisher
from bot.people import People, Person
from bot.readers.subscriptions import Subscription, named
from bot.schedule import GRACE, due_slot
from bot.subscribed import note, publication
from bot.wiring import Newsroom

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

_FIRST, _MOST = (
    2,
    100,
)  # subscriptions that are claimed together: few at first, so that the first post is soon on its way
_ASKED = 50  # people that Slack is asked about in a minute: of its limit there is to be something left for others
_LEASE = timedelta(minutes=2)
_SHARED = timedelta(minutes=1)  # so old may be what was read for another subscription of the same moment
_LEAST_WAIT, _MOST_WAIT = timedelta(seconds=20), timedelta(minutes=15)  # until what failed is tried again
_TICK = timedelta(microseconds=1)

log = structlog.get_logger(__name__)


class Rounds:
    """Publishes what is due, as it comes, and catches up what was missed: the newest slot, within the grace.

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
    ) -> None:
        self._room = room
        self._people = people
        self._publisher = publisher
        self._clock = clock
        self._grace = grace
        self.lease = min(_LEASE, grace / 2)  # what a process took that died must still come in time
        self._round: asyncio.Task[None] | None = None
        self._posting: set[asyncio.Task[Delivery]] = set()
        self._failures: dict[str, int] = {}
        self._moment: Moment | None = None
        self._asked: tuple[int, datetime] | None = None  # how many people since when
        self._stopped = False

    async def tick(self) -> None:
        """Look once at what is due, and begin with it unless it is worked on already. Returns when that has begun."""
        if self._stopped or self._round is not None:
            return
        if await asyncio.to_thread(self._room.subscriptions.due, self._clock(), 1) and self._round is None:
            self._round = asyncio.create_task(self._go_round())

    async def idle(self) -> None:
        """Wait until everything that is due was served."""
        while tasks := self._tasks():
            await asyncio.wait(tasks)

    async def stop(self, timeout: float = 9.0) -> None:  # noqa: ASYNC109  # it does not raise: it cancels what is left
        """Begin nothing new, let messages that are on their way arrive, leave the rest to the next start."""
        self._stopped = True
        self._publisher.stop()
        if tasks := self._tasks():
            _, late = await asyncio.wait(tasks, timeout=timeout)
            for each in (*late, *self._posting):
                each.cancel()
            await asyncio.gather(*late, *self._posting, return_exceptions=True)

    def _tasks(self) -> set[asyncio.Task[None] | asyncio.Task[Delivery]]:
        return {*self._posting, *((self._round,) if self._round is not None else ())}

    async def _go_round(self) -> None:
        number = _FIRST
        try:
            while not self._stopped:
                now = self._clock()
                taken = await asyncio.to_thread(self._room.subscriptions.take, now, number, now + self.lease)
                if not taken:
                    return
                await self._serve(taken, now)
                number = min(number * 2, _MOST)
        except Exception as error:  # a task's failure would be seen by nobody; the next look begins anew
            log.exception("subscriptions not served", why=str(error))
        finally:
            self._round = self._moment = None

    async def _serve(self, taken: Sequence[Subscription], now: datetime) -> None:
        try:
            claimed = await self._claimed(taken, now)
        except Exception as error:  # noqa: BLE001  # whatever it was, it is tried again, and stops nobody else's
            if len(taken) > 1:
                log.warning("subscriptions are served one by one", number=len(taken), why=str(error))
                for each in taken:
                    await self._serve([each], now)
            else:
                await self._later(taken[0], error)
            return
        for each in taken:
            self._failures.pop(each.id, None)
        for task in await self._publisher.begin(claimed):
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)

    async def _later(self, subscription: Subscription, error: Exception) -> None:
        failures = self._failures[subscription.id] = self._failures.get(subscription.id, 0) + 1
        wait = min(_LEAST_WAIT * 2 ** min(failures - 1, 10), _MOST_WAIT)
        log.exception(
            "subscription failed", subscription=subscription.id, why=str(error), again=str(wait), exc_info=error
        )
        await asyncio.to_thread(self._room.subscriptions.later, subscription, self._clock() + wait)

    async def _claimed(self, taken: Sequence[Subscription], now: datetime) -> tuple[Delivery, ...]:
        """The deliveries of subscriptions' slots. What cannot be served any more has ended."""
        owners = await self._owners(taken, now)
        served: list[tuple[Subscription, datetime]] = []
        slots: list[tuple[Subscription, datetime]] = []
        for each in taken:
            following = next_slot(each.cron, each.timezone, now)
            assert following is not None  # the store refuses lines that never come
            slot = due_slot(each.cron, each.timezone, now, self._grace, None, each.next_at - _TICK)
            owner = owners.get(each.id)
            if slot is None:
                log.warning("subscription came too late", subscription=each.id, slot=str(each.next_at))
            elif owner is not None and not owner.active:
                await self._end(each, INACTIVE)
                continue
            else:
                slots.append((each, slot))
            served.append((each, following))
        issues, gone = await asyncio.to_thread(self._issues, slots, owners)
        for each in gone:
            await self._end(each, NO_TOPICS)
        claimed = await self._publisher.claim_all(issues, now, self._now(now)) if issues else ()
        # Only now: a process that died before leaves it due.
        lost = {each.id for each in gone}
        going_on = [row for row in served if row[0].id not in lost]
        if going_on:
            await asyncio.to_thread(self._room.subscriptions.served_all, going_on)
        return claimed

    def _issues(
        self, slots: Sequence[tuple[Subscription, datetime]], owners: Mapping[str, Person]
    ) -> tuple[list[Issue], list[Subscription]]:
        """What is published of slots, and the subscriptions of whose topics none is left."""
        room = self._room
        by_slot: dict[datetime, list[Subscription]] = {}
        for each, slot in slots:
            by_slot.setdefault(slot, []).append(each)
        issues, gone = [], []
        for slot, due in by_slot.items():
            feedback = room.feedback_each(due, slot)
            muted = room.mutes.each([each.place for each in due], slot)
            for each in due:
                language = room.speaking(each.locale).renderer.language
                digest = publication(each, room.settings.digests[0], room.catalogue, language, slot)
                if digest is None:
                    gone.append(each)
                    continue
                foot = note(each, owners.get(each.id), language)
                issues.append(Issue(digest, slot, feedback.get(each.id, {}), muted.get(each.place, ()), foot))
        return issues, gone

    async def _owners(self, taken: Sequence[Subscription], now: datetime) -> dict[str, Person]:
        """Whose subscriptions these are, as far as Slack was asked about them; it is not about more than a few in a minute."""
        number, since = self._asked or (0, now)
        if not timedelta(0) <= now - since < _SHARED:
            number, since = 0, now
        # A channel's post names its owner; of the others an event tells that they left, and Slack refuses what is sent.
        first = sorted(taken, key=lambda each: each.direct)[: max(0, _ASKED - number)]
        self._asked = (number + len(first), since)
        found = await asyncio.gather(*(self._people.person(each.team, each.user) for each in first))
        return {each.id: person for each, person in zip(first, found, strict=True)}

    def _now(self, now: datetime) -> Moment:
        """What was read and drawn for all subscriptions of a moment; a new one after a while."""
        if self._moment is None or not timedelta(0) <= now - self._moment.at < _SHARED:
            self._moment = Moment(self._room.desk.keeping(), self._room.renderer, now)
        return self._moment

    async def _end(self, subscription: Subscription, why: str) -> None:
        await asyncio.to_thread(self._room.subscriptions.end, subscription.id, why, self._clock())
        log.warning("subscription ended", subscription=subscription.id, why=why)


def ending(room: Newsroom, clock: Callable[[], datetime]) -> Callable[[Delivery, str], None]:
    """What the outbox tells of deliveries that Slack refuses: it ends a subscription whose place is lost."""

    def refused(delivery: Delivery, code: str) -> None:
        key = named(delivery.digest)
        if key and code in LOST and room.subscriptions.end(key, code, clock()):
            log.warning("subscription ended", subscription=key, why=code)

    return refused
