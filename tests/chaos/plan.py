"""What a run of chaos shall be: so many editions to so many channels, killed so often, all of it from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from playground.slack import Channel, User

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""The Monday morning on which every run plays."""

POST = "chat.postMessage"


@dataclass(frozen=True, slots=True)
class Times:
    """The bot's own times in seconds, shortened so that a run sees many kills; `NORMAL` are those of every day.

    ``timeout`` is how long a call may take, ``settle`` how long after its attempt Slack may still take a message whose answer
    was lost: a call that begins late, its timeout, and what the weather holds up for longer than that,
    ``lease`` how long a claim holds without a sign of life, ``pace`` what lies between two posts to a channel, ``look``
    what lies between two looks at what is due.
    """

    timeout: float
    settle: float
    lease: float
    pace: float
    look: float


NORMAL = Times(timeout=10, settle=25, lease=60, pace=1, look=20)
QUICK = Times(timeout=3, settle=10, lease=5, pace=0.02, look=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. Each of so many ``editions`` comes to ``each`` of the ``channels`` (0: to all), ``subscriptions`` to one each.

    ``minutes`` is over how long the slots are spread; a quarter of them is before the bot starts, which must catch them up.
    Every ``full``-th digest is long: a post with two messages in its thread, not one. ``seconds`` bounds the run. ``rates``
    say how often what goes wrong with a call; delays and what Slack asks to wait are drawn from ``delays``.
    """

    name: str
    seed: int
    editions: int
    channels: int
    subscriptions: int
    kills: int
    each: int = 0
    processes: int = 1
    minutes: int = 1
    full: int = 3
    seconds: float = 120
    times: Times = QUICK
    rates: Mapping[str, float] = field(
        default_factory=lambda: {
            "lost_reply": 0.02,
            "drop_before": 0.02,
            "server_error": 0.015,
            "late_error": 0.015,
            "rate_limited": 0.03,
            "refused": 0.015,
            "delay": 0.05,
        },
        hash=False,
    )
    delays: tuple[float, float] = (0.02, 4.5)

    def __str__(self) -> str:
        return self.name

    @property
    def names(self) -> tuple[str, ...]:
        """The digests."""
        return tuple(f"d{number:03d}" for number in range(self.editions))

    @property
    def rooms(self) -> tuple[Channel, ...]:
        """The channels."""
        return tuple(Channel(f"C0CHAOS{number:04d}", f"chaos-{number}") for number in range(self.channels))

    @property
    def owners(self) -> tuple[User, ...]:
        """Who subscribed: ten subscriptions each."""
        return tuple(User(f"U0CHAOS{number:04d}", f"owner-{number}") for number in range(self.subscriptions // 10 + 1))

    @property
    def expected(self) -> int:
        """How many posts there must be in the end."""
        return self.editions * (self.each or self.channels) + self.subscriptions

    def places(self, number: int) -> tuple[Channel, ...]:
        """The channels that the digest of a number comes to: in turn, so that all have as many."""
        each = self.each or self.channels
        return tuple(self.rooms[(number * each + place) % self.channels] for place in range(each))

    def cron(self, number: int) -> str:
        """When the digest, or the subscription, of a number comes."""
        slot = self.slots[number % len(self.slots)]
        return f"{slot.minute} {slot.hour} * * *"

    @property
    def slots(self) -> tuple[datetime, ...]:
        """The slots: some before the start, then one a minute from nine on."""
        due = [NINE + timedelta(minutes=minute) for minute in range(self.minutes)]
        missed = [NINE - timedelta(minutes=10 * (1 + number)) for number in range(max(1, self.minutes // 3))]
        return (*missed, *due)

    def environment(self) -> Iterator[tuple[str, str]]:
        """The digests as settings."""
        for number, name in enumerate(self.names):
            stories, more = ("4", "50") if number % self.full == 0 else ("2", "4")
            rooms = ", ".join(room.id for room in self.places(number))
            row = {
                "CHANNEL": rooms,
                "CRON": self.cron(number),
                "STORIES": stories,
                "MORE": more,
                "TITLE": f"Digest {name}",
            }
            yield from ((f"HEATLINE_DIGESTS__{name.upper()}__{key}", value) for key, value in row.items())

    def deaths(self) -> tuple[tuple[int, float, int], ...]:
        """When which process is killed: once so many posts have begun, and so many seconds later."""
        dice = random.Random(f"{self.seed} deaths")
        begun = sorted(dice.randrange(int(self.expected * 0.9) + 1) for _ in range(self.kills))
        return tuple((posts, dice.uniform(0, 0.7), dice.randrange(self.processes)) for posts in begun)
