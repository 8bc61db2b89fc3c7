"""`/news forget me`: what is kept about a person, thing by thing, and how all of it is erased."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.commands.muting import called
from bot.commands.wanting import SLOT
from bot.readers import Place, Subscription, erase
from bot.readers.erasing import Kept, kept
from bot.readers.keeping import Thing, What, things
from bot.readers.places import channel_id
from bot.readers.subscriptions import named
from bot.readers.votes import How
from bot.subscribed import titled
from bot.when import told as when
from bot.wiring import Newsroom
from digests.models import Message
from digests.rendering import Button, KeptPage, KeptRow
from digests.steering import Mute

SIZE = 10
"""Things a page."""


def page(room: Newsroom, who: Place, start: int, timezone: str) -> Message:
    """What is kept, a page of it from a place on, with a button that erases all of it."""
    database = room.library.database
    found, total = things(database, who, max(0, start), SIZE)
    if total and not found:  # some of it went since: the last page
        start = (total - 1) // SIZE * SIZE
        found, total = things(database, who, start, SIZE)
    if not found:
        return room.renderer.notice(room.say("kept-nothing"))
    counted = kept(database, who)
    said = _said(room, counted)
    shared = any(not each.direct for each in room.subscriptions.of(who))
    stays = [room.say("forget-channels")] if shared else []
    stays += [room.say("forget-settings-stay")] if counted.settings else []
    also = room.renderer.language.sentences(stays)
    rows = tuple(_row(room, each, timezone) for each in found)
    return room.renderer.kept(
        KeptPage(
            head=f"{room.say('kept', kept=said)} {also or room.say('kept-private')}",
            rows=rows,
            start=max(0, start),
            size=SIZE,
            total=total,
            erase=Button(
                room.say("button-erase"), "news_forget", "yes", f"{room.say('kept-erases', kept=said)} {also}".strip()
            ),
        )
    )


def done(room: Newsroom, who: Place) -> Message:
    """Erase it, and say what that was."""
    before = erase(room.library.database, who)
    if not before.any:
        return room.renderer.notice(room.say("erased-nothing"))
    return room.renderer.notice(room.say("erased", kept=_said(room, before)))


def _said(room: Newsroom, found: Kept) -> str:
    parts = (
        (found.saved, "kept-saved"),
        (found.votes, "kept-votes"),
        (found.shares, "kept-shares"),
        (found.mutes, "kept-mutes"),
        (found.subscriptions, "forget-subscriptions"),
        (found.settings, "forget-settings"),
    )
    return room.renderer.language.all_of([room.say(key, n=number) for number, key in parts if number])


def _row(room: Newsroom, thing: Thing, timezone: str) -> KeptRow:
    since = room.renderer.language.date(thing.at, timezone)
    match thing.what:
        case What.SUBSCRIPTION:
            return _subscription(room, thing, since)
        case What.MUTE:
            kind, _, name = thing.name.partition(":")
            what = called(room, Mute(kind, name))
            return KeptRow(room.say("kept-row-muted"), what, since, channel=channel_id(thing.place))
        case What.SAVED:
            return KeptRow(room.say("kept-row-saved"), thing.title, since, url=thing.name)
        case What.SETTINGS:
            where = "" if thing.place.startswith("channel:#") else channel_id(thing.place)
            return KeptRow(room.say("kept-row-settings"), _title(room, thing.name), since, channel=where)
        case What.VOTE:
            return _vote(room, thing, since, timezone)


def _subscription(room: Newsroom, thing: Thing, since: str) -> KeptRow:
    found = room.subscriptions.get(thing.name)
    if found is None:  # it ended this moment
        return KeptRow(room.say("kept-row-ended"), thing.name, since)
    language = room.renderer.language
    what = f"{titled(found, room.catalogue, language)}, {when(found.cron, language)} ({found.timezone})"
    key = "kept-row-ended" if found.ended else "kept-row-subscribed"
    return KeptRow(room.say(key), what, since, channel="" if found.direct else found.where)


def _vote(room: Newsroom, thing: Thing, since: str, timezone: str) -> KeptRow:
    where = channel_id(thing.place)
    if thing.how is How.POST:
        what = _post(room, thing, timezone)
        return KeptRow(
            room.say("kept-row-liked" if thing.value > 0 else "kept-row-disliked"), what, since, channel=where
        )
    article = room.library.article(thing.name)
    title = article.title or article.publisher if article is not None else thing.name
    return KeptRow(room.say(_VOTED.get(thing.how) or _wanted(thing.value)), title, since, url=thing.name, channel=where)


_VOTED = {How.SHARED: "kept-row-shared", How.SAVED: "kept-row-saved-once"}


def _wanted(value: float) -> str:
    return "kept-row-more" if value > 0 else "kept-row-less"


def _post(room: Newsroom, thing: Thing, timezone: str) -> str:
    """Which post a thumb was given to: the digest's title, and its day."""
    name, _, slot = thing.name.removeprefix("digest:").rpartition("@")
    title = _title(room, name)
    try:
        at = datetime.strptime(slot, SLOT).replace(tzinfo=UTC)
    except ValueError:  # as an older version wrote it
        return title
    return f"{title}, {room.renderer.language.date(at, timezone)}"


def _title(room: Newsroom, name: str) -> str:
    titles = {digest.name: digest.spec.title for digest in room.settings.digests}
    found: Subscription | None = room.subscriptions.get(named(name)) if named(name) else None
    if found is not None:
        return titled(found, room.catalogue, room.renderer.language)
    return titles.get(name, name)
