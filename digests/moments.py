"""Moments as people write them: ``7d``, ``yesterday``, ``monday``, ``2026-11-20``. Pure: they count back from a given now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_LONGEST = 40
_SPAN = re.compile(
    r"(\d{1,4}) ?(m|min|mins|minutes?|h|hours?|d|days?|w|weeks?)(?: ago)?", re.IGNORECASE
)  # dateparser knows no "2w", and counts hours on the wall clock, also where the clocks change
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
# Else every "a" or "26" would be a day of this month, and 11/20 one of the year 2020.
_DATE = re.compile(r"(?![^/]*/)(?=.*[^\W\d_]{3}|\d{4}(?:-\d|\Z)|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}:\d\d)", re.DOTALL)
_STARTS: Mapping[str, Mapping[str, int]] = {"day": {}, "week": {}, "month": {"day": 1}, "year": {"month": 1, "day": 1}}


def moment(text: str, now: datetime, timezone: str = "UTC") -> datetime | None:
    """The moment a person means by a text, in UTC; None where it is none.

    Minutes and hours are exact; days and weeks go back on the wall clock of the IANA zone. A named day, month or year
    means its beginning there, a day of the week the last one before today.
    """
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        return None
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    try:
        if span := _SPAN.fullmatch(text):
            unit = span[2][0].lower()
            back = int(span[1]) * _UNITS[unit]
            return now.astimezone(UTC) - back if unit in "mh" else (local - back).astimezone(UTC)
        return _dated(text, local) if _DATE.match(text) else None
    except OverflowError:  # nobody's news is so old
        return None


def _dated(text: str, local: datetime) -> datetime | None:
    from dateparser.date import DateDataParser  # takes longer to import than most questions to answer

    settings = {
        "RELATIVE_BASE": local.replace(tzinfo=None),
        "PREFER_DATES_FROM": "past",
        "PREFER_DAY_OF_MONTH": "first",
        "DATE_ORDER": "DMY",
        "RETURN_TIME_AS_PERIOD": True,
    }
    data = DateDataParser(languages=["en"], settings=settings).get_date_data(text)
    found: datetime | None = data.date_obj
    if found is None:
        return None
    if data.period in _STARTS:
        start = _STARTS[data.period]
        found = datetime(found.year, start.get("month", found.month), start.get("day", found.day), tzinfo=found.tzinfo)
    return (found if found.tzinfo else found.replace(tzinfo=local.tzinfo)).astimezone(UTC)
