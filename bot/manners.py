"""What the bot says of itself when it is invited: once, to who invited it, since nobody else in the channel asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot import outlets, when
from bot.commands.news import COMMAND
from bot.events import Happening, on
from bot.membership import Conversation, conversation
from bot.people import Person
from bot.replies import tell
from bot.wiring import Newsroom

if TYPE_CHECKING:
    from bot.app import SlackApp

log = structlog.get_logger(__name__)

_MOST = 8  # digests that are named


def listen(app: SlackApp) -> None:
    """Listen to invitations of the bot itself."""
    on(app, "member_joined_channel", partial(_invited, app), lambda each: bool(each.bot) and each.user == each.bot)


async def _invited(app: SlackApp, happening: Happening) -> None:
    inviter = str(happening.event.get("inviter") or "")
    log.info("channel.joined", channel=happening.channel, inviter=inviter)
    if not inviter or inviter == happening.bot:
        return  # by an app or by itself: nobody to tell
    person = await app.office.people.person(happening.team, inviter)
    room = app.room.speaking(person.locale)
    found = await conversation(app.bolt.client, happening.channel)
    name = found.name if isinstance(found, Conversation) else ""
    words = await asyncio.to_thread(introduction, room, happening.channel, name, person, app.clock())
    await tell(app.bolt.client, happening.channel, inviter, room.renderer.notice(words))


def introduction(room: Newsroom, channel: str, name: str, person: Person, now: datetime) -> str:
    """What is posted in a channel and when, or that nothing is yet; and how to ask.

    ``name`` is the channel's, empty where Slack does not say: digests of the settings may name their channels by it. The
    times are the person's own, where they are not said in a zone.
    """
    posted = [*_digests(room, channel, name, person, now), *_subscriptions(room, channel, person)]
    if posted:
        said = [room.say("hello-posted"), *posted[:_MOST]]
        if len(posted) > _MOST:
            said.append(room.say("hello-more", number=len(posted) - _MOST))
    else:
        said = [room.say("hello-nothing", command=COMMAND)]
    return "\n".join((*said, room.say("hello-ask", command=COMMAND)))


def _digests(room: Newsroom, channel: str, name: str, person: Person, now: datetime) -> Iterator[str]:
    for each in outlets.here(room, channel, name):
        digest, slot = room.plan.published(each, now), room.plan.next_slot(each, now)
        if slot is not None:
            yield _line(room, digest.spec.title, digest.cron, digest.spec.timezone, slot, person)


def _subscriptions(room: Newsroom, channel: str, person: Person) -> Iterator[str]:
    for each in room.subscriptions.within(channel):
        names = [room.topic_name(slug) for slug in each.topics if slug in room.catalogue]
        title = room.renderer.language.all_of(names) if names else room.say("hello-all-news")
        yield _line(room, title, each.cron, each.timezone, each.next_at, person)


def _line(room: Newsroom, title: str, cron: str, zone: str, slot: datetime, person: Person) -> str:
    language = room.renderer.language
    next_time = language.moment(slot, person.timezone)
    return room.say("hello-digest", title=title, when=when.told(cron, language), zone=zone, next=next_time)
