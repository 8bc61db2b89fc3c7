"""Crontab lines mean what cron means, and every slot comes once on the two odd nights of the year."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.crontab import CronError, cron_trigger, parse, slots

MINUTE = timedelta(minutes=1)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def local_slots(cron: str, zone: str, first: str, last: str) -> list[str]:
    """Slots between two local times, as a wall clock and its offset show them."""
    found = slots(cron, zone, at(first, zone), at(last, zone))
    return [f"{slot.astimezone(ZoneInfo(zone)):%d %H:%M %z}" for slot in found]


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("*", "mon tue wed thu fri sat sun"),
        ("mon-fri", "mon tue wed thu fri"),
        ("1-5", "mon tue wed thu fri"),
        ("0", "sun"),
        ("7", "sun"),
        ("SUN", "sun"),
        ("0,3", "wed sun"),
        ("5-7", "fri sat sun"),
        ("0-7", "mon tue wed thu fri sat sun"),
        ("*/2", "tue thu sat sun"),
        ("1-5/2", "mon wed fri"),
        ("mon-fri/2", "mon wed fri"),
        ("2/2", "tue thu sat"),
        ("fri-mon", "mon fri sat sun"),
        ("sat-0", "sat sun"),
        ("mon,wed-thu,6", "mon wed thu sat"),
        ("1,1,mon", "mon"),
    ],
)
def test_days_of_the_week_are_crons(field: str, days: str) -> None:
    # 5 January 2026 is a Monday.
    found = slots(f"0 9 * * {field}", "UTC", at("2026-01-05T00:00"), at("2026-01-11T23:59"))
    assert " ".join(f"{slot:%a}".lower() for slot in found) == days


@pytest.mark.parametrize(
    ("cron", "first", "wanted"),
    [
        ("0 9 * * mon-fri", "2026-01-02T09:00", "2026-01-05T09:00"),
        ("*/20 * * * *", "2026-01-02T09:00", "2026-01-02T09:20"),
        ("10-50/20 8,18 * * *", "2026-01-02T08:50", "2026-01-02T18:10"),
        ("0 9 1 * *", "2026-01-01T09:00", "2026-02-01T09:00"),
        ("0 9 * jan-mar/2 *", "2026-01-31T09:00", "2026-03-01T09:00"),
        ("0 9 1 nov-feb *", "2026-02-01T09:00", "2026-11-01T09:00"),
        ("0 9 29 2 *", "2026-01-01T00:00", "2028-02-29T09:00"),
        ("0 9 */2 * mon", "2026-01-05T09:00", "2026-01-19T09:00"),
        ("  5   4  *  *  * ", "2026-01-01T00:00", "2026-01-01T04:05"),
    ],
)
def test_next_slot(cron: str, first: str, wanted: str) -> None:
    assert cron_trigger(cron, "UTC").get_next_fire_time(None, at(first) + MINUTE) == at(wanted)


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("every day", "is not a cron expression of five fields, such as '0 9 * * mon-fri' (weekdays at 9:00)"),
        ("", "five fields"),
        ("@daily", "five fields"),
        ("0 0 9 * * *", "five fields"),
        ("60 9 * * *", "has '60' for the minute, where 0-59 may stand"),
        ("0 24 * * *", "for the hour"),
        ("0 9 0 * *", "has '0' for the day of the month, where 1-31"),
        ("0 9 * 13 *", "has '13' for the month, where 1-12 or jan-dec may stand"),
        ("0 9 * * 8", "where 0-6 or sun-sat may stand"),
        ("0 9 * * monday", "has 'monday' for the day of the week"),
        ("0 9 * * mon#1", "has 'mon#1'"),
        ("0 9 * * mun", "has 'mun'"),
        ("0 9 * * mon,", "has ''"),
        ("0 9 last * *", "has 'last'"),
        ("0 17-9 * * *", "has '17-9' for the hour, which runs backwards"),
        ("0 */0 * * *", "whose step may be 1 to 24"),
        ("0 */25 * * *", "whose step may be 1 to 24"),
        ("٣ 9 * * *", "for the minute"),
        ("-1 9 * * *", "for the minute"),
        ("0 9 1 * mon", "names days of the month and days of the week"),
        ("0 9 31 2 *", "names a day that no calendar has"),
    ],
)
def test_what_is_not_a_crontab_line(cron: str, said: str) -> None:
    with pytest.raises(CronError) as caught:
        parse(cron)
    assert said in str(caught.value)


def test_an_unknown_zone() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        cron_trigger("0 9 * * *", "Mars/Base")


@pytest.mark.parametrize(
    ("cron", "zone", "first", "last", "wanted"),
    [
        # The hour from 2 to 3 is missing: its slot comes when the clocks jump, once.
        (
            "30 2 * * *",
            "Europe/Berlin",
            "2025-03-29T00:00",
            "2025-04-01T00:00",
            ["29 02:30 +0100", "30 03:00 +0200", "31 02:30 +0200"],
        ),
        # ... and is not doubled where another one is there already.
        (
            "0,30 2,3 * * *",
            "Europe/Berlin",
            "2025-03-30T00:00",
            "2025-03-31T00:00",
            ["30 03:00 +0200", "30 03:30 +0200"],
        ),
        # The hour from 2 to 3 comes twice: its slot comes the first time.
        (
            "30 2 * * *",
            "Europe/Berlin",
            "2025-10-25T00:00",
            "2025-10-28T00:00",
            ["25 02:30 +0200", "26 02:30 +0200", "27 02:30 +0100"],
        ),
        # An hourly line goes on every hour.
        (
            "30 * * * *",
            "Europe/Berlin",
            "2025-10-26T01:00",
            "2025-10-26T04:00",
            ["26 01:30 +0200", "26 02:30 +0200", "26 02:30 +0100", "26 03:30 +0100"],
        ),
        ("30 * * * *", "Europe/Berlin", "2025-03-30T01:00", "2025-03-30T04:00", ["30 01:30 +0100", "30 03:30 +0200"]),
        # The usual digest keeps its place on the wall.
        ("0 9 * * *", "Europe/Berlin", "2025-10-25T12:00", "2025-10-27T12:00", ["26 09:00 +0100", "27 09:00 +0100"]),
        # Clocks that jump at midnight: plain APScheduler skips the whole day.
        ("0 0 * * *", "America/Havana", "2025-03-08T12:00", "2025-03-10T12:00", ["09 01:00 -0400", "10 00:00 -0400"]),
        # Half an hour, and a whole day that Samoa never had.
        (
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2025-10-04T12:00",
            "2025-10-06T12:00",
            ["05 02:30 +1100", "06 02:15 +1100"],
        ),
        (
            "45 1 * * *",
            "Australia/Lord_Howe",
            "2025-04-05T12:00",
            "2025-04-07T12:00",
            ["06 01:45 +1100", "07 01:45 +1030"],
        ),
        ("0 12 * * *", "Pacific/Apia", "2011-12-29T13:00", "2011-12-31T13:00", ["31 00:00 +1400", "31 12:00 +1400"]),
    ],
)
def test_odd_nights(cron: str, zone: str, first: str, last: str, wanted: list[str]) -> None:
    assert local_slots(cron, zone, first, last) == wanted


def test_slots_are_half_open_and_in_utc() -> None:
    day = timedelta(days=1)
    nine = at("2026-01-05T09:00", "Europe/Berlin")
    assert list(slots("0 9 * * *", "Europe/Berlin", nine - day, nine)) == [nine]
    assert [slot.tzinfo for slot in slots("0 9 * * *", "Europe/Berlin", nine - day, nine)] == [UTC]
    assert list(slots("0 9 * * *", "Europe/Berlin", nine, nine)) == []
    assert list(slots("0 9 * * *", "Europe/Berlin", nine, nine - day)) == []


def test_fire_times_go_up_even_when_the_clock_goes_back() -> None:
    trigger = cron_trigger("0 9 * * *", "UTC")
    fired = at("2026-01-05T09:00")
    assert trigger.get_next_fire_time(fired, fired - timedelta(days=2)) == fired + timedelta(days=1)


# A second opinion that is slow and plain: look at every minute of a few days.

ODD_NIGHTS = {
    "Europe/Berlin": ("2025-03-30", "2025-10-26"),
    "America/New_York": ("2025-03-09", "2025-11-02"),
    "America/Havana": ("2025-03-09", "2025-11-02"),
    "Africa/Cairo": ("2025-04-25", "2025-10-31"),
    "Australia/Lord_Howe": ("2025-04-06", "2025-10-05"),
    "America/St_Johns": ("2006-04-02", "2006-10-29"),
    "Asia/Tokyo": ("2025-06-01",),
}


def field(low: int, high: int) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.integers(low, high), min_size=1, max_size=4)


def by_hand(
    minutes: frozenset[int],
    hours: frozenset[int],
    days: frozenset[int],
    zone: ZoneInfo,
    after: datetime,
    until: datetime,
) -> list[datetime]:
    def matches(wall: datetime) -> bool:
        return wall.minute in minutes and wall.hour in hours and (wall.weekday() + 1) % 7 in days

    found, seen = [], set[datetime]()
    moment = after - timedelta(hours=3)
    last = moment.astimezone(zone).replace(tzinfo=None) - MINUTE
    while moment <= until:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        skipped = [last + MINUTE * n for n in range(1, max(1, int((wall - last) / MINUTE)))]
        again = wall in seen and len(hours) < 24
        jumped = any(map(matches, skipped)) and len(hours) < 24
        if moment > after and ((matches(wall) and not again) or jumped):
            found.append(moment)
        seen.add(wall)
        last = max(last, wall) if len(hours) < 24 else wall
        moment += MINUTE
    return found


@settings(max_examples=60, deadline=None)
@given(st.data(), field(0, 59), field(0, 5) | st.just(frozenset(range(24))), field(0, 6))
def test_as_by_hand(data: st.DataObject, minutes: frozenset[int], hours: frozenset[int], days: frozenset[int]) -> None:
    zone = data.draw(st.sampled_from(sorted(ODD_NIGHTS)))
    night = data.draw(st.sampled_from(ODD_NIGHTS[zone]))
    start = (at(night, zone) - timedelta(hours=9)).astimezone(UTC) + MINUTE * data.draw(st.integers(0, 900))
    until = start + timedelta(hours=14)
    cron = " ".join(
        [*(",".join(map(str, sorted(part))) for part in (minutes, hours)), "* *", ",".join(map(str, sorted(days)))]
    )
    found = list(slots(cron, zone, start, until))
    assert found == sorted(set(found))
    assert found == by_hand(minutes, hours, days, ZoneInfo(zone), start, until)


@given(st.text(alphabet="0123456789*/-,#?LWmonfrisuLAST \t\n٣é", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(CronError):
        parse(text)
