"""The schedule: which slot is due (tables, odd nights included), and that each is published once, late or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import structlog
from structlog.testing import capture_logs

from bot.delivery import Delivery, Ledger, Outbox, Publication, Publisher, posting_client
from bot.schedule import Schedule, due_slot, next_slot
from bot.settings import DigestSettings
from digests.errors import TemplateError
from digests.library import Database
from digests.models import Article, DigestSpec, Edition, Message, Post, ScoredStory, Section, Story
from digests.steering import Mute
from playground.slack import BOT_TOKEN, NEWS, OTHER, Fault, Workspace, running

GRACE = timedelta(hours=3)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def lines() -> Iterator[list[structlog.typing.EventDict]]:
    with capture_logs() as captured:
        yield captured


# --- what is due


@pytest.mark.parametrize(
    ("cron", "now", "last", "since", "due"),
    [
        pytest.param("0 9 * * *", "2026-11-23 09:00:00", None, None, "2026-11-23 09:00", id="on the dot"),
        pytest.param("0 9 * * *", "2026-11-23 08:59:59.999", None, None, None, id="not before"),
        pytest.param("0 9 * * *", "2026-11-23 09:00:07", None, None, "2026-11-23 09:00", id="the slot, not the moment"),
        pytest.param("0 9 * * *", "2026-11-23 11:59:59", None, None, "2026-11-23 09:00", id="within the grace"),
        pytest.param("0 9 * * *", "2026-11-23 12:00:01", None, None, None, id="after the grace"),
        pytest.param("0 9 * * *", "2026-11-23 09:30", "2026-11-23 09:00", None, None, id="done already"),
        pytest.param(
            "0 9 * * *", "2026-11-23 09:30", "2026-11-22 09:00", None, "2026-11-23 09:00", id="yesterday done"
        ),
        pytest.param("0 * * * *", "2026-11-23 09:30", "2026-11-23 06:00", None, "2026-11-23 09:00", id="newest only"),
        pytest.param("0 * * * *", "2026-11-23 09:30", "2026-11-23 09:00", None, None, id="older ones never after"),
        pytest.param("0 9 * * *", "2026-11-23 09:30", None, "2026-11-23 09:29", None, id="fresh install: no surprise"),
        pytest.param(
            "0 9 * * *", "2026-11-23 09:30", None, "2026-11-20 18:00", "2026-11-23 09:00", id="installed before"
        ),
        pytest.param("0 9 * * *", "2026-11-23 09:30", "2026-11-23 18:00", None, None, id="the clock went back"),
        pytest.param("0 9 * * mon-fri", "2026-11-22 09:30", None, None, None, id="Sunday is no weekday"),
        pytest.param("0 9 * * 1", "2026-11-23 09:30", None, None, "2026-11-23 09:00", id="1 is Monday"),
    ],
)
def test_due(cron: str, now: str, last: str | None, since: str | None, due: str | None) -> None:
    found = due_slot(cron, "UTC", utc(now), GRACE, utc(last) if last else None, utc(since) if since else LONG_AGO)
    assert found == (utc(due) if due else None)


def test_due_is_told_in_utc_whatever_the_zone() -> None:
    slot = due_slot("0 9 * * *", "America/New_York", utc("2026-11-23 14:10"), GRACE, None, LONG_AGO)
    assert (slot, slot and slot.tzinfo) == (utc("2026-11-23 14:00"), UTC)


@pytest.mark.parametrize(
    ("cron", "zone", "now", "following"),
    [
        ("0 9 * * *", "UTC", "2026-11-23 08:00", "2026-11-23 09:00"),
        ("0 9 * * *", "UTC", "2026-11-23 09:00", "2026-11-24 09:00"),
        ("0 9 * * mon-fri", "Europe/Berlin", "2026-11-20 08:00", "2026-11-23 08:00"),
        ("0 9 * * *", "America/New_York", "2026-11-23 13:00", "2026-11-23 14:00"),
        ("0 0 29 2 *", "UTC", "2026-11-23 08:00", "2028-02-29 00:00"),
    ],
)
def test_next(cron: str, zone: str, now: str, following: str) -> None:
    assert next_slot(cron, zone, utc(now)) == utc(following)


@pytest.mark.parametrize(
    "local", ["30 1 * * *", "45 1 * * *", "15 2 * * *", "30 2 * * *", "0 3 * * *", "0 9 * * *", "0 0 * * *"]
)
@pytest.mark.parametrize(
    ("zone", "day"),
    [
        pytest.param("Europe/Berlin", "2026-03-29", id="Berlin, spring"),
        pytest.param("Europe/Berlin", "2026-10-25", id="Berlin, autumn"),
        pytest.param("America/New_York", "2026-03-08", id="New York, spring"),
        pytest.param("America/New_York", "2026-11-01", id="New York, autumn"),
        pytest.param("Australia/Lord_Howe", "2026-10-04", id="Lord Howe, spring, half an hour"),
        pytest.param("Australia/Lord_Howe", "2026-04-05", id="Lord Howe, autumn, half an hour"),
        pytest.param("Europe/London", "2026-03-29", id="London, spring"),
        pytest.param("America/Santiago", "2026-09-06", id="Santiago, at midnight"),
        pytest.param("Asia/Kolkata", "2026-10-25", id="Kolkata, never"),
        pytest.param("America/Havana", "2026-03-08", id="Havana, at midnight"),
    ],
)
def test_a_daily_digest_comes_once_a_day_on_odd_nights_too(local: str, zone: str, day: str) -> None:
    """A bot that looks every ten minutes and remembers what it posted, through the five days around a change of clocks."""
    here = ZoneInfo(zone)
    middle = date.fromisoformat(day)
    days = [middle + timedelta(days=number) for number in (-2, -1, 0, 1, 2)]
    now = datetime.combine(days[0], time(), here).astimezone(UTC)
    end = datetime.combine(days[-1] + timedelta(days=1), time(), here).astimezone(UTC)
    since = now - timedelta(seconds=1)
    posted: list[datetime] = []
    while now < end:
        slot = due_slot(local, zone, now, GRACE, posted[-1] if posted else None, since)
        if slot is not None:
            assert timedelta(0) <= now - slot < timedelta(minutes=10)
            assert slot == next_slot(local, zone, slot - timedelta(seconds=1))
            posted.append(slot)
        now += timedelta(minutes=10)
    assert [slot.astimezone(here).date() for slot in posted] == days


@pytest.mark.parametrize(
    ("cron", "zone", "day", "slot"),
    [
        # 2:30 is skipped: the digest comes when the clocks jump, at 3:00 summer time.
        ("30 2 * * *", "Europe/Berlin", "2026-03-29", "2026-03-29 01:00"),
        ("30 2 * * *", "America/New_York", "2026-03-08", "2026-03-08 07:00"),
        # 2:30 and 1:30 come twice: the first is meant.
        ("30 2 * * *", "Europe/Berlin", "2026-10-25", "2026-10-25 00:30"),
        ("30 1 * * *", "America/New_York", "2026-11-01", "2026-11-01 05:30"),
        # Half an hour is skipped, from 2:00 to 2:30, and half an hour comes twice, from 1:30 to 2:00.
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 14:00", "2026-10-03 15:30"),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04 13:00", "2026-04-04 14:45"),
        # 1:30 in spring and 2:30 in autumn New York are ordinary.
        ("30 1 * * *", "Europe/Berlin", "2026-03-29", "2026-03-29 00:30"),
        ("30 2 * * *", "America/New_York", "2026-11-01", "2026-11-01 07:30"),
    ],
)
def test_when_exactly_on_odd_nights(cron: str, zone: str, day: str, slot: str) -> None:
    assert next_slot(cron, zone, utc(day) - timedelta(hours=1)) == utc(slot)


# --- the schedule at work


class Clock:
    def __init__(self, now: str) -> None:
        self.now = utc(now)

    def __call__(self) -> datetime:
        return self.now


class Press:
    """A publisher that only takes notes, and does what the ledger is told by the real one."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.published: list[tuple[str, datetime]] = []
        self.resumed: list[datetime] = []
        self.stopped = False
        self.failures = 0
        self.called = asyncio.Condition()
        self.gate = asyncio.Event()
        self.gate.set()

    async def publish(self, digest: Publication, slot: datetime, now: datetime) -> tuple[Delivery, ...]:
        if self.failures:
            self.failures -= 1
            raise TemplateError("digest.yaml.j2 is missing")
        self.published.append((digest.name, slot))
        await self._tell()
        await self.gate.wait()
        self.ledger.served(digest.name, slot)
        return ()

    async def resume(self, now: datetime) -> tuple[Delivery, ...]:
        self.resumed.append(now)
        await self._tell()
        return ()

    async def _tell(self) -> None:
        async with self.called:
            self.called.notify_all()

    async def until(self, predicate: Callable[[], bool]) -> None:
        async with asyncio.timeout(5), self.called:
            await self.called.wait_for(predicate)

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    database = Database(database_url)
    yield Ledger(database)
    database.close()


def digest(
    name: str = "daily", cron: str = "0 9 * * *", zone: str = "UTC", channels: tuple[str, ...] = ("C1",)
) -> DigestSettings:
    return DigestSettings(name, channels, cron, DigestSpec(name, timezone=zone))


async def look(schedule: Schedule) -> None:
    await schedule.tick()
    await schedule.idle()


async def test_each_slot_once_in_its_hour(ledger: Ledger) -> None:
    clock, press = Clock("2026-11-23 08:59"), Press(ledger)
    schedule = Schedule([digest(), digest("weekly", "0 10 * * mon")], press, ledger, clock)
    for minute in range(0, 26 * 60, 7):
        clock.now = utc("2026-11-23 08:59") + timedelta(minutes=minute)
        await look(schedule)
    assert press.published == [
        ("daily", utc("2026-11-23 09:00")),
        ("weekly", utc("2026-11-23 10:00")),
        ("daily", utc("2026-11-24 09:00")),
    ]


async def test_a_fresh_install_does_not_begin_with_the_digest_it_missed(ledger: Ledger) -> None:
    clock, press = Clock("2026-11-23 09:30"), Press(ledger)
    schedule = Schedule([digest()], press, ledger, clock)
    await look(schedule)
    assert press.published == []
    assert schedule.next_slot(digest()) == utc("2026-11-24 09:00")


async def test_a_restart_catches_up_within_the_grace(ledger: Ledger, lines: list[structlog.typing.EventDict]) -> None:
    await look(Schedule([digest()], Press(ledger), ledger, Clock("2026-11-20 18:00")))
    press = Press(ledger)
    schedule = Schedule([digest()], press, ledger, Clock("2026-11-23 11:00"))
    await schedule.start()
    await schedule.idle()
    await schedule.stop()
    assert press.published == [("daily", utc("2026-11-23 09:00"))]
    assert press.resumed == [utc("2026-11-23 11:00")]
    assert any(line["event"] == "catching up" and line["late"] == "2:00:00" for line in lines)


async def test_a_new_time_of_day_begins_with_the_next_slot(ledger: Ledger) -> None:
    clock, press = Clock("2026-11-23 07:00"), Press(ledger)
    await look(Schedule([digest(cron="0 18 * * *")], press, ledger, clock))
    clock.now = utc("2026-11-23 10:00")
    schedule = Schedule([digest(cron="0 9 * * *")], press, ledger, clock)
    await look(schedule)
    assert press.published == []
    clock.now = utc("2026-11-24 09:00")
    await look(schedule)
    assert press.published == [("daily", utc("2026-11-24 09:00"))]


async def test_a_slot_that_is_being_published_is_not_begun_again_and_holds_up_nobody(ledger: Ledger) -> None:
    clock, press = Clock("2026-11-23 08:00"), Press(ledger)
    schedule = Schedule([digest(), digest("other")], press, ledger, clock)
    await look(schedule)
    press.gate.clear()
    for seconds in (0, 20, 40):
        clock.now = utc("2026-11-23 09:00") + timedelta(seconds=seconds)
        await schedule.tick()
    press.gate.set()
    await schedule.idle()
    await look(schedule)
    assert sorted(press.published) == [("daily", utc("2026-11-23 09:00")), ("other", utc("2026-11-23 09:00"))]


@pytest.mark.parametrize(
    ("moves", "published"),
    [
        pytest.param(["-5:00", "5:00", "0:30"], ["09:00"], id="back by hours, and on again"),
        pytest.param(["-0:10", "0:10", "-0:10", "0:10"], ["09:00"], id="to and fro over the slot"),
        pytest.param(["2:30"], ["09:00", "11:00"], id="forwards over two slots: the newest only"),
        pytest.param(["26:00", "-26:00", "2:00"], ["09:00", "11:00 +1"], id="forwards over a day, and back"),
        pytest.param(["10:00"], ["09:00"], id="forwards beyond the grace"),
    ],
)
async def test_a_clock_that_jumps_publishes_nothing_twice_and_nothing_old(
    ledger: Ledger, moves: list[str], published: list[str]
) -> None:
    clock, press = Clock("2026-11-23 08:59"), Press(ledger)
    schedule = Schedule([digest(cron="0 8-11 * * *")], press, ledger, clock)
    await look(schedule)
    clock.now += timedelta(minutes=1)
    await look(schedule)
    for move in moves:
        hours, minutes = move.removeprefix("-").split(":")
        jump = timedelta(hours=int(hours), minutes=int(minutes))
        clock.now += -jump if move.startswith("-") else jump
        for _ in range(3):
            await look(schedule)
    first = utc("2026-11-23 00:00").date()
    told = [f"{slot:%H:%M}{f' +{days}' if (days := (slot.date() - first).days) else ''}" for _, slot in press.published]
    assert told == published


async def test_an_edition_that_fails_is_tried_again_less_and_less_often(
    ledger: Ledger, lines: list[structlog.typing.EventDict]
) -> None:
    clock, press = Clock("2026-11-23 08:00"), Press(ledger)
    schedule = Schedule([digest()], press, ledger, clock)
    await look(schedule)
    press.failures = 4
    tries = []
    for step in range(60):
        clock.now = utc("2026-11-23 09:00") + step * timedelta(seconds=20)
        before = press.failures, len(press.published)
        await look(schedule)
        if (press.failures, len(press.published)) != before:
            tries.append(step * 20)
    assert tries == [0, 20, 60, 140, 300]
    assert press.published == [("daily", utc("2026-11-23 09:00"))]
    assert sum(line["event"] == "edition failed" and "digest.yaml.j2" in line["why"] for line in lines) == 4


async def test_a_digest_without_channels_is_not_scheduled(ledger: Ledger) -> None:
    clock, press = Clock("2026-11-23 08:00"), Press(ledger)
    schedule = Schedule([digest(channels=())], press, ledger, clock)
    await look(schedule)
    clock.now = utc("2026-11-23 09:00")
    await look(schedule)
    assert press.published == []


async def test_apscheduler_asks_at_the_slot_and_in_between(ledger: Ledger) -> None:
    """The real scheduler, made to fire now: it only asks, and what is due decides."""
    clock, press = Clock("2026-11-23 08:00"), Press(ledger)
    schedule = Schedule([digest(zone="Europe/Berlin")], press, ledger, clock)
    await schedule.start()
    jobs = {job.id: job for job in schedule._scheduler.get_jobs()}
    assert set(jobs) == {"digest:daily", "tick"}
    assert all((job.misfire_grace_time, job.coalesce, job.max_instances) == (10800, True, 1) for job in jobs.values())
    upcoming = jobs["digest:daily"].next_run_time
    assert (upcoming.hour, upcoming.minute, str(upcoming.tzinfo)) == (9, 0, "Europe/Berlin")
    clock.now = utc("2026-11-24 08:00")
    jobs["digest:daily"].modify(next_run_time=datetime.now(UTC))
    await press.until(lambda: bool(press.published))
    jobs["tick"].modify(next_run_time=datetime.now(UTC))
    await press.until(lambda: len(press.resumed) >= 2)
    await schedule.stop()
    assert press.published == [("daily", utc("2026-11-24 08:00"))]
    assert press.stopped


async def test_stop_waits_for_what_has_begun_and_begins_nothing_more(ledger: Ledger) -> None:
    clock, press = Clock("2026-11-23 08:00"), Press(ledger)
    schedule = Schedule([digest()], press, ledger, clock)
    await schedule.start()
    press.gate.clear()
    clock.now = utc("2026-11-23 09:00")
    await schedule.tick()
    asyncio.get_running_loop().call_later(0.1, press.gate.set)
    await schedule.stop()
    assert press.published == [("daily", utc("2026-11-23 09:00"))]
    assert ledger.last_slot("daily") == utc("2026-11-23 09:00")
    clock.now = utc("2026-11-24 09:00")
    await look(schedule)
    assert len(press.published) == 1


async def test_stop_does_not_wait_for_ever(ledger: Ledger) -> None:
    clock, press = Clock("2026-11-23 08:00"), Press(ledger)
    schedule = Schedule([digest()], press, ledger, clock)
    await look(schedule)
    press.gate.clear()
    clock.now = utc("2026-11-23 09:00")
    await schedule.tick()
    await schedule.stop(timeout=0.05)
    assert ledger.last_slot("daily") is None


# --- down to the wire


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    made = Workspace()
    async with running(made):
        yield made


class Desk:
    def frozen(self, spec: DigestSpec, slot: datetime, now: datetime, *_wanted: object) -> Edition:
        story = ScoredStory(Story("1", Article("https://example.com/1", "Story", slot)), 1.0)
        return Edition(spec.name, spec.title, slot, now, "UTC", (Section(None, (story,)),))

    def handles(self, urls: Iterable[str]) -> dict[str, str]:
        return dict.fromkeys(urls, "1")

    def quiet(self, edition: Edition, _muted: Collection[Mute]) -> Edition:
        return edition


class Renderer:
    def speaking(self, _locale: str | None) -> Renderer:
        return self

    def post(self, edition: Edition, now: datetime, *, template: str = "digest", **_drawn: object) -> Post:
        return Post(Message(f"{template} of {edition.slot:%H:%M}"), (Message("more"),))


async def test_two_processes_post_a_digest_once_and_a_third_finishes_what_a_dead_one_left(
    workspace: Workspace, ledger: Ledger
) -> None:
    # The slot is an hour that has just passed, on any day at any time: Slack's own clock is the real one.
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    hour = (start + timedelta(hours=1)).hour
    told = f"digest of {hour:02}:00"
    clock = Clock(start.replace(tzinfo=None).isoformat())

    def process() -> Schedule:
        own = Ledger(ledger._database)
        client = posting_client(BOT_TOKEN, f"{workspace.base_url}/api/")
        outbox = Outbox(client, own, clock, pace=0)
        return Schedule([made], Publisher(Desk(), Renderer(), own, outbox, clock), own, clock)

    made = digest(cron=f"0 {hour} * * *", channels=(NEWS.id, OTHER.id))
    one, two = process(), process()
    await asyncio.gather(one.start(), two.start())
    clock.now = start + timedelta(hours=1, seconds=2)
    workspace.faults.add(Fault("chat.postMessage", "lost_reply", channel=OTHER.id))
    await asyncio.gather(look(one), look(two))
    await asyncio.gather(one.stop(), two.stop())
    for channel in (NEWS.id, OTHER.id):
        assert [message.text for message in workspace.all_messages(channel)] == [told, "more"]

    slot = start + timedelta(days=1, hours=1)
    clock.now = slot
    dead = Ledger(ledger._database)
    assert dead.claim("daily", slot, NEWS.id, Post(Message(told), (Message("more"),)), slot)
    third = process()
    await third.start()  # claims the other channel, which the dead process never came to
    await third.idle()
    clock.now += timedelta(seconds=61)
    await look(third)
    await third.stop()
    for channel in (NEWS.id, OTHER.id):
        assert [message.text for message in workspace.all_messages(channel)] == [told, "more"] * 2
    assert ledger.unfinished() == ()
