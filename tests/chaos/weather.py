"""Bad weather: a pretend Slack where every call may go wrong, by dice with a seed; and one that can hold a crowd."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace

from playground.slack import Call, Fault, Faults, Json, Message, Workspace
from tests.chaos.plan import POST

_SPARED = frozenset({"auth.test"})
"""Without it the bot does not start: that is told to whoever starts it, and no weather."""

_BRISK = 0.8
"""The share of delays and waits that are short."""


class Weather(Faults):
    """Faults by dice, at such rates by kind, until it clears up. Counts what it did by kind."""

    def __init__(self, seed: int, rates: Mapping[str, float], delays: tuple[float, float]) -> None:
        super().__init__()
        self.done: Counter[str] = Counter()
        self._dice = random.Random(f"{seed} weather")
        self._rates = rates
        self._delays = delays

    def take(self, method: str, args: Json) -> Fault | None:
        """What goes wrong with a call, if anything."""
        if method in _SPARED:
            return None
        throw = self._dice.random()
        for kind, rate in self._rates.items():
            throw -= rate
            if throw < 0:
                self.done[kind] += 1
                least, most = self._delays
                longest = most if self._dice.random() > _BRISK else min(most, 20 * least)
                code = self._dice.choice(("internal_error", "fatal_error", "service_unavailable"))
                status = self._dice.choice((500, 502, 503, 504))
                seconds = self._dice.uniform(least, longest)
                return Fault(method, kind, seconds=seconds, error=code, status=status)  # type: ignore[arg-type]
        return None


class _Tally(list[Call]):
    """A log of calls that counts and forgets; only what was made of each delivery's messages it keeps, a line each."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self.posted: dict[str, list[str]] = defaultdict(list)

    def append(self, call: Call) -> None:
        self.counts[call.method] += 1
        if call.method == POST:
            payload = (call.args.get("metadata") or {}).get("event_payload") or {}
            came_of_it = call.error or call.status or "cut"
            self.posted[str(payload.get("delivery"))].append(
                f"{call.time:.3f} part {payload.get('part')}: {came_of_it}{f', {call.fault}' if call.fault else ''}"
            )


class Crowd(Workspace):
    """A workspace that takes tens of thousands of messages: it keeps their texts and marks, not their blocks."""

    def __init__(self, weather: Weather, ahead: float) -> None:
        super().__init__(clock=lambda: time.time() + ahead)
        self.faults = weather
        self.tally = _Tally()
        self.calls = self.tally
        self.begun = 0

    def store(self, message: Message) -> Message:
        """Take a message in; every fresh parent is a post that has begun."""
        if message.origin == POST and not message.is_reply:
            self.begun += 1
        return super().store(replace(message, blocks=()))
