"""What people press under a story: each verb does its work once, however often it is pressed, and says what it did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from bot.commands import forgetting, missed, muting, news, running, saved, subscribing, wanting, why
from bot.errors import NOT_NOW, HeatlineBotError
from bot.office import beside
from bot.pressing import Pressed, article_of
from bot.readers import How
from bot.rights import readable
from bot.sharing import GONE
from bot.wiring import Newsroom
from digests.errors import DigestsError, QueryError
from digests.handles import number
from digests.models import Article, Message, Why
from digests.rendering.shorten import line

log = structlog.get_logger(__name__)

_LINE = 100  # characters of a title in a notice


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


def _save(room: Newsroom, pressed: Pressed) -> Message:
    article = article_of(room, pressed)
    if article is None:
        return room.renderer.notice(GONE)
    fresh = room.saved.save(pressed.who, article, pressed.now)
    if fresh:
        wanting.signed(room, pressed, article, How.SAVED)
    said = room.say("saved" if fresh else "saved-already", title=_title(article))
    lists = room.say("saved-lists", command=f"{news.COMMAND} saved")
    return room.renderer.notice(f"{said}\n{lists}")


def _drop(room: Newsroom, pressed: Pressed) -> Message:
    key, _, start = pressed.about.partition(" ")
    url = room.saved.drop(pressed.who, key)
    if url:
        room.votes.take_back(pressed.who, url, How.SAVED)
    return saved.page(room, pressed.who, number(start, 6), pressed.now, pressed.person.timezone)


def _page(room: Newsroom, pressed: Pressed) -> Message:
    return saved.page(room, pressed.who, number(pressed.about, 6), pressed.now, pressed.person.timezone)


def _related(room: Newsroom, pressed: Pressed) -> Message:
    story = room.desk.story(pressed.handle, room.edition_at(pressed.conversation, pressed.ts))
    if story is None:
        return room.renderer.notice(GONE)
    return room.renderer.coverage(story, pressed.now, pressed.person.timezone)


def _why(room: Newsroom, pressed: Pressed) -> Message:
    zone = pressed.person.timezone
    article = article_of(room, pressed)
    if article is None:
        return room.renderer.notice(GONE)
    if pressed.about == pressed.handle and room.edition_at(pressed.conversation, pressed.ts) is None:
        return why.near(room, article, pressed.now, pressed.conversation, zone)  # of an answer, which is no edition
    found = _explained(room, pressed, article)
    return (
        room.renderer.notice(room.say("no-edition")) if found is None else room.renderer.why(found, pressed.now, zone)
    )


def _explained(room: Newsroom, pressed: Pressed, article: Article) -> Why | None:
    """Why an article stands in the edition that was posted there, or in the one that the button names."""
    edition = room.edition_at(pressed.conversation, pressed.ts)
    _, name, moment = (*pressed.about.split(" "), "", "")[:3]
    slot = datetime.fromtimestamp(number(moment, 10), UTC)
    if edition is None and name:
        if not readable(room, name, pressed.who, pressed.conversation):
            return None
        edition = room.library.edition(name, slot)  # of a page that tells what just missed a post; None for a preview
    return why.explained(room, article, pressed.now, edition, name=name, slot=slot, where=pressed.where)


async def _ask(room: Newsroom, pressed: Pressed) -> Message:
    return await news.answer(room, pressed.about, pressed.now, pressed.person, pressed.conversation, pressed.office)


def _turn(room: Newsroom, pressed: Pressed) -> Message:
    return news.turned(room, pressed.about, pressed.now, pressed.person.timezone)


def _kept(room: Newsroom, pressed: Pressed) -> Message:
    return forgetting.page(room, pressed.who, number(pressed.about, 6), pressed.person.timezone)


def _forget(room: Newsroom, pressed: Pressed) -> Message:
    return forgetting.done(room, pressed.who)


async def _end(room: Newsroom, pressed: Pressed) -> Message:
    return await subscribing.ended(
        room, pressed.about, pressed.now, pressed.person, pressed.conversation, pressed.office
    )


def _settings(room: Newsroom, pressed: Pressed) -> Message:
    return subscribing.page(room, pressed.person, pressed.conversation, number(pressed.about, 4), pressed.now)


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
    "kept_back": beside(_kept),
    "kept_next": beside(_kept),
    "subscription_end": _end,
    "settings_back": beside(_settings),
    "settings_next": beside(_settings),
    "related": beside(_related),
    "why": beside(_why),
    "more": wanting.more,
    "less": wanting.less,
    "tune": wanting.tune,
    "unvote": beside(wanting.unvote),
    "mute": muting.mute_story,
    "news_mute": muting.mute_named,
    "news_unmute": muting.unmute_named,
    "news_reset": wanting.reset_done,
    "news_post": running.posted,
    "more_back": beside(missed.page),
    "more_next": beside(missed.page),
    "rate": beside(wanting.rated),
}
"""What can be pressed, and what it does. Sharing opens a dialog, and is in `bot.modals`."""

REPLACES = frozenset(
    {"drop", "unvote", "saved_back", "saved_next", "news_back", "news_next", "news_ask", "news_forget"}
    | {"kept_back", "kept_next"}
    | {"subscription_end", "settings_back", "settings_next"}
    | {"news_unmute", "news_reset", "news_post", "more_back", "more_next"}
)
"""Verbs whose answer takes the place of the message they were pressed in, which only the person sees."""
