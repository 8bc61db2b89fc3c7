"""`/news subscribe`, `unsubscribe` and `settings`: people's own digests, and those of the channel they are in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot import outlets
from bot.commands.placing import HERE, Placed, belongs, is_place, placed
from bot.errors import TRY_AGAIN
from bot.membership import PLACE, Conversation, conversation
from bot.office import Office
from bot.people import Person
from bot.readers.subscriptions import MOST, AlreadyThere, Subscription, TooMany
from bot.subscribed import titled
from bot.when import WhenError, begins, leads, read, told
from bot.wiring import Newsroom
from digests.handles import number
from digests.language import Said, timezone
from digests.models import Message, Topic
from digests.rendering import Button, SettingsPage, SubscriptionRow
from digests.topics import Catalogue

UNSUBSCRIBED = "unsubscribed"
"""Why a subscription ended that somebody ended."""

SIZE = 6
"""Subscriptions a page."""

ROOT = ("ai",)
"""The topic of all topics: who wants it alone wants everything."""

_ALL = frozenset("all everything alle alles すべて 全部".split())
_BEFORE_PLACES = frozenset("in im to into".split())
_AND = (" and ", " und ", " & ", "、", "と")
_MOST_TOPICS = 10
TOLD = {
    "app_uninstalled": "ended-uninstalled",
    "channel_not_found": "ended-not-in",
    "is_archived": "ended-archived",
    "not_in_channel": "ended-not-in",
    "topics_gone": "ended-topics",
}
"""Why subscriptions end that people are told of, each with the message that says so."""

SILENT = frozenset({UNSUBSCRIBED, "cannot_dm_bot", "user_disabled", "user_inactive", "user_not_found"})
"""Why they end that nobody is told of: who ended one knows, and who is gone reads nothing."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed to subscribe, apart: topics, days and times, and the place; each may be empty."""

    topics: str
    when: str
    place: str


def wish(words: str, catalogue: Catalogue) -> Wish:
    """Take apart what was typed: ``robotics, chips at 8:30 on weekdays in #ai-news``. The place may stand anywhere."""
    tokens = words.split()
    place = ""
    for index in range(len(tokens) - 1, -1, -1):
        led = index > 0 and tokens[index - 1].casefold() in _BEFORE_PLACES
        if is_place(tokens[index]) and (led or tokens[index].startswith("#") or index == len(tokens) - 1):
            place = tokens[index]
            del tokens[index - led : index + 1]
            break
    if _topic(" ".join(tokens), catalogue) is not None:
        return Wish(" ".join(tokens), "", place)
    start = next((index for index, token in enumerate(tokens) if begins(token)), len(tokens))
    while 0 < start < len(tokens) and leads(tokens[start - 1]):
        start -= 1
    return Wish(" ".join(tokens[:start]).strip(" ,"), " ".join(tokens[start:]), place)


async def subscribe(
    room: Newsroom,
    words: str,
    now: datetime,
    person: Person | None,
    here: str,
    office: Office | None,
    channels: Mapping[str, str],
) -> Message:
    """Subscribe to what was typed, and say what comes of it."""
    if person is None or office is None:
        return room.renderer.notice(room.say("subscriptions-in-slack"))
    wanted = wish(words, room.catalogue)
    if not wanted.topics:
        return room.renderer.notice(room.say("subscribe-how"), _examples(wanted))
    topics, odd = _topics(wanted.topics, room.catalogue)
    if topics is None:
        return room.renderer.notice(room.say("subscribe-how"), _examples(wanted))
    if odd:
        return _unknown(room, words, odd)
    if len(topics) > _MOST_TOPICS:
        return room.renderer.notice(room.say("subscribe-many-topics", most=_MOST_TOPICS))
    try:
        cron = read(wanted.when, now.astimezone(timezone(person.timezone)).weekday()).cron
    except WhenError as error:
        instead = [told(each.cron, room.renderer.language) for each in error.instead]
        meant = [f"subscribe {words.replace(wanted.when, each, 1)}" for each in (*error.meant, *instead)]
        return room.renderer.notice(room.say(error.key, **error.values), meant if wanted.when in words else ())
    place = await placed(office, person, wanted.place, here, channels)
    return await asyncio.to_thread(_add, room, person, place, topics, cron, now)


def _add(room: Newsroom, person: Person, place: Placed, topics: tuple[str, ...], cron: str, now: datetime) -> Message:
    store, size = room.subscriptions, room.settings.stories
    where, zone = place.where, person.timezone
    try:
        made = store.add(person.place, person.team, where, topics, cron, zone, size, person.locale, now)
    except AlreadyThere as same:
        there = same.subscription
        said = room.say("subscribe-already", what=_what(room, there), when=_when(room, there), next=_next(room, there))
        return room.renderer.notice(said)
    except TooMany as many:
        key = "subscribe-full-channel" if many.channel else "subscribe-full"
        return room.renderer.notice(room.say(key, most=MOST))
    values = {"what": _what(room, made), "when": _when(room, made), "next": _next(room, made)}
    said = (
        room.say("subscribed", **values) if made.direct else room.say("subscribed-channel", name=place.name, **values)
    )
    return room.renderer.notice(said, buttons=[_ending(room, made)])


async def unsubscribe(
    room: Newsroom, words: str, now: datetime, person: Person | None, here: str, office: Office | None
) -> Message:
    """End a subscription by its number in the list; the only one also without."""
    if person is None or office is None:
        return room.renderer.notice(room.say("subscriptions-in-slack"))
    listed = await asyncio.to_thread(_listed, room, person, here)
    if not listed:
        return room.renderer.notice(room.say("subscriptions-none"))
    wanted = words.removeprefix("#")
    if not wanted:
        return (
            await asyncio.to_thread(page, room, person, here, 0, now)
            if len(listed) > 1
            else await _end(room, listed[0], now, person, here, office)
        )
    place = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 4 else 0
    if not 1 <= place <= len(listed):
        return room.renderer.notice(room.say("unsubscribe-which", given=words, last=len(listed)))
    return await _end(room, listed[place - 1], now, person, here, office)


async def ended(room: Newsroom, about: str, now: datetime, person: Person, here: str, office: Office) -> Message:
    """What the button Unsubscribe does; ``about`` is a subscription's id and the page to come back to."""
    key, _, start = about.partition(" ")
    found = await asyncio.to_thread(room.subscriptions.get, key)
    if found is not None and not found.ended and (refusal := await _refusal(room, found, person, here, office)):
        return room.renderer.notice(refusal)
    if found is not None:
        await asyncio.to_thread(_stop, room, found, now)
    return await asyncio.to_thread(page, room, person, here, number(start, 4), now)


async def settings(room: Newsroom, now: datetime, person: Person | None, here: str, office: Office | None) -> Message:
    """A person's subscriptions, and the subscriptions and digests of the channel that this was asked in."""
    if person is None:
        return room.renderer.notice(room.say("subscriptions-in-slack"))
    named = any(each.channel.startswith("#") for each in await asyncio.to_thread(room.plan.outlets))
    there = await conversation(office.slack, here) if office and named and PLACE.fullmatch(here) else None
    name = there.name if isinstance(there, Conversation) else ""
    return await asyncio.to_thread(page, room, person, here, 0, now, name)


def page(room: Newsroom, person: Person, here: str, start: int, now: datetime, name: str = "") -> Message:
    """A page of `settings`, from a place on; a place beyond the last shows the last page. ``name`` is the channel's."""
    listed = _listed(room, person, here)
    start = max(0, min(start, (len(listed) - 1) // SIZE * SIZE))
    rows = [
        SubscriptionRow(
            key=each.id,
            number=place,
            title=_what(room, each),
            when=_when(room, each),
            channel="" if each.direct else each.where,
            by="" if each.owner == person.place else each.user,
            next=_next(room, each),
            size=each.size,
            back=str(start),
            mine=changeable(each, person),
        )
        for place, each in enumerate(listed[start : start + SIZE], start + 1)
    ]
    over = [
        room.say("ended-lately", what=_what(room, each), why=room.say(TOLD[each.ended]))
        for each in room.subscriptions.ended(person.place, now)
        if each.ended in TOLD
    ]
    digests = outlets.here(room, here, name)
    channels = tuple(outlets.shown(room, each, now, may=person.admin) for each in digests)
    return room.renderer.settings(SettingsPage(tuple(rows), start, SIZE, len(listed), tuple(over), channels))


def changeable(found: Subscription, person: Person) -> bool:
    """Whether a person may change a subscription: their own, and an admin what comes to a channel."""
    return found.owner == person.place or (person.admin and not found.direct)


async def _end(
    room: Newsroom, found: Subscription, now: datetime, person: Person, here: str, office: Office
) -> Message:
    refusal = await _refusal(room, found, person, here, office)
    if refusal:
        return room.renderer.notice(refusal)
    await asyncio.to_thread(_stop, room, found, now)
    return room.renderer.notice(room.say("unsubscribed", what=_what(room, found), when=_when(room, found)))


def _stop(room: Newsroom, found: Subscription, now: datetime) -> None:
    if room.subscriptions.end(found.id, UNSUBSCRIBED, now):
        room.ledger.abandon(found.digest, "unsubscribed", now)
        log.info("subscription ended", subscription=found.id, why=UNSUBSCRIBED)


async def _refusal(room: Newsroom, found: Subscription, person: Person, here: str, office: Office) -> str | Said:
    """Why a person may not end a subscription; empty for the owner, admins, and the members of its channel."""
    if person.admin or found.owner == person.place:
        return ""
    there = False if found.direct else await belongs(office, person, found.where, here)
    if isinstance(there, bool):
        return "" if there else room.say("unsubscribe-stranger")
    return TRY_AGAIN if there is not None else room.say("unsubscribe-stranger")


def _listed(room: Newsroom, person: Person, here: str) -> list[Subscription]:
    """What a person sees, in the order of its numbers: their own, then the others of the channel."""
    mine = room.subscriptions.of(person.place)
    own = {each.id for each in mine}
    return [*mine, *(each for each in room.subscriptions.within(here) if each.id not in own)]


def _what(room: Newsroom, subscription: Subscription) -> str:
    return titled(subscription, room.catalogue, room.renderer.language)


def _when(room: Newsroom, subscription: Subscription) -> str:
    return f"{told(subscription.cron, room.renderer.language)} ({subscription.timezone})"


def _next(room: Newsroom, subscription: Subscription) -> str:
    return room.renderer.language.moment(subscription.next_at, subscription.timezone)


def _ending(room: Newsroom, subscription: Subscription) -> Button:
    return Button(
        room.say("unsubscribe-button"),
        "subscription_end",
        f"{subscription.id} 0",
        room.say("unsubscribe-sure", what=_what(room, subscription)),
    )


def _topics(text: str, catalogue: Catalogue) -> tuple[tuple[str, ...] | None, str]:
    """The slugs of the topics that were typed, and the first name that is none; None where nothing was named."""
    if text.casefold() in _ALL:
        return (), ""
    found: list[str] = []
    for part in filter(None, (each.strip() for each in text.replace(";", ",").split(","))):
        topic = _topic(part, catalogue)
        names = [part] if topic is not None else _split(part)
        for name in names:
            topic = _topic(name, catalogue)
            if topic is None:
                return (), name
            found.append(topic.slug)
    if not found:
        return None, ""
    slugs = tuple(dict.fromkeys(found))
    return ((), "") if slugs == ROOT else (slugs, "")


def _topic(name: str, catalogue: Catalogue) -> Topic | None:
    # A keyword is a word to search for, and no name of a topic: "tesla" is more than self-driving cars.
    return catalogue.find(name, keywords=False)


def _split(part: str) -> list[str]:
    for word in _AND:
        if word in part:
            return [each for piece in part.split(word) for each in _split(piece) if each]
    return [part.strip()]


def _unknown(room: Newsroom, words: str, odd: str) -> Message:
    near = room.catalogue.suggest(odd)
    said = room.say("subscribe-unknown-topic", name=odd)
    return room.renderer.notice(said, [f"subscribe {words.replace(odd, topic.slug, 1)}" for topic in near])


def _examples(wanted: Wish) -> Sequence[str]:
    rest = f" {wanted.when}" if wanted.when else " at 8:30 on weekdays"
    place = f" in {wanted.place}" if wanted.place and (wanted.place.startswith("#") or wanted.place in HERE) else ""
    return [f"subscribe {topic}{rest}{place}" for topic in ("everything", "robotics")]
