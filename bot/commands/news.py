"""`/news`: one table of what can be typed, from which the help is made, and the function that answers each row."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.wiring import Newsroom
from digests.errors import DigestsError
from digests.models import Message

log = structlog.get_logger(__name__)

LONGEST = 200
"""Characters of a question that are searched for; nobody types more."""

_ENTITY = re.compile(r"<([@#!])([^>|]*)(?:\|([^>]*))?>")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it reached us: the words after the first one, and when."""

    words: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One form of the command: the first word that chooses it ("" for any), how it is written, what it does.

    Without ``takes_words`` the word has to stand alone: `/news help desk` looks for a help desk.
    """

    word: str
    usage: str
    what: str
    answer: Callable[[Newsroom, Asked], Message]
    takes_words: bool = False


def _search(room: Newsroom, asked: Asked) -> Message:
    timezone = room.settings.timezone
    return room.renderer.answer(room.desk.answer(asked.words, asked.now, timezone=timezone), asked.now)


def _topics(room: Newsroom, _asked: Asked) -> Message:
    return room.renderer.topics([(room.catalogue.get(row.slug), row.depth) for row in room.catalogue.tree()])


def _digest(room: Newsroom, asked: Asked) -> Message:
    digests = {digest.name: digest for digest in room.settings.digests}
    name = asked.words.casefold() or next(iter(digests))
    if name not in digests:
        return room.renderer.notice(f"There is no digest called {asked.words}. There are: {', '.join(digests)}.")
    spec = digests[name].spec
    edition = room.desk.edition(spec, asked.now, asked.now, feedback=room.feedback(spec.name, asked.now))
    return room.renderer.post(edition, asked.now, template=spec.template).parent


def _help(room: Newsroom, _asked: Asked) -> Message:
    return room.renderer.help([(row.usage, row.what) for row in ROWS])


ROWS: tuple[Row, ...] = (
    Row("", "/news", "the top stories now", _search),
    Row("", "/news facial recognition", "the best stories about a topic or some words", _search),
    Row("", '/news "five-year pause"', "stories with exactly these words", _search),
    Row("topics", "/news topics", "the topics you can ask for", _topics),
    Row("digest", "/news digest [NAME]", "what the next edition would be now", _digest, takes_words=True),
    Row("help", "/news help", "this list", _help),
)
"""Every form of `/news`. The first row whose word is the question's first word answers; else the words are searched for."""


def plain_question(text: str) -> str:
    """What a person meant by the text of a command: Slack's escapes and mentions undone, control characters gone."""
    text = _ENTITY.sub(lambda match: match[3] or match[2], text)
    text = html.unescape(text)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def chosen(question: str) -> tuple[Row, str]:
    """The row that answers a question, and the words that are left for it."""
    word, _, rest = question.partition(" ")
    row = next((row for row in ROWS if row.word and row.word == word.casefold()), None)
    if row is None or (rest and not row.takes_words):
        return ROWS[0], question
    return row, rest


async def answer(room: Newsroom, text: str, now: datetime) -> Message:
    """The message that answers `/news TEXT`; a clear one where something is wrong with it. Never raises for bad input."""
    question = plain_question(text)
    if len(question) > LONGEST:
        return room.renderer.notice(
            f"That question has {len(question):,} characters; I search for up to {LONGEST}. Try a topic or a few words."
        )
    row, rest = chosen(question)
    try:
        return await asyncio.to_thread(row.answer, room, Asked(rest, now))
    except DigestsError as error:
        log.error("news.failed", question=question, error=str(error))
        return room.renderer.notice("The news could not be read just now. Please try again in a minute.")
