"""The outbox: takes a claimed delivery and brings each of its messages to Slack exactly once, in order.

What cannot be known from Slack's answer is looked up in the channel before anything is sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot import acts, counters
from bot.delivery.calls import Busy, Done, Outcome, Refused, Unknown, backoff, call, patience
from bot.delivery.clerk import Clerk
from bot.delivery.contents import Stored, named
from bot.delivery.ledger import LeaseLost, Ledger
from bot.delivery.lookup import Found, Lookup, Missing, metadata
from bot.delivery.outgoing import KNOWN
from bot.delivery.pacing import Pacing
from bot.delivery.simplify import halves, simpler
from bot.delivery.slack_errors import CONTENT, Action
from bot.delivery.values import Delivery, DeliveryState, Part, PartState
from digests.models import Message

GRACE = timedelta(hours=3)

AT_ONCE = 128
"""Posts on their way at a time. With Slack answering in a tenth of a second that is more than this process can make."""

_LEAST = timedelta(minutes=15)  # a slot that was caught up at the end of its grace still gets some time for retries
_HELD = timedelta(minutes=10)  # between looks at a message that we are not allowed to look up
_GONE = frozenset({"thread_not_found", "message_not_found"})

_log = structlog.get_logger("bot.delivery")
_T = TypeVar("_T")


class Outbox:
    """Posts deliveries. One object serves all channels of a workspace; `deliver` may run many times at once.

    ``clock`` gives aware times, ``sleep`` waits seconds. ``grace`` is how long after its slot a delivery may still be
    tried. ``settle`` is how long after an attempt was noted Slack may still take the message where its answer was lost: only
    then does not finding it mean that it is not there. The call begins within a fifth of that, or is not made: the rest is
    for its timeout, and for what was still on the way then. ``pace`` are the seconds between two posts to one channel,
    ``at_once`` the posts that are on their way to all channels together. ``refused`` is told each delivery that Slack will
    not take at all, with the error code; ``doubtful`` each that may be in Slack and is not looked up, with the reason.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        ledger: Ledger,
        clock: Callable[[], datetime],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        grace: timedelta = GRACE,
        settle: timedelta = timedelta(seconds=25),
        pace: float = 1.0,
        at_once: int = AT_ONCE,
        refused: Callable[[Delivery, str], None] = lambda _delivery, _code: None,
        doubtful: Callable[[Delivery, str], Awaitable[None]] | None = None,
    ) -> None:
        self.client = client
        self.ledger = ledger
        self.clock = clock
        self.grace = grace
        self.settle = settle
        self.lookup = Lookup(client, clock)
        self.refused = refused
        self.doubtful = doubtful
        self.clerk = Clerk(ledger)
        self.places = asyncio.Semaphore(at_once)
        self._sleep = sleep
        self.pacing = Pacing(timedelta(seconds=pace))
        self._stopping = asyncio.Event()

    @property
    def prompt(self) -> timedelta:
        """How long after an attempt was noted its call may still begin."""
        half = self.ledger.lease / 2
        return min(half, self.settle / 5) if self.settle else half

    def stop(self) -> None:
        """Begin no further message: what is on its way ends, the rest is left for the next process."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Whether no further message is to be begun."""
        return self._stopping.is_set()

    @acts.of_delivery
    async def deliver(self, delivery: Delivery) -> Delivery:
        """Bring a claimed delivery to its end, or as far as it can go now; gives it as it then stands.

        Raises:
            LedgerError: The ledger failed; the delivery is taken up again when its lease ends.
        """
        run = _Run(self, delivery)
        try:
            return await run.to_the_end()
        except _Held as held:
            until = self.clock() + _HELD
            await self.clerk.write(self.ledger.release, delivery.id, self.clock(), until)
            run.log.error(
                "part may be in Slack, not sent again", part=held.part.number, why=held.why, do=_ASK, next=until
            )
            await self.doubt(delivery, held.why)
        except _Stopped:
            await self.clerk.write(self.ledger.release, delivery.id, self.clock())
            run.log.info("delivery left for the next start")
        except LeaseLost as lost:
            run.log.info("delivery is in other hands", why=str(lost))
        except asyncio.CancelledError:
            # The process ends and Slack has not answered: the next one need not wait for the lease to run out.
            await asyncio.shield(self.clerk.write(self.ledger.release, delivery.id, self.clock()))
            run.log.warning("delivery left in the middle of a message; the next start looks whether it arrived")
            raise
        return await asyncio.to_thread(self.ledger.delivery, delivery.id) or delivery

    async def permalink(self, conversation: str, ts: str) -> str | None:
        """The address of a message; None where Slack does not have it, or does not say."""
        arguments = {"channel": conversation, "message_ts": ts}
        async with self.places:
            outcome = await call("chat.getPermalink", self.client.chat_getPermalink, **arguments)
        if isinstance(outcome, Done) and isinstance(outcome.data.get("permalink"), str):
            return str(outcome.data["permalink"])
        why = getattr(outcome, "why", "no address in it")
        _log.info("no link to an earlier post", channel=conversation, ts=ts, why=why)
        return None

    async def doubt(self, delivery: Delivery, why: str) -> None:
        """Say that a message may be in Slack and is not looked up."""
        if self.doubtful is not None:
            await self.doubtful(delivery, why)

    async def pause(self, delivery: Delivery, seconds: float) -> None:
        """Wait with signs of life to the ledger; a stop ends it at once."""
        left = seconds
        while left > 0:
            step = min(left, self.ledger.lease.total_seconds() / 3)
            waits = {asyncio.ensure_future(self._sleep(step)), asyncio.ensure_future(self._stopping.wait())}
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in waits:
                    each.cancel()
            self.check()
            left -= step
            if left > 0:  # after the last what follows is a sign of life itself
                await self.clerk.write(self.ledger.renew, delivery.id, self.clock())

    async def turn(self, delivery: Delivery) -> bool:
        """Wait until the channel may be posted to; whether that took any time."""
        wait = self.pacing.wait(delivery.channel, self.clock())
        if wait > timedelta(0):
            await self.pause(delivery, wait.total_seconds())
        return wait > timedelta(0)

    def check(self) -> None:
        """End here if the process is stopping."""
        if self._stopping.is_set():
            raise _Stopped


_ASK = "look in the channel whether the message is there; Heatline looks again by itself once it may"


class _Stopped(Exception):  # noqa: N818  # not an error: a way out
    """The process is stopping."""


class _Held(Exception):  # noqa: N818
    """A message may be in Slack and we are not allowed to look."""

    def __init__(self, part: Part, why: str) -> None:
        self.part = part
        self.why = why
        super().__init__(part, why)


class _Run:
    """One delivery on its way. Every change goes to the ledger first; `delivery` follows only in what lookups need."""

    def __init__(self, outbox: Outbox, delivery: Delivery) -> None:
        self.outbox = outbox
        self.delivery = delivery
        self.deadline = max(delivery.slot + outbox.grace, delivery.created_at + min(outbox.grace, _LEAST))
        self.log = _log.bind(
            delivery=delivery.id, digest=delivery.digest, slot=delivery.slot.isoformat(), channel=delivery.channel
        )
        self._ledger = outbox.ledger
        self._now = outbox.clock
        self._done: list[Part] = []
        self._broken = False  # a thread without its channel or parent: the rest of it is not even tried

    async def to_the_end(self) -> Delivery:
        """Every part in order, then the delivery is closed; gives it as it then stands."""
        while len(self._done) < len(self.delivery.parts):  # which become more where one is split
            self._done.append(await self._finish(self.delivery.parts[len(self._done)]))
            if self._broken or self._done[0].state is not PartState.SENT:
                break
        states = {part.state for part in self._done}
        errors = [f"part {part.number}: {part.error}" for part in self._done if part.error]
        if PartState.AMBIGUOUS in states:
            state = DeliveryState.AMBIGUOUS
        else:
            state = DeliveryState.FAILED if PartState.FAILED in states else DeliveryState.DONE
        now, why = self._now(), "; ".join(errors) or None
        await self._store(self._ledger.close, self.delivery.id, state, now, why)
        log = self.log.info if state is DeliveryState.DONE else self.log.error
        log("delivery finished", state=state.value, parts=len(self.delivery.parts))
        parts = (*self._done, *self.delivery.parts[len(self._done) :])
        return replace(self.delivery, state=state, error=why, lease_until=now, updated_at=now, parts=parts)

    async def _finish(self, part: Part) -> Part:
        """Bring one part to `sent` or `failed`; past the deadline it may stay `ambiguous`."""
        while not part.settled:
            self.outbox.check()
            if part.state in (PartState.SENDING, PartState.AMBIGUOUS):
                try:
                    part = await self._clear_up(part)
                except _Held as held:
                    if self._now() < self.deadline:
                        raise
                    self.log.error("part may be in Slack, given up", part=part.number, why=held.why, do=_ASK)
                    await self.outbox.doubt(self.delivery, held.why)
                    return held.part
            elif part.number == 0 and self._now() > self.deadline:
                part = await self._fail(part, f"too late: the slot is more than {self.outbox.grace} ago")
            else:
                part = await self._send(part)
        return part

    async def _send(self, part: Part) -> Part:
        if await self.outbox.turn(self.delivery):
            return part  # it may be too late by now, or another delivery's turn
        # A place is taken before that is stored, so that nothing is waited for between the word and the act.
        async with self.outbox.places:
            self.outbox.check()
            began = self._now()
            if not self.outbox.pacing.begin(self.delivery.channel, began):
                return part
            part = await self._store(self._ledger.sending, part, began)
            if part.attempts > 1:
                counters.RETRIES.inc()
            if self._now() - began > self.outbox.prompt:
                # The machine slept, or the database did: somebody else may have the delivery, or take what comes so late for
                # what will not come any more. Nothing has been sent yet.
                return await self._store(self._ledger.waiting, part, "the process was asleep", self._now())
            outcome = await self._post(part)
            self.outbox.pacing.ended(self.delivery.channel, self._now())
        match outcome:
            case Done(data) if data.get("ts"):
                return await self._sent(part, str(data["ts"]), data.get("channel"))
            case Done():
                return await self._store(self._ledger.ambiguous, part, "Slack answered without a ts", self._now())
            case Unknown(why):
                self.log.warning("no answer, looking in the channel", part=part.number, why=why)
                return await self._store(self._ledger.ambiguous, part, why, self._now())
            case Refused(row, why) if row.action in CONTENT:
                whole = named(part.message, self.delivery.digest)
                shorter = halves(whole) if row.action is Action.SPLIT else None
                return await (self._simplify(part, why) if shorter is None else self._split(part, shorter, why))
            case Refused(row, why) if row.action is Action.STOP:
                self._broken = True
                part = await self._fail(part, why)
                if part.number == 0:
                    await asyncio.to_thread(self.outbox.refused, self.delivery, row.code)
                return part
        return await self._again(part, outcome)

    async def _post(self, part: Part) -> Outcome:
        known = KNOWN.set(isinstance(part.message, Stored) and part.message.fits)
        try:
            return await self._posted(part)
        finally:
            KNOWN.reset(known)

    async def _posted(self, part: Part) -> Outcome:
        message = named(part.message, self.delivery.digest)
        thread = {} if part.number == 0 else {"thread_ts": self.delivery.parent.ts, "reply_broadcast": False}
        return await call(
            "chat.postMessage",
            self.outbox.client.chat_postMessage,
            channel=self.delivery.conversation or self.delivery.channel,
            text=message.text,
            blocks=[dict(block) for block in message.blocks],
            unfurl_links=False,
            unfurl_media=False,
            metadata=metadata(part),
            **thread,
        )

    async def _again(self, part: Part, outcome: Outcome) -> Part:
        """Slack surely has nothing: wait, within the time there is."""
        why, seconds = patience(outcome, part.attempts)
        if isinstance(outcome, Busy):
            self.outbox.pacing.refused(self.delivery.channel, self._now(), timedelta(seconds=seconds))
        if self._now() + timedelta(seconds=seconds) > self.deadline:
            return await self._fail(part, f"given up after {part.attempts} attempts: {why}")
        part = await self._store(self._ledger.waiting, part, why, self._now())
        self.log.warning("part is sent later", part=part.number, why=why, seconds=seconds)
        await self.outbox.pause(self.delivery, seconds)
        return part

    async def _split(self, part: Part, shorter: tuple[Message, Message], why: str) -> Part:
        self.log.warning("part is sent as two", part=part.number, why=why)
        self.delivery = await self._store(self._ledger.split, part, *shorter, why, self._now())
        return self.delivery.parts[part.number]

    async def _simplify(self, part: Part, why: str) -> Part:
        message = simpler(named(part.message, self.delivery.digest))
        if message is None:
            return await self._fail(part, why)
        self.log.warning("part is sent in a simpler form", part=part.number, why=why, blocks=len(message.blocks))
        return await self._store(self._ledger.simplified, part, message, why, self._now())

    async def _clear_up(self, part: Part) -> Part:
        """Find out whether Slack has a part: gives it as `sent`, or as `waiting` when it surely is not there."""
        if part.state is PartState.SENDING:
            why = "the process ended while the message was on its way"
            part = await self._store(self._ledger.ambiguous, part, why, self._now())
        tried_at = part.tried_at or self.delivery.created_at
        looks = 0
        while True:
            looks += 1
            now = self._now()
            await self._store(self._ledger.renew, self.delivery.id, now)
            answer = await self.outbox.lookup.find(self.delivery, part)
            if isinstance(answer, Found):
                self.log.info("part found in the channel", part=part.number)
                return await self._sent(part, answer.ts, answer.conversation)
            if isinstance(answer, Missing):
                left = (tried_at + self.outbox.settle - now).total_seconds()
                if left <= 0:
                    self.log.info("part is not in the channel, sending it again", part=part.number)
                    return await self._store(self._ledger.waiting, part, "not in the channel", self._now())
                await self.outbox.pause(self.delivery, min(left, backoff(looks)))
                continue
            why, seconds = patience(answer.outcome, looks)
            if isinstance(answer.outcome, Refused) and answer.outcome.row.code in _GONE:
                self._broken = True
                return await self._fail(part, why)
            stopped = isinstance(answer.outcome, Refused) and answer.outcome.row.action is not Action.RETRY
            if stopped or now + timedelta(seconds=seconds) > self.deadline:
                raise _Held(part, why)
            await self.outbox.pause(self.delivery, seconds)

    async def _sent(self, part: Part, ts: str, conversation: object) -> Part:
        channel = conversation if isinstance(conversation, str) else None
        part = await self._store(self._ledger.sent, part, ts, self._now(), channel)
        if part.number == 0:
            # The thread is addressed by what the ledger now holds: the first ts stands.
            parts = (part, *self.delivery.parts[1:])
            self.delivery = replace(self.delivery, conversation=channel or self.delivery.conversation, parts=parts)
        self.log.debug("part sent", part=part.number, ts=ts, attempts=part.attempts)
        return part

    async def _fail(self, part: Part, why: str) -> Part:
        self.log.error("part cannot be sent", part=part.number, why=why)
        return await self._store(self._ledger.failed, part, why, self._now())

    async def _store(self, change: Callable[..., _T], *arguments: object) -> _T:
        return await self.outbox.clerk.write(change, *arguments)
