"""`/news`: one table of what can be typed, from which parser, help and docs are made, and what answers each row."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import structlog

from bot.commands.grammar import Pattern, near
from bot.wiring import Newsroom
from digests import query
from digests.errors import DigestsError, QueryError
from digests.models import Answer, Message

COMMAND = "/news"
log = structlog.get_logger(__name__)

LONGEST = 200
"""Characters of a question that are searched for; nobody types more."""

_MENTION = re.compile(r"<[@#!]([^<>|]*)(?:\|([^<>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^<>|]*)(?:\|([^<>]*))?>")


class Who(StrEnum):
    """Who may use a form."""

    everyone = "everyone"
    admins = "admins"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it reached us: what is left after the words that chose its row, when, and in which time zone."""

    words: str
    now: datetime
    timezone: str


@dataclass(frozen=True, slots=True)
class Row:
    """One form of the command: how it is written, what it does, a question that uses it, and who may use it."""

    pattern: Pattern
    what: str
    example: str
    answer: Callable[[Newsroom, Asked], Message]
    who: Who = Who.everyone

    @property
    def usage(self) -> str:
        """``/news digest [NAME]``."""
        return f"{COMMAND} {self.pattern.text}".rstrip()

    @property
    def typed(self) -> str:
        """The example as it is typed."""
        return f"{COMMAND} {self.example}".rstrip()


def found(room: Newsroom, asked: Asked, limit: int = 20) -> Answer:
    """What there is for a question.

    Raises:
        QueryError: For a filter that cannot be followed.
    """
    question = query.read(asked.words, room.catalogue, asked.now, asked.timezone)
    answer = room.desk.answer(question, asked.now, limit=limit, timezone=asked.timezone)
    meant = near(asked.words, (row.pattern for row in ROWS))
    return replace(answer, suggestions=(meant, *answer.suggestions)) if meant else answer


def _search(room: Newsroom, asked: Asked) -> Message:
    return room.renderer.answer(found(room, asked), asked.now)


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
    return room.renderer.help([(row.usage, _explained(row)) for row in ROWS])


def _explained(row: Row) -> str:
    return row.what if row.typed == row.usage else f"{row.what}, such as {row.typed}"


ROWS: tuple[Row, ...] = (
    Row(Pattern(""), "the top stories now", "", _search),
    Row(Pattern("WORDS"), "the best stories about a topic or some words", "facial recognition", _search),
    Row(Pattern('"PHRASE"'), "stories with exactly these words", '"five-year pause"', _search),
    Row(
        Pattern("WORDS -WORD"),
        'nothing about that word; also -"PHRASE", -topic:TOPIC, -source:NAME',
        "robots -police",
        _search,
    ),
    *(Row(Pattern(f"WORDS {each.usage}"), each.what, each.example, _search) for each in query.FILTERS.values()),
    Row(Pattern("topics"), "the topics you can ask for", "topics", _topics),
    Row(Pattern("digest [NAME]"), "what the next edition would be now", "digest", _digest),
    Row(Pattern("help"), "this list", "help", _help),
)
"""Every form of `/news`. The row whose words a question begins with answers it; else it is searched for."""


def plain_question(text: str) -> str:
    """What a person meant by the text of a command: Slack's escapes, links and mentions undone, control characters gone."""
    text = _LINK.sub(lambda match: match[2] or match[1], text)
    text = _MENTION.sub(lambda match: match[2] or match[1], text)
    text = html.unescape(text)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def chosen(question: str) -> tuple[Row, str]:
    """The row that answers a question, and what is left for it."""
    for row in ROWS:
        rest = row.pattern.rest(question)
        if rest is not None:
            return row, rest
    return ROWS[0], question


async def answer(room: Newsroom, text: str, now: datetime) -> Message:
    """The message that answers `/news TEXT`; a clear one where something is wrong with it. Never raises for bad input."""
    question = plain_question(text)
    if len(question) > LONGEST:
        return room.renderer.notice(
            f"That question has {len(question):,} characters; I search for up to {LONGEST}. Try a topic or a few words."
        )
    row, rest = chosen(question)
    try:
        return await asyncio.to_thread(row.answer, room, Asked(rest, now, room.settings.timezone))
    except QueryError as error:
        return room.renderer.notice(str(error), error.meant)
    except DigestsError as error:
        log.error("news.failed", question=question, error=str(error))
        return room.renderer.notice("The news could not be read just now. Please try again in a minute.")
