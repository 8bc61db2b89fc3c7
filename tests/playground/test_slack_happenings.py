"""What happens in the pretend workspace changes it, and is told to the bot in Slack's form; anything can be told again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from playground.slack import (
    ADMIN,
    BOT_TOKEN,
    NEWS,
    PRIVATE,
    READER,
    STRANGE,
    Json,
    Person,
    Workspace,
    happenings,
    running,
    serving,
)

Heard = list[tuple[Json, str]]


@pytest.fixture
async def heard() -> AsyncIterator[tuple[Workspace, Heard]]:
    """A workspace, and what a bot hears of it: each event with the number of its repeat."""
    slack, told = Workspace(), []
    async with running(slack) as url:
        client = AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/")
        app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)

        @app.middleware
        async def listen(req: AsyncBoltRequest) -> BoltResponse:
            told.append((req.body.get("event", req.body), (req.headers.get("x-slack-retry-num") or [""])[0]))
            return BoltResponse(status=200)

        handler = AsyncSlackRequestHandler(app)
        web = Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])
        async with serving(web) as address:
            slack.request_url = f"{address}/slack/events"
            yield slack, told


async def test_the_bot_comes_and_goes(heard: tuple[Workspace, Heard]) -> None:
    slack, told = heard
    ada = Person(slack)
    assert (await happenings.invited(ada, STRANGE.id)).ok
    assert slack.channels[STRANGE.id].is_member
    await happenings.removed(ada, STRANGE.id)
    assert not slack.channels[STRANGE.id].is_member
    await happenings.removed(ada, PRIVATE.id)
    joined, left, private = (event for event, _ in told)
    assert (joined["type"], joined["user"], joined["inviter"]) == ("member_joined_channel", slack.bot_user.id, ADMIN.id)
    assert (left["type"], left["channel"]) == ("channel_left", STRANGE.id)
    assert (private["type"], private["channel"]) == ("group_left", PRIVATE.id)


async def test_channels_and_people_go(heard: tuple[Workspace, Heard]) -> None:
    slack, told = heard
    ada = Person(slack)
    await happenings.renamed(ada, NEWS.id, "news-of-ai")
    await happenings.archived(ada, NEWS.id)
    await happenings.deleted(ada, PRIVATE.id)
    await happenings.deactivated(ada, READER.id)
    assert slack.find_channel("#news-of-ai") == slack.channels[NEWS.id]
    assert slack.channels[NEWS.id].is_archived
    assert PRIVATE.id not in slack.channels
    assert slack.users[READER.id].deleted
    renamed, archived, deleted, deactivated = (event for event, _ in told)
    assert (renamed["type"], renamed["channel"]["name"]) == ("channel_rename", "news-of-ai")
    assert (archived["type"], deleted["type"]) == ("channel_archive", "group_deleted")
    assert (deactivated["user"]["id"], deactivated["user"]["deleted"]) == (READER.id, True)


async def test_an_uninstalled_app_has_no_token_any_more(heard: tuple[Workspace, Heard]) -> None:
    slack, told = heard
    await happenings.uninstalled(Person(slack))
    assert told[-1][0]["type"] == "app_uninstalled"
    client = AsyncWebClient(BOT_TOKEN, base_url=f"{slack.base_url}/api/")
    with pytest.raises(Exception, match="invalid_auth"):
        await client.auth_test()


async def test_what_was_told_is_told_again_word_for_word(heard: tuple[Workspace, Heard]) -> None:
    slack, told = heard
    ada = Person(slack)
    _, reply = await ada.mention("robots")
    await ada.again(reply)
    await ada.again(reply, retry=(2, "http_timeout"))
    assert [number for _, number in told] == ["", "1", "2"]
    assert told[0][0] == told[1][0] == told[2][0]
    pressed = await ada.shortcut("search_news")
    await ada.again(pressed, retry=None)
    assert told[-1] == told[-2]
    assert told[-1][0]["trigger_id"] == pressed.trigger_id
