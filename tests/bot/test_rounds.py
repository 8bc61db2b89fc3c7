"""Many subscriptions of one moment: each its own post, what they share made and stored once, and looks that do not grow."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select
from structlog.testing import capture_logs

from bot.delivery.schema import messages, subscriptions
from bot.readers import user
from bot.service import Service
from digests.library import Database
from digests.library.schema import contents, editions
from playground.slack import ADMIN, Fault, Message, User, Workspace, running
from playground.slack.forms import interactive
from tests.bot.running_bot import Clock
from tests.bot.test_subscriptions import beside, living, news, posts, served

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
EARLY = NINE - timedelta(minutes=10)
KINDS = ({"topics": "robotics", "size": 5}, {"topics": "", "size": 8}, {"topics": "robotics ai", "size": 5})


def subscribe(service: Service, team: str, number: int, slot: datetime, start: int = 0, **more: Any) -> None:
    """So many people, each with a personal digest at nine, of a few kinds."""
    rows = [
        {
            "cron": "0 9 * * *",
            "timezone": "UTC",
            "locale": "en",
            **KINDS[n % len(KINDS)],
            "id": f"s{n:010x}",
            "owner": user(team, f"U{n:08}"),
            "team": team,
            "where": f"U{n:08}",
            "created_at": slot - timedelta(days=1),
            "next_at": slot,
            "due_at": slot,
            **more,
        }
        for n in range(start, start + number)
    ]
    with service.room.library.database.write() as connection:
        connection.execute(insert(subscriptions), rows)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(*call: Any) -> None:
        asked.append(call[2])

    event.listen(database._engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database._engine, "before_cursor_execute", note)


def values(message: Message) -> list[str]:
    return [each["value"] for _, each in interactive(message.blocks) if "value" in each]


def workspace(people: int) -> Workspace:
    made = Workspace()
    for n in range(people):
        made.add_user(User(f"U{n:08}", f"person{n}"))
    return made


async def test_everybody_gets_their_own_post_of_what_is_made_once(tmp_path: Path) -> None:
    people = 40
    async with living(tmp_path, Clock(EARLY), workspace=workspace(people)) as (
        slack,
        service,
        clock,
    ):
        subscribe(service, slack.team_id, people, NINE)
        clock.forward(timedelta(minutes=10, seconds=1))
        await served(service)
        library, kinds = service.room.library, len(KINDS)
        for n in range(people):
            (post,) = posts(slack, f"U{n:08}")
            name = f"sub-s{n:010x}"
            assert name in values(post)  # what Customize carries
            assert not [each for each in values(post) if "sub-s" in each and name not in each]
            edition = library.edition(name, NINE)
            assert edition is not None
            assert (edition.digest, edition.title) == (name, library.edition(f"sub-s{n % kinds:010x}", NINE).title)  # type: ignore[union-attr]
            assert service.room.edition_at(post.channel, post.ts) == edition
        # As it would be if everybody were served alone.
        for n in range(kinds):
            name = f"sub-s{n:010x}"
            spec = service.room.spec(name, NINE)
            made, stored = service.room.desk.edition(spec, NINE, clock()), library.edition(name, NINE)
            assert [each.lead.url for each in made.stories] == [each.lead.url for each in stored.stories]  # type: ignore[union-attr]
            assert set(library.told(name)) == {url for each in (*made.stories, *made.more) for url in each.story.urls}
        with library.database.read() as connection:
            assert len(connection.execute(select(contents.c.id)).all()) == kinds
            assert len(connection.execute(select(messages.c.id)).all()) <= 3 * kinds
        assert service.room.subscriptions.due(clock(), 9) == ()
        assert service.room.ledger.unfinished() == ()


async def test_who_was_told_something_is_not_told_again_beside_who_was_not(tmp_path: Path) -> None:
    async with living(tmp_path, Clock(EARLY), workspace=workspace(6)) as (slack, service, clock):
        subscribe(service, slack.team_id, 3, NINE)
        clock.forward(timedelta(minutes=11))
        await served(service)
        subscribe(service, slack.team_id, 3, NINE + timedelta(hours=2), start=3, cron="0 * * * *")
        for n in range(3):
            service.room.subscriptions.change(f"s{n:010x}", now=clock(), cron="0 * * * *")
        clock.forward(timedelta(hours=1, minutes=30))
        news(service, clock, "Humanoid robots of Halden Labs learn to fold laundry in five minutes")
        clock.forward(timedelta(minutes=30))
        await served(service)
        for n in range(3):
            old, new = f"sub-s{n:010x}", f"sub-s{n + 3:010x}"
            slot = NINE + timedelta(hours=2)
            told, fresh = (service.room.library.edition(name, slot) for name in (old, new))
            assert told is not None
            assert fresh is not None
            first = {each.lead.url for each in service.room.library.edition(old, NINE).stories}  # type: ignore[union-attr]
            assert not first & {each.lead.url for each in told.stories}
            assert first & {each.lead.url for each in fresh.stories}
            alone = service.room.desk.edition(service.room.spec(old, slot), slot, clock(), told=None)
            assert [each.lead.url for each in alone.stories] == [each.lead.url for each in told.stories]


@pytest.mark.parametrize("number", [100, 20_000])
async def test_a_look_costs_the_same_however_many_there_are(tmp_path: Path, number: int) -> None:
    slack = Workspace()
    async with running(slack), beside(tmp_path, slack, Clock(NINE - timedelta(hours=1))) as service:
        subscribe(service, slack.team_id, number, NINE)
        tasks = asyncio.all_tasks()
        with statements(service.room.library.database) as asked:
            await service.rounds.tick()
            await service.rounds.idle()
        (look,) = [each for each in asked if not each.startswith(("BEGIN", "PRAGMA", "CREATE TEMP"))]
        assert "ORDER BY subscriptions.due_at" in look
        assert "LIMIT" in look
        assert asyncio.all_tasks() == tasks  # no timer, and nothing that waits


async def test_serving_twice_as_many_asks_hardly_more(tmp_path: Path) -> None:
    counted = []
    for people in (60, 120):
        folder = tmp_path / str(people)
        folder.mkdir()
        async with living(folder, Clock(EARLY), workspace=workspace(people)) as (
            slack,
            service,
            clock,
        ):
            subscribe(service, slack.team_id, people, NINE, topics="robotics", size=5)
            with statements(service.room.library.database) as asked:
                clock.forward(timedelta(minutes=11))
                await served(service)
            assert len([each for each in slack.all_messages() if not each.is_reply]) == people
            counted.append(
                len([each for each in asked if each.startswith(("INSERT", "SELECT subscriptions", "SELECT editions"))])
            )
    assert counted[1] < counted[0] * 1.6


async def test_no_more_people_are_asked_about_than_slack_likes(tmp_path: Path) -> None:
    people = 130
    async with living(tmp_path, Clock(EARLY), workspace=workspace(people)) as (
        slack,
        service,
        clock,
    ):
        subscribe(service, slack.team_id, people, NINE)
        clock.forward(timedelta(minutes=11))
        await served(service)
        assert len({each.channel for each in slack.all_messages()}) == people
        assert 0 < len(slack.calls_of("users.info")) <= 50


async def test_one_that_cannot_be_made_is_tried_again_and_the_others_come(tmp_path: Path) -> None:
    people = 12
    with capture_logs() as lines:
        async with living(tmp_path, Clock(EARLY), workspace=workspace(people)) as (
            slack,
            service,
            clock,
        ):
            subscribe(service, slack.team_id, people, NINE)
            with service.room.library.database.write() as connection:
                bad = {"name": f"sub-s{7:010x}", "slot": NINE, "made_at": clock(), "document": "{"}
                connection.execute(insert(editions), bad)
            slack.faults.add(Fault("chat.postMessage", "refused", error="user_disabled", channel=f"U{3:08}"))
            clock.forward(timedelta(minutes=11))
            await served(service)
            came = {each.user for each in map(slack.channels.get, {m.channel for m in slack.all_messages()}) if each}
            assert came == {f"U{n:08}" for n in range(people) if n not in (3, 7)}
            assert service.room.subscriptions.get(f"s{3:010x}").ended == "user_disabled"  # type: ignore[union-attr]
            assert service.room.subscriptions.get(f"s{7:010x}").next_at == NINE  # type: ignore[union-attr]
    assert [line["subscription"] for line in lines if line["event"] == "subscription failed"] == [f"s{7:010x}"]


async def test_the_clock_set_back_by_hours_posts_nothing_again(tmp_path: Path) -> None:
    async with living(tmp_path, Clock(EARLY), workspace=workspace(3)) as (slack, service, clock):
        subscribe(service, slack.team_id, 3, NINE)
        clock.forward(timedelta(minutes=11))
        await served(service)
        for move in (timedelta(hours=-5), timedelta(hours=5), timedelta(hours=-1), timedelta(hours=2)):
            clock.forward(move)
            await served(service)
        assert [len(posts(slack, f"U{n:08}")) for n in range(3)] == [1, 1, 1]
        assert slack.messages(ADMIN.id) == []
