"""Crontab lines as cron means them: five fields in, a trigger out that fires once per slot whatever the clocks do.

APScheduler's own ``CronTrigger.from_crontab`` is not enough for a digest, so this module stands in front of it:

- it counts days of the week from Monday = 0, cron from Sunday = 0 (https://github.com/agronholm/apscheduler/issues/286);
- it silently drops what follows a name (``mon-fri/2``, ``mon#1``);
- with a day of the month and a day of the week it wants both, cron either: a line with both is refused here;
- when clocks go back it fires twice, and where they go forward at midnight (Havana, Cairo) it skips the whole day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

EXAMPLE = "'0 9 * * mon-fri' (weekdays at 9:00)"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_ITEM = re.compile(
    r"(?:\*|(?P<first>[0-9]{1,2}|[a-z]{3})(?:-(?P<last>[0-9]{1,2}|[a-z]{3}))?)(?:/(?P<step>[0-9]{1,2}))?"
)
_TICK = timedelta(microseconds=1)
_LEAP_CYCLE = (datetime(2024, 1, 1, tzinfo=UTC), datetime(2032, 1, 1, tzinfo=UTC))


class CronError(ValueError):
    """A text that is no crontab line. Its message goes on where the value ends: "is not a cron expression ..."."""


class _Field(NamedTuple):
    """One of the five: APScheduler's keyword, a title for people, bounds, and names for the numbers from ``low`` up."""

    keyword: str
    title: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    def number(self, text: str) -> int:
        """The number a digit text or a name stands for; ``CronError`` where it is out of bounds."""
        if text in self.names:
            return self.low + self.names.index(text)
        # Sunday is 0 and 7, as in every cron since 1979; _numbers brings 7 home.
        if text.isdigit() and self.low <= int(text) <= self.high + (self.keyword == "day_of_week"):
            return int(text)
        allowed = f"{self.low}-{self.high}" + (f" or {self.names[0]}-{self.names[-1]}" if self.names else "")
        raise CronError(f"has {text!r} for the {self.title}, where {allowed} may stand")


_FIELDS = (
    _Field("minute", "minute", 0, 59),
    _Field("hour", "hour", 0, 23),
    _Field("day", "day of the month", 1, 31),
    _Field("month", "month", 1, 12, _MONTHS),
    _Field("day_of_week", "day of the week", 0, 6, _WEEKDAYS),
)


def parse(cron: str) -> dict[str, str]:
    """Reads a crontab line into arguments for ``CronTrigger``; ``CronError`` says which field is wrong and what is allowed."""
    texts = cron.lower().split()
    if len(texts) != len(_FIELDS):
        raise CronError(f"is not a cron expression of five fields, such as {EXAMPLE}")
    if not texts[2].startswith("*") and not texts[4].startswith("*"):
        raise CronError(
            "names days of the month and days of the week, and crons differ in what that means: make one of them '*'"
        )
    arguments = {field.keyword: _argument(field, text) for field, text in zip(_FIELDS, texts, strict=True)}
    first, last = _LEAP_CYCLE
    if CronTrigger(**arguments, timezone=UTC, end_date=last).get_next_fire_time(None, first) is None:
        raise CronError("names a day that no calendar has")
    return arguments


@lru_cache(maxsize=1024)  # many subscriptions have the same line; a trigger never changes
def cron_trigger(cron: str, zone: str | tzinfo) -> CronTrigger:
    """The trigger for a crontab line in a time zone (IANA name or ``tzinfo``), right on the two odd nights of the year.

    A time that the clocks jump over comes at the moment they jump (2:30 becomes 3:00). A time that comes twice when
    clocks go back fires the first time only, unless the line says every hour. Fire times only ever go up.

    Raises ``CronError``, and ``zoneinfo.ZoneInfoNotFoundError`` for an unknown zone.
    """
    return WallClockTrigger(parse(cron), ZoneInfo(zone) if isinstance(zone, str) else zone)


def slots(cron: str, zone: str | tzinfo, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every slot in ``after < slot <= until``, oldest first, in UTC: what fell due while the bot was away."""
    trigger = cron_trigger(cron, zone)
    slot = trigger.get_next_fire_time(None, after.astimezone(UTC) + _TICK)
    while slot is not None and slot <= until:
        yield slot.astimezone(UTC)
        slot = trigger.get_next_fire_time(slot, slot)


@lru_cache(maxsize=1024)
def next_slot(cron: str, zone: str, now: datetime) -> datetime | None:
    """The first slot after ``now``, in UTC."""
    slot = cron_trigger(cron, zone).get_next_fire_time(None, now.astimezone(UTC) + _TICK)
    return None if slot is None else slot.astimezone(UTC)


class WallClockTrigger(CronTrigger):  # type: ignore[misc]  # apscheduler ships no types
    """A ``CronTrigger`` that walks the wall clock first and only then asks the zone which moment that is."""

    def __init__(self, arguments: dict[str, str], zone: tzinfo) -> None:
        super().__init__(**arguments, timezone=zone)
        self._zone = zone
        self._walk = CronTrigger(**arguments, timezone=UTC)
        self._every_hour = arguments["hour"] == "*"

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first slot after the previous one, or from ``now`` on where there is none; aware, in the digest's zone."""
        start = now.astimezone(UTC) if previous_fire_time is None else previous_fire_time.astimezone(UTC) + _TICK
        best: datetime | None = None
        wall = self._earliest_wall(start)
        while (reached := _aware(self._walk.get_next_fire_time(None, wall))) is not None:
            first, others = _moments(reached.replace(tzinfo=None), self._zone)
            if best is not None and first >= best:
                break
            moments = others if self._every_hour else (first,)
            best = min((moment for moment in (best, *moments) if moment is not None and moment >= start), default=None)
            wall = reached + _TICK
        return best and best.astimezone(self._zone)

    def _earliest_wall(self, start: datetime) -> datetime:
        """From which time on the wall (said to be UTC) slots can come at ``start`` or later."""
        # One tick back: where clocks jump exactly at ``start``, the times they jump over lie before it. And where clocks
        # are about to go back, earlier times on the wall are still to come.
        offset, soon = (
            moment.astimezone(self._zone).utcoffset() for moment in (start - _TICK, start + timedelta(days=1))
        )
        assert offset is not None
        assert soon is not None
        return start - _TICK + min(offset, soon)


def _aware(moment: object) -> datetime | None:
    """Gives APScheduler's untyped answer its type."""
    assert moment is None or isinstance(moment, datetime)
    return moment


def _moments(wall: datetime, zone: tzinfo) -> tuple[datetime, tuple[datetime, ...]]:
    """When clocks in a zone show ``wall`` (naive) for the first time, and every time; in UTC.

    In a gap that is the moment when the clocks jump, and never.
    """
    # In a gap (PEP 495) fold=0 reads the wall with the offset before the jump, fold=1 with the one after it.
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early <= late:
        return early, (early, late) if early < late else (early,)
    before, after = late, early
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).replace(tzinfo=None) > wall:
            after = middle
        else:
            before = middle
    return after, ()


def _argument(field: _Field, text: str) -> str:
    """One field of a crontab line in APScheduler's words: ``*``, or each number (weekday name) it stands for."""
    numbers = sorted({number for item in text.split(",") for number in _numbers(field, item)})
    if len(numbers) == field.high - field.low + 1:
        return "*"
    names = field.names if field.keyword == "day_of_week" else ()
    return ",".join(names[number] if names else str(number) for number in numbers)


def _numbers(field: _Field, item: str) -> Iterator[int]:
    """What one item (``*``, ``5``, ``1-5``, ``mon-fri``, ``*/2``, ``10-50/20``, ``sat-mon``) of a field stands for."""
    match = _ITEM.fullmatch(item)
    if match is None:
        raise CronError(
            f"has {item!r} for the {field.title}, which is neither a number, a range (1-5), a step (*/2) nor '*'"
        )
    first, last, step = match.group("first", "last", "step")
    size = field.high - field.low + 1
    start = field.low if first is None else field.number(first)
    stop = field.high if first is None or (last is None and step) else field.number(last or first)
    if stop < start:
        if not field.names:
            raise CronError(f"has {item!r} for the {field.title}, which runs backwards")
        stop += size  # fri-mon, nov-feb: round the corner
    if step is not None and not 1 <= int(step) <= size:
        raise CronError(f"has {item!r} for the {field.title}, whose step may be 1 to {size}")
    return ((number - field.low) % size + field.low for number in range(start, stop + 1, int(step or 1)))
