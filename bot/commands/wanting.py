"""What readers want more or less of: votes on a story or a whole post, and beginning anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.pressing import Pressed, article_of, counts_here, counts_in, named_channel
from bot.readers import How, Place, channel
from bot.readers.places import is_channel
from bot.rights import refused, shared
from bot.sharing import GONE
from bot.wiring import Newsroom
from digests.handles import means
from digests.models import Article, Message
from digests.ranking import VOTES_HALVE
from digests.rendering import Button
from digests.rendering.shorten import line
from digests.steering import TOPIC

SLOT = "%Y-%m-%dT%H:%M"
"""How the slot of a post is written in what is kept of a thumb for it."""

_TOPICS, _NAME, _TITLE = 3, 60, 100  # topics that are named, and characters of names and titles in a notice


async def more(room: Newsroom, pressed: Pressed) -> Message:
    """More like a story, please."""
    return await _allowed(room, pressed, lambda place: _vote(room, pressed, place, 1.0))


async def less(room: Newsroom, pressed: Pressed) -> Message:
    """Less like a story, please; its topic may also be muted."""
    return await _allowed(room, pressed, lambda place: _vote(room, pressed, place, -1.0))


async def tune(room: Newsroom, pressed: Pressed) -> Message:
    """The ways to say what is wanted of the like of a story, for which its menu has no room."""
    return await _allowed(room, pressed, lambda place: _tune(room, pressed, place))


async def _allowed(room: Newsroom, pressed: Pressed, do: Callable[[Place], Message]) -> Message:
    """Do it where it counts, if the person may say what is wanted there: by a press there, or as a member."""
    place = await asyncio.to_thread(counts_in, room, pressed)
    if place != pressed.where and (said := await refused(room, pressed.office, pressed.person, place, pressed.where)):
        return room.renderer.notice(said)
    return await asyncio.to_thread(do, place)


def _tune(room: Newsroom, pressed: Pressed, place: Place) -> Message:
    article = article_of(room, pressed)
    if article is None:
        return room.renderer.notice(GONE)
    handle = room.desk.handles([article.url]).get(article.url, pressed.handle)
    value = f"{handle} {place}"
    buttons = [
        Button(room.say("wanted-more"), "story_more", value),
        Button(room.say("wanted-less"), "story_less", value),
        *_muting(room, pressed, article, place),
    ]
    asked = room.say("tune-asked", title=_said(article), where=where(place))
    return room.renderer.notice(asked, buttons=buttons)


def _vote(room: Newsroom, pressed: Pressed, place: Place, value: float) -> Message:
    article = article_of(room, pressed)
    about = None if article is None else room.desk.about(article.url)
    if article is None or about is None:
        return room.renderer.notice(GONE)
    room.votes.give(place, article.url, about, value, pressed.now, by=pressed.who)
    handle = room.desk.handles([article.url]).get(article.url, pressed.handle)
    buttons = [Button(room.say("button-undo"), "story_unvote", f"{handle} {place}")]
    if value < 0:
        buttons += _muting(room, pressed, article, place)
    noted = room.say("vote-noted", said=_counts(room, about, value, place), days=VOTES_HALVE.days)
    return room.renderer.notice(noted, buttons=buttons)


def _muting(room: Newsroom, pressed: Pressed, article: Article, place: Place) -> list[Button]:
    """The button that mutes a story's topic where a vote counts; none for a story of no topic but AI."""
    topic = topic_of(room, pressed, article)
    if not topic:
        return []
    name = line(room.topic_name(topic), 20)
    return [Button(room.say("mute-topic", topic=name, where=where(place)), "news_mute", f"{place} {TOPIC} {topic}")]


def topic_of(room: Newsroom, pressed: Pressed, article: Article) -> str:
    """The topic under which an edition told a story, or the one it fits best; empty for a story of no topic but AI."""
    topics = [name.partition(":")[2] for name in room.desk.about(article.url) or () if name.startswith("topic:")]
    edition = room.edition_at(pressed.conversation, pressed.ts)
    under = [
        section.topic.slug
        for section in (edition.sections if edition else ())
        for scored in section.stories
        if section.topic and article.url in scored.story.urls
    ]
    return next((slug for slug in (*under, *topics) if slug in topics), "")


def where(place: Place) -> str:
    """For messages: ``here`` where something counts in a channel, ``you`` where it does for the person."""
    return "here" if is_channel(place) else "you"


def _counts(room: Newsroom, about: Sequence[str], value: float, place: Place) -> str:
    names = {
        kind: [each.partition(":")[2] for each in about if each.startswith(kind)] for kind in ("topic", "provider")
    }
    topics = [room.topic_name(slug) for slug in names["topic"]][:_TOPICS]
    values = {
        "way": "more" if value > 0 else "less",
        "where": where(place),
        "publisher": line(" ".join(names["provider"]), _NAME),
    }
    if not topics:
        return room.say("vote-publisher", **values)
    named = room.renderer.language.all_of(topics)
    return room.say("vote-topics", topics=named, number=len(topics), **values)


def unvote(room: Newsroom, pressed: Pressed) -> Message:
    """Take a vote back where it was given, which the button names: it may be pressed in a direct message. Only one's own."""
    place = counts_in(room, pressed)
    url = next((url for url in room.votes.urls(place, pressed.who) if means(pressed.handle, url)), None)
    if url is None:
        return room.renderer.notice(room.say("no-vote"))
    room.votes.give(place, url, (), 0.0, pressed.now, by=pressed.who)
    article = room.library.article(url)
    return room.renderer.notice(room.say("taken-back-of", title=_said(article)) if article else room.say("taken-back"))


def signed(room: Newsroom, pressed: Pressed, article: Article, how: How) -> None:
    """What saving or sharing a story says of what is wanted."""
    about = room.desk.about(article.url)
    if about is not None:
        room.votes.give(counts_here(room, pressed), article.url, about, 1.0, pressed.now, by=pressed.who, how=how)


def rated(room: Newsroom, pressed: Pressed) -> Message:
    """A thumb for a post as a whole; the newest of a person stands."""
    edition = room.edition_at(pressed.conversation, pressed.ts)
    if edition is None:
        return room.renderer.notice(room.say("missed-gone"))
    up = pressed.about == "up"
    post = f"digest:{edition.digest}@{edition.slot:{SLOT}}"
    room.votes.give(pressed.where, post, (), 1.0 if up else -1.0, pressed.now, by=pressed.who, how=How.POST)
    return room.renderer.notice(room.say("rated-up") if up else room.say("rated-down"))


def reset(room: Newsroom, who: Place, conversation: str) -> Message:
    """What can be forgotten of what was said, a button each."""
    mine, here = room.votes.count(who), channel(conversation)
    theirs = room.votes.count(here) if shared(room, conversation) else 0
    if not mine and not theirs:
        return room.renderer.notice(room.say("reset-nothing"))
    buttons = []
    if mine:
        sure = room.say("reset-mine-sure", number=mine)
        buttons.append(Button(room.say("reset-mine"), "news_reset_1", who, sure))
    if theirs:
        sure = room.say("reset-channel-sure", number=theirs)
        buttons.append(Button(room.say("reset-channel"), "news_reset_2", here, sure))
    return room.renderer.notice(room.say("reset-asked", mine=mine, theirs=theirs), buttons=buttons)


async def reset_done(room: Newsroom, pressed: Pressed) -> Message:
    """Forget what a person said, or what was said in a channel."""
    place = named_channel(pressed.about) or pressed.who
    if said := await refused(room, pressed.office, pressed.person, place, pressed.where):
        return room.renderer.notice(said)
    number = await asyncio.to_thread(room.votes.forget, place)
    return room.renderer.notice(room.say("reset-done", number=number))


def _said(article: Article) -> str:
    return line(article.title, _TITLE) or article.publisher
