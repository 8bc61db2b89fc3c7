"""What people press under a story: each verb does its work once, however often it is pressed, and says what it did."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.commands import forgetting, news, saved
from bot.errors import NOT_NOW, HeatlineBotError
from bot.office import Office, beside
from bot.people import Person
from bot.readers import Place, channel
from bot.sharing import GONE
from bot.wiring import Newsroom
from digests.errors import DigestsError, QueryError
from digests.handles import means, number
from digests.models import Article, Message, Why
from digests.ranking import VOTES_HALVE
from digests.rendering import Button
from digests.rendering.shorten import line

log = structlog.get_logger(__name__)

_TOPICS, _NAME, _LINE = 3, 60, 100  # topics that are named, and characters of names and titles in a notice


@dataclass(frozen=True, slots=True)
class Pressed:
    """What was pressed: the verb and what it is about, by whom, where, under which message (its ts), and when.

    What is about a story begins with the story's handle; more may follow it.
    """

    verb: str
    about: str
    person: Person
    where: Place
    conversation: str
    ts: str
    now: datetime
    office: Office

    @property
    def who(self) -> Place:
        """The name under which something is kept for the person."""
        return self.person.place

    @property
    def handle(self) -> str:
        """The short name of the story."""
        return self.about.partition(" ")[0]


def presser(body: Mapping[str, Any]) -> tuple[str, str]:
    """Team and id of who pressed, or typed a command, from Slack's request."""
    team, user = body.get("team") or {}, body.get("user") or {}
    return str(team.get("id") or body.get("team_id") or ""), str(user.get("id") or body.get("user_id") or "")


def read(body: Mapping[str, Any], person: Person, now: datetime, office: Office) -> Pressed:
    """What was pressed, from Slack's request.

    A button has its verb in its action_id (``story_save``), an entry of a menu in its value (``save 12``). The verb may be
    one that nobody knows: old messages keep their buttons.
    """
    action = (body.get("actions") or [{}])[0]
    name = str(action.get("action_id", ""))
    value = str((action.get("selected_option") or action).get("value", ""))[:2_000]
    verb, _, about = value.partition(" ") if name == "story_menu" else (name, "", value)
    container = body.get("container") or {}
    conversation = str(container.get("channel_id") or "")
    where = channel(conversation) if conversation and not conversation.startswith("D") else person.place
    ts = str(container.get("message_ts") or "")
    verb = re.sub(r"_\d+\Z", "", verb.removeprefix("story_"))  # buttons in a row need names of their own
    return Pressed(verb, about, person, where, conversation, ts, now, office)


async def act(room: Newsroom, pressed: Pressed) -> Message:
    """Do it; the message that says what came of it. Never raises for bad input, nor for a database that is busy."""
    do = VERBS.get(pressed.verb)
    if do is None:
        return room.renderer.notice(room.say("old-button"))
    try:
        return await do(room, pressed)
    except QueryError as error:
        return room.renderer.notice(error.said, error.meant)
    except HeatlineBotError as error:
        return room.renderer.notice(error.for_reader)
    except DigestsError as error:
        log.error("action.failed", verb=pressed.verb, error=str(error))
        return room.renderer.notice(NOT_NOW)


def article_of(room: Newsroom, pressed: Pressed) -> Article | None:
    """The article that something was pressed under, or one that tells the same story; None where there is none any more."""
    return room.desk.by_handle(pressed.handle, room.edition_at(pressed.conversation, pressed.ts))


def _save(room: Newsroom, pressed: Pressed) -> Message:
    article = article_of(room, pressed)
    if article is None:
        return room.renderer.notice(GONE)
    fresh = room.saved.save(pressed.who, article, pressed.now)
    said = room.say("saved" if fresh else "saved-already", title=_title(article))
    lists = room.say("saved-lists", command=f"{news.COMMAND} saved")
    return room.renderer.notice(f"{said}\n{lists}")


def _drop(room: Newsroom, pressed: Pressed) -> Message:
    key, _, start = pressed.about.partition(" ")
    room.saved.drop(pressed.who, key)
    return saved.page(room, pressed.who, number(start, 6), pressed.now, pressed.person.timezone)


def _page(room: Newsroom, pressed: Pressed) -> Message:
    return saved.page(room, pressed.who, number(pressed.about, 6), pressed.now, pressed.person.timezone)


def _related(room: Newsroom, pressed: Pressed) -> Message:
    story = room.desk.story(pressed.handle, room.edition_at(pressed.conversation, pressed.ts))
    if story is None:
        return room.renderer.notice(GONE)
    return room.renderer.coverage(story, pressed.now, pressed.person.timezone)


def _why(room: Newsroom, pressed: Pressed) -> Message:
    article = article_of(room, pressed)
    if article is None:
        return room.renderer.notice(GONE)
    why = _explained(room, pressed, article)
    return room.renderer.notice(room.say("no-edition")) if why is None else room.renderer.why(why, pressed.now)


def _explained(room: Newsroom, pressed: Pressed, article: Article) -> Why | None:
    """Why an article stands in the edition that was posted there, or in the preview that the button names."""
    specs = {digest.name: digest.spec for digest in room.settings.digests}
    edition = room.edition_at(pressed.conversation, pressed.ts)
    if edition is not None and edition.digest not in specs:
        return room.desk.why_told(article.url, edition)
    _, name, moment = (*pressed.about.split(" "), "", "")[:3]
    if edition is not None:
        name, slot = edition.digest, edition.slot
    else:
        slot = datetime.fromtimestamp(number(moment, 10), UTC)
    if name not in specs:
        return None
    feedback = room.feedback(name, slot)
    return room.desk.why(article.url, specs[name], slot, pressed.now, feedback=feedback, posted=edition)


def _less(room: Newsroom, pressed: Pressed) -> Message:
    if not room.ledger.digests(pressed.conversation):
        return room.renderer.notice(room.say("no-digest-here"))
    article = article_of(room, pressed)
    about = None if article is None else room.desk.about(article.url)
    if article is None or about is None:
        return room.renderer.notice(GONE)
    room.votes.give(pressed.where, article.url, about, -1.0, pressed.now, by=pressed.who)
    handle = room.desk.handles([article.url]).get(article.url, pressed.handle)
    return room.renderer.notice(
        room.say("less-noted", less=_less_said(room, about), days=VOTES_HALVE.days),
        buttons=[Button(room.say("button-undo"), "story_unvote", f"{handle} {pressed.where}")],
    )


def _less_said(room: Newsroom, about: Sequence[str]) -> str:
    names = {
        kind: [each.partition(":")[2] for each in about if each.startswith(kind)] for kind in ("topic", "provider")
    }
    topics = [room.catalogue.get(slug).name for slug in names["topic"]][:_TOPICS]
    publisher = line(" ".join(names["provider"]), _NAME)
    if not topics:
        return room.say("less-publisher", publisher=publisher)
    return room.say("less-topics", topics=room.renderer.language.all_of(topics), n=len(topics), publisher=publisher)


def _unvote(room: Newsroom, pressed: Pressed) -> Message:
    """Take a vote back where it was given, which the button names: it may be pressed in a direct message. Only one's own."""
    named = pressed.about.partition(" ")[2]
    where = Place(named) if named.startswith("channel:") else pressed.where
    url = next((url for url in room.votes.urls(where, pressed.who) if means(pressed.handle, url)), None)
    if url is None:
        return room.renderer.notice(room.say("no-vote"))
    room.votes.give(where, url, (), 0.0, pressed.now, by=pressed.who)
    article = room.library.article(url)
    said = room.say("taken-back-of", title=_title(article)) if article else room.say("taken-back")
    return room.renderer.notice(said)


async def _ask(room: Newsroom, pressed: Pressed) -> Message:
    return await news.answer(room, pressed.about, pressed.now, pressed.person, pressed.conversation, pressed.office)


def _turn(room: Newsroom, pressed: Pressed) -> Message:
    return news.turned(room, pressed.about, pressed.now, pressed.person.timezone)


def _forget(room: Newsroom, pressed: Pressed) -> Message:
    return forgetting.done(room, pressed.who)


def _title(article: Article) -> str:
    return line(article.title, _LINE) or article.publisher


VERBS: dict[str, Callable[[Newsroom, Pressed], Awaitable[Message]]] = {
    "save": beside(_save),
    "drop": beside(_drop),
    "saved_back": beside(_page),
    "saved_next": beside(_page),
    "news_back": beside(_turn),
    "news_next": beside(_turn),
    "news_ask": _ask,
    "news_forget": beside(_forget),
    "related": beside(_related),
    "why": beside(_why),
    "less": beside(_less),
    "unvote": beside(_unvote),
}
"""What can be pressed, and what it does. Sharing opens a dialog, and is in `bot.modals`."""

REPLACES = frozenset(
    {"drop", "unvote", "saved_back", "saved_next", "news_back", "news_next", "news_ask", "news_forget"}
)
"""Verbs whose answer takes the place of the message they were pressed in, which only the person sees."""
