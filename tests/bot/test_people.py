"""People as Slack knows them: zone, language and rights, asked once an hour, and what counts where Slack does not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.people import FRESH, People
from bot.pressing import presser
from bot.readers import user
from playground.slack import ADMIN, BOT_TOKEN, READER, Fault, Person, Workspace, running
from playground.slack.values import User
from tests.bot.running_bot import Clock, bot

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _asked(slack: Workspace) -> int:
    return sum(call.method == "users.info" for call in slack.calls)


async def test_zone_language_and_rights_are_slacks(tmp_path: Path) -> None:
    slack = Workspace()
    slack.add_user(replace(READER, tz="Asia/Tokyo", locale="ja-JP"))
    async with running(slack) as url:
        people = People(AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/"), "Europe/Berlin", [], lambda: NOON)
        person = await people.person(slack.team_id, READER.id)
        assert (person.timezone, person.locale, person.admin, person.known) == ("Asia/Tokyo", "ja-JP", False, True)
        assert (await people.person(slack.team_id, ADMIN.id)).admin


async def test_a_person_is_asked_about_once_an_hour_and_when_something_changed() -> None:
    slack = Workspace()
    now = NOON
    async with running(slack) as url:
        people = People(AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/"), "UTC", [], lambda: now)
        for _ in range(3):
            await people.person(slack.team_id, READER.id)
        assert _asked(slack) == 1
        people.changed(slack.team_id, READER.id)
        await people.person(slack.team_id, READER.id)
        assert _asked(slack) == 2
        now += FRESH
        await people.person(slack.team_id, READER.id)
        assert _asked(slack) == 3


async def test_what_slack_said_last_counts_while_it_says_nothing() -> None:
    slack = Workspace()
    now = NOON
    async with running(slack) as url:
        people = People(AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/"), "UTC", [], lambda: now)
        first = await people.person(slack.team_id, READER.id)
        slack.faults.add(Fault("users.info", "server_error"))
        now += FRESH
        assert await people.person(slack.team_id, READER.id) == first


@pytest.mark.parametrize("admins", [[], [READER.id]])
async def test_without_the_scope_the_settings_count(admins: list[str]) -> None:
    slack = Workspace()
    slack.scopes.discard("users:read")
    async with running(slack) as url:
        people = People(AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/"), "Europe/Berlin", admins, lambda: NOON)
        person = await people.person(slack.team_id, READER.id)
        assert (person.timezone, person.locale, person.known) == ("Europe/Berlin", "en", False)
        assert person.admin == bool(admins)
        await people.person(slack.team_id, READER.id)
        assert _asked(slack) == 1  # not at every question


async def test_a_deactivated_person_is_not_active() -> None:
    slack = Workspace()
    slack.add_user(replace(READER, deleted=True))
    async with running(slack) as url:
        people = People(AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/"), "UTC", [], lambda: NOON)
        assert not (await people.person(slack.team_id, READER.id)).active


async def test_times_are_told_in_the_askers_own_zone_and_the_help_in_the_askers_language(tmp_path: Path) -> None:
    # 23:30 on Sunday in New York is Monday morning in Berlin: "since:monday" means another day to each.
    clock = Clock(datetime(2026, 11, 23, 4, 30, tzinfo=UTC) + timedelta(seconds=1))
    slack = Workspace()
    slack.add_user(replace(READER, tz="America/New_York"))
    slack.add_user(replace(ADMIN, tz="Europe/Berlin", locale="de-DE"))
    async with bot(tmp_path, clock=clock, workspace=slack) as _:
        there = (await Person(slack, READER.id).slash("/news", "robots since:sunday")).text
        here = (await Person(slack, ADMIN.id).slash("/news", "robots since:sunday")).text
        assert there != here
        assert "die Themen" in (await Person(slack, ADMIN.id).slash("/news", "help")).text
        assert "the topics" in (await Person(slack, READER.id).slash("/news", "help")).text


async def test_whoever_comes_from_another_workspace_is_one_person_and_kept_under_ours(tmp_path: Path) -> None:
    slack = Workspace()
    slack.add_user(replace(READER, team="T0ELSEWHERE"))
    async with bot(tmp_path, workspace=slack) as (_, service):
        person = Person(slack, READER.id)
        await person.slash("/news", "subscribe robotics")
        await person.open_home()
        await slack.wait_for(lambda: slack.home(READER.id), 5)
        home = slack.home(READER.id)
        assert home is not None
        (dialog,) = (await person.click("home_subscribe", on=home, patience=3)).views
        sent = await person.submit_view(dialog)
        assert sent.payload["team"]["id"] == "T0ELSEWHERE"
        assert not sent.errors
        assert len(service.room.subscriptions.of(user(slack.team_id, READER.id))) == 2
        assert service.room.subscriptions.of(user("T0ELSEWHERE", READER.id)) == ()
        known = await service.app.office.people.person("", READER.id)  # as where the app is an organization's
        assert known.place == user(slack.team_id, READER.id)


@pytest.mark.parametrize(
    ("somebody", "admin"),
    [
        (replace(ADMIN, team="T0PLAYGRND1"), True),
        (replace(ADMIN, team="T0ELSEWHERE"), False),
        (replace(ADMIN, team="T0PLAYGRND1", is_stranger=True), False),
        (replace(ADMIN, is_restricted=True), False),
    ],
)
async def test_who_runs_another_workspace_runs_not_this_one(somebody: User, admin: bool) -> None:
    slack = Workspace()
    slack.add_user(somebody)
    async with running(slack) as url:
        for named in ([], [ADMIN.id]):
            people = People(AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/"), "UTC", named, lambda: NOON)
            people.serve(slack.team_id)
            assert (await people.person("T0ELSEWHERE", ADMIN.id)).admin is (admin or bool(named))


@pytest.mark.parametrize(
    ("body", "who"),
    [
        ({"team": {"id": "T1"}, "user": {"id": "U1"}}, ("T1", "U1")),
        ({"team_id": "T1", "user_id": "U1"}, ("T1", "U1")),
        ({"team": None, "user": {"id": "U1", "team_id": "T1"}}, ("", "U1")),
        ({"team": "T", "user": "U1"}, ("", "")),
        ({"team": [], "user": 1}, ("", "")),
        ({}, ("", "")),
    ],
)
def test_who_pressed_is_read_from_whatever_comes(body: dict[str, object], who: tuple[str, str]) -> None:
    assert presser(body) == who
