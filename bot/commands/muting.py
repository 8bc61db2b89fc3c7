"""`/news mute`, `unmute` and `muted`, and the buttons that do the same: what a person, or a channel, is not to be told of."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.commands.wanting import topic_of, where
from bot.pressing import Pressed, article_of, counts_in, named_channel
from bot.readers import Place, channel
from bot.rights import refused, shared
from bot.sharing import GONE
from bot.wiring import Newsroom
from digests.library.search import Sought, Sources, near_publishers, publishers, search
from digests.models import Message
from digests.query import domain_of
from digests.rendering import Button
from digests.rendering.shorten import line
from digests.steering import SOURCE, TOPIC, Mute
from digests.words import name_key

_SHOWN, _NAME = 20, 60
_NEAR = 3  # publishers that are offered for a name that nobody knows
_LONGEST = 200  # characters of a publisher's name
_MARKED = re.compile(r"(?:topic|source):\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Meant:
    """What is to be muted by a text; where nothing is, or what nobody has news of, why, and what may have been meant."""

    kind: str = ""
    name: str = ""
    why: str = ""
    instead: tuple[str, ...] = ()


def mute(room: Newsroom, words: str, who: Place, conversation: str, now: datetime) -> Message:
    """Mute a topic or a publisher for a person."""
    meant = _meant(room, words)
    if not meant.kind:
        return room.renderer.notice(meant.why, [f"mute {each}" for each in meant.instead])
    made = room.mutes.mute(who, meant.kind, meant.name, now, who)
    said = room.renderer.language.sentences((_noted(room, who, made), meant.why))
    instead = [f"mute {each}" for each in meant.instead]
    return room.renderer.notice(said, instead, _after(room, who, conversation, made))


def unmute(room: Newsroom, words: str, who: Place) -> Message:
    """Tell a person of a topic or a publisher again."""
    meant = _meant(room, words)
    held = room.mutes.of(who)
    wanted = (meant.name or words).casefold()
    found = next(
        (each for each in held if each.name.casefold() == wanted or name_key(each.name) == name_key(words)), None
    )
    if found is None:
        instead = [f"unmute {called(room, each)}" for each in held[:3]]
        name = called(room, Mute(meant.kind, meant.name)) if meant.kind else line(words, _NAME)
        return room.renderer.notice(room.say("mute-not", name=name), instead)
    room.mutes.unmute(who, found.kind, found.name)
    return room.renderer.notice(room.say("mute-ended", name=called(room, found), where="you"))


def muted(room: Newsroom, who: Place, conversation: str, now: datetime) -> Message:
    """What a person has muted, and what is muted where that person asks, each with a button that ends it."""
    here = channel(conversation)
    places = [who, *([here] if shared(room, conversation) else [])]
    rows = [(place, each) for place in places for each in room.muted_by(place, now)]
    if not rows:
        return room.renderer.notice(room.say("muted-nothing"))
    said = [room.say("muted-head")]
    said += [room.say("muted-row", name=called(room, each), **_until(room, place, each)) for place, each in rows]
    buttons = [
        Button(room.say("unmute", name=line(called(room, each), 20)), f"news_unmute_{number}", named(place, each))
        for number, (place, each) in enumerate(rows[:_SHOWN], start=1)
    ]
    return room.renderer.notice("\n".join(said), buttons=buttons)


async def mute_story(room: Newsroom, pressed: Pressed) -> Message:
    """Mute a story's topic where votes on it count: in the channel, or for the person."""
    place = await asyncio.to_thread(counts_in, room, pressed)
    if said := await refused(room, pressed.office, pressed.person, place, pressed.where):
        return room.renderer.notice(said)
    return await asyncio.to_thread(_mute_story, room, pressed, place)


def _mute_story(room: Newsroom, pressed: Pressed, place: Place) -> Message:
    article = article_of(room, pressed)
    if article is None:
        return room.renderer.notice(GONE)
    topic = topic_of(room, pressed, article)
    if topic:
        return _done(room, pressed, place, Mute(TOPIC, topic))
    # Of a story about nothing narrower than AI only the publisher can be muted.
    publisher = line(article.publisher, _NAME)
    button = Button(
        room.say("mute-source", name=line(publisher, 20), where=where(place)),
        "news_mute",
        named(place, Mute(SOURCE, article.publisher)),
    )
    return room.renderer.notice(room.say("mute-no-topic"), buttons=[button])


async def mute_named(room: Newsroom, pressed: Pressed) -> Message:
    """Mute what a button names, where it says."""
    return await _changed(room, pressed, _done)


async def unmute_named(room: Newsroom, pressed: Pressed) -> Message:
    """End a mute that a button names."""
    return await _changed(room, pressed, _ended)


_Change = Callable[[Newsroom, Pressed, Place, Mute], Message]


async def _changed(room: Newsroom, pressed: Pressed, change: _Change) -> Message:
    at, kind, name = (*pressed.about.split(" ", 2), "", "", "")[:3]
    place = named_channel(at) or pressed.who
    if kind not in (TOPIC, SOURCE) or not name or len(name) > _LONGEST:
        return room.renderer.notice(room.say("mute-not", name=line(name, _NAME)))
    if said := await refused(room, pressed.office, pressed.person, place, pressed.where):
        return room.renderer.notice(said)
    return await asyncio.to_thread(change, room, pressed, place, Mute(kind, name))


def _done(room: Newsroom, pressed: Pressed, place: Place, wanted: Mute) -> Message:
    if wanted.kind == TOPIC and (wanted.name not in room.catalogue or _everything(room, wanted.name)):
        key = "mute-everything" if wanted.name in room.catalogue else "mute-unknown"
        return room.renderer.notice(room.say(key, name=line(called(room, wanted), _NAME)))
    made = room.mutes.mute(place, wanted.kind, wanted.name, pressed.now, pressed.who)
    return room.renderer.notice(_noted(room, place, made), buttons=[_undo(room, place, made)])


def _ended(room: Newsroom, _pressed: Pressed, place: Place, wanted: Mute) -> Message:
    if not room.mutes.unmute(place, wanted.kind, wanted.name):
        return room.renderer.notice(room.say("mute-not", name=called(room, wanted)))
    return room.renderer.notice(room.say("mute-ended", name=called(room, wanted), where=where(place)))


def _meant(room: Newsroom, words: str) -> _Meant:
    words = _MARKED.sub("", words).strip().strip('"')
    topic = room.catalogue.find(words, keywords=False)
    if topic is not None:
        if _everything(room, topic.slug):
            return _Meant(why=room.say("mute-everything", name=room.topic_name(topic.slug)))
        return _Meant(TOPIC, topic.slug)
    if domain_of(words):
        return _domain(room, words.casefold().removeprefix("www."))
    names = sorted(publishers(room.library, [words]).names)
    by_key = {name_key(each): each for each in names}
    if len(by_key) == 1:
        return _Meant(SOURCE, names[0])
    if by_key:
        return _Meant(why=room.say("mute-which", name=line(words, _NAME)), instead=tuple(by_key.values())[:5])
    topics = [room.topic_name(each.slug) for each in room.catalogue.suggest(words)]
    instead = (*topics, *near_publishers(room.library, words, _NEAR))
    return _Meant(why=room.say("mute-unknown", name=line(words, _NAME)), instead=instead[:5])


def _domain(room: Newsroom, domain: str) -> _Meant:
    """A domain may be muted before anything of it has come in; that is said, since it may be mistyped."""
    if search(room.library, Sought(sources=Sources(domains=(domain,))), 1).hits:
        return _Meant(SOURCE, domain)
    why = room.say("mute-unseen", name=line(domain, _NAME))
    return _Meant(SOURCE, domain, why, near_publishers(room.library, domain, _NEAR))


def _everything(room: Newsroom, slug: str) -> bool:
    """Whether a topic is the one above most others: who mutes it would hear of nothing."""
    catalogue = room.catalogue
    return catalogue.get(slug).parent is None and len(catalogue.descendants(slug)) > len(catalogue.topics) / 2


def _after(room: Newsroom, who: Place, conversation: str, made: Mute) -> list[Button]:
    """Undo, and the same for everybody where a digest is posted."""
    buttons = [_undo(room, who, made)]
    if shared(room, conversation):
        buttons.append(Button(room.say("mute-for-all"), "news_mute", named(channel(conversation), made)))
    return buttons


def _undo(room: Newsroom, place: Place, made: Mute) -> Button:
    return Button(room.say("button-undo"), "news_unmute", named(place, made))


def _noted(room: Newsroom, place: Place, made: Mute) -> str:
    return room.say("mute-noted", name=called(room, made), **_until(room, place, made))


def _until(room: Newsroom, place: Place, made: Mute) -> dict[str, str]:
    date = room.renderer.language.date(made.until, room.settings.timezone) if made.until else ""
    return {"where": where(place), "until": date}


def named(place: Place, made: Mute) -> str:
    """How the buttons that mute and unmute it there name it."""
    return f"{place} {made.kind} {made.name}"


def called(room: Newsroom, made: Mute) -> str:
    """What is muted, as people call it."""
    return room.topic_name(made.name) if made.kind == TOPIC else line(made.name, _NAME)
