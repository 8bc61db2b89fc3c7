"""The shortcuts at the wire, over both transports: the real bot, a pretend Slack."""

from __future__ import annotations

import dataclasses
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.commands.news import LONGEST
from bot.readers import user
from bot.service import Service
from digests.errors import LibraryError
from playground.slack import ADMIN, NEWS, OTHER, READER, Fault, Json, Message, Person, Workspace, check_view
from playground.slack.forms import interactive
from playground.slack.values import View
from tests.bot.running_bot import bot, rows
from tests.bot.test_app import HOSTILE

BOTH = pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])


async def searched(slack: Workspace, person: Person, question: str) -> View:
    """The dialog with the answer to a question."""
    (dialog,) = (await person.shortcut("search_news", patience=3)).views
    sent = await person.submit_view(dialog, {"question": question})
    assert sent.ok
    return slack.views[dialog.id]


async def settled(slack: Workspace, view: View) -> View:
    """A dialog once the bot is done with it."""
    await slack.wait_for(lambda: "Looking" not in slack.views[view.id].visible_text(), 5)
    found = slack.views[view.id]
    assert check_view(found.payload) is None
    return found


async def related(slack: Workspace, person: Person, text: str, **more: Any) -> View:
    """What a person gets to see about somebody's message."""
    message = slack.store(Message(NEWS.id, slack.next_ts(), text, ADMIN.id, origin="person", **more))
    (dialog,) = (await person.shortcut("related_news", on=message, patience=3)).views
    return await settled(slack, dialog)


def entry(view: View, verb: str) -> tuple[str, str]:
    """Block and value of the first entry of a menu with a verb."""
    return next(
        (block, option["value"])
        for block, element in interactive(view.blocks)
        for option in element.get("options", [])
        if option["value"].startswith(f"{verb} ")
    )


@BOTH
async def test_search_news_answers_in_its_dialog(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, _):
        person = Person(slack, READER.id)
        view = await searched(slack, person, "facial recognition")
        assert check_view(view.payload) is None
        assert "Facial Recognition\n · 1–5 of " in view.visible_text()
        assert "five-year pause on facial recognition" in view.visible_text()
        sent = await person.submit_view(view, {"question": "robots -police"})
        assert sent.ok
        assert "Robotics\n without police" in slack.views[view.id].visible_text()
        assert slack.all_messages() == slack.ephemerals() == []


@BOTH
async def test_pages_are_turned_and_what_was_meant_is_asked_in_the_dialog(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        view = await searched(slack, person, "ai")
        await person.click("news_next", on=view)
        await slack.wait_for(lambda: " · 6–10 of " in slack.views[view.id].visible_text())
        field = slack.views[view.id].blocks[0]
        assert field == view.blocks[0]
        view = await searched(slack, person, "facial recogniton")
        meant = next(element for _, element in interactive(view.blocks) if element["action_id"].startswith("news_ask"))
        await person.click(meant["action_id"], meant["value"], on=view)
        await slack.wait_for(lambda: "Facial Recognition\n · " in slack.views[view.id].visible_text())
        asked = slack.views[view.id]
        assert asked.blocks[0]["element"]["initial_value"] == meant["value"]
        assert asked.blocks[0]["block_id"] != view.blocks[0]["block_id"]  # or Slack would keep what was typed
        await service.app.drain()
        assert slack.all_messages() == slack.ephemerals() == []


@BOTH
async def test_a_story_is_saved_and_shared_from_the_dialog(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        view = await searched(slack, person, "robots")
        block, value = entry(view, "save")
        reply = await person.click("story_menu", value, on=view, block_id=block, patience=3)
        (said,) = reply.views
        assert check_view(said.payload) is None
        assert "Saved: " in said.visible_text()
        assert service.room.saved.count(user(slack.team_id, READER.id)) == 1
        await person.close_view(said)
        block, value = entry(view, "related")
        (said,) = (await person.click("story_menu", value, on=view, block_id=block, patience=3)).views
        assert "Coverage of " in said.visible_text()
        await person.close_view(said)
        block, value = entry(view, "share")
        (dialog,) = (await person.click("story_menu", value, on=view, block_id=block, patience=3)).views
        assert dialog.callback_id == "share_story"
        sent = await person.submit_view(dialog, {"conversation": OTHER.id, "note": "Look"})
        assert sent.ok
        assert not sent.errors
        assert "Look" in slack.messages(OTHER.id)[0].visible_text()
        methods = [call.method for call in slack.calls if call.method.startswith("views.")]
        assert methods == ["views.open", "views.push", "views.push", "views.push"]


async def test_what_is_ones_own_is_seen_in_the_dialog(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        who = user(slack.team_id, READER.id)
        for each in list(service.room.library.articles())[:2]:
            service.room.saved.save(who, each, service.clock())
        view = await searched(slack, person, "saved")
        assert "1–2 of 2" in view.visible_text()
        key = next(element["value"] for _, element in interactive(view.blocks) if element["action_id"] == "story_drop")
        await person.click("story_drop", key, on=view)
        await slack.wait_for(lambda: "1 of 1" in slack.views[view.id].visible_text())
        view = await searched(slack, person, "forget me")
        await person.click("news_forget", on=view)
        await slack.wait_for(lambda: "Erased: " in slack.views[view.id].visible_text())
        assert service.room.saved.count(who) == 0


async def test_the_dialogs_speak_the_language_of_who_opens_them(tmp_path: Path) -> None:
    slack = Workspace()
    slack.add_user(dataclasses.replace(READER, locale="de-DE"))
    slack.add_user(dataclasses.replace(ADMIN, locale="ja-JP"))
    async with bot(tmp_path, workspace=slack) as _:
        (german,) = (await Person(slack, READER.id).shortcut("search_news", patience=3)).views
        (japanese,) = (await Person(slack).shortcut("search_news", patience=3)).views
        assert "Was möchtest du wissen?" in german.visible_text()
        assert "何について知りたいですか" in japanese.visible_text()


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_questions_get_a_clear_answer_in_the_dialog(tmp_path: Path, text: str) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        (dialog,) = (await person.shortcut("search_news", patience=3)).views
        sent = await person.submit_view(dialog, {"question": text})
        assert sent.ok
        view = slack.views[dialog.id]
        assert check_view(view.payload) is None
        answer = view.blocks[1:]
        assert answer
        for live in ("<!", "<@", "<#"):
            assert live not in str([block for block in answer if "mrkdwn" in str(block)])
        if len(text) == 10_000:
            assert f"up to {LONGEST}" in view.visible_text()


async def test_a_slow_answer_comes_into_the_dialog_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.app.PATIENCE", 0.1)
    async with bot(tmp_path) as (slack, service):
        original = service.room.desk.answer

        def slow(*args: object, **kwargs: object) -> object:
            time.sleep(0.5)
            return original(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(service.room.desk, "answer", slow)
        view = await searched(slack, Person(slack, READER.id), "robots")
        assert "Looking" in view.visible_text()
        assert "Robotics\n · " in (await settled(slack, view)).visible_text()


LATE = [Fault("views.open", "refused", error="expired_trigger_id", times=1)]


async def test_a_dialog_that_came_too_late_is_told_of(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        slack.faults.add(*LATE)
        await person.shortcut("search_news")
        direct = slack.direct_message(READER.id).id
        await slack.wait_for(lambda: slack.messages(direct))
        assert "too long" in slack.messages(direct)[0].visible_text()
        slack.faults.add(*LATE)
        message, _ = await person.say("What of the five-year pause on facial recognition?")
        reply = await person.shortcut("related_news", on=message, patience=3)
        assert reply.views == []
        assert "five-year pause" in reply.text
        assert reply.messages[0].ephemeral_to == READER.id


async def test_a_push_that_came_too_late_is_said_directly(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        view = await searched(slack, person, "robots")
        slack.faults.add(Fault("views.push", "refused", error="expired_trigger_id", times=2))
        block, value = entry(view, "save")
        await person.click("story_menu", value, on=view, block_id=block)
        direct = slack.direct_message(READER.id).id
        await slack.wait_for(lambda: slack.messages(direct))
        assert "Saved: " in slack.messages(direct)[0].visible_text()


@BOTH
async def test_what_slack_hands_over_again_is_done_once(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        opened = await person.shortcut("search_news", patience=3)
        assert (await person.again(opened)).ok
        view = await searched(slack, person, "robots")
        block, value = entry(view, "save")
        pushed = await person.click("story_menu", value, on=view, block_id=block, patience=3)
        assert (await person.again(pushed)).ok
        answer = (await person.slash("/news", "robots")).messages[0]
        block, value = next(
            (block, option["value"])
            for block, element in interactive(answer.blocks)
            for option in element.get("options", [])
            if option["value"].startswith("save ")
        )
        pressed = await person.click("story_menu", value, on=answer, block_id=block, patience=3)
        assert (await person.again(pressed)).ok
        await service.app.drain()
        methods = [call.method for call in slack.calls if call.method.startswith(("views.", "chat.", "response_url"))]
        assert sorted(methods) == ["response_url", "views.open", "views.open", "views.push"]


async def test_a_command_that_comes_again_is_answered_again_and_worked_out_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot(tmp_path) as (slack, service):
        original, asked = service.room.desk.answer, []

        def counted(*args: object, **kwargs: object) -> object:
            asked.append(args)
            return original(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(service.room.desk, "answer", counted)
        person = Person(slack, READER.id)
        first = await person.slash("/news", "robots")
        again = await person.again(first)
        assert again.ok
        assert again.body == first.body
        assert len(asked) == 1
        await person.slash("/news", "robots")
        assert len(asked) == 2


@BOTH
async def test_the_story_of_a_link_however_it_was_copied(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        url, title = report_with_coverage(service)
        for copied in (url, f"{url}?utm_source=x#top", url.replace("https://", "http://www.")):
            view = await related(
                slack, person, f"Have you seen <{copied}|this>? <https://nowhere.example.com/|Or this>"
            )
            assert f"Coverage of \n{title}" in view.visible_text()
            assert "in the library" in view.visible_text()
            await person.close_view(view)
        view = await related(slack, person, url)
        (said,) = (await person.click("story_save", on=view, patience=3)).views
        assert "Saved: " in said.visible_text()
        await person.close_view(said)
        (dialog,) = (await person.click("story_share", on=view, patience=3)).views
        assert dialog.callback_id == "share_story"
        assert [each for each in slack.all_messages() if each.bot_id] == slack.ephemerals() == []


def report_with_coverage(service: Service) -> tuple[str, str]:
    """A report that is told by others, too."""
    desk = service.room.desk
    for article in service.room.library.articles():
        story = desk.story(desk.handles([article.url])[article.url])
        if story is not None and story.coverage and article.url.startswith("https://"):
            return article.url, article.title
    raise LookupError("no story of several reports in the sample")


@BOTH
async def test_news_like_the_words_of_a_message(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, _):
        person = Person(slack, READER.id)
        view = await related(slack, person, "Did <@U0ADMIN0001> see that firm with 31 million templates exposed?")
        assert "Portunel says 31 million templates exposed" in view.visible_text()
        view = await related(slack, person, "anyone following facial recognition?")
        assert "Facial Recognition\n · 1–5 of " in view.visible_text()
        await person.click("news_next", on=view)
        await slack.wait_for(lambda: " · 6–10 of " in slack.views[view.id].visible_text())
        view = await related(slack, person, "<https://nowhere.example.com/a/31-million-templates-exposed.html>")
        assert "Portunel says 31 million templates exposed" in view.visible_text()


NOTHING: dict[str, Json] = {
    "lunch": {"text": "Hey team, lunch at noon?"},
    "empty": {"text": ""},
    "signs": {"text": "<!channel> *** ``` ||| &lt;&gt; \x00\x07 😀"},
    "long": {"text": "x" * 40_000},
    "words": {"text": "zxqv " * 8_000},
    "fts": {"text": 'a" OR (b NEAR c* ^ "'},
    "links": {"text": "<https://nowhere.example.com/> " * 1_000},
    "odd links": {"text": "<https://[> <http://%zz> <https://\u202e.example.com/|x>"},
}


@pytest.mark.parametrize("name", NOTHING)
async def test_messages_that_no_news_is_about(tmp_path: Path, name: str) -> None:
    async with bot(tmp_path) as (slack, _):
        view = await related(slack, Person(slack, READER.id), **NOTHING[name])
        words = view.visible_text()
        assert "nothing like that message" in words or "no words to look for" in words
        assert [each for each in slack.all_messages() if each.bot_id] == slack.ephemerals() == []


@pytest.mark.parametrize("broken", [False, True])
async def test_what_a_message_says_is_neither_kept_nor_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    secret = "Zebrafinch templates exposed at our vendor Portunel"
    async with bot(tmp_path) as (slack, service):
        if broken:

            def failing(text: str, *_: object, **__: object) -> object:
                raise LibraryError(f"cannot read: {text}")

            monkeypatch.setattr(service.room.desk, "alike", failing)
        with capture_logs() as lines:
            view = await related(slack, Person(slack, READER.id), secret)
        assert ("could not be done" in view.visible_text()) is broken
        assert "zebrafinch" not in str(lines).casefold()
        assert "zebrafinch" not in str(rows(service.room.library.database)).casefold()


async def test_a_slow_directory_keeps_no_dialog_shut(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        slack.faults.add(Fault("users.info", "delay", seconds=timedelta(seconds=8).total_seconds(), times=1))
        person = Person(slack, READER.id)
        (dialog,) = (await person.shortcut("search_news", patience=3)).views
        assert "What do you want to know?" in dialog.visible_text()
        slack.faults.release()
