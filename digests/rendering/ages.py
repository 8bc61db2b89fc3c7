"""Moments as people read them: ages (``3 h``, ``2 d``) and days in a digest's own time zone (``Mon 23 Nov``)."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_OLD = 7 * _DAY


def zone(name: str) -> tzinfo:
    """The IANA zone of that name; UTC where there is none: a date in UTC beats no digest, and settings check names."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return UTC


def day(moment: datetime, timezone: str = "UTC") -> str:
    """The day in that zone: ``Mon 23 Nov``."""
    local = moment.astimezone(zone(timezone))
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


def short_day(moment: datetime, now: datetime, timezone: str = "UTC") -> str:
    """The day as one says it: ``Tue`` within the last week, else ``24 Nov``."""
    local = moment.astimezone(zone(timezone))
    recent = (now - moment).total_seconds() < _OLD - _DAY
    return DAYS[local.weekday()] if recent else f"{local.day} {MONTHS[local.month - 1]}"


def since(moment: datetime, now: datetime, timezone: str = "UTC") -> str:
    """From when on, as one says it: ``09:30`` of today, ``Tue``, ``24 Nov``, ``24 Nov 2025``."""
    local, today = moment.astimezone(zone(timezone)), now.astimezone(zone(timezone))
    if local.date() == today.date() and (local.hour or local.minute):
        return f"{local:%H:%M}"
    return age(moment, now, timezone) if local.year != today.year else short_day(moment, now, timezone)


def age(moment: datetime, now: datetime, timezone: str = "UTC") -> str:
    """How old: ``now``, ``5 min``, ``3 h``, ``2 d``; from a week on the date, ``3 Nov`` or ``3 Nov 2019``.

    Ages are rounded down. A date in the future reads ``now``: feeds get clocks wrong.
    """
    seconds = (now - moment).total_seconds()
    if seconds < _MINUTE:
        return "now"
    if seconds < _OLD:
        unit, name = next((u, n) for u, n in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")) if seconds >= u)
        return f"{int(seconds // unit)} {name}"
    local, today = moment.astimezone(zone(timezone)), now.astimezone(zone(timezone))
    year = f" {local.year}" if local.year != today.year else ""
    return f"{local.day} {MONTHS[local.month - 1]}{year}"
