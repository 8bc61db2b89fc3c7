"""What Slack tells twice is done once, also by two processes, and done anew where the first died over it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from bot.delivery.schema import events
from bot.heard import KEPT, PATIENCE, Heard
from digests.library import Database

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


def opened(url: str) -> Heard:
    return Heard(Database(url))


def test_what_was_taken_on_is_not_taken_on_again(database_url: str) -> None:
    one, other = opened(database_url), opened(database_url)
    assert one.begin("Ev1", NOON)
    assert not other.begin("Ev1", NOON + MOMENT)
    one.done("Ev1")
    assert not other.begin("Ev1", NOON + PATIENCE + MOMENT)
    assert other.begin("Ev2", NOON)


def test_what_a_dead_process_left_is_taken_on_once_more(database_url: str) -> None:
    opened(database_url).begin("Ev1", NOON)
    one, other = opened(database_url), opened(database_url)
    later = NOON + PATIENCE + MOMENT
    assert [one.begin("Ev1", later), other.begin("Ev1", later)] == [True, False]


def test_what_came_to_nothing_may_be_done_by_the_next(database_url: str) -> None:
    heard = opened(database_url)
    heard.begin("Ev1", NOON)
    heard.drop("Ev1")
    assert heard.begin("Ev1", NOON)
    heard.done("Ev1")
    heard.drop("Ev1")
    assert not heard.begin("Ev1", NOON)


def test_it_is_forgotten_after_a_day(database_url: str) -> None:
    database = Database(database_url)
    heard = Heard(database)
    for number in range(5):
        heard.begin(f"Ev{number}", NOON)
    heard.begin("Ev9", NOON + KEPT + MOMENT)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(events)).scalar() == 1
