"""Mentions and direct messages at the wire, over both transports: the real bot, a pretend Slack."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.clock import utc_now
from bot.commands.news import LONGEST, ROWS
from bot.heard import PATIENCE
from bot.talking import EVERYBODYS, everybodys, question_in
from bot.wiring import newsroom, settings_from
from digests.language import speaking
from playground.slack import ADMIN, NEWS, READER, Fault, Json, Message, Person, Workspace, check_message
from tests.bot.running_bot import Clock, bot, environment
from tests.bot.test_app import HOSTILE

BOTH = pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])


def said(slack: Workspace, channel: str) -> list[Message]:
    """What the bot posted in a conversation for all to see."""
    return [each for each in slack.all_messages(channel) if each.bot_id]


@BOTH
async def test_a_mention_is_answered_in_its_thread_for_all_to_see(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, _):
        asked, reply = await Person(slack, READER.id).mention("facial recognition")
        assert reply.ok
        (answer,) = said(slack, NEWS.id)
        assert answer.thread_ts == asked.ts
        assert not answer.reply_broadcast
        assert answer.text.startswith("Facial Recognition")
        assert (answer.unfurl_links, answer.unfurl_media) == (False, False)
        assert check_message({"text": answer.text, "blocks": list(answer.blocks)}) is None
        assert slack.ephemerals() == []


async def test_a_mention_in_a_thread_is_answered_in_that_thread(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        parent, _ = await person.say("What is new?")
        await person.mention("robots", thread=parent.ts)
        (answer,) = said(slack, NEWS.id)
        assert answer.thread_ts == parent.ts
        assert answer.text.startswith("Robotics")


@BOTH
async def test_a_direct_message_is_answered_plainly(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, _):
        person = Person(slack, READER.id)
        _, reply = await person.tell("robots -police sort:new")
        assert reply.ok
        direct = slack.direct_message(READER.id).id
        (answer,) = said(slack, direct)
        assert answer.text.startswith("Robotics without police · ")
        assert answer.thread_ts is None
        assert answer.ephemeral_to is None
        await person.tell("saved")
        assert "nothing yet" in said(slack, direct)[-1].visible_text()


async def test_an_answer_in_a_direct_message_is_turned_where_it_stands(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        await person.tell("")
        direct = slack.direct_message(READER.id).id
        (answer,) = said(slack, direct)
        await person.click("news_next", on=answer)
        await slack.wait_for(lambda: said(slack, direct)[0].edited)
        (turned,) = said(slack, direct)
        assert " · 6–10 of " in turned.text
        assert slack.ephemerals() == []


async def test_a_page_that_is_turned_in_a_thread_is_seen_there_by_who_turns_it(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        asked, _ = await Person(slack, READER.id).mention("ai")
        (answer,) = said(slack, NEWS.id)
        (page,) = (await Person(slack).click("news_next", on=answer, patience=3)).messages
        assert (page.ephemeral_to, page.thread_ts) == (ADMIN.id, asked.ts)
        assert " · 6–10 of " in page.text
        assert said(slack, NEWS.id) == [answer]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("<@U0HEATLINE1> robots", "robots"),
        ("<@U0HEATLINE1|heatline>: /news robots", "robots"),
        ("hi <@U0HEATLINE1>, robots", "hi  , robots"),
        ("/NEWS  topics", "topics"),
        ("<@U0HEATLINE1>", ""),
        ("news robots", "news robots"),
        ("-police robots", "-police robots"),
        ('"five-year pause"', '"five-year pause"'),
    ],
)
def test_what_is_asked_in_a_message(text: str, question: str) -> None:
    assert question_in(text) == question


async def test_every_form_is_understood_and_what_is_ones_own_stays_so(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        for row in ROWS:
            await person.mention(row.example)
            public = not row.pattern.head or row.pattern.head[0] in EVERYBODYS
            shown = said(slack, NEWS.id) if public else slack.ephemerals(NEWS.id, READER.id)
            assert shown, row.usage
            for each in [*said(slack, NEWS.id), *slack.ephemerals()]:
                assert check_message({"text": each.text, "blocks": list(each.blocks)}) is None, row.usage
                slack.delete(each)
            assert len(shown) == 1, row.usage


OWN = (
    *("saved", "forget me", "SAVED", " saved ", "subscribe robotics", "settings", "mute robotics", "unmute robotics"),
    *("muted", "Reset", "why 3", "why https://example.com/a", "why <https://example.com/a|a>", "post", "status"),
)


@pytest.mark.parametrize(("text", "public"), [*((each, False) for each in OWN), ("why robots", True), ("robots", True)])
def test_what_is_kept_about_a_person_is_never_for_all_to_see(tmp_path: Path, text: str, public: bool) -> None:
    room = newsroom(settings_from(None, environment(tmp_path, "http://127.0.0.1:9/api/")))
    assert everybodys(text, room) is public
    room.library.close()


@pytest.mark.parametrize(
    ("locale", "text"), [("de", "gespeichert"), ("de", "Vergiss mich"), ("ja", "保存済み"), ("ja", "設定")]
)
def test_nor_by_the_words_of_the_askers_language(tmp_path: Path, locale: str, text: str) -> None:
    room = newsroom(settings_from(None, environment(tmp_path, "http://127.0.0.1:9/api/")))
    assert not everybodys(text, room.speaking(locale))
    assert everybodys(text, room)  # to others it is a word to search for
    room.library.close()


async def test_what_all_see_is_not_what_the_asker_wants_but_what_only_the_asker_sees_is(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        await person.slash("/news", "mute facial recognition")
        assert "muted stor" in (await person.slash("/news", "")).text
        await person.mention("")
        (answer,) = said(slack, NEWS.id)
        assert "Top stories" in answer.visible_text()
        assert "muted" not in answer.visible_text()


async def test_a_personal_answer_to_a_mention_is_the_askers_alone(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        await person.mention("saved")
        (answer,) = slack.ephemerals(NEWS.id)
        assert answer.ephemeral_to == READER.id
        assert answer.thread_ts is None
        parent, _ = await person.say("Look")
        await person.mention("forget me", thread=parent.ts)
        assert slack.ephemerals(NEWS.id)[-1].thread_ts == parent.ts
        assert said(slack, NEWS.id) == []


NOT_OF_PEOPLE: list[Json] = [
    {"bot_id": "B0OTHER"},
    {"bot_profile": {"id": "B0OTHER"}},
    {"subtype": "bot_message"},
    {"subtype": "message_changed"},
    {"subtype": "channel_join"},
    {"subtype": "file_share", "bot_id": "B0OTHER"},
    {"subtype": "thread_broadcast", "bot_id": "B0OTHER"},
    {"edited": {"user": READER.id, "ts": "1.0"}},
    {"hidden": True},
    {"user": "U0HEATLINE1"},
    {"user": "USLACKBOT"},
    {"user": ""},
]


@BOTH
@pytest.mark.parametrize("kind", ["app_mention", "message"])
async def test_bots_edits_and_itself_are_not_answered(tmp_path: Path, socket_mode: bool, kind: str) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, service):
        person = Person(slack, READER.id)
        place = slack.direct_message(READER.id).id if kind == "message" else NEWS.id
        event = {"type": kind, "channel": place, "channel_type": "im", "ts": "1.000001", "text": "robots"}
        for odd in NOT_OF_PEOPLE:
            reply = await person.event({**event, **odd})
            assert reply.ok, odd
        # Whoever adds the events of channels on the app's page makes it hear everybody, and answer nobody.
        assert (await person.event({**event, "type": "message", "channel_type": "channel", "channel": NEWS.id})).ok
        await service.app.drain()
        assert [each for each in slack.all_messages() if each.bot_id] == []
        assert slack.ephemerals() == []


@pytest.mark.parametrize("kind", ["app_mention", "message"])
async def test_who_adds_a_file_or_tells_the_channel_too_is_answered(tmp_path: Path, kind: str) -> None:
    async with bot(tmp_path) as (slack, service):
        place = slack.direct_message(READER.id).id if kind == "message" else NEWS.id
        event = {"type": kind, "channel": place, "channel_type": "im", "text": "robots"}
        for number, subtype in enumerate(("file_share", "thread_broadcast"), 1):
            parent, _ = await Person(slack).say("Look", channel=place) if kind == "app_mention" else (None, None)
            ts = parent.ts if parent else slack.next_ts()
            await Person(slack, READER.id).event({**event, "ts": ts, "subtype": subtype})
            await service.app.drain()
            assert len(said(slack, place)) == number, subtype


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_messages_get_a_clear_answer_and_no_mention_lives(tmp_path: Path, text: str) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        direct = slack.direct_message(READER.id).id
        for place, (_, reply) in ((NEWS.id, await person.mention(text)), (direct, await person.tell(text))):
            assert reply.ok
            (answer,) = said(slack, place)
            assert check_message({"text": answer.text, "blocks": list(answer.blocks)}) is None
            for live in ("<!", "<@", "<#"):
                assert live not in answer.text
                assert live not in str([block for block in answer.blocks if "mrkdwn" in str(block)])
            if len(text) == 10_000:
                assert f"up to {LONGEST}" in answer.text


async def test_courtesies_are_no_questions(tmp_path: Path) -> None:
    slack = Workspace()
    slack.add_user(dataclasses.replace(ADMIN, locale="de-DE"))
    async with bot(tmp_path, workspace=slack) as _:
        for text in ("Hello!", "thanks", "Danke."):
            await Person(slack).tell(text)
        answers = [each.visible_text() for each in said(slack, slack.direct_message(ADMIN.id).id)]
        german = speaking("de")
        assert answers == [german.say(key) for key in ("talk-hello", "talk-welcome", "talk-welcome")]


async def test_where_slack_takes_no_answer_the_asker_hears_why(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack, READER.id)
        codes = {
            "restricted_action_thread_locked": "I may not answer in that thread",
            "not_in_channel": "/invite @Heatline",
            "missing_scope": "I lack a permission",
            "some_new_code": "can see why in its log",
        }
        for code, words in codes.items():
            slack.faults.add(Fault("chat.postMessage", "refused", error=code, times=1))
            await person.mention("robots")
            assert words in slack.ephemerals(NEWS.id, READER.id)[-1].visible_text()
        assert said(slack, NEWS.id) == []


async def test_a_lost_reply_of_slack_is_not_answered_twice(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        slack.faults.add(Fault("chat.postMessage", "lost_reply", times=1))
        await Person(slack, READER.id).mention("robots")
        assert len(said(slack, NEWS.id)) == 1
        assert slack.ephemerals() == []


@BOTH
async def test_what_slack_tells_again_is_answered_once(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, _):
        person = Person(slack, READER.id)
        _, reply = await person.mention("robots")
        for number in (1, 2, 3):
            assert (await person.again(reply, retry=(number, "http_timeout"))).ok
        assert len(said(slack, NEWS.id)) == 1
    async with bot(tmp_path, socket_mode=socket_mode, workspace=slack):  # and after a restart
        assert (await person.again(reply)).ok
        assert len(said(slack, NEWS.id)) == 1


async def test_what_a_process_died_over_is_answered_when_slack_tells_it_again(tmp_path: Path) -> None:
    clock = Clock(utc_now())
    async with bot(tmp_path, clock=clock) as (slack, service):
        service.room.heard.begin("Ev0DIED", clock())
        person = Person(slack, READER.id)
        asked, _ = await person.say("Look")
        mention = {"type": "app_mention", "channel": NEWS.id, "ts": asked.ts, "text": "<@U0HEATLINE1> robots"}
        await person.event(mention, event_id="Ev0DIED", retry=(1, "http_error"))
        assert said(slack, NEWS.id) == []  # it may be at it still
        clock.forward(PATIENCE * 2)
        await person.event(mention, event_id="Ev0DIED", retry=(2, "http_error"))
        await person.event(mention, event_id="Ev0DIED", retry=(3, "http_error"))
        assert len(said(slack, NEWS.id)) == 1


async def test_two_services_over_one_database_answer_once(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        one = slack.request_url
        person = Person(slack, READER.id)
        _, reply = await person.mention("robots")
        async with bot(tmp_path) as (_, other):
            person.request_url = f"http://127.0.0.1:{other.port}/slack/events"
            assert person.request_url != one
            assert (await person.again(reply)).ok
        assert len(said(slack, NEWS.id)) == 1


async def test_an_event_that_cannot_be_remembered_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack, READER.id)
        with service.room.library.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE events RENAME TO away")
        _, reply = await person.mention("robots")
        assert reply.status == 500
        with service.room.library.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO events")
        assert (await person.again(reply)).ok
        assert len(said(slack, NEWS.id)) == 1


async def test_an_event_that_nobody_hears_is_acknowledged(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        with capture_logs() as lines:
            assert (await Person(slack).event({"type": "emoji_changed"})).ok
        assert not [line for line in lines if line["log_level"] in ("warning", "error")]
