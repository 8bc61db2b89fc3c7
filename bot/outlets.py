"""Digests in their channels, as people name and see them: found by a button or a conversation, and told in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.membership import PLACE
from bot.plan import Outlet
from bot.readers.places import Place, user_id
from bot.readers.variants import name_of
from bot.settings import DigestSettings
from bot.subscribed import titled_topics
from bot.when import told
from bot.wiring import Newsroom
from digests.language import Language
from digests.rendering import ChannelDigest


def named(room: Newsroom, name: str) -> Outlet | None:
    """A digest in a channel by the name that its own editions have there, ``daily@C024BE91L``; None where there is none."""
    return next((each for each in room.plan.outlets() if name in _names(each)), None)


def posted_in(room: Newsroom, digest: str, where: str) -> Outlet | None:
    """A digest in a conversation; None where it does not go there."""
    return next((each for each in here(room, where) if each.standard.name == digest), None)


def here(room: Newsroom, where: str, name: str = "") -> Iterator[Outlet]:
    """The digests of the settings that go to a conversation, by its id, or by its name, where that is known."""
    for each in room.plan.outlets():
        there = conversation(room, each)
        if where and (there == where or (not there and name and each.channel == f"#{name}")):
            yield each


def conversation(room: Newsroom, outlet: Outlet) -> str:
    """A channel's id; empty where it goes by its name and nothing was posted there yet."""
    if PLACE.fullmatch(outlet.channel):
        return outlet.channel
    variant = outlet.variant
    if variant is not None and variant.conversation:
        return variant.conversation
    digests = [outlet.standard.name, *([variant.name] if variant else [])]
    known = (room.ledger.places(each, [outlet.channel])[outlet.channel] for each in digests)
    return next((each for each in known if each != outlet.channel), "")


def when(digest: DigestSettings, language: Language) -> str:
    """When a digest comes, in its zone."""
    return language.say("channel-when", when=told(digest.cron, language), zone=digest.spec.timezone)


def shown(room: Newsroom, outlet: Outlet, now: datetime, *, may: bool, timezone: str = "") -> ChannelDigest:
    """A digest in a channel, in words; times are those of a zone, or of the digest's own. ``may`` says whether the reader may
    change it."""
    language = room.renderer.language
    digest, following = room.plan.published(outlet, now), room.plan.next_slot(outlet, now)
    variant = outlet.variant if outlet.own is not None else None
    timezone = timezone or digest.spec.timezone
    return ChannelDigest(
        key=name_of(outlet.standard.name, outlet.channel),
        title=digest.spec.title,
        topics=titled_topics(digest.spec.topics, room.catalogue, language),
        when=when(digest, language),
        size=digest.spec.stories,
        channel=conversation(room, outlet),
        name=outlet.channel,
        next=language.moment(following, timezone) if following else "",
        changed=language.moment(variant.at, timezone) if variant else "",
        by=user_id(Place(variant.by)) if variant and variant.by else "",
        may=may,
    )


def _names(outlet: Outlet) -> set[str]:
    names = {name_of(outlet.standard.name, outlet.channel)}
    return names | {outlet.variant.name} if outlet.variant else names
