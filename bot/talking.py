"""Who writes to the bot, in a channel by its name or directly, asks as `/news` is asked, and is answered there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import structlog

from bot.allowance import Turn
from bot.commands import news
from bot.delivery.calls import Done, Unknown, call
from bot.errors import TRY_AGAIN
from bot.events import Happening, on
from bot.people import Person
from bot.refusals import told
from bot.replies import payload, tell
from bot.wiring import Newsroom
from digests.models import Message

if TYPE_CHECKING:
    from bot.app import SlackApp

log = structlog.get_logger(__name__)

LONGEST = 40_000
"""Characters of a message that are looked at, which is all that Slack lets anybody write."""

EVERYBODYS = frozenset({"topics", "digest", "help"})
"""Forms of `/news` whose answer to a mention the whole channel may see, beside searches. What is anybody's own never is, and
a form that is new is not either, until it stands here."""

_SLACKBOT = "USLACKBOT"
_NOT_SAID = (
    "bot_id",
    "bot_profile",
    "edited",
    "hidden",
)  # of bots, and of what is no new message of a person
_SAID_AS = ("", "file_share", "thread_broadcast")  # subtypes of what people write; the others tell of something else
_NAME = re.compile(r"<@[^<>]*>")
_LEAD = re.compile(r"\A[\s,:;]*(?:/news\b)?\s*", re.IGNORECASE)

_COURTESIES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("hi", "hello", "hey", "hallo", "moin", "servus", "こんにちは", "はじめまして"), "talk-hello"),
        **dict.fromkeys(
            ("thanks", "thank you", "thx", "danke", "danke schön", "vielen dank", "ありがとう", "ありがとうございます"),
            "talk-welcome",
        ),
    }
)
"""What is no question, and the message that answers it."""


def listen(app: SlackApp) -> None:
    """Listen to mentions, and to what people write to the bot directly."""
    on(app, "app_mention", partial(_mentioned, app), _of_a_person)
    on(app, "message", partial(_told_directly, app), lambda each: _of_a_person(each) and _is_direct(each))


def question_in(text: str) -> str:
    """What is asked in a message: without the names of those it is written to, and without the command that some type.

    A text that is too long for a question stays so.
    """
    return _LEAD.sub("", _NAME.sub(" ", text[:LONGEST]), count=1)


def everybodys(question: str, room: Newsroom) -> bool:
    """Whether the answer to a question may be seen by all who are in the channel it is asked in."""
    row, _, _ = news.understood(question, room)
    return not row.pattern.head or row.pattern.head[0] in EVERYBODYS


async def _mentioned(app: SlackApp, happening: Happening) -> None:
    """Answer in the thread of the mention; what is the asker's own only to the asker."""
    event, question = happening.event, question_in(str(happening.event.get("text") or ""))
    room, person = await _asker(app, happening)
    if not await _in_turn(app, room, person, happening):
        return
    for_all = everybodys(question, room)
    message = await _answer(app, room, person, question, happening.channel, for_all=for_all)
    thread = str(event.get("thread_ts") or "")
    if not for_all:
        # What only one sees is seen in a thread that is there already, and nowhere else in one.
        await tell(app.bolt.client, happening.channel, person.id, message, thread=thread)
        return
    await _say(app, room, happening, message, thread or str(event["ts"]))


async def _told_directly(app: SlackApp, happening: Happening) -> None:
    room, person = await _asker(app, happening)
    if not await _in_turn(app, room, person, happening):
        return
    message = await _answer(app, room, person, question_in(str(happening.event.get("text") or "")), happening.channel)
    await _say(app, room, happening, message, str(happening.event.get("thread_ts") or ""))


async def _asker(app: SlackApp, happening: Happening) -> tuple[Newsroom, Person]:
    """Who asks, and a newsroom that speaks that person's language."""
    person = await app.office.people.person(happening.team, happening.user)
    return app.room.speaking(person.locale), person


async def _in_turn(app: SlackApp, room: Newsroom, person: Person, happening: Happening) -> bool:
    """Whether it is answered; who writes too much in a row is told so once."""
    turn = app.allowance.take(person.place, app.clock())
    if turn is Turn.SLOW_DOWN:
        thread = str(happening.event.get("thread_ts") or "")
        said = room.renderer.notice(room.say("slow-down"))
        await tell(app.bolt.client, happening.channel, person.id, said, thread=thread)
    return turn is Turn.GO


async def _answer(
    app: SlackApp, room: Newsroom, person: Person, question: str, where: str, *, for_all: bool = False
) -> Message:
    """The answer; whatever goes wrong over it is said, since somebody waits."""
    courtesy = _COURTESIES.get(news.plain_question(question).casefold().rstrip(" .!?。！"))
    if courtesy is not None:
        return room.renderer.notice(room.say(courtesy, command=news.COMMAND))
    try:
        return await news.answer(room, question, app.clock(), person, where, app.office, for_all=for_all)
    except Exception as error:
        log.exception("talk.failed", error=type(error).__name__)
        return room.renderer.notice(TRY_AGAIN)


async def _say(app: SlackApp, room: Newsroom, happening: Happening, message: Message, thread: str) -> None:
    """Post an answer; where Slack does not take it, the asker hears why."""
    where = {"channel": happening.channel, **({"thread_ts": thread} if thread else {})}
    client = app.bolt.client
    sent = await call("chat.postMessage", client.chat_postMessage, **where, **payload(message))
    if isinstance(sent, Done):
        return
    log.warning("talk.not_answered", channel=happening.channel, why=sent.why)
    if not isinstance(sent, Unknown):  # it may stand there
        await tell(client, happening.channel, happening.user, room.renderer.notice(told(sent)))


def _of_a_person(happening: Happening) -> bool:
    """Whether a person wrote it just now: no bot, since two of them would go on for ever, and nothing that was edited."""
    event = happening.event
    if not (happening.user and happening.channel and event.get("ts")) or happening.user in (happening.bot, _SLACKBOT):
        return False
    return (event.get("subtype") or "") in _SAID_AS and not any(event.get(name) for name in _NOT_SAID)


def _is_direct(happening: Happening) -> bool:
    return happening.event.get("channel_type") == "im"
