"""Subscriptions at the wire: asked for in Slack, posted once at their times, ended by whoever may, in the person's words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from bot.clock import utc_now
from bot.commands.subscribing import SIZE, wish
from bot.delivery import DeliveryState
from bot.delivery.schema import deliveries, schedules, subscriptions
from bot.readers import Subscription, Votes, channel, user
from bot.readers.subscriptions import MOST
from bot.retention import KEPT, tidy
from bot.rounds import INACTIVE, Rounds
from bot.service import Service
from bot.wiring import newsroom, settings_from
from digests.library import Filed, Stamp
from digests.library.schema import contents, contents_told, editions
from digests.topics import Catalogue
from playground.slack import (
    ADMIN,
    ARCHIVED,
    NEWS,
    OTHER,
    PRIVATE,
    READER,
    STRANGE,
    Channel,
    Fault,
    Message,
    Person,
    User,
    Workspace,
    check_message,
)
from playground.slack.forms import interactive
from tests.bot.running_bot import Clock, bot, environment
from tests.making import article

BOTH = pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # 7:00 in New York, where Rui reads
FOLLOWER = User("U0FOLLOW001", "finn", "Finn Follower", tz="Europe/Berlin", locale="de-DE")


@asynccontextmanager
async def living(
    folder: Path, clock: Clock | None = None, **more: Any
) -> AsyncIterator[tuple[Workspace, Service, Clock]]:
    """A bot on a Monday morning whose own digest does not come."""
    clock = clock or Clock(MONDAY)
    workspace = more.pop("workspace", None) or Workspace()
    workspace.add_user(FOLLOWER)
    more = {"HEATLINE_CRON": "0 0 1 1 *", "HEATLINE_SYNC_EVERY": "0"} | more
    async with bot(folder, clock=clock, workspace=workspace, **more) as (slack, service):
        yield slack, service, clock


def direct(slack: Workspace, person: str = READER.id) -> list[Message]:
    """The posts in somebody's direct messages with the bot, threads left out."""
    return [each for each in slack.messages(person) if each.metadata]


def posts(slack: Workspace, place: str) -> list[Message]:
    return [each for each in slack.messages(place) if each.metadata]


def news(service: Service, clock: Clock, title: str) -> None:
    """Let something happen about robots, which three publishers report."""
    for provider in ("Tidewater Post", "Mercator News", "Northgate Courier"):
        made = article(title, provider=provider, published_at=clock() - timedelta(minutes=20), quality=90, heat=90)
        service.room.library.put("more", [Filed(made.url, Stamp(1, 1, "x"), made)])


async def served(service: Service) -> None:
    """Let the bot look once more, and wait until it has done all that was due."""
    await service.rounds.tick()
    await service.rounds.idle()


def buttons(message: Message, action: str) -> list[tuple[str, str]]:
    """The block and value of every button of a name."""
    return [(block, each["value"]) for block, each in interactive(message.blocks) if each["action_id"] == action]


async def asked(slack: Workspace, text: str, person: str = READER.id, place: str = NEWS.id, **more: Any) -> Message:
    """The one answer to `/news TEXT`, which only the person sees."""
    (message,) = (await Person(slack, person).slash("/news", text, channel=place, **more)).messages
    assert message.ephemeral_to == person
    assert check_message({"text": message.text, "blocks": list(message.blocks)}) is None
    return message


async def said(slack: Workspace, text: str, person: str = READER.id, place: str = NEWS.id, **more: Any) -> str:
    return (await asked(slack, text, person, place, **more)).visible_text()


# --- subscribing, and what comes


@BOTH
async def test_a_personal_digest_comes_by_direct_message_in_the_persons_own_zone(
    tmp_path: Path, socket_mode: bool
) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, service, clock):
        answer = await said(slack, "subscribe robotics, facial recognition at 8:30 on weekdays")
        assert "Subscribed: Robotics and Facial Recognition, weekdays at 08:30 (America/New_York)" in answer
        assert "as a direct message. The first comes Mon 23 Nov 08:30." in answer
        await served(service)
        assert slack.all_messages() == []  # never at once
        clock.forward(timedelta(minutes=89))
        await served(service)
        assert slack.all_messages() == []
        clock.forward(timedelta(minutes=2))
        await slack.wait_for(lambda: direct(slack), 10)
        await served(service)
        (post,) = direct(slack)
        assert post.visible_text().startswith("Robotics and Facial Recognition · Mon 23 Nov")
        assert "Your subscription: weekdays at 08:30. Change or end it with /news settings." in post.visible_text()
        assert slack.messages(NEWS.id) == []
        (made,) = service.room.subscriptions.of(user(slack.team_id, READER.id))
        assert made.next_at == datetime(2026, 11, 24, 13, 30, tzinfo=UTC)


@BOTH
async def test_a_channels_digest_says_who_subscribed(tmp_path: Path, socket_mode: bool) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, service, clock):
        answer = await said(slack, "subscribe robotics at 8:30 on weekdays in #robots")
        assert "Subscribed #robots: Robotics, weekdays at 08:30 (America/New_York). The first comes" in answer
        assert "Subscribed #ai-news: AI news, every day at 08:30" in await said(
            slack, "subscribe everything 8:30 in here"
        )
        clock.forward(timedelta(minutes=91))
        await slack.wait_for(lambda: posts(slack, OTHER.id) and posts(slack, NEWS.id), 10)
        await served(service)
        (post,) = posts(slack, OTHER.id)
        assert "rui subscribed this channel to this: weekdays at 08:30." in post.visible_text()
        (other,) = posts(slack, NEWS.id)
        assert other.visible_text().startswith("AI news · Mon 23 Nov")
        assert direct(slack) == []


async def test_a_post_speaks_the_language_of_who_subscribed(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        answer = await said(slack, "subscribe alles täglich um 14 Uhr", FOLLOWER.id)
        assert "Abonniert: KI-Nachrichten, täglich um 14:00 (Europe/Berlin), als Direktnachricht." in answer
        assert "täglich um 14:00 (Europe/Berlin)" in await said(slack, "settings", FOLLOWER.id)
        clock.forward(timedelta(minutes=61))
        await served(service)
        (post,) = direct(slack, FOLLOWER.id)
        assert "Dein Abo: täglich um 14:00." in post.visible_text()


async def test_each_subscription_remembers_what_it_told(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await said(slack, "subscribe everything at 8:30")
        clock.forward(timedelta(minutes=91))
        await served(service)
        await said(slack, "subscribe everything at 9:30 on weekdays")  # as long as the other runs already
        clock.forward(timedelta(hours=1))
        await served(service)
        clock.forward(timedelta(hours=22, minutes=30))
        fresh = "Humanoid robots of Halden Labs learn to fold laundry in five minutes"
        news(service, clock, fresh)
        clock.forward(timedelta(minutes=30))
        await served(service)
        first, other, again = direct(slack)

        def titles(post: Message) -> set[str]:
            return {each.lead.title for each in service.room.edition_at(post.channel, post.ts).stories}

        assert len(titles(first)) == 12
        assert titles(again) == {fresh}
        assert len(titles(first) & titles(other)) > 6  # another subscription, another memory


async def test_on_monday_it_looks_back_over_the_weekend(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        await said(slack, "subscribe everything at 8:30 on weekdays")
        await said(slack, "subscribe everything at 8:30 on mondays")
        await said(slack, "subscribe everything at 8:30")
        mine = service.room.subscriptions.of(user(slack.team_id, READER.id))
        windows = [service.room.spec(each.digest, each.next_at).window for each in mine]
        assert windows == [timedelta(days=3), timedelta(days=7), timedelta(days=1)]
        tuesday = mine[0].next_at + timedelta(days=1)
        assert service.room.spec(mine[0].digest, tuesday).window == timedelta(days=1)


async def test_a_quiet_day_says_nothing_in_a_direct_message(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await said(slack, "subscribe quantum computing at 8:30")
        clock.forward(timedelta(minutes=91))
        await served(service)
        assert direct(slack) == []
        (made,) = service.room.subscriptions.of(user(slack.team_id, READER.id))
        assert made.next_at > clock()


# --- where it may go


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("in #random", "I am not in #random. Type /invite @Heatline there"),
        ("in #old-news", "#old-news is archived"),
        ("in #nowhere", "I find no channel #nowhere"),
        ("in #board", "I find no channel #board"),  # private, and not shown to strangers
        ("in C0NOTHERE01", "I find no channel C0NOTHERE01"),
    ],
)
async def test_a_place_where_it_cannot_go_is_told(tmp_path: Path, place: str, words: str) -> None:
    async with living(tmp_path) as (slack, service, _):
        assert words in await said(slack, f"subscribe robotics at 8:30 {place}")
        assert service.room.subscriptions.due(utc_now() + timedelta(days=99), 9) == ()


async def test_a_name_that_slack_left_as_it_was_is_looked_up(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        assert "Subscribed #robots" in await said(slack, "subscribe robotics in #robots at 9", names=False)
        assert "already: Robotics" in await said(slack, f"subscribe robotics at 9 in {OTHER.id}")
        slack.scopes -= {"channels:read", "groups:read"}
        for names in (True, False):
            told_off = await said(slack, "subscribe robotics in #robots at 10", names=names)
            assert "lacks a permission, channels:read for public channels or groups:read" in told_off
        assert "Subscribed: Robotics" in await said(slack, "subscribe robotics at 10")  # oneself one always reaches
        assert len(service.room.subscriptions.within(OTHER.id)) == 1


async def test_only_members_and_admins_subscribe_a_channel(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        slack.add_channel(Channel("C0QUIET0001", "quiet", members=(FOLLOWER.id,)))
        slack.change_channel(PRIVATE.id, is_member=True, members=(ADMIN.id, FOLLOWER.id))
        assert "You are not in #quiet. Join it first" in await said(slack, "subscribe robotics in #quiet")
        assert f"I find no channel {PRIVATE.id}" in await said(slack, f"subscribe robotics in {PRIVATE.id}")
        assert "Für #quiet abonniert" in await said(slack, "subscribe robotics in #quiet", FOLLOWER.id)
        assert "Für #board abonniert" in await said(slack, "subscribe robotics in #board", FOLLOWER.id)
        assert "Subscribed #quiet" in await said(slack, "subscribe drones in #quiet", ADMIN.id)
        slack.faults.add(Fault("conversations.members", "server_error", times=None))
        assert "could not be asked" in await said(slack, "subscribe drones in #robots")
        assert len(service.room.subscriptions.within("C0QUIET0001")) == 2


async def test_here_is_the_channel_or_the_person_alone(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        home = slack.direct_message(READER.id).id
        assert "as a direct message" in await said(slack, "subscribe robotics in here", place=home)
        assert "as a direct message" in await said(slack, "subscribe drones in dm")
        assert "Subscribed #robots" in await said(slack, "subscribe robotics here", place=OTHER.id)
        assert "I am not in #random" in await said(slack, "subscribe robotics here", place=STRANGE.id)
        assert len(service.room.subscriptions.of(user(slack.team_id, READER.id))) == 3


# --- what cannot be followed


async def test_a_topic_that_is_none_gets_what_was_meant_at_a_press(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        answer = await asked(slack, "subscribe robtics, drones at 8:30 on weekdays in #robots")
        assert "I know no topic “robtics”" in answer.visible_text()
        (value,) = [each["value"] for _, each in interactive(answer.blocks)]
        assert value == "subscribe robotics, drones at 8:30 on weekdays in #robots"
        await Person(slack, READER.id).click("news_ask_1", on=answer)
        await slack.wait_for(lambda: service.room.subscriptions.within(OTHER.id), 3)
        (made,) = service.room.subscriptions.within(OTHER.id)
        assert (made.topics, made.cron) == (("robotics", "drones"), "30 8 * * mon-fri")
        assert "“tesla”" in await said(slack, "subscribe tesla")


async def test_a_time_that_is_none_gets_what_was_meant(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        answer = await asked(slack, "subscribe robotics at 9am on mondy")
        assert "Did you mean: /news subscribe robotics at 9am on monday" in answer.text
        assert "“25:00” is no time of day" in await said(slack, "subscribe robotics at 25:00")
        assert service.room.subscriptions.of(user(slack.team_id, READER.id)) == ()


@BOTH
async def test_times_in_words_are_understood_and_told_back(tmp_path: Path, socket_mode: bool) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, _, _clock):
        assert "Robotics, every day at 08:30 (America/New_York)" in await said(
            slack, "subscribe robotics half past eight"
        )
        assert "Drones, weekdays at 19:00" in await said(slack, "subscribe drones weekdays in the evening at 7")
        assert "Robotik, täglich um 08:30" in await said(
            slack, "subscribe Robotik jeden Morgen um halb neun", FOLLOWER.id
        )
        assert "Robotics, every day at 08:00" in await said(slack, "subscribe ロボット工学 毎朝8時")


@BOTH
async def test_one_day_only_is_no_topic_and_gets_what_recurs_at_a_press(tmp_path: Path, socket_mode: bool) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, service, _):
        answer = await asked(slack, "subscribe robotics tomorrow at 9 in #robots")
        assert "A subscription comes again and again, and “tomorrow” is one day only" in answer.visible_text()
        assert [each["value"] for _, each in interactive(answer.blocks)] == [
            "subscribe robotics every day at 09:00 in #robots",
            "subscribe robotics every Tuesday at 09:00 in #robots",
        ]
        await Person(slack, READER.id).click("news_ask_2", on=answer)
        await slack.wait_for(lambda: service.room.subscriptions.within(OTHER.id), 3)
        assert [each.cron for each in service.room.subscriptions.within(OTHER.id)] == ["0 9 * * tue"]
        answer = await asked(slack, "subscribe Robotik morgen um 9", FOLLOWER.id)
        assert "„morgen“ ist nur ein Tag" in answer.visible_text()
        values = [each["value"] for _, each in interactive(answer.blocks)]
        assert values == ["subscribe Robotik täglich um 09:00", "subscribe Robotik jeden Dienstag um 09:00"]


async def test_without_topics_it_is_told_how(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        for text in ("subscribe", "subscribe at 9:15", "subscribe in #robots", "subscribe ;", "subscribe ,;、 at 9:15"):
            answer = await asked(slack, text)
            assert "Say what you want news about" in answer.visible_text()
        assert service.room.subscriptions.within(OTHER.id) == ()
        assert service.room.subscriptions.count() == 0


@pytest.mark.parametrize(
    "text",
    [
        "subscribe <!channel> at 8:30",
        "subscribe &lt;@U1&gt; *bold* in <#C1|x>",
        "subscribe robotics in #" + "x" * 150,
        "subscribe robotics in #general`*_~",
        "subscribe " + ", ".join(["robotics"] * 15),
        "subscribe robotics at \N{RIGHT-TO-LEFT OVERRIDE}8:30",
        "subscribe ;,;, at",
        "subscribe robotics at 8:30 in",
        "unsubscribe -1",
        "unsubscribe 99999999999999999999",
        "unsubscribe ²",
        "unsubscribe <!here>",
        "settings; DROP TABLE subscriptions",
    ],
)
async def test_hostile_words_do_nothing(tmp_path: Path, text: str) -> None:
    async with living(tmp_path) as (slack, service, _):
        await said(slack, "subscribe drones")
        answer = await asked(slack, text)
        for live in ("<!", "<@", "<#"):
            assert live not in answer.text
        assert len(service.room.subscriptions.of(user(slack.team_id, READER.id))) in (1, 2)
        assert slack.all_messages() == []


async def test_twice_is_told_and_too_many_are_refused(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        await said(slack, "subscribe robotics at 8:30")
        again = await said(slack, "subscribe Robotics daily at 8.30 in dm")
        assert (
            "there already: Robotics, every day at 08:30 (America/New_York). It comes next Mon 23 Nov 08:30." in again
        )
        assert len(service.room.subscriptions.of(user(slack.team_id, READER.id))) == 1
        for hour in range(MOST):
            service.room.subscriptions.add(
                user(slack.team_id, f"U{hour}"), slack.team_id, OTHER.id, (), f"0 {hour} * * *", "UTC", 5, "en", MONDAY
            )
        assert "That channel has 20 subscriptions" in await said(slack, "subscribe robotics in #robots")
        for hour in range(MOST - 1):
            await asyncio.to_thread(
                service.room.subscriptions.add,
                *(
                    user(slack.team_id, READER.id),
                    slack.team_id,
                    READER.id,
                    (),
                    f"1 {hour} * * *",
                    "UTC",
                    5,
                    "en",
                    MONDAY,
                ),
            )
        assert "You have 20 subscriptions" in await said(slack, "subscribe drones")


@pytest.mark.parametrize(
    ("words", "apart"),
    [
        ("robotics", ("robotics", "", "")),
        ("robotics, drones at 8:30 on weekdays in #x", ("robotics, drones", "at 8:30 on weekdays", "#x")),
        ("robotics in here every monday", ("robotics", "every monday", "here")),
        ("AI in Healthcare", ("AI in Healthcare", "", "")),
        ("AI in Healthcare, 9am", ("AI in Healthcare", "9am", "")),
        ("AI in Healthcare in dm", ("AI in Healthcare", "", "dm")),
        ("robotics #x", ("robotics", "", "#x")),
        ("robotics in C024BE91L daily", ("robotics", "daily", "C024BE91L")),
        ("ロボット工学 毎日8時", ("ロボット工学", "毎日8時", "")),
        ("ロボット工学 朝8時半", ("ロボット工学", "朝8時半", "")),
        ("robotics half past eight", ("robotics", "half past eight", "")),
        ("AI in Healthcare in the evening at 7 in here", ("AI in Healthcare", "in the evening at 7", "here")),
        ("Robotik am Montag", ("Robotik", "am Montag", "")),
        ("robotics tomorrow at 9", ("robotics", "tomorrow at 9", "")),
        ("", ("", "", "")),
    ],
)
def test_what_is_typed_comes_apart(words: str, apart: tuple[str, str, str]) -> None:
    found = wish(words, Catalogue.builtin())
    assert (found.topics, found.when, found.place) == apart


# --- settings, and ending


async def test_settings_list_what_is_mine_and_the_channels_and_end_it(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        assert "No subscription yet" in await said(slack, "settings")
        await said(slack, "subscribe robotics at 8:30 on weekdays")
        await said(slack, "subscribe drones every monday at 9am in #robots")
        await said(slack, "subscribe alles um 7 in #robots", FOLLOWER.id, OTHER.id)
        listed = await asked(slack, "settings", place=OTHER.id)
        words = listed.visible_text()
        assert "Subscriptions 1–3 of 3" in words
        lines = [each for each in words.splitlines() if each]
        assert lines[1:4] == ["1. Robotics", "weekdays at 08:30 (America/New_York) · ", "direct message"]
        assert "2. Drones" in lines
        assert "next Mon 23 Nov 09:00" in words
        assert {"type": "channel", "channel_id": OTHER.id} in nested(listed.blocks)
        assert {"type": "user", "user_id": FOLLOWER.id} in nested(listed.blocks)
        assert len(buttons(listed, "subscription_edit")) == 2  # one's own
        assert "1–2 of 2" in await said(slack, "settings")  # another channel
        ends = buttons(listed, "subscription_end")
        assert len(ends) == 3
        first = interactive(listed.blocks)
        assert "This ends the subscription: Robotics." in str([each.get("confirm") for _, each in first])
        await Person(slack, READER.id).click("subscription_end", ends[0][1], on=listed, block_id=ends[0][0])
        await slack.wait_for(lambda: "1–2 of 2" in seen(slack, listed), 3)
        assert len(service.room.subscriptions.of(user(slack.team_id, READER.id))) == 1


def nested(node: Any) -> list[Any]:
    """Every mapping in blocks."""
    if isinstance(node, dict):
        return [node, *(each for value in node.values() for each in nested(value))]
    return [each for value in node for each in nested(value)] if isinstance(node, list | tuple) else []


def seen(slack: Workspace, message: Message) -> str:
    return next(each for each in slack.ephemerals() if each.ts == message.ts).visible_text()


async def test_many_are_turned_page_by_page(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        owner = user(slack.team_id, READER.id)
        for hour in range(MOST):
            service.room.subscriptions.add(
                owner, slack.team_id, READER.id, (), f"0 {hour} * * *", "UTC", 5, "en", MONDAY
            )
        listed = await asked(slack, "settings")
        assert f"1–{SIZE} of {MOST}" in listed.visible_text()
        await Person(slack, READER.id).click("settings_next", on=listed)
        await slack.wait_for(lambda: "7–12 of 20" in seen(slack, listed), 3)
        page = next(each for each in slack.ephemerals() if each.ts == listed.ts)
        ends = buttons(page, "subscription_end")
        await Person(slack, READER.id).click("subscription_end", ends[-1][1], on=page, block_id=ends[-1][0])
        await slack.wait_for(lambda: "7–12 of 19" in seen(slack, listed), 3)


async def test_unsubscribe_by_number(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        assert "You have no subscription" in await said(slack, "unsubscribe")
        await said(slack, "subscribe robotics at 8:30 on weekdays")
        await said(slack, "subscribe drones at 9")
        assert "1–2 of 2" in await said(slack, "unsubscribe")
        assert "no subscription number “3”. /news settings numbers them from 1 to 2" in await said(
            slack, "unsubscribe 3"
        )
        assert "Ended: Drones, every day at 09:00" in await said(slack, "unsubscribe 2")
        assert "Ended: Robotics" in await said(slack, "unsubscribe")  # the only one
        assert service.room.subscriptions.of(user(slack.team_id, READER.id)) == ()


async def test_a_channels_is_ended_by_members_and_admins_and_nobody_else(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        store = service.room.subscriptions
        slack.change_channel(OTHER.id, members=(FOLLOWER.id, READER.id))
        for hour in range(3):
            store.add(
                user(slack.team_id, FOLLOWER.id), slack.team_id, OTHER.id, (), f"0 {hour} * * *", "UTC", 5, "de", MONDAY
            )
        mine = store.add(
            user(slack.team_id, FOLLOWER.id), slack.team_id, FOLLOWER.id, (), "0 9 * * *", "UTC", 5, "de", MONDAY
        )
        assert "Ended: AI news" in await said(slack, "unsubscribe 1", place=OTHER.id)  # a member
        listed = await asked(slack, "settings", place=OTHER.id)
        ends = buttons(listed, "subscription_end")
        assert len(ends) == 2
        slack.change_channel(OTHER.id, members=(FOLLOWER.id,))
        answer = await asked(slack, "subscribe drones")  # its button, in another channel, made to say what it never did
        block, _ = buttons(answer, "subscription_end")[0]
        for key, why in ((mine.id, "Only the person"), (store.within(OTHER.id)[0].id, "Only the person")):
            forged = forge(answer, f"{key} 0")
            await Person(slack, READER.id).click("subscription_end", f"{key} 0", on=forged, block_id=block)
            await slack.wait_for(lambda said=why: said in seen(slack, answer), 3)
        assert len(store.within(OTHER.id)) == 2
        forged = forge(answer, f"{mine.id} 0")
        await Person(slack, ADMIN.id).click("subscription_end", f"{mine.id} 0", on=forged, block_id=block)
        await slack.wait_for(lambda: store.get(mine.id).ended, 3)


def forge(message: Message, value: str) -> Message:
    """The message with another value on its buttons: a request made by hand."""
    blocks = [
        {**block, "elements": [{**each, "value": value} for each in block["elements"]]}
        if block["type"] == "actions"
        else block
        for block in message.blocks
    ]
    return replace(message, blocks=tuple(blocks))


async def test_what_is_kept_is_counted_and_erased_with_all_that_came_of_it(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await said(slack, "subscribe everything at 8:30")
        await said(slack, "subscribe robotics at 8:30 in #robots")
        await said(slack, "subscribe alles täglich um 14:30", FOLLOWER.id)
        clock.forward(timedelta(minutes=91))
        await served(service)
        assert direct(slack)
        assert posts(slack, OTHER.id)
        kept = await asked(slack, "forget me")
        assert (
            "Kept about you: 2 subscriptions. What you subscribed channels to ends for them, too."
            in kept.visible_text()
        )
        await Person(slack, READER.id).click("news_forget", on=kept)
        await slack.wait_for(lambda: "Erased: 2 subscriptions" in seen(slack, kept), 3)
        other = service.room.subscriptions.of(user(slack.team_id, FOLLOWER.id))[0]
        with service.room.library.database.read() as connection:
            assert connection.execute(select(subscriptions.c.id)).scalars().all() == [other.id]
            for column in (editions.c.name, deliveries.c.digest, schedules.c.digest):
                names = {name for name in connection.execute(select(column)).scalars() if name != "daily"}
                assert names == {other.digest}
            left = set(connection.execute(select(editions.c.content)).scalars())
            assert set(connection.execute(select(contents.c.id)).scalars()) == left
            assert set(connection.execute(select(contents_told.c.content)).scalars()) == left
        assert "Nothing is kept" in await said(slack, "forget me")


# --- exactly once, whatever happens


async def test_what_was_missed_is_caught_up_the_newest_only(tmp_path: Path) -> None:
    clock = Clock(MONDAY)
    async with living(tmp_path, clock) as (slack, service, _):
        await said(slack, "subscribe everything at 8:30")
        await said(slack, "subscribe robotics at 8:30 in #robots")
        clock.forward(timedelta(days=2))
        news(service, clock, "Humanoid robots of Halden Labs learn to fold laundry in five minutes")
    clock.forward(timedelta(hours=3))  # Wednesday 10:00 in New York
    async with living(tmp_path, clock, workspace=slack) as (slack, service, _):
        await slack.wait_for(lambda: direct(slack) and posts(slack, OTHER.id), 10)
        await served(service)
        (post,) = direct(slack)
        assert "Wed 25 Nov" in post.visible_text()
        assert len(posts(slack, OTHER.id)) == 1
    clock.forward(timedelta(days=1, hours=4))  # Thursday 14:00: beyond the grace
    async with living(tmp_path, clock, workspace=slack) as (slack, service, _):
        await served(service)
        assert len(direct(slack)) == 1
        for each in service.room.subscriptions.of(user(slack.team_id, READER.id)):
            assert each.next_at == datetime(2026, 11, 27, 13, 30, tzinfo=UTC)


async def test_two_bots_over_one_database_post_once(tmp_path: Path) -> None:
    clock, workspace = Clock(MONDAY), Workspace()
    async with (
        living(tmp_path, clock, workspace=workspace) as (slack, one, _),
        beside(tmp_path, workspace, clock) as two,
    ):
        for hour in ("8:30", "8:31", "8:32"):
            await said(slack, f"subscribe everything at {hour} in dm")
            await said(slack, f"subscribe robotics at {hour} in #robots")
        clock.forward(timedelta(minutes=95))
        for _ in range(3):
            await asyncio.gather(one.rounds.tick(), two.rounds.tick())
            await asyncio.gather(one.rounds.idle(), two.rounds.idle())
        slots = [parent(each) for each in (*direct(slack), *posts(slack, OTHER.id))]
        assert len(slots) == len(set(slots)) == len(direct(slack)) + len(posts(slack, OTHER.id))
        assert len(posts(slack, OTHER.id)) == 3
        assert one.room.subscriptions.due(clock(), 9) == ()


@asynccontextmanager
async def beside(folder: Path, workspace: Workspace, clock: Clock) -> AsyncIterator[Service]:
    """Another bot over the same database and Slack, which is driven by hand."""
    settings = settings_from(None, environment(folder, f"{workspace.base_url}/api/", HEATLINE_CRON="0 0 1 1 *"))
    service = Service(newsroom(settings), settings.require_slack(), clock)
    try:
        yield service
    finally:
        await service.rounds.stop()
        service.room.library.close()


def parent(message: Message) -> str:
    assert message.metadata is not None
    return str(message.metadata["event_payload"]["delivery"])


async def test_a_bot_that_died_after_the_claim_posts_it_once(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await said(slack, "subscribe everything at 8:30")
        (made,) = service.room.subscriptions.of(user(slack.team_id, READER.id))
        clock.forward(timedelta(minutes=85))
        service.rounds._stopped = True  # it does not look by itself
        clock.forward(timedelta(minutes=6))
        (taken,) = service.room.subscriptions.take(clock(), 1, clock() + timedelta(minutes=2))
        spec = service.room.spec(made.digest, made.next_at)
        digest = replace(service.room.settings.digests[0], name=made.digest, channels=(READER.id,), spec=spec)
        assert await service.publisher.claim(digest, made.next_at, clock())
        assert service.room.subscriptions.due(clock(), 9) == ()  # who took it may still be at it
        clock.forward(timedelta(minutes=3))
        assert service.room.subscriptions.due(clock(), 9) == (taken,)
        service.rounds._stopped = False
        await served(service)
        await service.publisher.resume(clock())  # or the bot's own look was faster
        await slack.wait_for(lambda: direct(slack), 10)
        assert len(direct(slack)) == 1
        assert service.room.subscriptions.due(clock(), 9) == ()


async def test_an_edition_that_cannot_be_made_is_tried_again_and_stops_nobody_elses(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await said(slack, "subscribe everything at 8:30")
        await said(slack, "subscribe robotics at 8:30 in #robots")
        mine = next(each for each in service.room.subscriptions.of(user(slack.team_id, READER.id)) if each.direct)
        with service.room.library.database.write() as connection:
            row = {"name": mine.digest, "slot": mine.next_at, "made_at": clock(), "document": "{"}
            connection.execute(insert(editions), row)  # cannot be read back
        clock.forward(timedelta(minutes=91))
        await served(service)
        assert len(posts(slack, OTHER.id)) == 1
        assert direct(slack) == []
        assert service.room.subscriptions.due(clock(), 9) == ()  # not before its time
        with service.room.library.database.write() as connection:
            connection.execute(editions.delete().where(editions.c.name == mine.digest))
        clock.forward(timedelta(minutes=1))
        await served(service)
        assert len(direct(slack)) == 1
        assert len(posts(slack, OTHER.id)) == 1


async def test_a_lost_answer_is_looked_up_in_the_direct_message(tmp_path: Path) -> None:
    async with living(tmp_path, Clock(utc_now())) as (slack, service, clock):
        minute = clock() - timedelta(minutes=2)
        service.room.subscriptions.add(
            user(slack.team_id, READER.id),
            slack.team_id,
            READER.id,
            (),
            f"{minute.minute} {minute.hour} * * *",
            "UTC",
            5,
            "en",
            minute - timedelta(minutes=2),
        )
        slack.faults.add(Fault("chat.postMessage", "lost_reply"))
        await served(service)
        assert len(direct(slack)) == 1
        (delivery,) = service.room.ledger.deliveries(
            service.room.subscriptions.of(user(slack.team_id, READER.id))[0].digest,
            minute.replace(second=0, microsecond=0),
        )
        assert delivery.state is DeliveryState.DONE
        assert delivery.conversation == slack.direct_message(READER.id).id
        assert slack.calls_of("conversations.open")


async def test_what_slack_made_wait_is_not_sent_after_its_end(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await said(slack, "subscribe everything at 8:30")
        slack.faults.add(Fault("chat.postMessage", "rate_limited", times=None, channel=READER.id))
        clock.forward(timedelta(minutes=91))
        await slack.wait_for(lambda: slack.calls_of("chat.postMessage"), 10)
        assert "Ended: AI news" in await said(slack, "unsubscribe")
        slack.faults.clear()
        await served(service)
        await service.publisher.resume(clock() + timedelta(minutes=5))
        assert direct(slack) == []
        assert service.room.ledger.unfinished() == ()


async def test_a_database_that_is_busy_stops_no_round_for_good(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await said(slack, "subscribe everything at 8:30")
        with service.room.library.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE schedules RENAME TO away")
        clock.forward(timedelta(minutes=91))
        await served(service)
        with service.room.library.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO schedules")
        clock.forward(timedelta(minutes=3))
        await served(service)
        await service.publisher.resume(clock())  # or the bot's own look was faster
        await slack.wait_for(lambda: direct(slack), 10)
        assert len(direct(slack)) == 1


@pytest.mark.parametrize(
    ("start", "zone", "time", "slots"),
    [
        # Spring forward in New York: 2:30 is not there on 8 March, and comes when clocks jump.
        ("2026-03-07 12:00", "America/New_York", "30 2 * * *", ["2026-03-08 07:00", "2026-03-09 06:30"]),
        # Fall back in Berlin: 2:30 is there twice on 25 October, and comes the first time.
        ("2026-10-24 12:00", "Europe/Berlin", "30 2 * * *", ["2026-10-25 00:30", "2026-10-26 01:30"]),
        # Half an hour is skipped and comes twice on Lord Howe.
        ("2026-10-03 04:00", "Australia/Lord_Howe", "15 2 * * *", ["2026-10-03 15:30", "2026-10-04 15:15"]),
        ("2026-04-04 04:00", "Australia/Lord_Howe", "45 1 * * *", ["2026-04-04 14:45", "2026-04-05 15:15"]),
    ],
)
async def test_where_clocks_change_it_comes_once(
    tmp_path: Path, start: str, zone: str, time: str, slots: list[str]
) -> None:
    clock = Clock(datetime.fromisoformat(start).replace(tzinfo=UTC))
    async with living(tmp_path, clock, HEATLINE_ON_QUIET="say") as (slack, service, _):
        made = service.room.subscriptions.add(
            user(slack.team_id, READER.id), slack.team_id, OTHER.id, (), time, zone, 5, "en", clock()
        )
        for _ in range(48):  # two days, hour by hour
            clock.forward(timedelta(minutes=60))
            await served(service)
        with service.room.library.database.read() as connection:
            found = connection.execute(
                select(editions.c.slot).where(editions.c.name == made.digest).order_by(editions.c.slot)
            )
            assert [f"{slot:%Y-%m-%d %H:%M}" for slot in found.scalars()] == slots
        assert len(posts(slack, OTHER.id)) == 2


# --- places and people that are lost


@pytest.mark.parametrize(
    ("change", "why", "told_as"),
    [
        ({"is_archived": True}, "is_archived", "since the channel was archived"),
        ({"is_member": False}, "not_in_channel", "since I am no longer in that channel"),
    ],
)
async def test_a_channel_that_is_lost_ends_its_subscriptions(
    tmp_path: Path, change: dict[str, bool], why: str, told_as: str
) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await said(slack, "subscribe robotics at 8:30 in #robots")
        (made,) = service.room.subscriptions.within(OTHER.id)
        slack.change_channel(OTHER.id, **change)
        clock.forward(timedelta(minutes=91))
        await served(service)
        assert posts(slack, OTHER.id) == []
        assert service.room.subscriptions.get(made.id).ended == why
        assert f"Ended: Robotics, {told_as}." in await said(slack, "settings")
        clock.forward(timedelta(days=1))
        await served(service)
        assert len(slack.calls_of("chat.postMessage")) == 1


async def test_a_person_who_left_gets_and_posts_nothing(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await said(slack, "subscribe everything at 8:30")
        await said(slack, "subscribe robotics at 8:30 in #robots")
        mine = service.room.subscriptions.of(user(slack.team_id, READER.id))
        slack.add_user(replace(READER, deleted=True))
        clock.forward(timedelta(minutes=91))
        await served(service)
        assert slack.all_messages() == []
        assert {service.room.subscriptions.get(each.id).ended for each in mine} == {INACTIVE}


@pytest.mark.parametrize(
    ("code", "ends"), [("user_disabled", True), ("account_inactive", False), ("msg_too_long", False)]
)
async def test_what_slack_says_of_a_direct_message_ends_it_or_not(tmp_path: Path, code: str, ends: bool) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await said(slack, "subscribe everything at 8:30")
        (made,) = service.room.subscriptions.of(user(slack.team_id, READER.id))
        slack.faults.add(Fault("users.info", "server_error", times=None))
        slack.faults.add(Fault("chat.postMessage", "refused", error=code))
        clock.forward(timedelta(minutes=91))
        await served(service)
        assert service.room.subscriptions.get(made.id).ended == (code if ends else "")
        clock.forward(timedelta(days=1))
        news(service, clock, "Humanoid robots of Halden Labs learn to fold laundry in five minutes")
        await served(service)
        assert bool(direct(slack)) is not ends


async def test_topics_that_an_admin_took_away_are_left_out(tmp_path: Path) -> None:
    clock, workspace = Clock(MONDAY), Workspace()
    own = {"HEATLINE_TOPIC__QUOKKAS__NAME": "Quokkas", "HEATLINE_TOPIC__QUOKKAS__KEYWORDS": "quokka"}
    async with living(tmp_path, clock, workspace=workspace, **own) as (slack, service, _):
        await said(slack, "subscribe quokkas at 8:30")
        await said(slack, "subscribe quokkas, robotics at 8:30")
    async with living(tmp_path, clock, workspace=workspace) as (slack, service, _):
        alone, both = service.room.subscriptions.of(user(slack.team_id, READER.id))
        assert "2. Robotics" in await said(slack, "settings")
        clock.forward(timedelta(minutes=91))
        await served(service)
        assert service.room.subscriptions.get(alone.id).ended == "topics_gone"
        (post,) = direct(slack)
        assert post.visible_text().startswith("Robotics · ")
        assert not service.room.subscriptions.get(both.id).ended


# --- buttons under its posts


async def test_why_and_less_know_the_subscription(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await said(slack, "subscribe everything at 8:30")
        clock.forward(timedelta(minutes=91))
        await served(service)
        (post,) = direct(slack)
        person, digest = (
            Person(slack, READER.id),
            service.room.subscriptions.of(user(slack.team_id, READER.id))[0].digest,
        )

        async def choose(verb: str) -> str:
            block, value = next(
                (block, option["value"])
                for block, each in interactive(post.blocks)
                for option in each.get("options", [])
                if option["value"].startswith(f"{verb} ")
            )
            return (await person.click("story_menu", value, on=post, block_id=block, patience=3)).text

        why = await choose("why")
        assert "AI news" in why
        assert "What counted" in why
        assert "Noted. " in await choose("less")
        assert all(value < 0 for value in service.room.feedback(digest, clock()).values())
        votes = Votes(service.room.library.database)
        assert votes.standing([channel(post.channel)], clock()) == {}  # it is the person's own
        service.room.subscriptions.end(digest.removeprefix("sub-"), "unsubscribed", clock())
        assert "What counted" in await choose("why")


async def test_what_its_person_muted_is_left_out_and_why_says_so(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        loud = article("Quillon Robotics raises $200 million for warehouse robots", provider="Loud Gazette", quality=90)
        loud = replace(loud, published_at=clock() - timedelta(minutes=20))
        service.room.library.put("more", [Filed(loud.url, Stamp(1, 1, "x"), loud)])
        news(service, clock, "Robots learn to prune the rooftop vines of Halden")
        for person, time in ((READER.id, "8:30"), (FOLLOWER.id, "14:30")):
            await asked(slack, f"subscribe robotics at {time}", person)
        await asked(slack, "subscribe robotics at 8:30 in here")
        assert "Loud Gazette is muted for you" in await said(slack, "mute loud gazette")
        preview = service.room.muted(
            service.room.subscriptions.of(user(slack.team_id, READER.id))[0].digest, (), clock()
        )
        assert [each.name for each in preview] == ["Loud Gazette"]
        clock.forward(timedelta(minutes=91))
        await served(service)
        (mine,), (theirs,), (everybodys,) = direct(slack), direct(slack, FOLLOWER.id), posts(slack, NEWS.id)
        assert "rooftop vines" in str(mine.blocks)
        assert loud.title not in str([each.blocks for each in slack.messages(READER.id)])
        assert "1 muted here" in mine.visible_text()
        assert loud.title in str(theirs.blocks)
        assert loud.title in str(everybodys.blocks)  # a person's own mute is nobody else's
        why = await said(slack, f"why {loud.url}", place=mine.channel)
        assert "In Robotics, " in why
        assert "Muted, Loud Gazette is muted here." in why
        assert "Chosen" in await said(slack, f"why {loud.url}")


async def test_what_a_channel_muted_is_left_out_of_its_subscription(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await asked(slack, "subscribe everything at 8:30 in here")
        here, by = channel(NEWS.id), user(slack.team_id, READER.id)
        service.room.mutes.mute(here, "topic", "facial-recognition", clock(), by)
        clock.forward(timedelta(minutes=91))
        await served(service)
        (post,) = posts(slack, NEWS.id)
        assert "muted here" in post.visible_text()
        edition = service.room.edition_at(NEWS.id, post.ts)
        assert edition is not None
        left_out = edition.tally.muted
        assert left_out > 0
        assert [*service.room.desk.audible(edition.stories, service.room.muted_by(here, clock()))] == [*edition.stories]


# --- many, and what is left of them


async def test_a_look_at_twenty_thousand_asks_once(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        database = service.room.library.database
        row = {"team": slack.team_id, "topics": "", "cron": "0 9 * * *", "timezone": "UTC", "size": 3, "locale": "en"}
        rows = [
            {
                **row,
                "id": f"s{number:010x}",
                "owner": user(slack.team_id, f"U{number}"),
                "where": f"U{number}",
                "created_at": MONDAY,
                "next_at": datetime(2026, 11, 24, 9, tzinfo=UTC),
                "due_at": datetime(2026, 11, 24, 9, tzinfo=UTC),
            }
            for number in range(20_000)
        ]
        with database.write() as connection:
            connection.execute(insert(subscriptions), rows)
        rounds = Rounds(service.room, service.app.office.people, service.publisher, clock)
        counted: list[str] = []
        event.listen(database._engine, "before_cursor_execute", lambda *call: counted.append(call[2]))
        await rounds.tick()
        await rounds.idle()
        asked_of = [each for each in counted if "FROM subscriptions" in each and "LIMIT" in each]
        assert len(asked_of) in (1, 2)  # the bot's own look may fall into it
        assert all("ORDER BY subscriptions.due_at" in each for each in asked_of)
        assert rounds._tasks() == set()


async def test_what_is_old_goes_and_what_is_told_stays_told(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, clock):
        await said(slack, "subscribe everything at 8:30")
        await said(slack, "subscribe robotics at 8:30")
        kept, over = service.room.subscriptions.of(user(slack.team_id, READER.id))
        clock.forward(timedelta(minutes=91))
        await served(service)
        assert len(direct(slack)) == 2
        before = service.room.library.told(kept.digest)
        assert before
        service.room.subscriptions.end(over.id, "unsubscribed", clock())
        await asyncio.to_thread(tidy, service.room, clock() + timedelta(days=29))
        assert service.room.library.told(over.digest)
        await asyncio.to_thread(tidy, service.room, clock() + timedelta(days=31))
        assert service.room.library.told(over.digest) == {}
        assert service.room.library.digests() == (kept.digest,)
        assert service.room.library.told(kept.digest) == before
        assert service.room.edition_at(direct(slack)[0].channel, direct(slack)[0].ts) or service.room.edition_at(
            direct(slack)[1].channel, direct(slack)[1].ts
        )
        await asyncio.to_thread(tidy, service.room, clock() + KEPT)
        assert service.room.library.told(kept.digest) == {}
        assert service.room.library.digests() == ()
        assert service.room.ledger.deliveries(kept.digest, kept.next_at) == ()
        assert [each.id for each in running(service, slack)] == [kept.id]


def running(service: Service, slack: Workspace) -> tuple[Subscription, ...]:
    return service.room.subscriptions.of(user(slack.team_id, READER.id))


async def test_an_archived_place_is_told_before_anything_is_made(tmp_path: Path) -> None:
    async with living(tmp_path) as (slack, service, _):
        assert "is archived" in await said(slack, f"subscribe robotics in {ARCHIVED.id}", ADMIN.id)
        assert service.room.subscriptions.within(ARCHIVED.id) == ()


def stands(slack: Workspace, message: Message) -> str:
    """What a message in somebody's direct messages shows now."""
    there = [*slack.messages(READER.id), *slack.ephemerals(user=READER.id)]
    return next(each.visible_text() for each in there if each.ts == message.ts)


@BOTH
async def test_what_just_missed_a_personal_digest_is_told_beside_it(tmp_path: Path, socket_mode: bool) -> None:
    async with living(tmp_path, socket_mode=socket_mode) as (slack, service, clock):
        await said(slack, "subscribe everything at 8:30")
        clock.forward(timedelta(minutes=91))
        await served(service)
        await slack.wait_for(lambda: direct(slack), 10)
        post = direct(slack)[0]
        before = stands(slack, post)
        reply = await Person(slack, READER.id).click("more_next", on=post, patience=3)
        (page,) = reply.messages
        assert "Just missed" in page.visible_text()
        assert stands(slack, post) == before  # the digest stays
        await Person(slack, READER.id).click("more_next", on=page)
        await slack.wait_for(lambda: "6–" in stands(slack, page))
        assert stands(slack, post) == before
