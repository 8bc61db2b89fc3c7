"""`/news` at the wire, over signed HTTP and over Socket Mode: the real app, the real library, a pretend Slack."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot import app as bot_app
from bot.commands import news
from bot.commands.grammar import Pattern, near
from bot.commands.news import LONGEST, ROWS, forms, names, plain_question
from bot.errors import SlackProblem
from digests.language import ENGLISH, LANGUAGES, speaking
from digests.library import Filed, Stamp
from digests.models import Message
from digests.topics import Catalogue
from playground.slack import ADMIN, BOT_TOKEN, READER, Fault, Person, Workspace, check_message
from playground.slack.delivery import Kind, deliver
from playground.slack.forms import interactive
from playground.slack.values import Json
from tests.bot.running_bot import BOTH_DATABASES, bot
from tests.making import article

pytestmark = BOTH_DATABASES

BOTH = pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])


@BOTH
async def test_news_facial_recognition(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, _):
        reply = await Person(slack, READER.id).slash("/news", "facial-recognition")
        assert reply.ok
        assert reply.seconds < 3
        (message,) = reply.messages
        assert message.ephemeral_to == READER.id
        assert message.text.startswith("Facial Recognition")
        assert "five-year pause on facial recognition" in reply.text
        assert slack.all_messages() == []  # nothing in any channel


@BOTH
async def test_every_row_of_the_help_is_answered(tmp_path: Path, socket_mode: bool) -> None:
    async with bot(tmp_path, socket_mode=socket_mode) as (slack, _):
        person = Person(slack)
        for row in ROWS:
            for asked in (
                row.typed,
                row.usage.replace("[NAME]", ""),
                row.usage.replace("[NAME]", "daily").replace("[", "").upper(),
            ):
                reply = await person.slash("/news", asked[len("/news") :].strip())
                assert reply.ok, asked
                (message,) = reply.messages
                assert message.text, asked
                assert check_message({"text": message.text, "blocks": list(message.blocks)}) is None


async def test_help_is_made_from_the_rows(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        reply = await Person(slack).slash("/news", "help")
        for row in ROWS:
            assert row.usage in reply.text
            assert speaking(None).say(row.what) in reply.text


async def test_answers(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack)
        assert "facial-recognition" in (await person.slash("/news", "facial recogniton")).text
        assert "Computer Vision" in (await person.slash("/news", "topics")).text
        digest = await person.slash("/news", "digest")
        assert "AI digest · " in digest.text
        assert "There is no digest called monthly" in (await person.slash("/news", "digest monthly")).text
        assert "help desk" in (await person.slash("/news", "help desk")).text  # a search, not the help
        assert (await person.slash("/news", "")).messages[0].blocks


async def test_filters(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        person = Person(slack)
        said = []
        for asked in (
            "robots -police sort:new",
            "source:bytefold.example.com",
            "robots source:theverge.com since:“last monday”",
        ):
            reply = await person.slash("/news", asked)
            said.append(reply.messages[0].text)
            assert said[-1].partition(" ")[0] in reply.text  # seen as well as read aloud
        assert said[0].startswith("Robotics without police · 1–5 of ")
        assert " · newest first: " in said[0]
        assert said[1].startswith("Top stories from bytefold.example.com · ")
        assert said[2].startswith("Nothing about Robotics from theverge.com since ")
        assert "Without source:theverge.com there are" in said[2]


MISTAKES = {
    "robots scource:wire": "/news robots source:wire",
    "topic:robtics since:7d": "/news topic:robotics since:7d",
    "sort:latest chips": "/news sort:new chips",
    "topcis": "/news topics",
    "Topic": "/news topics",
    "digset daily": "/news digest daily",
    "hepl": "/news help",
    "facial recogniton since:7d": "/news facial-recognition since:7d",
}


@pytest.mark.parametrize("typed", MISTAKES)
async def test_a_mistake_gets_what_was_meant(tmp_path: Path, typed: str) -> None:
    async with bot(tmp_path) as (slack, _):
        (message,) = (await Person(slack).slash("/news", typed)).messages
        assert f"Did you mean: {MISTAKES[typed]}" in message.text
        assert check_message({"text": message.text, "blocks": list(message.blocks)}) is None
        assert f"'value': '{MISTAKES[typed].removeprefix('/news ')}'" in str(message.blocks)


async def test_a_word_near_a_command_is_still_searched_for(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        found = article("Tropics warm to a weather model", hours=1)
        service.room.library.put("one", [Filed("one.md", Stamp(1, 1, "x"), found)])
        (message,) = (await Person(slack).slash("/news", "tropics")).messages
        assert message.text.startswith("tropics · 1 story: Tropics warm to a weather model")
        assert message.text.endswith("Did you mean: /news topics")


HEADS = [row.pattern for row in ROWS if row.pattern.head]
SPEAKERS = {"de": replace(READER, locale="de-AT"), "ja": replace(READER, locale="ja-JP")}


def test_no_word_of_any_language_chooses_two_forms_or_is_a_topics_name() -> None:
    chosen_by: dict[tuple[str, ...], Pattern] = {}
    for code in LANGUAGES:
        for form in forms(code):
            assert chosen_by.setdefault(form.words, form.pattern) is form.pattern, form.words
            topic = Catalogue.builtin().find(" ".join(form.words), keywords=False)
            assert topic is None, form.words
        own = [names(pattern, code) for pattern in HEADS]
        assert all(name for each in own for name in each)
    assert [names(pattern, ENGLISH) for pattern in HEADS] == [(" ".join(pattern.head),) for pattern in HEADS]


@BOTH
@pytest.mark.parametrize("code", SPEAKERS)
async def test_every_form_is_chosen_by_the_words_of_the_askers_language(
    tmp_path: Path, code: str, socket_mode: bool
) -> None:
    workspace = Workspace()
    workspace.add_user(SPEAKERS[code])
    async with bot(tmp_path, socket_mode=socket_mode, workspace=workspace) as (slack, _):
        person = Person(slack, READER.id)
        for row in ROWS:
            rest = row.example.split()[len(row.pattern.head) :]
            if row.pattern.head in (("digest",), ("status",)):
                continue  # what they say changes with the clock
            for name in names(row.pattern, code) if row.pattern.head else ():
                there = [(await person.slash("/news", " ".join((*row.pattern.head, *rest)))).text for _ in range(2)][1]
                assert (await person.slash("/news", " ".join((name.upper(), *rest)))).text == there, name
        quoted = await person.slash("/news", f'"{names(HEADS[-1], code)[0]}"')
        assert speaking(code).say("help-title", command="/news") not in quoted.text
        helped = (await person.slash("/news", names(HEADS[-1], code)[0])).text
        for pattern in HEADS:
            assert speaking(code).any_of(names(pattern, code)) in helped


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hilfe", "help"),
        ("THEMEN", "topics"),
        ("ヘルプ", "help"),
        ("保存済み", "saved"),
        ("abbestellen 2", "unsubscribe 2"),
    ],
)
async def test_words_of_another_language_get_what_was_meant(tmp_path: Path, typed: str, meant: str) -> None:
    async with bot(tmp_path) as (slack, _):
        (message,) = (await Person(slack, READER.id).slash("/news", typed)).messages
        assert f"Did you mean: /news {meant}" in message.text


@BOTH
async def test_a_digest_that_there_is_none_of_is_told_with_those_that_there_are(
    tmp_path: Path, socket_mode: bool
) -> None:
    weekly = {"HEATLINE_DIGESTS__WEEKLY__TOPICS": "robotics", "HEATLINE_DIGESTS__DAILY__TOPICS": "ai"}
    async with bot(tmp_path, socket_mode=socket_mode, **weekly) as (slack, _):
        admin, reader = Person(slack, ADMIN.id), Person(slack, READER.id)
        for person, form, name in ((admin, "post", "weekyl"), (admin, "digest", "foo"), (reader, "digest", "weekyl")):
            (message,) = (await person.slash("/news", f"{form} {name}")).messages
            assert f"There is no digest called {name}. There are: " in message.text
            offered = [each["value"] for _, each in interactive(message.blocks)]
            assert sorted(offered[:-1]) == [f"{form} daily", f"{form} weekly"]
            assert name == "foo" or offered[0] == f"{form} weekly"
            assert offered[-1] == f'"{form} {name}"'
        (refused,) = (await reader.slash("/news", "post foo")).messages
        assert "/news post [NAME] is for the people who run this workspace" in refused.text
        assert [each["value"] for _, each in interactive(refused.blocks)] == ['"post foo"']
        for asked in ("post office robots", "digest of the week", '"post foo"'):
            assert "Nothing found for" in (await admin.slash("/news", asked)).text
        await reader.click("news_ask_1", offered[0], on=message)
        there = lambda: next(each for each in slack.ephemerals() if each.ts == message.ts)  # noqa: E731
        await slack.wait_for(lambda: "A preview: what would be posted now." in there().visible_text(), 3)


@pytest.mark.parametrize("typed", ["help desk", "topcis in law", "optics", "top", "held", "digital", "robots", ""])
@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_near_no_command(typed: str, code: str) -> None:
    assert near(typed, forms(code)) is None


@pytest.mark.parametrize(
    ("pattern", "typed", "rest"),
    [
        ("help", "HELP", ""),
        ("help", "help desk", None),
        ("help", "helpful", None),
        ("digest [NAME]", "digest", ""),
        ("digest [NAME]", "digest  a b", "a b"),
        ("why N|URL", "why", None),
        ("why N|URL", "why 3", "3"),
        ("post now [NAME]", "post now x", "x"),
        ("post now [NAME]", "post x", None),
        ("WORDS", "robots", None),
        ("WORDS sort:new|hot", "WORDS", None),
        ("", "", None),
    ],
)
def test_a_pattern_chooses_and_takes(pattern: str, typed: str, rest: str | None) -> None:
    assert Pattern(pattern).rest(typed) == rest


HOSTILE = [
    "x" * 10_000,
    "\x00\x07",
    "<!channel>",
    "<@U123|boss>",
    "*_~`>",
    '"',
    "a AND (b",
    "source:<!channel> *_~ -<@U123>",
    "topic:<!here|here>",
    "scource:`<!channel>`",
    "sort:<@U1>",
    'since:"' + "9" * 150 + '"',
    "-" * 200,
    "&lt;script&gt;",
    "😀" * 300,
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_questions_get_a_clear_answer_and_no_mention_lives(tmp_path: Path, text: str) -> None:
    async with bot(tmp_path) as (slack, _):
        reply = await Person(slack).slash("/news", text)
        assert reply.ok
        (message,) = reply.messages
        assert check_message({"text": message.text, "blocks": list(message.blocks)}) is None
        for live in ("<!", "<@", "<#"):
            assert live not in message.text
            assert live not in str([block for block in message.blocks if "mrkdwn" in str(block)])
        if len(text) == 10_000:
            assert f"up to {LONGEST}" in message.text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("  facial   recognition ", "facial recognition"),
        ("AT&amp;T", "AT&T"),
        ("<@U1|ada> robots", "ada robots"),
        ("<#C1|news>", "#news"),
        ("<!channel>", "channel"),
        ("a\x00b\nc", "a b c"),
        ("source:<http://a.example.com|a.example.com> now", "source:a.example.com now"),
        ("<https://a.example.com/b?c=d&amp;e>", "https://a.example.com/b?c=d&e"),
        ("&lt;http://a|b&gt; a &lt; b", "<http://a|b> a < b"),
    ],
)
def test_plain_question(typed: str, meant: str) -> None:
    assert plain_question(typed) == meant


async def test_forged_stale_and_oversized_requests_are_refused(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, service):
        person = Person(slack)
        assert (await person.slash("/news", "robots", sign=False)).status == 401
        assert (await person.slash("/news", "robots", age=600)).status == 401
        assert (await person.slash("/other", "robots")).status == 404
        url = f"http://127.0.0.1:{service.port}"
        async with httpx.AsyncClient() as client:
            assert (await client.post(f"{url}/slack/events", content=b"x" * 2_000_000)).status_code == 413
            assert (await client.get(f"{url}/slack/events")).status_code == 405
            assert (await client.get(f"{url}/healthz")).text == "ok"


JUNK = [b"{", b"[" * 60_000, b"\xff", b"payload={", b"payload=[1]", b'{"authorizations":[1]}']


@pytest.mark.parametrize("body", JUNK, ids=range(len(JUNK)))
@pytest.mark.parametrize("timestamp", ["", "abc", "9" * 400])
async def test_unsigned_junk_is_refused_before_it_is_parsed(tmp_path: Path, body: bytes, timestamp: str) -> None:
    async with bot(tmp_path) as (_, service), httpx.AsyncClient() as client:
        headers = {
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": "v0=1",
            "content-type": "application/json",
        }
        answer = await client.post(f"http://127.0.0.1:{service.port}/slack/events", content=body, headers=headers)
        assert answer.status_code == 401


MALFORMED: list[tuple[Kind, Json]] = [
    *(
        ("interactive", {"type": "block_actions", "trigger_id": "1.1", "user": {"id": READER.id}, "actions": actions})
        for actions in ([], None, [None], [1], "x", [{"type": "button"}], [{"action_id": 7, "block_id": 1}])
    ),
    *(
        ("interactive", {"type": "view_submission", "user": {"id": READER.id}, "view": view})
        for view in (None, {"callback_id": "subscription"}, {"callback_id": "share_story", "state": None})
    ),
    *(("interactive", {"type": kind}) for kind in ("block_actions", "block_suggestion", "shortcut", "nonsense")),
    *(("events_api", {"type": "event_callback", "event": event}) for event in (None, {}, {"type": None})),
]


def of_requests(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The tracebacks that whoever takes requests has logged."""
    takers = ("slack_bolt", "slack_sdk", "uvicorn", "asyncio")
    return [record for record in caplog.records if record.exc_info and record.name.startswith(takers)]


async def test_signed_requests_that_are_malformed_get_an_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with bot(tmp_path) as (slack, _):
        for way, body in MALFORMED:
            answer = await deliver(slack, way, body)
            assert answer.status in (200, 400, 404), body
        assert (await Person(slack).slash("/news", "help")).ok
    assert not of_requests(caplog)


async def test_malformed_requests_stop_nothing_over_socket_mode(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with bot(tmp_path, socket_mode=True) as (slack, _):
        for way, body in MALFORMED:  # some are not acknowledged, which is how one refuses there
            await slack.sockets.deliver(way, body, accepts_response_payload=True, patience=0.05)
        assert (await Person(slack).slash("/news", "help")).ok
    assert not of_requests(caplog)


async def test_the_start_says_nothing_of_a_token_that_is_unused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)  # where Bolt looks by itself
    async with bot(tmp_path):
        assert "unused" not in caplog.text


async def test_a_slow_answer_comes_later_and_the_ack_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot_app, "PATIENCE", 0.2)
    async with bot(tmp_path) as (slack, service):
        original = service.room.desk.answer

        def slow(*args: object, **kwargs: object) -> object:
            time.sleep(0.8)
            return original(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(service.room.desk, "answer", slow)
        reply = await Person(slack).slash("/news", "robots", patience=3)
        assert reply.ok
        assert reply.seconds < 0.7
        await slack.wait_for(lambda: any("Robotics" in message.text for message in reply.messages), 5)


async def test_a_slow_answer_that_fails_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow_and_broken(*_: object) -> Message:
        await asyncio.sleep(0.3)
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(bot_app, "PATIENCE", 0.1)
    async with bot(tmp_path) as (slack, _):
        monkeypatch.setattr(news, "answer", slow_and_broken)
        reply = await Person(slack).slash("/news", "robots", patience=3)
        await slack.wait_for(lambda: "try again in a minute" in reply.text, 5)


async def test_a_bug_of_ours_is_told_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> Message:
        raise RuntimeError("a secret detail")

    async with bot(tmp_path) as (slack, _):
        monkeypatch.setattr(news, "answer", broken)
        reply = await Person(slack).slash("/news", "robots")
        assert reply.ok
        assert "try again in a minute" in reply.text
        assert "secret detail" not in reply.text


async def test_a_wrong_token_shows_at_the_start(tmp_path: Path) -> None:
    slack = Workspace()
    slack.faults.add(Fault("auth.test", "refused", error="invalid_auth"))
    with pytest.raises(SlackProblem, match="invalid_auth: the token is wrong"):
        async with bot(tmp_path, workspace=slack):
            pass


async def test_many_people_at_once(tmp_path: Path) -> None:
    async with bot(tmp_path) as (slack, _):
        words = ("robots", "facial-recognition", "", "chips", "help")
        replies = await asyncio.gather(*(Person(slack).slash("/news", words[n % 5]) for n in range(25)))
        assert all(reply.ok and reply.seconds < 3 for reply in replies)
