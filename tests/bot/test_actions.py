"""What people press under a digest, at the wire and over both transports: the real bot, a pretend Slack."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from bot import app as bot_app
from bot import home, searching
from bot.clock import utc_now
from bot.commands import news
from bot.errors import TRY_AGAIN
from bot.modals import Sharing
from bot.people import Person as Reader
from bot.pressing import action_of
from bot.readers import Votes, channel, user
from bot.service import Service
from digests import query
from digests.library import Filed, Stamp
from digests.rendering.ages import day, short_day
from playground.slack import NEWS, OTHER, READER, Fault, Json, Message, Person, Workspace, check_message
from playground.slack.forms import interactive
from playground.slack.state import PRIVATE
from playground.slack.values import View
from tests.bot.running_bot import Clock, bot
from tests.making import article

BOTH = pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])


@asynccontextmanager
async def posted(
    folder: Path, socket_mode: bool = False, workspace: Workspace | None = None
) -> AsyncIterator[tuple[Workspace, Service, Message]]:
    """A bot that has posted its digest: the parent message."""
    async with bot(folder, socket_mode=socket_mode, workspace=workspace) as (slack, service):
        digest = service.room.settings.digests[0]
        now = utc_now()
        await service.publisher.publish(digest, now.replace(second=0, microsecond=0), now)
        parent = slack.messages(service.room.settings.digests[0].channels[0])[0]
        yield slack, service, parent


def choices(message: Message) -> list[tuple[str, str]]:
    """The block and value of every entry of every menu."""
    found = []
    for block, element in interactive(message.blocks):
        found += [(block, option["value"]) for option in element.get("options", [])]
    return found


def menu(message: Message, verb: str, place: int = 0) -> tuple[str, str]:
    """The block and value of an entry, of the story in that place among those that have it."""
    return [each for each in choices(message) if each[1].startswith(f"{verb} ")][place]


async def choose(person: Person, message: Message, verb: str, place: int = 0) -> str:
    """Choose an entry of a story's menu; the words that come back, to nobody but this person."""
    block, value = menu(message, verb, place)
    reply = await person.click("story_menu", value, on=message, block_id=block, patience=3)
    assert reply.ok, reply.error
    assert reply.seconds < 3
    (answer,) = reply.messages
    assert answer.ephemeral_to == person.user.id
    assert check_message({"text": answer.text, "blocks": list(answer.blocks)}) is None
    return reply.text


async def replaced(slack: Workspace, message: Message) -> str:
    """The words of a message that only one person sees, once it was changed."""
    await slack.wait_for(lambda: now_of(slack, message).edited != message.edited, 3)
    return now_of(slack, message).visible_text()


def now_of(slack: Workspace, message: Message) -> Message:
    return next(each for each in slack.ephemerals() if each.ts == message.ts)


@BOTH
async def test_every_story_of_the_digest_has_its_menu(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode) as (slack, service, parent):
        stories = [value for _, value in choices(parent) if value.startswith("share ")]
        assert len(stories) == len(set(stories)) >= 3
        for _, value in choices(parent):
            verb, handle = value.split(" ")
            assert verb in ("related", "why", "save", "share", "tune", "more", "less", "mute")
            assert service.room.desk.by_handle(handle) is not None
        person = Person(slack, READER.id)
        assert "Saved: " in await choose(person, parent, "save")
        assert "Coverage of " in await choose(person, parent, "related")
        assert "What counted" in await choose(person, parent, "why", 1)
        assert "Noted. " in await choose(person, parent, "less")
        assert len(slack.messages(NEWS.id)) == 1  # nothing for anybody else


@BOTH
async def test_what_is_saved_is_listed_and_removed_again(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode) as (slack, service, parent):
        person, other = Person(slack, READER.id), Person(slack)
        for place in range(2):
            await choose(person, parent, "save", place)
        assert "already" in await choose(person, parent, "save")  # a double click
        reply = await person.slash("/news", "saved")
        (listed,) = reply.messages
        assert "1–2 of 2" in reply.text
        assert "nothing yet" in (await other.slash("/news", "saved")).text
        key = next(
            element["value"] for _, element in interactive(listed.blocks) if element["action_id"] == "story_drop"
        )
        await other.click("story_drop", key, on=listed)  # a request made by hand: it is the sender's list that is meant
        assert service.room.saved.count(user(slack.team_id, READER.id)) == 2
        (listed,) = (await person.slash("/news", "saved")).messages
        await person.click("story_drop", key, on=listed)
        assert "1 of 1" in await replaced(slack, listed)
        assert service.room.saved.count(user(slack.team_id, READER.id)) == 1


@BOTH
async def test_removing_a_saved_story_keeps_its_page(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, service, _):
        person = Person(slack, READER.id)
        for each in list(service.room.library.articles())[:8]:
            service.room.saved.save(user(slack.team_id, READER.id), each, utc_now())
        (page,) = (await person.slash("/news", "saved")).messages
        assert page.text.startswith("Saved, 1–5 of 8: ")
        await person.click("saved_next", on=page)
        assert "6–8 of 8" in await replaced(slack, page)
        page = now_of(slack, page)
        keys = [each["value"] for _, each in interactive(page.blocks) if each["action_id"] == "story_drop"]
        await person.click("story_drop", keys[0], on=page)
        assert "6–7 of 7" in await replaced(slack, page)


@BOTH
async def test_a_long_list_of_saved_stories_is_turned_page_by_page(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, service, _):
        person = Person(slack, READER.id)
        articles = list(service.room.library.articles())[:12]
        for each in articles:
            service.room.saved.save(user(slack.team_id, READER.id), each, utc_now())
        (page,) = (await person.slash("/news", "saved")).messages
        assert "1–5 of 12" in page.visible_text()
        for name, place in (("saved_next", "6–10 of 12"), ("saved_next", "11–12 of 12"), ("saved_back", "6–10 of 12")):
            await person.click(name, on=page)
            assert place in await replaced(slack, page)
            page = now_of(slack, page)


async def test_less_counts_for_the_channel_once_a_person_and_is_taken_back(tmp_path: Path) -> None:
    async with posted(tmp_path) as (slack, service, parent):
        votes = Votes(service.room.library.database)
        here = channel(NEWS.id)
        person = Person(slack, READER.id)
        await choose(person, parent, "less")
        once = votes.standing([here], utc_now())
        assert once
        assert all(value < 0 for value in once.values())
        await choose(person, parent, "less")
        assert votes.standing([here], utc_now()) == pytest.approx(once, abs=1e-4)
        await choose(Person(slack), parent, "less")
        twice = votes.standing([here], utc_now())
        assert all(twice[name] < once[name] for name in once)
        digest = service.room.settings.digests[0].name
        assert service.room.feedback(digest, utc_now()) == pytest.approx(twice, abs=1e-4)
        assert votes.standing([user(slack.team_id, READER.id)], utc_now()) == pytest.approx(once, abs=1e-4)
        block, value = menu(parent, "less")
        noted = (await person.click("story_menu", value, on=parent, block_id=block, patience=3)).messages[0]
        await person.click("story_unvote", on=noted)
        assert "Taken back: what you said of " in await replaced(slack, noted)
        assert votes.standing([here], utc_now()) == pytest.approx(once, abs=1e-4)


async def test_a_notice_says_a_title_in_one_short_line(tmp_path: Path) -> None:
    async with posted(tmp_path) as (slack, service, _):
        title = "Quokka\n\nnews " + "of all the world " * 20
        service.room.library.put(
            "more", [Filed("1", Stamp(1, 1, "x"), replace(article(title), published_at=utc_now()))]
        )
        service.room.desk.take_in(utc_now())
        person = Person(slack, READER.id)
        (answer,) = (await person.slash("/news", "quokka")).messages
        said = await choose(person, answer, "save")
        first, second = said.split("\n")
        assert first.startswith("Saved: Quokka news of all")
        assert len(first) <= 110
        assert second == "/news saved lists what you saved."


async def test_less_says_what_counts_where_and_is_undone_from_a_direct_message(tmp_path: Path) -> None:
    async with posted(tmp_path) as (slack, service, parent):
        votes, here = Votes(service.room.library.database), channel(NEWS.id)
        person, other = Person(slack, READER.id), Person(slack)
        await choose(other, parent, "less")
        before = votes.standing([here], utc_now())
        desk = service.room.desk
        of = [(each, desk.by_handle(each[1].split(" ")[1])) for each in choices(parent) if each[1].startswith("tune ")]
        block, value = next(each for each, found in of if found and len(desk.about(found.url) or ()) > 1)
        (tuned,) = (await person.click("story_menu", value, on=parent, block_id=block, patience=3)).messages
        slack.faults.add(Fault("response_url", "server_error", status=404, times=1))
        slack.faults.add(Fault("chat.postEphemeral", "refused", error="user_not_in_channel", times=1))
        await person.click("story_less", on=tuned)
        direct = slack.direct_message(READER.id).id
        await slack.wait_for(lambda: slack.messages(direct), 5)
        (noted,) = slack.messages(direct)
        said = noted.visible_text()
        assert re.search(
            r"Noted\. .+ counts? a little less here, and so does .+\. Each vote counts half after 30 days", said
        )
        assert votes.standing([here], utc_now()) != pytest.approx(before, abs=1e-4)
        undo = next(each["value"] for _, each in interactive(noted.blocks) if each["action_id"] == "story_unvote")
        forged_reply = await forged(
            other, parent, {"action_id": "story_unvote", "value": undo.replace("channel:", "user:")}
        )
        assert "no vote" in forged_reply.text
        await person.click("story_unvote", on=noted)
        await slack.wait_for(lambda: "Taken back" in slack.messages(direct)[0].visible_text(), 5)
        assert votes.standing([here], utc_now()) == pytest.approx(before, abs=1e-4)


async def test_where_no_digest_is_posted_less_counts_for_the_one_who_says_it(tmp_path: Path) -> None:
    async with posted(tmp_path) as (slack, service, _):
        person = Person(slack, READER.id)
        (answer,) = (await person.slash("/news", "ai")).messages
        assert {value.split(" ")[0] for _, value in choices(answer)} == {"related", "why", "save", "share"}
        (preview,) = (await person.slash("/news", "digest", channel=OTHER.id)).messages
        assert re.search(r"Noted\. .+ a little less for you", await choose(person, preview, "less"))
        assert service.room.votes.standing([channel(OTHER.id)], utc_now()) == {}
        assert len(service.room.votes.urls(user(slack.team_id, READER.id), user(slack.team_id, READER.id))) == 1


WEEKLY = {
    "HEATLINE_DIGESTS__WEEKLY__CRON": "0 16 * * fri",
    "HEATLINE_DIGESTS__WEEKLY__TITLE": "Robots weekly",
    "HEATLINE_DIGESTS__WEEKLY__TOPICS": "robotics",
    "HEATLINE_DIGESTS__WEEKLY__CHANNEL": OTHER.id,
    "HEATLINE_DIGESTS__WEEKLY__TIMEZONE": "Asia/Tokyo",
    "HEATLINE_DIGESTS__WEEKLY__WINDOW": "7d",
}


async def test_why_names_the_edition_that_it_explains(tmp_path: Path) -> None:
    async with bot(tmp_path, **WEEKLY) as (slack, service):
        person = Person(slack, READER.id)
        weekly = next(each for each in service.room.settings.digests if each.name == "weekly")
        slot = utc_now().replace(second=0, microsecond=0)
        local = slot.astimezone(ZoneInfo("Asia/Tokyo"))
        (preview,) = (await person.slash("/news", "digest weekly")).messages
        said = await choose(person, preview, "why")
        assert "In a preview of Robots weekly, " in said
        assert "Chosen. Number " in said
        await service.publisher.publish(weekly, slot, utc_now())
        (parent,) = slack.messages(OTHER.id)[:1]
        said = await choose(person, parent, "why")
        assert f"In Robots weekly, {day(slot, 'Asia/Tokyo')} {local:%H:%M} (Asia/Tokyo)\n" in said
        assert "Chosen. Number " in said
        assert "Under Robotics, for " in said
        assert said.count("\n") < 12
        assert "Saved: " in await choose(person, preview, "save")
        handle = menu(parent, "why")[1].split(" ")[1]
        for value in (handle, f"{handle} old 1", f"{handle} weekly 99999999999999", f"{handle} a b c"):
            action = {"action_id": "story_why", "value": value}
            assert (await forged(person, preview, action)).ok
        old = f"In Robots weekly, {day(slot, 'Asia/Tokyo')} {local:%H:%M} (Asia/Tokyo)\n"
        assert old in await choose(person, parent, "why")
    async with bot(tmp_path, workspace=slack):  # the weekly digest was taken out of the settings
        said = await choose(person, parent, "why")
        assert old in said
        assert "This digest is no longer set up." in said
        assert "no longer set up" not in await choose(person, preview, "save")
        assert "which edition" in await choose(person, preview, "why")


async def test_a_withdrawn_story_is_pressed_through_its_other_reports(tmp_path: Path) -> None:
    async with posted(tmp_path) as (slack, service, parent):
        person = Person(slack, READER.id)
        edition = service.room.edition_at(NEWS.id, parent.ts)
        assert edition is not None
        value = menu(parent, "related", 1)[1]
        article = service.room.desk.by_handle(value.split(" ")[1])
        assert article is not None
        source = service.room.library.sources()[0]
        service.room.library.withdraw(source, [str(article.path)])
        told = next(scored.story for scored in edition.stories if scored.lead.url == article.url)
        assert told.coverage[0].title[:40] in await choose(person, parent, "related", 1)
        place = [each for _, each in choices(parent) if each.startswith("why ")].index(value.replace("related", "why"))
        assert "In " in await choose(person, parent, "why", place)
        assert "Saved: " in await choose(person, parent, "save", place)


@BOTH
async def test_a_story_is_shared_with_name_and_note(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode) as (slack, _, parent):
        person = Person(slack, READER.id)
        block, value = menu(parent, "share")
        reply = await person.click("story_menu", value, on=parent, block_id=block, patience=3)
        (dialog,) = reply.views
        note = "For <!channel> & <@U0ADMIN0001>:\n\n\n*read* this"
        sent = await person.submit_view(dialog, {"conversation": OTHER.id, "note": note})
        assert sent.ok
        assert not sent.errors
        (find,) = slack.messages(OTHER.id)
        assert check_message({"text": find.text, "blocks": list(find.blocks)}) is None
        assert "&lt;!channel&gt;" in find.text
        elements = find.blocks[0]["elements"]
        assert elements[0]["elements"][0] == {"type": "user", "user_id": READER.id}
        assert elements[1]["elements"] == [{"type": "text", "text": note.replace("\n\n\n", "\n")}]
        assert find.unfurl_links is False
        assert find.unfurl_media is False
        assert person.workspace.modals(READER.id) == []


async def dialog_of(person: Person, message: Message, place: int = 0) -> View:
    """The dialog that Share opens."""
    block, value = menu(message, "share", place)
    (dialog,) = (await person.click("story_menu", value, on=message, block_id=block, patience=3)).views
    return dialog


async def told_later(slack: Workspace, words: str) -> Message:
    """What the bot tells the reader by itself, once it does."""

    def found() -> list[Message]:
        return [each for each in [*slack.ephemerals(), *slack.all_messages()] if words in each.visible_text()]

    await slack.wait_for(found, 8)
    assert found()[0].ephemeral_to == READER.id
    return found()[0]


async def test_the_dialog_shows_the_story(tmp_path: Path) -> None:
    async with posted(tmp_path) as (slack, service, _):
        hostile = article("https://login.example.net/ <!here> quokka", url="https://real.example.com/a?b=1&c=2")
        long = article("Quokka walks", url=f"https://a.example.com/{'b' * 3_100}")
        now = utc_now()
        filed = [replace(each, published_at=now) for each in (hostile, long)]
        service.room.library.put("more", [Filed(each.url, Stamp(1, 1, "x"), each) for each in filed])
        service.room.desk.take_in(now)
        person = Person(slack, READER.id)
        (answer,) = (await person.slash("/news", "quokka sort:new")).messages
        drawn = {}
        for place in range(2):
            dialog = await dialog_of(person, answer, place)
            link = dialog.blocks[0]["elements"][0]["elements"][0]
            drawn[link["text"]] = link.get("url")
            assert dialog.blocks[0]["elements"][0]["elements"][1]["text"].strip() == "Tidewater Post"
        assert drawn == {hostile.title: hostile.url, long.title: None}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("chat.postMessage", "refused", error="not_in_channel"), "/invite"),
        (Fault("chat.postMessage", "refused", error="is_archived"), "archived"),
        (Fault("chat.postMessage", "refused", error="mystery"), "did not let me do that"),
        (Fault("chat.postMessage", "rate_limited", seconds=1), "try again"),
        (Fault("conversations.info", "refused", error="missing_scope"), "whether you are in"),
    ],
)
@BOTH
async def test_what_cannot_be_shared_is_said_at_its_field(
    tmp_path: Path, socket_mode: bool, fault: Fault, said: str
) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, _, parent):
        person = Person(slack, READER.id)
        dialog = await dialog_of(person, parent)
        slack.faults.add(fault)
        reply = await person.submit_view(dialog, {"conversation": OTHER.id})
        assert said in reply.errors["where"]
        assert slack.messages(OTHER.id) == []
        slack.faults.clear()
        assert not (await person.submit_view(dialog, {"conversation": OTHER.id})).errors  # the same dialog, mended
        assert len(slack.messages(OTHER.id)) == 1


@BOTH
async def test_a_find_is_posted_once(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, service, parent):
        person = Person(slack, READER.id)
        dialog = await dialog_of(person, parent)
        replies = await asyncio.gather(*(person.submit_view(dialog, {"conversation": OTHER.id}) for _ in range(2)))
        assert all(each.ok for each in replies)
        assert len(slack.messages(OTHER.id)) == 1
        dialog = await dialog_of(person, parent)
        slack.faults.add(Fault("chat.postMessage", "lost_reply"))
        lost = await person.submit_view(dialog, {"conversation": OTHER.id})
        assert lost.ok
        assert not lost.errors
        await told_later(slack, "may have been posted")
        assert (await person.submit_view(dialog, {"conversation": OTHER.id})).ok
        await service.app.drain()
        assert len(slack.messages(OTHER.id)) == 2


@BOTH
async def test_a_slow_post_does_not_time_the_dialog_out(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, service, parent):
        person = Person(slack, READER.id)
        dialog = await dialog_of(person, parent)
        slack.faults.add(Fault("chat.postMessage", "delay", seconds=3.5))
        assert (await person.submit_view(dialog, {"conversation": OTHER.id})).ok
        assert (await person.submit_view(dialog, {"conversation": OTHER.id})).ok
        await service.app.drain()
        assert len(slack.messages(OTHER.id)) == 1


@BOTH
async def test_a_slow_way_back_does_not_time_a_button_out(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, _, parent):
        slack.faults.add(Fault("response_url", "delay", seconds=3.5))
        block, value = menu(parent, "save")
        reply = await Person(slack, READER.id).click("story_menu", value, on=parent, block_id=block, patience=6)
        assert reply.ok
        assert "Saved" in reply.text


@BOTH
async def test_a_find_goes_to_channels_only(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, service, parent):
        before = len(slack.calls_of("chat.postMessage"))
        handle = menu(parent, "share")[1].split(" ")[1]
        reader = Reader(slack.team_id, READER.id, "UTC")
        for place in ("", "U0ADMIN0001", "D0READER001", "@ada", "#robots", "C", f"{NEWS.id} {NEWS.id}"):
            came = await service.app._sharer.share(f"V{place}", reader, Sharing(handle, place, "", place))
            assert "channel only" in str(came.said)
        assert len(slack.calls_of("chat.postMessage")) == before


@BOTH
async def test_a_private_conversation_hears_only_from_its_members(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, _, parent):
        slack.change_channel(PRIVATE.id, is_member=True)
        reader, member = Person(slack, READER.id), Person(slack)
        refused = await reader.submit_view(await dialog_of(reader, parent), {"conversation": PRIVATE.id})
        assert "not in that conversation" in refused.errors["where"]
        assert slack.messages(PRIVATE.id) == []
        assert not (await member.submit_view(await dialog_of(member, parent), {"conversation": PRIVATE.id})).errors
        assert len(slack.messages(PRIVATE.id)) == 1
        slack.scopes.discard("groups:read")
        unsure = await member.submit_view(await dialog_of(member, parent), {"conversation": PRIVATE.id})
        assert "cannot see" in unsure.errors["where"]
        assert len(slack.messages(PRIVATE.id)) == 1
        (answer,) = (await member.slash("/news", "ai", channel=PRIVATE.id)).messages  # from its own menu
        assert not (await member.submit_view(await dialog_of(member, answer), {"conversation": PRIVATE.id})).errors
        assert len(slack.messages(PRIVATE.id)) == 2


@BOTH
async def test_a_broken_database_is_told_and_shares_nothing(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, service, parent):
        person = Person(slack, READER.id)
        dialog = await dialog_of(person, parent)
        with service.room.library.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE articles RENAME TO away")
        reply = await person.submit_view(dialog, {"conversation": OTHER.id})
        assert "try again" in reply.errors["where"]
        assert slack.modals(READER.id) == [dialog]
        for verb in ("share", "save", "why"):
            assert "try again" in await choose(person, parent, verb)


@BOTH
async def test_a_listener_that_fails_is_told(
    tmp_path: Path, socket_mode: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, _, parent):
        person = Person(slack, READER.id)
        dialog = await dialog_of(person, parent)
        broken: Json = {}
        monkeypatch.setattr("bot.modals.shared", lambda _view: broken["no"])
        reply = await person.submit_view(dialog, {"conversation": OTHER.id})
        assert "try again" in reply.errors["where"]
        monkeypatch.setattr("bot.pressing.read", lambda *_: broken["no"])
        assert "try again" in await choose(person, parent, "save")


@BOTH
async def test_a_dialog_that_comes_too_late_is_told(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, _, parent):
        slack.faults.add(Fault("views.open", "refused", error="expired_trigger_id"))
        block, value = menu(parent, "share")
        reply = await Person(slack, READER.id).click("story_menu", value, on=parent, block_id=block, patience=3)
        assert "took too long" in reply.text


@BOTH
async def test_old_buttons_and_stories_that_are_gone_are_told(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, service, parent):
        person = Person(slack, READER.id)
        service.room.library.put("gone", [])
        with service.room.library.database.write() as connection:
            connection.exec_driver_sql("DELETE FROM articles")
        for verb in ("save", "related", "why", "less", "share"):
            assert "no article of that story" in await choose(person, parent, verb)


@pytest.mark.parametrize(
    "action",
    [
        {"action_id": "story_menu", "selected_option": {"value": "fly 1"}},
        {"action_id": "story_save", "value": "1; DROP TABLE saved"},
        {"action_id": "story_save", "value": "9" * 5000},
        {"action_id": "saved_next", "value": "-1"},
        {"action_id": "saved_next", "value": "999999"},
        {"action_id": "x" * 300, "value": "\x00<!channel>"},
        {"action_id": "story_menu"},
    ],
)
async def test_whatever_comes_is_answered(tmp_path: Path, action: Json) -> None:
    async with posted(tmp_path) as (slack, _, parent):
        reply = await forged(Person(slack, READER.id), parent, action)
        assert reply.ok
        assert reply.messages
        assert "<!channel>" not in reply.text
        assert slack.messages(NEWS.id) == [parent]  # everybody's digest stays what it was


@pytest.mark.parametrize(
    "odd",
    [
        {"user": "U1"},
        {"team": "T"},
        {"team": None},
        {"view": "x"},
        {"container": "x"},
        {"channel": "x"},
    ],
)
async def test_a_request_of_an_odd_shape_breaks_nothing(tmp_path: Path, odd: Json) -> None:
    async with posted(tmp_path) as (slack, service, parent):
        person = Person(slack, READER.id)
        body, place = person._on_message(parent)
        trigger, address, key = person._handles(place.id, parent.ts)
        action = {"action_id": "story_save", "value": menu(parent, "save", 1)[1].split(" ")[1]}
        named = {**person._interaction("block_actions", trigger), **body, "response_url": address}
        with capture_logs() as lines:
            reply = await person._act("interactive", {**named, "actions": [action], **odd}, place, trigger, key, 0.0)
            await service.app.drain()
        assert reply.status == 200
        assert [line for line in lines if line["log_level"] == "error"] == []
        assert "Saved: " in await choose(person, parent, "save", 2)


@pytest.mark.parametrize(
    "odd", [{}, {"actions": []}, {"actions": ["x"]}, {"actions": "x"}, {"view": "x"}, {"view": []}]
)
async def test_what_looks_at_presses_survives_any_shape(odd: Json) -> None:
    for looks in (bot_app._shares, home._here, searching._in_our_view):
        assert not await looks({"type": "block_actions", **odd})
    assert action_of(odd) == {}


async def test_a_listener_that_fails_is_told_in_english_where_nobody_can_be_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug of ours")

    async with posted(tmp_path) as (slack, service, _):
        monkeypatch.setattr(service.app.office.people, "person", broken)
        reply = await Person(slack, READER.id).slash("/news", "robots")
        assert reply.ok
        assert reply.text == service.room.tell(TRY_AGAIN)


async def forged(person: Person, message: Message, action: Json):  # type: ignore[no-untyped-def]
    """Press what is not there, as somebody who makes requests by hand might."""
    body, place = person._on_message(message)
    trigger, address, key = person._handles(place.id, message.ts)
    whole = {**person._interaction("block_actions", trigger), **body, "actions": [action], "response_url": address}
    return await person._act("interactive", whole, place, trigger, key, 3.0)


@BOTH
async def test_an_answer_whose_address_is_spent_comes_by_another_way(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, _, parent):
        person = Person(slack, READER.id)
        slack.faults.add(Fault("response_url", "server_error", status=404, times=None))
        block, value = menu(parent, "save")
        reply = await person.click("story_menu", value, on=parent, block_id=block, patience=3)
        assert "Saved" in reply.text
        assert slack.calls_of("chat.postEphemeral")


@BOTH
async def test_an_answer_is_turned_page_by_page_while_news_arrives(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode) as (slack, service, _):
        person = Person(slack, READER.id)
        (page,) = (await person.slash("/news", "ai")).messages
        first = headlines(page)
        newer = [
            replace(each, url=f"{each.url}/again", title=f"AI news flash {n}", published_at=utc_now(), heat=900)
            for n, each in enumerate(list(service.room.library.articles())[:6])
        ]
        service.room.library.put("flash", [Filed(each.url, Stamp(1, 1, "x"), each) for each in newer])
        service.room.desk.take_in(utc_now())
        assert "AI news flash" in (await Person(slack).slash("/news", "ai")).text  # who asks now hears of it
        await person.click("news_next", on=page)
        assert "6–10 of" in await replaced(slack, page)
        page = now_of(slack, page)
        second = headlines(page)
        assert len(first) == len(second) == 5
        assert not set(first) & set(second)
        assert "AI news flash" not in page.visible_text()
        assert "Saved: " in await choose(person, page, "save")
        await person.click("news_back", on=page)
        assert "1–5 of" in await replaced(slack, page)
        assert headlines(now_of(slack, page)) == first


@BOTH
async def test_a_page_keeps_its_place_when_stories_are_withdrawn(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, service, _):
        person, library = Person(slack, READER.id), service.room.library
        (page,) = (await person.slash("/news", "ai since:3d")).messages
        headed = page.visible_text().partition("\n")[0]
        await person.click("news_next", on=page)
        await replaced(slack, page)
        second = now_of(slack, page)
        titles = headlines(second)
        await person.click("news_back", on=second)
        await replaced(slack, second)
        first = now_of(slack, page)
        gone = [service.room.desk.by_handle(value.split(" ")[1]) for _, value in choices(first) if "save " in value]
        library.withdraw(library.sources()[0], [str(each.path) for each in gone if each is not None])
        await person.click("news_next", on=first)
        await replaced(slack, first)
        assert headlines(now_of(slack, page)) == titles
        await person.click("news_back", on=now_of(slack, page))
        await slack.wait_for(lambda: "withdrawn" in now_of(slack, page).visible_text(), 3)
        assert "1–5 of" in now_of(slack, page).visible_text()
        for last in range(3):
            await person.click("news_next", on=now_of(slack, page))
            await slack.wait_for(lambda last=last: f"{last * 5 + 6}–" in now_of(slack, page).visible_text(), 3)  # type: ignore[misc]
        assert re.search(r"16–20 of the best 20 of \d+", now_of(slack, page).visible_text())
        assert headed.split(" · ")[0] in now_of(slack, page).visible_text()


@pytest.mark.parametrize("zone", ["since:yesterday", "since:24h"])
async def test_a_page_keeps_the_time_that_was_meant(tmp_path: Path, zone: str) -> None:
    clock = Clock(utc_now().replace(hour=20))  # by night "yesterday" has too few stories for a second page
    async with bot(tmp_path, clock=clock) as (slack, service):
        person = Person(slack, READER.id)
        (page,) = (await person.slash("/news", f"ai {zone}")).messages
        asked = clock()
        clock.forward(timedelta(hours=30))
        next_page = next(each for _, each in interactive(page.blocks) if each["action_id"] == "news_next")["value"]
        answer = news.turned(service.room, next_page, clock(), READER.tz)
        since = query.read(f"ai {zone}", service.room.catalogue, asked, READER.tz).since
        assert since is not None
        assert short_day(since.at, clock(), READER.tz) in answer.text.partition(":")[0]


async def test_a_question_that_cannot_be_followed_is_told(tmp_path: Path) -> None:
    async with posted(tmp_path) as (slack, _, parent):
        action = {"action_id": "news_next", "value": "1 20 1795600000 1-abc scource:wire robots"}
        assert "scource" in (await forged(Person(slack, READER.id), parent, action)).text


def headlines(message: Message) -> list[str]:
    texts = [str(block["text"]["text"]) for block in message.blocks if block["type"] == "section"]
    return [text.partition("\n")[0] for text in texts]


@BOTH
async def test_what_was_meant_is_a_button(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, _, _):
        person = Person(slack, READER.id)
        for typed, said in (("robtoics", "Robotics"), ("topcis", "Topics"), ("scource:wire robots", "Robotics")):
            (answer,) = (await person.slash("/news", typed)).messages
            assert "Did you mean:" in answer.visible_text()
            await person.click("news_ask_1", on=answer)
            assert said in await replaced(slack, answer)


@BOTH
async def test_a_person_sees_and_erases_what_is_kept(tmp_path: Path, socket_mode: bool) -> None:
    async with posted(tmp_path, socket_mode=socket_mode) as (slack, service, parent):
        person, other = Person(slack, READER.id), Person(slack)
        assert "Nothing is kept about you" in (await person.slash("/news", "forget me")).text
        for who in (person, other):
            await choose(who, parent, "save")
            await choose(who, parent, "less")
        (told,) = (await person.slash("/news", "forget me")).messages
        assert "1 saved story and 1 vote" in told.visible_text()
        (button,) = (each for _, each in interactive(told.blocks))
        assert "erases for good: 1 saved story and 1 vote" in button["confirm"]["text"]["text"]
        await person.click("news_forget", on=told)
        assert "Erased: 1 saved story and 1 vote" in await replaced(slack, told)
        assert "nothing yet" in (await person.slash("/news", "saved")).text
        assert "1 of 1" in (await other.slash("/news", "saved")).text
        assert service.room.feedback(service.room.settings.digests[0].name, utc_now())
