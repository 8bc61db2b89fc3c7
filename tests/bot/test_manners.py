"""The bot is invited and sent away, channels and people go: at the wire, over both transports."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from bot.clock import utc_now
from bot.commands.subscribing import SILENT, TOLD, UNSUBSCRIBED
from bot.manifest import HEARD, SCOPES
from bot.readers import channel, user
from bot.readers.moving import move
from bot.readers.subscriptions import Subscription
from bot.rounds import INACTIVE, LOST, NO_TOPICS
from bot.service import Service
from bot.tidying import ENDS, REASONS, UNINSTALLED
from digests.language import speaking
from digests.models import Message, Post
from playground.slack import ADMIN, NEWS, OTHER, PRIVATE, READER, STRANGE, Fault, Person, Workspace, happenings, sign
from tests.bot.running_bot import bot

BOTH = pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])


def subscribed(slack: Workspace, service: Service, where: str, who: str = READER.id) -> Subscription:
    """A subscription as somebody has it."""
    return service.room.subscriptions.add(
        user(slack.team_id, who), slack.team_id, where, ("robotics",), "30 8 * * mon-fri", "UTC", 5, "en", utc_now()
    )


def why(service: Service, subscription: Subscription) -> str:
    """Why a subscription ended; empty where it runs."""
    found = service.room.subscriptions.get(subscription.id)
    assert found is not None
    return found.ended


@BOTH
async def test_it_says_once_what_it_posts_to_who_invited_it(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        reply = await happenings.invited(person, NEWS.id)
        assert reply.ok
        assert (await person.again(reply)).ok
        (hello,) = slack.ephemerals(NEWS.id)
        assert hello.ephemeral_to == READER.id
        words = hello.visible_text()
        digest = service.room.settings.digests[0]
        assert f"• {digest.spec.title}: weekdays at 09:00 (UTC), for you next on " in words
        assert "@Heatline robots" in words
        assert "/news help" in words
        assert slack.all_messages() == []


@pytest.mark.parametrize("channel", [STRANGE.id, PRIVATE.id])
async def test_it_says_that_nothing_is_posted_until_somebody_subscribes(tmp_path: Path, channel: str) -> None:
    slack = Workspace()
    slack.add_user(dataclasses.replace(ADMIN, locale="de-DE"))
    async with bot(tmp_path, workspace=slack) as (_, service):
        person = Person(slack)
        await happenings.invited(person, channel)
        assert "Ich poste hier nichts, bis jemand" in slack.ephemerals(channel)[-1].visible_text()
        subscribed(slack, service, channel)
        await happenings.invited(person, channel)  # sent away and invited again
        assert "• Robotik: werktags um 08:30 (UTC)" in slack.ephemerals(channel)[-1].visible_text()
        assert slack.all_messages() == []


async def test_a_digest_that_names_its_channel_is_told_of(tmp_path: Path) -> None:
    async with bot(tmp_path, HEATLINE_CHANNEL="#random") as (slack, _):
        person = Person(slack, READER.id)
        await happenings.invited(person, STRANGE.id)
        assert "AI digest: weekdays" in slack.ephemerals(STRANGE.id)[-1].visible_text()
        slack.scopes -= {"channels:read"}  # then it cannot know the name, and says what it knows
        await happenings.invited(person, STRANGE.id)
        assert "I post nothing here" in slack.ephemerals(STRANGE.id)[-1].visible_text()


async def test_who_cannot_be_told_there_is_told_directly_and_nobody_where_nobody_invited(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        slack.faults.add(Fault("chat.postEphemeral", "refused", error="user_not_in_channel", times=1))
        await happenings.invited(person, NEWS.id)
        (hello,) = slack.messages(slack.direct_message(READER.id).id)
        assert "thank you for the invitation" in hello.visible_text()
        slack.delete(hello)
        await happenings.invited(person, NEWS.id, named=False)
        joined = {"type": "member_joined_channel", "channel": NEWS.id, "inviter": ADMIN.id, "user": READER.id}
        assert (await person.event(joined)).ok  # somebody else
        assert slack.all_messages() == slack.ephemerals() == []


@BOTH
@pytest.mark.parametrize(
    ("happens", "ended", "told"),
    [
        (happenings.removed, "not_in_channel", "since I am no longer in that channel"),
        (happenings.archived, "is_archived", "since the channel was archived"),
        (happenings.deleted, "channel_not_found", "since I am no longer in that channel"),
    ],
)
@pytest.mark.parametrize("channel", [OTHER.id, PRIVATE.id])
async def test_where_a_channel_goes_its_subscriptions_end_and_no_others(
    tmp_path: Path, socket_mode: bool, happens: happenings.InChannel, ended: str, told: str, channel: str
) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        gone, here, mine = (subscribed(slack, service, where) for where in (channel, NEWS.id, READER.id))
        with capture_logs() as lines:
            assert (await happens(Person(slack), channel)).ok
        assert why(service, gone) == ended
        assert why(service, here) == why(service, mine) == ""
        assert [line["why"] for line in lines if line["event"] == "subscription.ended"] == [REASONS[ended]]
        assert slack.all_messages() == slack.ephemerals() == []  # nobody there could read it
        assert f"Ended: Robotics, {told}." in (await Person(slack, READER.id).slash("/news", "settings")).text


async def test_who_leaves_a_channel_ends_nothing_but_the_bot_does(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        here = subscribed(slack, service, NEWS.id)
        left = {"type": "member_left_channel", "channel": NEWS.id, "channel_type": "C"}
        await Person(slack, READER.id).event(left)
        assert why(service, here) == ""
        await Person(slack).event({**left, "user": slack.bot_user.id})
        assert why(service, here) == "not_in_channel"


async def test_a_digest_of_the_settings_that_loses_its_channel_is_logged(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        with capture_logs() as lines:
            await happenings.archived(Person(slack), OTHER.id)
            await happenings.archived(Person(slack), NEWS.id)
        (line,) = [line for line in lines if line["event"] == "digest.cannot_be_posted"]
        assert (line["digest"], line["channel"], line["log_level"]) == ("daily", NEWS.id, "warning")


async def test_a_renamed_channel_keeps_its_subscriptions_and_a_digest_with_the_old_name_is_logged(
    tmp_path: Path,
) -> None:
    async with bot(tmp_path, HEATLINE_CHANNEL="#ai-news") as (slack, service):
        here = subscribed(slack, service, NEWS.id)
        now = utc_now()
        await service.publisher.publish(service.room.settings.digests[0], now.replace(second=0, microsecond=0), now)
        with capture_logs() as lines:
            await happenings.renamed(Person(slack), NEWS.id, "news-of-ai")
            await happenings.renamed(Person(slack), NEWS.id, "ai-news")
        (line,) = [line for line in lines if line["event"] == "digest.names_channel_by_old_name"]
        assert (line["digest"], line["name"]) == ("daily", "news-of-ai")
        assert NEWS.id in line["do"]
        assert why(service, here) == ""


@BOTH
async def test_what_is_kept_of_a_channel_goes_along_when_its_id_changes(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode, HEATLINE_CHANNEL=PRIVATE.id) as (slack, service):
        room, digest, now = service.room, service.room.settings.digests[0], utc_now()
        gone, stays = subscribed(slack, service, PRIVATE.id), subscribed(slack, service, NEWS.id)
        old, new = channel(PRIVATE.id), channel("C0SHARED001")
        await service.publisher.publish(digest, now.replace(second=0, microsecond=0), now)
        (posted,) = slack.messages(PRIVATE.id)
        who = user(slack.team_id, READER.id)
        for place, url in (
            (old, "https://a.example.com"),
            (old, "https://b.example.com"),
            (new, "https://b.example.com"),
        ):
            room.votes.give(place, url, ["topic:robotics"], 1.0, now, by=who)
        for place, name in ((old, "robotics"), (old, "drones"), (new, "drones")):
            room.mutes.mute(place, "topic", name, now, who)
        with capture_logs() as lines:
            assert (await happenings.shared_outside(Person(slack), PRIVATE.id, "C0SHARED001")).ok
        assert [each.id for each in room.subscriptions.within("C0SHARED001")] == [gone.id]
        assert [each.id for each in room.subscriptions.within(NEWS.id)] == [stays.id]
        assert room.votes.urls(old, who) == ()
        assert set(room.votes.urls(new, who)) == {"https://a.example.com", "https://b.example.com"}
        assert room.mutes.of(old) == ()
        assert {mute.name for mute in room.mutes.of(new)} == {"robotics", "drones"}
        assert room.edition_at("C0SHARED001", posted.ts) is not None
        (line,) = [line for line in lines if line["event"] == "digest.names_channel_by_old_id"]
        assert "C0SHARED001" in line["do"]
        again = await Person(slack).click("story_why", on=slack.messages("C0SHARED001")[0], patience=3)
        assert "AI digest" in again.text


async def test_a_slot_that_was_served_is_not_served_again_under_the_new_id(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        room, now = service.room, utc_now()
        gone, double = subscribed(slack, service, PRIVATE.id), subscribed(slack, service, "C0SHARED001")
        slot = now.replace(second=0, microsecond=0)
        post = Post(Message("Words", ()), ())
        assert room.ledger.claim(gone.digest, slot, PRIVATE.id, post, now) is not None
        assert move(room.library.database, PRIVATE.id, "C0SHARED001", now) == 0  # the same comes there already
        assert [each.id for each in room.subscriptions.within("C0SHARED001")] == [double.id]
        assert room.ledger.claim(gone.digest, slot, "C0SHARED001", post, now) is None


async def test_a_change_of_id_that_names_none_changes_nothing(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        here = subscribed(slack, service, NEWS.id)
        for event in ({}, {"old_channel_id": NEWS.id}, {"old_channel_id": NEWS.id, "new_channel_id": NEWS.id}):
            assert (await Person(slack).event({"type": "channel_id_changed", **event})).ok
        assert [each.id for each in service.room.subscriptions.within(NEWS.id)] == [here.id]


@BOTH
async def test_who_is_deactivated_gets_nothing_more_and_what_is_a_channels_goes_on(
    tmp_path: Path, socket_mode: bool
) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        mine, channels, others = (
            subscribed(slack, service, where, who)
            for where, who in ((READER.id, READER.id), (NEWS.id, READER.id), (ADMIN.id, ADMIN.id))
        )
        people = service.app.office.people
        assert (await people.person(slack.team_id, READER.id)).active
        assert (await happenings.deactivated(Person(slack), READER.id)).ok
        assert why(service, mine) == INACTIVE
        assert why(service, channels) == why(service, others) == ""
        assert not (await people.person(slack.team_id, READER.id)).active


async def test_what_slack_says_of_a_person_counts_at_once(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        people = service.app.office.people
        assert (await people.person(slack.team_id, READER.id)).timezone == "America/New_York"
        moved = slack.add_user(dataclasses.replace(READER, tz="Asia/Tokyo"))
        await Person(slack).event({"type": "user_change", "user": moved.to_json(slack.clock())})
        assert (await people.person(slack.team_id, READER.id)).timezone == "Asia/Tokyo"


@BOTH
async def test_when_the_app_is_uninstalled_all_subscriptions_of_the_workspace_end(
    tmp_path: Path, socket_mode: bool
) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        ours = [subscribed(slack, service, where) for where in (NEWS.id, READER.id)]
        other = service.room.subscriptions.add(
            user("T0OTHER", "U0OTHER"), "T0OTHER", "U0OTHER", (), "0 9 * * *", "UTC", 5, "en", utc_now()
        )
        with capture_logs() as lines:
            assert (await happenings.uninstalled(Person(slack))).ok
        assert {why(service, each) for each in ours} == {UNINSTALLED}
        assert why(service, other) == ""
        assert [line["subscriptions"] for line in lines if line["event"] == "app.uninstalled"] == [2]


async def test_a_revoked_token_is_logged_and_ends_nothing(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        here = subscribed(slack, service, NEWS.id)
        person = Person(slack)
        with capture_logs() as lines:
            await person.event({"type": "tokens_revoked", "tokens": {"oauth": [READER.id], "bot": []}})
            await person.event({"type": "tokens_revoked", "tokens": {"bot": [slack.bot_user.id]}})
        assert len([line for line in lines if line["event"] == "app.token_revoked"]) == 1
        assert why(service, here) == ""


async def test_every_event_of_the_manifest_is_heard(tmp_path: Path) -> None:
    async with bot(tmp_path, HEATLINE_LOG_LEVEL="debug") as (slack, _):
        with capture_logs() as lines:
            for each in HEARD:
                assert (await Person(slack).event({"type": each.name.removesuffix(".im")})).ok
            assert [line for line in lines if line["event"] == "slack.unheard"] == []
            await Person(slack).event({"type": "emoji_changed"})
        assert [line["kind"] for line in lines if line["event"] == "slack.unheard"] == ["emoji_changed"]


@BOTH
async def test_with_the_least_scopes_all_ways_in_still_work(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, _):
        slack.scopes = {scope.name for scope in SCOPES if scope.needed}
        person = Person(slack, READER.id)
        asked, reply = await person.mention("robots")
        assert reply.ok
        assert slack.messages(NEWS.id, thread=asked.ts)
        await person.tell("robots")
        assert [each for each in slack.messages(slack.direct_message(READER.id).id) if each.bot_id]
        await happenings.invited(person, OTHER.id)
        assert "thank you for the invitation" in slack.ephemerals(OTHER.id)[-1].visible_text()
        (dialog,) = (await person.shortcut("search_news", patience=3)).views
        assert (await person.submit_view(dialog, {"question": "robots"})).ok
        assert "Robotics" in slack.views[dialog.id].visible_text()
        assert (await happenings.archived(person, OTHER.id)).ok
        assert (await happenings.deactivated(person, ADMIN.id)).ok


async def test_slack_makes_sure_of_the_address_of_events(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        body = json.dumps({"type": "url_verification", "challenge": "as it came", "token": "x"})
        now = str(int(slack.clock()))
        headers = {
            "content-type": "application/json",
            "x-slack-request-timestamp": now,
            "x-slack-signature": sign(slack.signing_secret, now, body),
        }
        async with httpx.AsyncClient() as client:
            url = f"http://127.0.0.1:{service.port}/slack/events"
            answer = await client.post(url, content=body, headers=headers)
            assert answer.json() == {"challenge": "as it came"}
            assert (
                await client.post(url, content=body, headers={"content-type": "application/json"})
            ).status_code == 401


async def test_odd_events_stop_nothing(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack)
        for kind in ("channel_archive", "channel_rename", "user_change", "tokens_revoked", "member_joined_channel"):
            for odd in ({}, {"channel": None, "user": None}, {"channel": [], "tokens": 7, "user": {"deleted": True}}):
                assert (await person.event({"type": kind, **odd})).ok, (kind, odd)
        assert (await person.slash("/news", "robots", channel=NEWS.id)).ok


async def test_a_slow_introduction_is_acknowledged_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.app.PATIENCE", 0.1)
    async with bot(tmp_path) as (slack, _):
        slack.faults.add(Fault("chat.postEphemeral", "delay", seconds=timedelta(seconds=1).total_seconds(), times=1))
        reply = await happenings.invited(Person(slack, READER.id), NEWS.id)
        assert reply.ok
        assert slack.ephemerals(NEWS.id) == []
        await slack.wait_for(lambda: slack.ephemerals(NEWS.id))


def test_people_are_told_of_every_way_to_end_that_is_not_silent_on_purpose() -> None:
    ways = {*REASONS, *LOST, INACTIVE, NO_TOPICS, UNSUBSCRIBED}
    assert ways == TOLD.keys() | SILENT
    assert not TOLD.keys() & SILENT
    assert set(ENDS.values()) <= REASONS.keys()
    assert all(speaking(language).say(key) for key in TOLD.values() for language in ("en", "de", "ja"))
