"""What a subscription publishes: a digest like the settings' first, with its own topics, length and time to look back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from bot.crontab import slots
from bot.people import Person
from bot.readers.subscriptions import Subscription
from bot.settings import DigestSettings
from bot.when import told
from digests.language import Language
from digests.models import DigestSpec
from digests.rendering import shorten
from digests.topics import Catalogue

_LEAST, _MOST = timedelta(days=1), timedelta(days=31)
_TITLE = 100


def topics_of(subscription: Subscription, catalogue: Catalogue) -> tuple[str, ...]:
    """Its topics that there still are: an admin may have taken some away."""
    known = {row.slug for row in catalogue.tree()}
    return tuple(slug for slug in subscription.topics if slug in known)


def titled(subscription: Subscription, catalogue: Catalogue, language: Language) -> str:
    """What it is about, in words."""
    return titled_topics(topics_of(subscription, catalogue), catalogue, language)


def titled_topics(topics: Sequence[str], catalogue: Catalogue, language: Language) -> str:
    """Topics in words; all AI news where there are none."""
    names = [language.topic(slug, catalogue.get(slug).name) for slug in topics]
    return language.all_of(names) if names else language.say("subscription-of-all")


def publication(
    subscription: Subscription, first: DigestSettings, catalogue: Catalogue, language: Language, slot: datetime
) -> DigestSettings | None:
    """Its digest for a slot; None where none of its topics is left.

    Args:
        subscription: The subscription.
        first: The digest whose other settings it takes.
        catalogue: The topics.
        language: The language of its title.
        slot: The slot: what came since the one before is news, also after a weekend.
    """
    topics = topics_of(subscription, catalogue)
    if subscription.topics and not topics:
        return None
    spec = replace(
        first.spec,
        name=subscription.digest,
        title=shorten(titled(subscription, catalogue, language), _TITLE),
        topics=topics,
        stories=subscription.size,
        timezone=subscription.timezone,
        window=max(_LEAST, gap(subscription.cron, subscription.timezone, slot)),
    )
    quiet = "skip" if subscription.direct else first.on_quiet
    where, cron = (subscription.where,), subscription.cron
    return DigestSettings(subscription.digest, where, cron, spec, quiet, subscription.locale)


def note(subscription: Subscription, owner: Person | None, language: Language) -> str:
    """What stands at the foot of its posts: who subscribed, where that is known, when it comes, and how that is changed."""
    when = told(subscription.cron, language)
    if subscription.direct:
        return language.say("subscription-note", when=when)
    if owner is None or not owner.name:
        return language.say("subscription-note-channel", when=when)
    return language.say("subscription-note-by", when=when, name=owner.name)


def spec_of(
    subscription: Subscription, first: DigestSettings, catalogue: Catalogue, language: Language, slot: datetime
) -> DigestSpec | None:
    """What is in its edition of a slot; None as for `publication`."""
    found = publication(subscription, first, catalogue, language, slot)
    return None if found is None else found.spec


@lru_cache(maxsize=1024)  # of one moment many subscriptions have the same
def gap(cron: str, timezone: str, slot: datetime) -> timedelta:
    """How long before a slot the one before it was; a month at most."""
    before = slot - timedelta(microseconds=1)
    for back in (timedelta(days=8), _MOST):
        earlier = list(slots(cron, timezone, slot - back, before))
        if earlier:
            return slot - earlier[-1]
    return _MOST
