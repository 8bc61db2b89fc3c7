"""Moments as people read them: ages (``3 h``, ``2 d``) and days in a digest's own time zone (``Mon 23 Nov``)."""

from __future__ import annotations

from datetime import datetime

from digests.language import Language, speaking
from digests.language.catalogues import timezone as zone

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_OLD = 7 * _DAY
_UNITS = ((_DAY, "age-days"), (_HOUR, "age-hours"), (_MINUTE, "age-minutes"))
_ENGLISH = speaking(None)


def day(moment: datetime, timezone: str = "UTC", language: Language = _ENGLISH) -> str:
    """The day in that zone: ``Mon 23 Nov``."""
    return language.date(moment, timezone)


def short_day(moment: datetime, now: datetime, timezone: str = "UTC", language: Language = _ENGLISH) -> str:
    """The day as one says it: ``Tue`` within the last week, else ``24 Nov``."""
    recent = (now - moment).total_seconds() < _OLD - _DAY
    return language.date(moment, timezone, "form-weekday" if recent else "form-day")


def since(moment: datetime, now: datetime, timezone: str = "UTC", language: Language = _ENGLISH) -> str:
    """From when on, as one says it: ``09:30`` of today, ``Tue``, ``24 Nov``, ``24 Nov 2025``."""
    local, today = moment.astimezone(zone(timezone)), now.astimezone(zone(timezone))
    if local.date() == today.date() and (local.hour or local.minute):
        return language.time(moment, timezone)
    if local.year != today.year:
        return age(moment, now, timezone, language)
    return short_day(moment, now, timezone, language)


def age(moment: datetime, now: datetime, timezone: str = "UTC", language: Language = _ENGLISH) -> str:
    """How old: ``now``, ``5 min``, ``3 h``, ``2 d``; from a week on the date, ``3 Nov`` or ``3 Nov 2019``.

    Ages are rounded down. A date in the future reads ``now``: feeds get clocks wrong.
    """
    seconds = (now - moment).total_seconds()
    if seconds < _MINUTE:
        return language.say("age-now")
    if seconds < _OLD:
        unit, key = next(row for row in _UNITS if seconds >= row[0])
        return language.say(key, n=int(seconds // unit))
    local, today = moment.astimezone(zone(timezone)), now.astimezone(zone(timezone))
    return language.date(moment, timezone, "form-day" if local.year == today.year else "form-day-year")
