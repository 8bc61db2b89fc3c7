"""What is kept about a person, seen thing by thing and erased: at the wire, over both transports, in every language."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.readers import How, Place, channel, digest, user
from bot.service import Service
from bot.wiring import Newsroom
from digests.models import Article, Provider
from playground.slack import ADMIN, NEWS, READER, Message, Person, Workspace, check_message
from tests.bot.running_bot import BOTH_DATABASES, bot

pytestmark = BOTH_DATABASES

BOTH = pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])
NAMES = {
    "en": (
        "Subscribed: Robotics",
        "Saved: ",
        "Shared: ",
        "Wanted less like: ",
        "Thumbs up for the post: ",
        "Muted: Drones",
    ),
    "de-DE": (
        "Abonniert: Robotik",
        "Gespeichert: ",
        "Geteilt: ",
        "Weniger gewünscht wie: ",
        "Daumen hoch für den Post: ",
    ),
    "ja-JP": ("購読: ロボット工学", "保存: ", "共有: ", "減らしたいニュース: ", "投稿への高評価: ", "ミュート: "),
}


def keep(room: Newsroom, who: Place, team: str, saved: int = 1, hour: int = 8) -> list[Article]:
    """One of each thing, and so many saved stories."""
    now = utc_now()
    found = list(room.library.articles())[:3]
    room.subscriptions.add(who, team, NEWS.id, ("robotics",), f"30 {hour} * * mon-fri", "UTC", 5, "en", now)
    over = room.subscriptions.add(who, team, READER.id, (), "0 9 * * *", "UTC", 5, "en", now - timedelta(days=2))
    room.subscriptions.end(over.id, "topics_gone", now)
    for number in range(saved):
        story = Article(f"https://a.example.com/{number}", f"Story number {number}", now, Provider("Paper"))
        room.saved.save(who, story, now + timedelta(seconds=number))
        room.votes.give(who, story.url, ["topic:ai"], 1.0, now, by=who, how=How.SAVED)  # as pressing Save does
    about = ["topic:robotics"]
    room.votes.give(channel(NEWS.id), found[0].url, about, -1.0, now, by=who)
    room.votes.give(who, found[1].url, about, 1.0, now, by=who, how=How.SHARED)
    room.votes.give(who, "https://gone.example.com/1", about, 1.0, now, by=who, how=How.SAVED)
    room.votes.give(channel(NEWS.id), "digest:daily@2026-11-23T09:00", (), 1.0, now, by=who, how=How.POST)
    room.mutes.mute(who, "topic", "drones", now, who)
    room.mutes.mute(channel(NEWS.id), "source", f"Paper & *Co* {hour}", now, who)
    return found


def joined(words: str) -> str:
    """The words of a message, of which each piece stands for itself, as one reads them."""
    return words.replace("\n", "")


async def page_of(slack: Workspace, message: Message) -> Message:
    """What stands in the place of a message."""
    return next(each for each in slack.ephemerals() if each.ts == message.ts)


@BOTH
async def test_every_single_thing_is_listed_before_it_is_erased(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person, who = Person(slack, READER.id), user(slack.team_id, READER.id)
        found = keep(service.room, who, slack.team_id)
        keep(service.room, user(slack.team_id, ADMIN.id), slack.team_id, saved=4, hour=9)
        (told,) = (await person.slash("/news", "forget me")).messages
        words = joined(told.visible_text())
        assert "Kept about you: 1 saved story, 3 votes, 1 share, 2 mutes and 2 subscriptions." in words
        for line in (
            "Subscribed: Robotics, weekdays at 08:30 (UTC) ·  · ",
            "Ended subscription: AI news, every day at 09:00 (UTC) · ",
            "Saved: Story number 0 · ",
            f"Wanted less like: {found[0].title} ·  · ",
            f"Shared: {found[1].title} · ",
            "Saved before: https://gone.example.com/1 · ",
            "Thumbs up for the post: AI digest, Mon 23 Nov ·  · ",
            "Muted: Drones · ",
            "Muted: Paper & *Co* 8 ·  · ",
        ):
            assert line in words
        assert str(told.blocks).count(f"'channel_id': '{NEWS.id}'") == 4  # which is shown as its name
        assert words.count("Story number") == 1  # what saving says of a story is told with it, and others' not at all
        await person.click("news_forget", on=told)
        await slack.wait_for(lambda: "Erased: 1 saved story, 3 votes" in _now(slack, told))
        assert "Nothing is kept about you" in (await person.slash("/news", "forget me")).text


def _now(slack: Workspace, message: Message) -> str:
    return joined(next(each for each in slack.ephemerals() if each.ts == message.ts).visible_text())


@BOTH
async def test_what_is_much_comes_a_page_at_a_time(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person, who = Person(slack, READER.id), user(slack.team_id, READER.id)
        keep(service.room, who, slack.team_id, saved=25)
        (told,) = (await person.slash("/news", "forget me")).messages
        seen = []
        for first, last in ((1, 10), (11, 20), (21, 30), (31, 33)):
            await slack.wait_for(lambda: f"{first}–{last} / 33" in _now(slack, told))  # noqa: B023
            seen.append(_now(slack, told))
            if last < 33:
                await person.click("kept_next", on=await page_of(slack, told))
        assert sum(page.count(": ") for page in seen) >= 33
        assert [f"Story number {number} " in "".join(seen) for number in range(25)] == [True] * 25
        await person.click("kept_back", on=await page_of(slack, told))
        await slack.wait_for(lambda: "21–30 / 33" in _now(slack, told))
        last = await page_of(slack, told)
        assert check_message({"text": last.text, "blocks": list(last.blocks)}) is None
        for each in service.room.saved.of(who)[:20]:  # elsewhere, meanwhile
            service.room.saved.drop(who, each.key)
        await person.click("kept_next", on=last)
        await slack.wait_for(lambda: "11–20 / " in _now(slack, told) or "31–" in _now(slack, told))
        assert "Kept about you" in _now(slack, told)


@pytest.mark.parametrize("locale", NAMES)
async def test_it_is_told_in_the_language_of_who_asks(tmp_path: Path, locale: str) -> None:
    slack = Workspace()
    slack.add_user(dataclasses.replace(READER, locale=locale))
    async with bot(tmp_path, workspace=slack) as (_, service):
        keep(service.room, user(slack.team_id, READER.id), slack.team_id)
        words = joined((await Person(slack, READER.id).slash("/news", "forget me")).text)
        for name in NAMES[locale]:
            assert name in words


async def test_a_thumb_for_a_post_that_is_written_otherwise_is_listed_all_the_same(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        who, votes = user(slack.team_id, READER.id), service.room.votes
        mine = service.room.subscriptions.add(
            who, slack.team_id, READER.id, ("robotics",), "0 9 * * *", "UTC", 5, "en", utc_now()
        )
        for url in ("digest:gone@soon", f"digest:{mine.digest}@2026-11-23T09:00"):
            votes.give(digest("x"), url, (), -1.0, utc_now(), by=who, how=How.POST)
        words = joined((await Person(slack, READER.id).slash("/news", "forget me")).text)
        assert "Thumbs down for the post: gone · " in words
        assert "Thumbs down for the post: Robotics, Mon 23 Nov · " in words


def nothing_left(service: Service, who: Place) -> bool:
    """Whether no list has anything of a person."""
    room = service.room
    return not (room.saved.count(who) or room.votes.count(who) or room.mutes.of(who) or room.subscriptions.of(who))


async def test_what_was_listed_is_erased(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        who = user(slack.team_id, READER.id)
        keep(service.room, who, slack.team_id, saved=12)
        (told,) = (await Person(slack, READER.id).slash("/news", "forget me")).messages
        await Person(slack, READER.id).click("news_forget", on=told)
        await slack.wait_for(lambda: "Erased: " in _now(slack, told))
        assert nothing_left(service, who)
