"""What channels have as their own of a digest: whose a slot is, whatever happens at the same time, and what is kept of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from bot.delivery import Ledger
from bot.delivery.schema import deliveries, schedules
from bot.delivery.schema import variants as table
from bot.plan import GONE, NO_TOPICS, Plan, standard_own
from bot.readers import Variants, erase, user
from bot.readers.erasing import kept
from bot.readers.variants import HISTORY, Own, Variant, newest, own_of
from bot.schedule import rhythm
from bot.settings import DigestSettings
from digests.language import LANGUAGES
from digests.library import Database, Library
from digests.models import DigestSpec, Message, Post
from digests.topics import Catalogue

GRACE = timedelta(hours=3)
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
POST = Post(Message("digest"), (Message("more"),))
DAILY = DigestSettings("daily", ("C1", "#robots"), "0 9 * * *", DigestSpec("daily", topics=("robotics",), stories=12))
OWN = Own(("drones",), "0 10 * * *", "UTC", 5, "de")
CATALOGUE = Catalogue.builtin()
ADA = user("T1", "U0ADA")


@pytest.fixture
def database(library: Library) -> Database:
    return library.database


def plan(database: Database, *digests: DigestSettings) -> Plan:
    return Plan(digests or (DAILY,), CATALOGUE, Variants(database), Ledger(database))


def save(
    database: Database, now: datetime, own: Own | None = OWN, *, channel: str = "C1", serial: int | None = None
) -> Variant | None:
    store = Variants(database)
    known = [each.serial for each in store.all() if each.channel == channel]
    cron = f"{own.cron} {own.timezone}" if own else rhythm(DAILY)
    number = max(known, default=0) if serial is None else serial
    return store.save("daily", channel, own, serial=number, rhythm=cron, by=ADA, now=now)


def due(database: Database, name: str, now: datetime) -> datetime | None:
    """What is due of a digest, as the schedule asks."""
    asked = plan(database)
    digest = asked.get(name, now)
    assert digest is not None
    return asked.due(digest, now, GRACE)


def test_what_is_kept_is_as_it_was_saved(database: Database) -> None:
    made = save(database, NINE)
    assert made == Variant("daily", "C1", 1, "", NINE, NINE, OWN, ADA, NINE)
    again = save(database, NINE + timedelta(hours=1), None)
    assert again == replace(made, serial=2, since=NINE + timedelta(hours=1), own=None, at=NINE + timedelta(hours=1))
    assert Variants(database).all() == (made, again)
    assert newest(Variants(database).all()) == (again,)


def test_of_two_who_save_at_once_one_is_told(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: save(database, NINE, serial=0), range(8)))
    assert len([each for each in made if each is not None]) == 1
    assert [each.serial for each in Variants(database).all()] == [1]


def test_only_the_channel_has_its_own_and_only_after_it_was_saved(database: Database) -> None:
    asked = plan(database)
    assert asked.get("daily", NINE) == DAILY
    save(database, NINE + timedelta(seconds=5))
    assert asked.get("daily", NINE) == DAILY  # the slot was before, however late it is published
    tomorrow = NINE + timedelta(days=1)
    there = asked.get("daily", tomorrow)
    assert there is not None
    assert there.channels == ("#robots",)
    own = asked.get("daily@C1", tomorrow + timedelta(hours=1))
    assert own is not None
    assert (own.channels, own.cron, own.language, own.spec.topics) == (("C1",), "0 10 * * *", "de", ("drones",))
    assert (own.spec.stories, own.spec.after) == (5, ("daily", NINE + timedelta(seconds=5)))
    assert [each.channels for each in asked.family("daily", tomorrow)] == [("#robots",), ("C1",)]
    assert [each.channels for each in asked.family("daily", NINE)] == [("C1", "#robots")]
    save(database, NINE + timedelta(seconds=5), channel="#robots")
    assert asked.get("daily", tomorrow) is None
    assert asked.get("daily@C9", tomorrow) is None


def test_a_slot_that_is_published_while_it_is_saved_comes_once(database: Database) -> None:
    """Whoever commits first: the claim of the slot, or the change with a clock that says it is still to come."""
    ledger = Ledger(database)
    ledger.seen("daily", rhythm(DAILY), NINE - timedelta(days=1))
    early = NINE - timedelta(seconds=10)
    # The claim first: the channel's own begin after that slot.
    assert ledger.claim("daily", NINE, "C1", POST, NINE)
    made = save(database, early, replace(OWN, cron="0 9 * * *"))
    assert made is not None
    assert (made.began, made.since) == (NINE, NINE)
    assert due(database, "daily@C1", NINE + timedelta(seconds=5)) is None
    # The change first: the digest's slot is not the channel's any more, and it comes by its own.
    save(database, early, replace(OWN, cron="0 9 * * *"), channel="#robots")
    assert ledger.claim("daily", NINE, "#robots", POST, NINE) is None
    ledger.served("daily", NINE)
    assert due(database, "daily@#robots", NINE + timedelta(seconds=5)) == NINE


def test_claims_and_changes_at_once_give_each_slot_to_one(database: Database) -> None:
    ledger = Ledger(database)
    ledger.seen("daily", rhythm(DAILY), NINE - timedelta(days=1))
    for number in range(12):
        channel = f"C{number + 10}"
        with ThreadPoolExecutor(2) as pool:
            claimed = pool.submit(ledger.claim, "daily", NINE, channel, POST, NINE)
            saved = pool.submit(
                save, database, NINE - timedelta(seconds=1), replace(OWN, cron="0 9 * * *"), channel=channel
            )
            made = saved.result()
            assert made is not None
            # Either the digest has the slot, or the channel's own begin before it.
            assert (claimed.result() is None) == (made.began < NINE)


def test_a_slot_that_is_not_made_yet_is_the_digests_and_the_channels_own_wait_for_it(database: Database) -> None:
    ledger = Ledger(database)
    ledger.seen("daily", rhythm(DAILY), NINE - timedelta(days=1))
    save(database, NINE + timedelta(seconds=5), replace(OWN, cron="1 9 * * *"))
    soon = NINE + timedelta(minutes=1, seconds=5)
    assert due(database, "daily", soon) == NINE
    assert plan(database).get("daily", NINE) == DAILY
    assert due(database, "daily@C1", soon) is None  # it would not know yet what the digest tells
    assert ledger.claim("daily", NINE, "C1", POST, soon)
    ledger.served("daily", NINE)
    assert due(database, "daily@C1", soon) == NINE + timedelta(minutes=1)


def test_a_change_takes_no_slot_away_that_was_before_it(database: Database) -> None:
    """Nine o'clock was due when somebody made it eight; the next look comes later."""
    ledger = Ledger(database)
    ledger.seen("daily", rhythm(DAILY), NINE - timedelta(days=9))
    ledger.served("daily", NINE - timedelta(days=1))
    save(database, NINE - timedelta(hours=20), replace(OWN, cron="0 9 * * *"))
    save(database, NINE + timedelta(seconds=5), replace(OWN, cron="0 8 * * *", topics=("robotics",)))
    late = NINE + timedelta(hours=2)
    assert due(database, "daily@C1", late) == NINE
    had = plan(database).get("daily@C1", NINE)
    assert had is not None
    assert (had.cron, had.spec.topics) == ("0 9 * * *", ("drones",))  # of the settings of its moment
    ledger.served("daily@C1", NINE)
    assert due(database, "daily@C1", late) is None
    assert due(database, "daily@C1", NINE + timedelta(hours=23, seconds=1)) == NINE + timedelta(hours=23)


def test_a_change_at_the_very_moment_of_a_slot_of_the_standard_takes_it_not_away(database: Database) -> None:
    save(database, NINE - timedelta(days=1), replace(OWN, cron="0 0 * * *"))
    save(database, NINE - timedelta(hours=5), None)
    save(database, NINE, replace(OWN, cron="0 0 * * *"))
    assert due(database, "daily@C1", NINE + timedelta(minutes=1)) == NINE


def test_the_newest_slot_only_is_caught_up_over_a_change(database: Database) -> None:
    Ledger(database).seen("daily", rhythm(DAILY), NINE)
    save(database, NINE)
    save(database, NINE + timedelta(days=1, hours=1, minutes=1), replace(OWN, cron="0 11 * * *"))
    assert due(database, "daily@C1", NINE + timedelta(days=1, hours=1, minutes=30)) == NINE + timedelta(days=1, hours=1)
    assert due(database, "daily@C1", NINE + timedelta(days=1, hours=2, minutes=30)) == NINE + timedelta(days=1, hours=2)
    assert due(database, "daily@C1", NINE + timedelta(days=1, hours=5, minutes=1)) is None  # beyond the grace


def test_a_change_just_before_its_slot_is_kept(database: Database) -> None:
    """The next look comes after the slot: it must not begin anew then."""
    save(database, NINE + timedelta(minutes=59, seconds=50))
    assert due(database, "daily@C1", NINE + timedelta(hours=1, seconds=10)) == NINE + timedelta(hours=1)


def test_a_process_that_does_not_know_the_change_yet_takes_nothing_away(database: Database) -> None:
    """It read the plan just before, and looks just after."""
    save(database, NINE - timedelta(hours=1), replace(OWN, cron="30 9 * * *"))
    (stale,) = plan(database).more()
    save(database, NINE - timedelta(seconds=1), replace(OWN, cron="0 9 * * *"))
    assert plan(database).due(stale, NINE - timedelta(microseconds=1), GRACE) is None
    assert due(database, "daily@C1", NINE + timedelta(seconds=19)) == NINE


def test_the_environments_new_time_of_day_begins_with_its_next_slot(database: Database) -> None:
    save(database, NINE - timedelta(days=2))
    save(database, NINE - timedelta(days=1, seconds=1), None)
    ledger = Ledger(database)
    assert due(database, "daily@C1", NINE) == NINE
    ledger.served("daily@C1", NINE)
    later = replace(DAILY, cron="0 10 * * *")
    asked = plan(database, later)
    (own,) = asked.more()
    assert own.cron == later.cron
    assert asked.due(own, NINE + timedelta(hours=1, minutes=30), GRACE) is None  # set up just now: no surprise
    assert asked.due(own, NINE + timedelta(days=1, hours=1), GRACE) == NINE + timedelta(days=1, hours=1)


def test_back_to_the_digest_it_stays_a_stream_of_its_own(database: Database) -> None:
    save(database, NINE)
    save(database, NINE + timedelta(hours=2), None)
    tomorrow = NINE + timedelta(days=1)
    asked = plan(database)
    own = asked.get("daily@C1", tomorrow)
    assert own is not None
    assert replace(own, name="daily", channels=DAILY.channels, spec=DAILY.spec) == DAILY
    assert (own.spec.name, own.spec.after) == ("daily@C1", ("daily", NINE))
    assert due(database, "daily@C1", tomorrow) == tomorrow
    (more,) = asked.more()
    assert more.cron == DAILY.cron


def test_other_times_look_back_to_the_slot_before(database: Database) -> None:
    monday = datetime(2026, 11, 23, 10, tzinfo=UTC)
    asked = plan(database)
    weekly = asked.as_wished(DAILY, replace(OWN, cron="0 10 * * mon"), monday)
    assert weekly.spec.window == timedelta(days=7)
    hourly = asked.as_wished(DAILY, replace(OWN, cron="0 * * * *"), monday)
    assert hourly.spec.window == DAILY.spec.window
    same = asked.as_wished(DAILY, replace(OWN, cron=DAILY.cron), monday)
    assert same.spec.window == DAILY.spec.window


@pytest.mark.parametrize(
    ("digests", "why"),
    [
        ((), GONE),
        ((replace(DAILY, name="weekly"),), GONE),
        ((replace(DAILY, channels=("#robots",)),), GONE),
        ((DAILY,), ""),
        ((replace(DAILY, channels=("C7", "#robots")),), ""),  # as its id, which was known
    ],
)
def test_the_environment_ends_what_it_leaves_no_room_for(
    database: Database, digests: tuple[DigestSettings, ...], why: str
) -> None:
    store = Variants(database)
    store.save("daily", "C1", OWN, serial=0, rhythm="", by=ADA, now=NINE, conversation="C7")
    found = list(Plan(digests, CATALOGUE, store, Ledger(database)).ended())
    assert [each for _, each in found] == ([why] if why else [])
    gone = replace(OWN, topics=("no-such-topic",))
    store.save("daily", "C1", gone, serial=1, rhythm="", by=ADA, now=NINE)
    assert [each for _, each in Plan((DAILY,), CATALOGUE, store, Ledger(database)).ended()] == [NO_TOPICS]
    store.save("daily", "C1", None, serial=2, rhythm="", by="", now=NINE, why=GONE)
    assert list(Plan(digests, CATALOGUE, store, Ledger(database)).ended()) == []


def test_what_a_channel_had_is_forgotten_when_no_slot_can_be_of_it(database: Database) -> None:
    first = save(database, NINE)
    save(database, NINE + timedelta(days=1), None)
    save(database, NINE + timedelta(days=2))
    assert [each.serial for each in Variants(database).all()] == [1, 2, 3]
    save(database, NINE + timedelta(days=2) + HISTORY + timedelta(seconds=1), None)
    left = Variants(database).all()
    assert [each.serial for each in left] == [3, 4]
    assert first is not None
    assert {each.began for each in left} == {first.began}
    store = Variants(database)
    assert store.forget(NINE + timedelta(days=400), {"daily@C1"}) == ()
    assert store.forget(NINE, ()) == ()
    assert store.forget(NINE + timedelta(days=400), ()) == ("daily@C1",)
    assert store.all() == ()


def test_who_changed_it_is_counted_and_erased_and_the_settings_stay(database: Database) -> None:
    made = save(database, NINE)
    assert made is not None
    assert (kept(database, ADA).settings, kept(database, user("T1", "U0BO")).settings) == (1, 0)
    assert erase(database, ADA).settings == 1
    assert Variants(database).all() == (replace(made, by=""),)
    assert not kept(database, ADA).any


# --- whatever is stored

SLUGS = sorted(topic.slug for topic in CATALOGUE.topics)
OWNS = st.builds(
    Own,
    st.lists(st.sampled_from(SLUGS), max_size=50, unique=True).map(tuple),
    st.builds("{} {} * * {}".format, st.integers(0, 59), st.integers(0, 23), st.sampled_from(["*", "mon", "1-5"])),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Havana"]),
    st.integers(1, 30),
    st.sampled_from(sorted(LANGUAGES)),
)
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda each: st.lists(each) | each)
CALM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@CALM
@given(own=OWNS)
def test_what_is_saved_comes_back(database: Database, own: Own) -> None:
    made = save(database, NINE, own)
    assert made is not None
    assert newest(Variants(database).all())[0].own == own


@CALM
@given(stored=st.dictionaries(st.sampled_from(["topics", "cron", "timezone", "size", "language", "x"]), JSON) | JSON)
def test_whatever_is_stored_is_read_or_left_alone(database: Database, stored: object) -> None:
    save(database, NINE)
    with database.write() as connection:
        connection.execute(update(table).values(own=stored))
        assert connection.execute(select(table.c.own)).scalars().first() == stored
    (read,) = newest(Variants(database).all())
    assert read.own is None or 1 <= read.own.size <= 30
    asked = plan(database)
    assert asked.get("daily@C1", NINE + timedelta(days=1)) is not None
    assert asked.more()[0].channels == ("C1",)


@CALM
@given(own=OWNS, name=st.sampled_from(["topics", "cron", "timezone", "size", "language"]), odd=JSON)
def test_one_odd_value_makes_it_the_digest_as_it_is(own: Own, name: str, odd: object) -> None:
    good = {each: getattr(own, each) for each in own.__slots__}
    assert own_of(good) == own
    read = own_of({**good, name: odd})
    assert read is None or getattr(read, name) == (tuple(odd) if isinstance(odd, list) else odd)


# --- any order of changes and looks


@CALM
@given(
    steps=st.lists(
        st.tuples(st.integers(1, 400), st.sampled_from(["look", "look", "own", "standard"]), st.integers(0, 23)),
        min_size=4,
        max_size=30,
    )
)
def test_whatever_is_changed_when_each_slot_comes_once_and_none_is_lost(
    database: Database, steps: list[tuple[int, str, int]]
) -> None:
    """Minutes pass, somebody changes it, the bot looks. Of the slots between two looks the newest is posted, in its time."""
    ledger, now = Ledger(database), NINE
    Variants(database)
    with database.write() as connection:
        for each in (table, deliveries, schedules):
            connection.execute(delete(each))
    ledger.seen("daily", rhythm(DAILY), now)
    posted: list[datetime] = []
    changes: list[tuple[datetime, Own | None]] = [(now, None)]
    looked = now

    def look() -> None:
        asked = plan(database)
        for digest in (DAILY, *asked.more()):
            slot = asked.due(digest, now, GRACE)
            there = None if slot is None else asked.at(digest, slot)
            if slot is not None:
                if there is not None and "C1" in there.channels and ledger.claim(digest.name, slot, "C1", POST, now):
                    posted.append(slot)
                ledger.served(digest.name, slot)

    for minutes, what, hour in steps:
        now += timedelta(minutes=minutes)
        if what == "look":
            look()
            look()  # what waited for the digest's own slot
            expected = newest_slot(changes, max(looked, now - GRACE), now)
            assert expected is None or expected in posted, (expected, posted)
            looked = now
        else:
            own = replace(OWN, cron=f"0 {hour} * * *") if what == "own" else None
            if own is not None or len(changes) > 1:
                save(database, now, own)
                changes.append((now, own))
    assert len(posted) == len(set(posted))
    for slot in posted:
        assert slot.hour == hour_of(changes, slot)


def hour_of(changes: list[tuple[datetime, Own | None]], slot: datetime) -> int:
    """The hour at which the channel was to get it, by the settings at a slot's moment."""
    own = next(own for at, own in reversed(changes) if at < slot)
    return 9 if own is None else int(own.cron.split()[1])


def newest_slot(changes: list[tuple[datetime, Own | None]], after: datetime, until: datetime) -> datetime | None:
    """The newest slot of a time, by the settings at each slot's moment."""
    hour = until.replace(minute=0, second=0, microsecond=0)
    while hour > after:
        if hour > changes[0][0] and hour.hour == hour_of(changes, hour):
            return hour
        hour -= timedelta(hours=1)
    return None


def test_a_digest_as_it_is_in_the_form_of_an_own() -> None:
    assert standard_own(DAILY) == Own(("robotics",), "0 9 * * *", "UTC", 12, "en")
