"""`/news`: one table of what can be typed, from which parser, help and docs are made, and what answers each row."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache

import structlog

from bot import outlets
from bot.commands import forgetting, muting, running, saved, subscribing, wanting, why
from bot.commands.grammar import Form, Pattern, folded, in_english, near, quoted
from bot.commands.placing import mentioned
from bot.counters import SEARCHES
from bot.errors import HeatlineBotError
from bot.office import Office, beside
from bot.people import Person
from bot.readers import Place
from bot.wiring import Newsroom
from digests import query
from digests.errors import DigestsError, QueryError
from digests.handles import number
from digests.language import ENGLISH, LANGUAGES, speaking
from digests.models import Answer, Message

COMMAND = "/news"
log = structlog.get_logger(__name__)

LONGEST = 200
"""Characters of a question that are searched for; nobody types more."""

_MOST_STORIES, _PAGE = 20, 5  # of an answer, and of a page of it

_MENTION = re.compile(r"<(?:[@!]|(#))([^<>|]*)(?:\|([^<>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^<>|]*)(?:\|([^<>]*))?>")


class Who(StrEnum):
    """Who may use a form."""

    everyone = "everyone"
    admins = "admins"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it reached us: what is left after the words that chose its row, when, and in which time zone.

    ``person`` asks in the conversation ``where``; nobody and nowhere in a terminal, where there is no ``office`` either.
    ``channels`` are the ids of the channels that were named, by ``#name``. The answer is ``for_all`` to see, or for the one
    who asks.
    """

    words: str
    now: datetime
    timezone: str
    person: Person | None = None
    where: str = ""
    office: Office | None = None
    channels: Mapping[str, str] = field(default_factory=dict, hash=False)
    for_all: bool = False

    @property
    def who(self) -> Place | None:
        """The name under which something is kept for the person who asks."""
        return None if self.person is None else self.person.place


@dataclass(frozen=True, slots=True)
class Row:
    """One form of the command: how it is written, the message that says what it does, an example, and who may use it."""

    pattern: Pattern
    what: str
    example: str
    answer: Callable[[Newsroom, Asked], Awaitable[Message]]
    who: Who = Who.everyone
    longest: int = LONGEST
    """Characters of a question that it takes."""

    addresses: bool = False
    """Whether it takes the address of a link that somebody pastes, rather than the link's text."""

    fits: Callable[[Newsroom, str], bool] | None = None
    """Whether it is meant by what follows its words; where it is not, the question is searched for."""

    @property
    def usage(self) -> str:
        """``/news digest [NAME]``."""
        return f"{COMMAND} {self.pattern.text}".rstrip()

    @property
    def typed(self) -> str:
        """The example as it is typed."""
        return f"{COMMAND} {self.example}".rstrip()


def found(room: Newsroom, asked: Asked, limit: int = _MOST_STORIES, whole: int = _PAGE) -> Answer:
    """What there is for a question, of which so many stories are to be told at once.

    Raises:
        QueryError: For a filter that cannot be followed.
    """
    question = query.read(asked.words, room.catalogue, asked.now, asked.timezone)
    # They count for the top stories only: whoever asks for something gets it.
    who = asked.who if question == query.Query() and not asked.for_all else None
    wanted = room.votes.standing([who], asked.now) if who else {}
    muted = room.muted_by(who, asked.now) if who else ()
    with SEARCHES.time():
        answer = room.desk.answer(
            question,
            asked.now,
            limit=limit,
            whole=whole,
            timezone=asked.timezone,
            feedback=wanted,
            muted=muted,
        )
    meant = near(asked.words, forms(room.renderer.language.code))
    return replace(answer, suggestions=(meant, *answer.suggestions)) if meant else answer


def _search(room: Newsroom, asked: Asked) -> Message:
    return answered(room, found(room, asked), asked.now)


def answered(room: Newsroom, answer: Answer, now: datetime) -> Message:
    """The first page of an answer."""
    return room.renderer.answer(answer, now, size=_PAGE, handles=_handles(room, answer))


def turned(room: Newsroom, to: str, now: datetime, timezone: str) -> Message:
    """Another page of an answer, of the stories that it had: what a button of the answer says. Anything else is a first page.

    Raises:
        DigestsError: For a library that cannot be read.
    """
    page, total, moment, names, question = (*to.split(" ", 4), "", "", "", "", "")[:5]
    order = [name for name in names.split(",") if name][:_MOST_STORIES]
    asked = datetime.fromtimestamp(number(moment, 10), UTC)  # what the question says of time it said then
    start = max(0, min(number(page, 3), (len(order) - 1) // _PAGE))
    answer = room.desk.again(
        query.read(question, room.catalogue, asked, timezone),
        order[start * _PAGE : (start + 1) * _PAGE],
        timezone,
    )
    answer = replace(answer, total=number(total.removesuffix("+"), 8), at_least=total.endswith("+"))
    handles = _handles(room, answer)
    return room.renderer.answer(answer, now, page=start, size=_PAGE, handles=handles, order=order, asked=asked)


def _handles(room: Newsroom, answer: Answer) -> dict[str, str]:
    return room.desk.handles(scored.lead.url for scored in answer.stories)


def _saved(room: Newsroom, asked: Asked) -> Message:
    if asked.who is None:
        return room.renderer.notice(room.say("saved-is-own"))
    return saved.page(room, asked.who, 0, asked.now, asked.timezone)


def _forget(room: Newsroom, asked: Asked) -> Message:
    if asked.who is None:
        return room.renderer.notice(room.say("kept-is-own"))
    return forgetting.page(room, asked.who, 0, asked.timezone)


async def _subscribe(room: Newsroom, asked: Asked) -> Message:
    return await subscribing.subscribe(
        room, asked.words, asked.now, asked.person, asked.where, asked.office, asked.channels
    )


async def _unsubscribe(room: Newsroom, asked: Asked) -> Message:
    return await subscribing.unsubscribe(room, asked.words, asked.now, asked.person, asked.where, asked.office)


async def _settings(room: Newsroom, asked: Asked) -> Message:
    return await subscribing.settings(room, asked.now, asked.person, asked.where, asked.office)


def _topics(room: Newsroom, _asked: Asked) -> Message:
    return room.renderer.topics([(room.catalogue.get(row.slug), row.depth) for row in room.catalogue.tree()])


def _digest(room: Newsroom, asked: Asked) -> Message:
    digests = {digest.name: digest for digest in room.settings.digests}
    name = asked.words.casefold() or next(iter(digests))
    if name not in digests:
        return running.unknown(room, "digest", asked.words)
    there = outlets.posted_in(room, name, asked.where)  # as this channel has it
    digest = room.plan.published(there, asked.now) if there and there.variant else digests[name]
    spec = digest.spec
    muted = room.muted(spec.name, digest.channels, asked.now)
    votes = room.feedback(spec.name, asked.now)
    edition = room.desk.edition(spec, asked.now, asked.now, feedback=votes, muted=muted)
    # What is pressed there has to know which preview it stands in: none of it is stored.
    which = f"{spec.name} {int(asked.now.timestamp())}"
    found = room.desk.handles(scored.lead.url for scored in edition.stories)
    handles = {url: f"{handle} {which}" for url, handle in found.items()}
    note = room.say("preview-note")
    return room.renderer.post(edition, asked.now, template=spec.template, handles=handles, note=note).parent


def _why(room: Newsroom, asked: Asked) -> Message:
    return why.told(room, asked.words, asked.where, asked.now, asked.timezone)


def _own(do: Callable[[Newsroom, Asked, Place], Message]) -> Callable[[Newsroom, Asked], Message]:
    """An answer that is about the one who asks; nobody in particular asks in a terminal."""

    def answered(room: Newsroom, asked: Asked) -> Message:
        return room.renderer.notice(room.say("own-only")) if asked.who is None else do(room, asked, asked.who)

    return answered


def _mute(room: Newsroom, asked: Asked, who: Place) -> Message:
    return muting.mute(room, asked.words, who, asked.where, asked.now)


def _unmute(room: Newsroom, asked: Asked, who: Place) -> Message:
    return muting.unmute(room, asked.words, who)


def _muted(room: Newsroom, asked: Asked, who: Place) -> Message:
    return muting.muted(room, who, asked.where, asked.now)


def _reset(room: Newsroom, asked: Asked, who: Place) -> Message:
    return wanting.reset(room, who, asked.where)


async def _post(room: Newsroom, asked: Asked) -> Message:
    return await running.post(room, asked.words, asked.office)


async def _status(room: Newsroom, asked: Asked) -> Message:
    return await running.status(room, asked.office, asked.now, asked.timezone)


def _help(room: Newsroom, _asked: Asked) -> Message:
    return room.renderer.help([(row.usage, _explained(room, row)) for row in ROWS])


def _explained(room: Newsroom, row: Row) -> str:
    what = room.say(row.what)
    language = room.renderer.language
    if row.pattern.head and language.code != ENGLISH:
        what = room.say("help-also", what=what, words=language.any_of(names(row.pattern, language.code)))
    return what if row.typed == row.usage else room.say("help-such-as", what=what, example=row.typed)


ROWS: tuple[Row, ...] = (
    Row(Pattern(""), "help-top", "", beside(_search)),
    Row(Pattern("WORDS"), "help-words", "facial recognition", beside(_search)),
    Row(Pattern('"PHRASE"'), "help-phrase", '"five-year pause"', beside(_search)),
    Row(
        Pattern("WORDS -WORD"),
        "help-without",
        "robots -police",
        beside(_search),
    ),
    *(Row(Pattern(f"WORDS {each.usage}"), each.what, each.example, beside(_search)) for each in query.FILTERS.values()),
    Row(Pattern("topics"), "help-topics", "topics", beside(_topics)),
    Row(Pattern("digest [NAME]"), "help-digest", "digest", beside(_digest), fits=running.fits),
    Row(
        Pattern("subscribe [TOPIC, TOPIC] [at 8:30 on weekdays] [in #channel|here|dm]"),
        "help-subscribe",
        "subscribe robotics, drones at 8:30 on weekdays",
        _subscribe,
    ),
    Row(Pattern("unsubscribe [NUMBER]"), "help-unsubscribe", "unsubscribe 1", _unsubscribe),
    Row(Pattern("settings"), "help-settings", "settings", _settings),
    Row(Pattern("why N|URL"), "help-why", "why 3", beside(_why), longest=why.LONGEST, addresses=True, fits=why.fits),
    Row(Pattern("mute TOPIC|SOURCE"), "help-mute", "mute robotics", beside(_own(_mute))),
    Row(Pattern("unmute TOPIC|SOURCE"), "help-unmute", "unmute robotics", beside(_own(_unmute))),
    Row(Pattern("muted"), "help-muted", "muted", beside(_own(_muted))),
    Row(Pattern("reset"), "help-reset", "reset", beside(_own(_reset))),
    Row(Pattern("saved"), "help-saved", "saved", beside(_saved)),
    Row(Pattern("forget me"), "help-forget", "forget me", beside(_forget)),
    Row(Pattern("post [NAME]"), "help-post", "post", _post, Who.admins, fits=running.fits),
    Row(Pattern("status"), "help-status", "status", _status, Who.admins),
    Row(Pattern("help"), "help-help", "help", beside(_help)),
)
"""Every form of `/news`. The row whose words a question begins with answers it; else it is searched for."""


def plain_question(text: str, *, addresses: bool = False) -> str:
    """What a person meant by the text of a command: Slack's escapes, links and mentions undone, control characters gone.

    Of a link the text stays, or the address where that is wanted.
    """
    text = _LINK.sub(lambda match: match[1] if addresses else match[2] or match[1], text)
    text = _MENTION.sub(lambda match: f"{match[1] or ''}{match[3] or match[2]}", text)
    text = html.unescape(text)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def names(pattern: Pattern, code: str) -> tuple[str, ...]:
    """What a language calls a form that words choose, by the catalogue: ``themen``; in English its own words."""
    return tuple(name.strip() for name in speaking(code).say(f"command-{'-'.join(pattern.head)}").split(","))


@cache
def forms(code: str) -> tuple[Form, ...]:
    """All words that choose a form, or that a person who speaks a language may have meant to."""
    return tuple(
        Form(folded(name), row.pattern, mine=each in (code, ENGLISH))
        for each in LANGUAGES
        for row in ROWS
        if row.pattern.head
        for name in names(row.pattern, each)
    )


@cache
def _mine(code: str) -> Mapping[tuple[str, ...], Pattern]:
    return {form.words: form.pattern for form in forms(code) if form.mine}


def chosen(question: str, room: Newsroom) -> tuple[Row, str]:
    """The row that answers a question, and what is left for it."""
    typed = in_english(question, _mine(room.renderer.language.code))
    for row in ROWS:
        rest = row.pattern.rest(typed)
        if rest is not None and (row.fits is None or row.fits(room, rest)):
            return row, rest
    return ROWS[0], question


def incomplete(question: str, room: Newsroom) -> Row | None:
    """The row whose words alone were typed, where it needs more than these: `mute`, `why`."""
    asked = folded(in_english(question, _mine(room.renderer.language.code)))
    found = [row for row in ROWS if row.pattern.head and row.pattern.head == asked]
    return found[0] if found and all(row.pattern.rest(" ".join(asked)) is None for row in found) else None


def understood(text: str, room: Newsroom) -> tuple[Row, str, str]:
    """The row that answers the text of a command, the question in it, and what is left of that for the row."""
    question = plain_question(text, addresses=True)
    row, rest = chosen(question, room)
    if not row.addresses:
        question = plain_question(text)
        row, rest = chosen(question, room)
    return row, question, rest


async def answer(
    room: Newsroom,
    text: str,
    now: datetime,
    person: Person | None = None,
    where: str = "",
    office: Office | None = None,
    *,
    for_all: bool = False,
) -> Message:
    """The message that answers `/news TEXT`; a clear one where something is wrong with it. Never raises for bad input.

    ``person`` asks in the conversation ``where``, and is answered in that person's zone; ``office`` is there while the bot
    runs. An answer that is ``for_all`` to see is not bent to what that person wants.
    """
    row, question, rest = understood(text, room)
    if (wanting := incomplete(question, room)) is not None:
        return room.renderer.notice(room.say("usage", usage=wanting.usage, example=wanting.typed))
    if len(question) > row.longest:
        return room.renderer.notice(room.say("query-too-long", characters=len(question), most=LONGEST))
    timezone = room.settings.timezone if person is None else person.timezone
    if row.who is Who.admins and not (person is not None and person.admin):
        # What begins with a command's words may still have been meant to be searched for.
        return room.renderer.notice(room.say("admins-only", usage=row.usage), [quoted(question)] if rest else ())
    try:
        return await row.answer(room, Asked(rest, now, timezone, person, where, office, mentioned(text), for_all))
    except QueryError as error:
        return room.renderer.notice(error.said, error.meant)
    except HeatlineBotError as error:
        log.info("news.refused", question=question, error=str(error))
        return room.renderer.notice(error.for_reader)
    except DigestsError as error:
        log.error("news.failed", question=question, error=str(error))
        return room.renderer.notice(room.say("no-news-now"))
