"""When a channel may be posted to: about once a second, and not before Slack said so. Pure: the time is given.

Slack's 429 does not tell whether it means one channel or the whole workspace. One channel alone is one channel: the others
are not held up. Of several at a time it is the workspace that posts too much, and then all wait.
"""

from __future__ import annotations

from datetime import datetime, timedelta

_SEVERAL = 3  # channels that were refused and still wait
_SWEPT = 1_000  # channels that are remembered before those that are free again are forgotten
_NO_TIME = timedelta(0)


class Pacing:
    """The turns of all channels of a workspace; ``pace`` is the time between two posts to one channel."""

    def __init__(self, pace: timedelta) -> None:
        self._pace = pace
        self._free: dict[str, tuple[datetime, timedelta]] = {}  # from when on, and how long that was to wait for
        self._refused: dict[str, tuple[datetime, timedelta]] = {}
        self._everybody: tuple[datetime, timedelta] | None = None

    def wait(self, channel: str, now: datetime) -> timedelta:
        """How long there is to wait for a channel's turn; nothing when it is now."""
        waits = (self._free.get(channel), self._refused.get(channel), self._everybody)
        return max((_left(each, now) for each in waits if each is not None), default=_NO_TIME)

    def begin(self, channel: str, now: datetime) -> bool:
        """Take a channel's turn; False where it is not its turn, since another delivery was faster or Slack refused."""
        if self.wait(channel, now) > _NO_TIME:
            return False
        if len(self._free) >= _SWEPT:
            self._free = {key: each for key, each in self._free.items() if _left(each, now) > _NO_TIME}
        self._free[channel] = (now + self._pace, self._pace)
        return True

    def ended(self, channel: str, now: datetime) -> None:
        """Slack has answered. The time to the next post is counted from here: it may have taken the message only now."""
        self._free[channel] = (now + self._pace, self._pace)

    def refused(self, channel: str, now: datetime, span: timedelta) -> None:
        """Slack wants no post to a channel for so long."""
        self._refused = {key: each for key, each in self._refused.items() if _left(each, now) > _NO_TIME}
        self._refused[channel] = max(self._refused.get(channel, (now, _NO_TIME)), (now + span, span))
        if len(self._refused) >= _SEVERAL:
            self._everybody = max(self._refused.values())


class Holds:
    """Methods that Slack wants no call of for a while. All but posts it counts for the whole workspace."""

    def __init__(self) -> None:
        self._free: dict[str, tuple[datetime, timedelta]] = {}

    def wait(self, method: str, now: datetime) -> timedelta:
        """How long there is to wait until a method may be called; nothing when it may."""
        free = self._free.get(method)
        return _NO_TIME if free is None else max(_left(free, now), _NO_TIME)

    def refused(self, method: str, now: datetime, span: timedelta) -> None:
        """Slack wants no call of a method for so long."""
        self._free[method] = (now + span, span)


def _left(free: tuple[datetime, timedelta], now: datetime) -> timedelta:
    at, span = free
    left = at - now
    return left if left <= span else _NO_TIME  # more than it ever was: the clock was set back
