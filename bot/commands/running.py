"""What the people who run the bot ask in Slack: `/news post` posts a digest now, `/news status` says how the bot does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot import doubts
from bot.commands.grammar import quoted
from bot.delivery import Delivery, DeliveryState
from bot.delivery.calls import Done, call
from bot.delivery.corrections import WINDOW
from bot.health import LATE, DigestHealth, granted, health, missing
from bot.membership import PLACE, Conversation, conversation
from bot.office import Office
from bot.plan import Outlet
from bot.posting import post_now
from bot.pressing import Pressed
from bot.readers import Place, channel
from bot.readers.places import team_of, user_id
from bot.refusals import told
from bot.settings import DigestSettings
from bot.wiring import Newsroom
from digests.models import Message
from digests.rendering import Button
from digests.rendering.shorten import line
from digests.words import likeness

log = structlog.get_logger(__name__)

_OFFERED = 4  # digests
_RATED = timedelta(days=30)
_WHY = 200


def fits(room: Newsroom, words: str) -> bool:
    """Whether words may name a digest, or name none, which is the first one; others are words to search for."""
    return len(words.split()) < 2 or _digest(room, words) is not None


def unknown(room: Newsroom, form: str, words: str) -> Message:
    """That there is no digest called so; offered are those that there are, the likeliest first, and to search for the words."""
    names = sorted((each.name for each in room.settings.digests), key=lambda name: -likeness(words.casefold(), name))
    listed = room.renderer.language.listed(names)
    meant = [*(f"{form} {name}" for name in names[:_OFFERED]), quoted(f"{form} {words}")]
    return room.renderer.notice(room.say("no-such-digest", name=line(words, 60), digests=listed), meant)


async def post(room: Newsroom, words: str, office: Office | None) -> Message:
    """What would be posted where, with a button that does it."""
    digest = _digest(room, words)
    if digest is None:
        return unknown(room, "post", words)
    if not digest.channels:
        return room.renderer.notice(room.say("post-no-channel", name=digest.name))
    names = await _names(office, digest.channels)
    title, channels = digest.spec.title, room.renderer.language.all_of([names[each] for each in digest.channels])
    sure = room.say("post-sure", title=title, channels=channels)
    button = Button(room.say("post-button"), "news_post", digest.name, sure)
    return room.renderer.notice(room.say("post-asked", title=title, channels=channels), buttons=[button])


async def posted(room: Newsroom, pressed: Pressed) -> Message:
    """Post it, and say what was posted where, or why not. The one who presses must be an admin still."""
    if not pressed.person.admin:
        return room.renderer.notice(room.say("admins-only", usage="/news post"))
    digest = _digest(room, pressed.about)
    if digest is None:
        return unknown(room, "post", pressed.about)
    if not digest.channels:
        return room.renderer.notice(room.say("post-no-channel", name=digest.name))
    made = await post_now(room.plan, pressed.office.publisher, digest.name, pressed.now)
    log.info("posted by hand", digest=digest.name, by=pressed.person.id, channels=len(made.deliveries))
    if made.deliveries:
        names = await _names(pressed.office, digest.channels)
        said = [room.say("post-done", title=digest.spec.title)]
        return room.renderer.notice("\n".join([*said, *(_line(room, each, names) for each in made.deliveries)]))
    own = await asyncio.to_thread(room.plan.family, digest.name, made.slot)
    already = [each for one in own for each in await asyncio.to_thread(room.ledger.deliveries, one.name, made.slot)]
    return room.renderer.notice(room.say("post-already") if already else room.say("post-quiet"))


async def status(room: Newsroom, office: Office | None, now: datetime, zone: str) -> Message:
    """How the bot does: version, digests, library, feeds, what readers think, and what Slack does not let it do.

    Moments are in the asker's ``zone``; those of a digest in its own, which is named.
    """
    names = await _names(office, [each for digest in room.settings.digests for each in digest.channels])
    own = [each for each in await asyncio.to_thread(room.plan.outlets) if each.variant is not None]
    who = await _who(office, [each.variant.by for each in own if each.variant and each.variant.by])
    lines = await asyncio.to_thread(lambda: [*_lines(room, office, now, zone, names, own, who)])
    if office is not None:
        lines += await _scopes(room, office)
    return room.renderer.notice("\n".join(lines))


def _lines(
    room: Newsroom,
    office: Office | None,
    now: datetime,
    zone: str,
    names: Mapping[str, str],
    own: Sequence[Outlet],
    who: Mapping[str, str],
) -> Iterator[str]:
    found = health(room, now)
    since = room.renderer.language.moment(now if office is None else office.started, zone)
    yield room.say("status-head", version=found.version, since=since)
    for digest in found.digests:
        yield from _digest_lines(room, digest, now, zone, names)
        for each in own:
            if each.standard.name == digest.settings.name:
                yield from _own_lines(room, each, now, zone, names, who)
    ledger = found.ledger
    yield room.say("status-deliveries", **{state.value: number for state, number in ledger.deliveries.items()})
    if found.waiting > LATE:
        yield room.say("status-waiting", minutes=int(found.waiting.total_seconds() // 60))
    if found.library.newest is None:
        yield room.say("status-library-empty")
    else:
        newest = room.renderer.language.moment(found.library.newest, zone)
        size = max(1, round(found.library.size / 1_000_000))
        yield room.say("status-library", number=found.library.articles, newest=newest, size=size)
    if found.feeds is not None:
        feeds = found.feeds
        yield room.say(
            "status-feeds",
            number=feeds.number,
            read=feeds.read,
            week=feeds.week,
            failing=feeds.failing,
            stale=len(feeds.stale),
        )
    yield from doubts.lines(room, room.ledger.flagged(), lambda each: names.get(each, each))
    yield room.say("status-subscriptions", number=ledger.subscriptions)
    if any(found.corrections.values()):
        hours = int(WINDOW.total_seconds() // 3600)
        numbers = {state.value: number for state, number in found.corrections.items()}
        yield room.say("status-corrections", hours=hours, **numbers)


def _digest_lines(
    room: Newsroom, found: DigestHealth, now: datetime, zone: str, names: Mapping[str, str]
) -> Iterator[str]:
    digest, own, language = found.settings, found.settings.spec.timezone, room.renderer.language
    if digest.channels and room.plan.get(digest.name, now) is None:
        yield room.say("status-digest-own", name=digest.name)
    elif found.next is None:
        yield room.say("status-digest-idle", name=digest.name)
    else:
        yield room.say("status-digest", name=digest.name, next=language.moment(found.next, own), zone=own)
    if found.missed is not None and now - found.missed > LATE:
        yield room.say("status-late", moment=language.moment(found.missed, own, zone))
    if found.last:
        yield room.say("status-last", moment=language.moment(found.last[0].slot, own, zone))
        yield from (_line(room, each, names) for each in found.last)
    for name, place in room.ledger.places(digest.name, digest.channels).items():
        up, down = room.votes.posts(channel(place), now - _RATED)
        if up or down:
            yield room.say("status-rated", channel=names.get(name, name), up=up, down=down, days=_RATED.days)


def _own_lines(
    room: Newsroom, outlet: Outlet, now: datetime, asker: str, names: Mapping[str, str], who: Mapping[str, str]
) -> Iterator[str]:
    """What a channel has as its own of a digest, by whom since when, and what came of it last."""
    variant, language = outlet.variant, room.renderer.language
    if variant is None:
        return
    digest, following = room.plan.published(outlet, now), room.plan.next_slot(outlet, now)
    zone = digest.spec.timezone
    if outlet.own is not None:
        yield room.say(
            "status-own",
            channel=names.get(outlet.channel, outlet.channel),
            moment=language.moment(variant.at, asker),
            by=who.get(variant.by, "nobody"),
            next=language.moment(following, zone) if following else "",
            zone=zone,
        )
    last = room.ledger.last(variant.name)
    if last:
        yield room.say("status-last", moment=language.moment(last[0].slot, zone))
        yield from (_line(room, each, names) for each in last)


def _line(room: Newsroom, delivery: Delivery, names: Mapping[str, str]) -> str:
    said = room.say(_STATES[delivery.state], channel=names.get(delivery.channel, delivery.channel))
    return f"• {said}{f' ({line(delivery.error, _WHY)})' if delivery.error else ''}"


async def _scopes(room: Newsroom, office: Office) -> list[str]:
    asked = await call("auth.test", partial(office.slack.auth_test))
    if not isinstance(asked, Done):
        return [room.say("status-slack", why=told(asked))]
    lacks = missing(granted(asked.headers))
    if not lacks:
        return [room.say("status-scopes-all")]
    return [room.say("status-scopes-missing", scopes=room.renderer.language.all_of([each.name for each in lacks]))]


def _digest(room: Newsroom, words: str) -> DigestSettings | None:
    digests = {digest.name: digest for digest in room.settings.digests}
    return digests.get(words.casefold()) if words else next(iter(digests.values()))


async def _names(office: Office | None, channels: Iterable[str]) -> dict[str, str]:
    """What people call channels that the settings name by their ids; the id where Slack does not say."""
    found = {}
    for each in dict.fromkeys(channels):
        there = await conversation(office.slack, each) if office is not None and PLACE.fullmatch(each) else None
        found[each] = f"#{there.name}" if isinstance(there, Conversation) and there.name else each
    return found


async def _who(office: Office | None, people: Iterable[str]) -> dict[str, str]:
    """What people are called who are kept; Slack's id where it does not say."""
    found = {}
    for each in dict.fromkeys(people):
        id_, team = user_id(Place(each)), team_of(Place(each))
        person = await office.people.person(team, id_) if office is not None else None
        found[each] = person.name if person is not None and person.name else id_
    return found


_STATES = {
    DeliveryState.DONE: "delivery-done",
    DeliveryState.CLAIMED: "delivery-claimed",
    DeliveryState.FAILED: "delivery-failed",
    DeliveryState.AMBIGUOUS: "delivery-ambiguous",
}
