"""Whether this process can do its work: database, Slack, schedule and feeds, each with its own verdict and why.

Asked often by whoever watches the process, so a verdict is kept for some seconds, and Slack is asked once a minute at most.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.calls import Busy, Done, Outcome, Unknown, call
from bot.errors import HeatlineBotError
from bot.wiring import Newsroom
from digests.errors import DigestsError
from digests.library import feedbook
from digests.library.feedbook import Condition

KEPT = 3.0
"""Seconds for which a verdict is kept."""

PATIENCE = 3.0
"""Seconds in which database and Slack have to answer."""

_SLACK_KEPT, _SLACK_AGAIN = 60.0, 10.0  # seconds until Slack is asked again, where it knew us and where it did not
_LATE_LOOK = 120.0  # seconds without a look at what is due; there is one every 20
_LATE_FEEDS = 1800.0  # seconds without a round of the feeds; a pull of thousands of slow ones takes minutes

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict: what was looked at, whether it is well, and what was seen."""

    name: str
    ok: bool
    why: str


class Kept(Generic[_T]):
    """The result of work for some seconds; who asks while it is worked out waits for the same.

    ``seconds`` may depend on what came of it.
    """

    def __init__(self, work: Callable[[], Awaitable[_T]], seconds: Callable[[_T], float]) -> None:
        self._work = work
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._result: tuple[_T, float] | None = None

    async def __call__(self) -> _T:
        async with self._lock:
            if self._result is not None and time.monotonic() < self._result[1]:
                return self._result[0]
            result = await self._work()
            self._result = (result, time.monotonic() + self._seconds(result))
            return result


class Readiness:
    """Looks whether the process is ready. ``beats`` says when each of its loops began, or did its work last, by
    `time.monotonic`.

    ``connected`` says whether Socket Mode is connected; None over HTTP. Until ``begun`` is set, and after ``ending`` is, it is
    not ready whatever else is well.
    """

    def __init__(
        self,
        room: Newsroom,
        client: AsyncWebClient,
        beats: Callable[[], Mapping[str, float | None]],
        connected: Callable[[], Awaitable[bool]] | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._room = room
        self._client = client
        self._beats = beats
        self._connected = connected
        self._clock = clock
        self.begun = False
        self.ending = False
        self._reading: asyncio.Future[Counter[Condition]] | None = None
        self._asked = Kept(self._ask, lambda outcome: _SLACK_KEPT if isinstance(outcome, Done) else _SLACK_AGAIN)
        self._looked = Kept(self._look, lambda _: KEPT)

    async def checks(self) -> tuple[Check, ...]:
        """A verdict each, as it was some seconds ago at most; whether the process is starting or ending is of now."""
        return (self._process(), *await self._looked())

    def _process(self) -> Check:
        said = "is stopping" if self.ending else "is ready" if self.begun else "is starting"
        return Check("process", self.begun and not self.ending, said)

    async def _look(self) -> tuple[Check, ...]:
        (database, feeds), slack = await asyncio.gather(self._stored(), self._slack())
        return database, slack, self._schedule(), self._feeds(feeds)

    async def _stored(self) -> tuple[Check, Counter[Condition] | None]:
        """Whether the database can be read, and how the feeds do; None where it cannot."""
        # A read that hangs is not begun once more: threads are few.
        if self._reading is None or self._reading.done():
            self._reading = asyncio.ensure_future(asyncio.to_thread(self._read))
        await asyncio.wait({self._reading}, timeout=PATIENCE)
        if not self._reading.done():
            return Check("database", False, f"did not answer within {PATIENCE:g} seconds"), None
        try:
            return Check("database", True, "answers"), self._reading.result()
        except (DigestsError, HeatlineBotError) as error:
            return Check("database", False, str(error)), None

    def _read(self) -> Counter[Condition]:
        self._room.library.newest()
        self._room.ledger.last_slot("")
        return feedbook.conditions(self._room.library, self._clock(), self._room.feeds)

    async def _slack(self) -> Check:
        outcome = await self._asked()
        if isinstance(outcome, Busy):
            return Check("slack", True, "asks to be called less often")
        if not isinstance(outcome, Done):
            return Check("slack", False, outcome.why)
        if self._connected is not None and self.begun and not await self._connected():
            return Check("slack", False, "is not connected over Socket Mode; a new connection is tried again and again")
        return Check("slack", True, "knows us" if self._connected is None else "knows us, and is connected")

    async def _ask(self) -> Outcome:
        try:
            return await asyncio.wait_for(call("auth.test", partial(self._client.auth_test)), PATIENCE)
        except TimeoutError:
            return Unknown(f"auth.test: no answer within {PATIENCE:g} seconds")

    def _schedule(self) -> Check:
        return self._turning("schedule", ("digests", "subscriptions"), _LATE_LOOK, "what is due is looked at")

    def _feeds(self, found: Counter[Condition] | None) -> Check:
        if not self._room.feeds:
            return Check("feeds", True, "none are configured")
        turning = self._turning("feeds", ("feeds",), _LATE_FEEDS, "they are read")
        if not turning.ok or found is None:
            return turning
        said = ", ".join(f"{found[each]} {each.value}" for each in Condition if found[each])
        asked = found.total() - found[Condition.NEW]
        return Check("feeds", not asked or found[Condition.GOOD] > 0, said)

    def _turning(self, name: str, loops: tuple[str, ...], most: float, well: str) -> Check:
        beats, now = self._beats(), time.monotonic()
        for loop in loops:
            beat = beats.get(loop)
            if beat is None:
                return Check(name, False, f"{loop}: not begun")
            if now - beat > most:
                return Check(name, False, f"{loop}: nothing was done for {now - beat:.0f} seconds")
        return Check(name, True, well)
