"""Builds everything once: from settings to a desk with its library, topics and renderer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot import newsfeeds, subscribed
from bot.delivery import Delivery, Ledger
from bot.heard import Heard
from bot.plan import Plan
from bot.readers import Mutes, Place, SavedStories, Shares, Subscriptions, Variants, Votes, channel, digest
from bot.readers.subscriptions import Subscription, named
from bot.readers.variants import digest_of
from bot.settings import DOT_ENV, Settings, load
from digests.corrections import corrected
from digests.desk import Desk
from digests.errors import TopicError
from digests.language import Said, Value
from digests.library import Library
from digests.models import DigestSpec, Edition
from digests.rendering import Renderer
from digests.sources.catalogue import Feed
from digests.sources.registry import KINDS, Kind, Source
from digests.steering import Mute
from digests.topics import Catalogue


@dataclass(frozen=True, slots=True)
class Newsroom:
    """What every command needs: nothing in it talks to Slack.

    ``feeds`` are the feeds that are configured, and ``odd`` is what is odd about them and stops nothing, a line each.
    """

    settings: Settings
    catalogue: Catalogue
    library: Library
    desk: Desk
    renderer: Renderer
    ledger: Ledger
    votes: Votes
    mutes: Mutes
    saved: SavedStories
    shares: Shares
    subscriptions: Subscriptions
    variants: Variants
    feeds: tuple[Feed, ...]
    odd: tuple[str, ...]
    heard: Heard

    @property
    def plan(self) -> Plan:
        """Which digest each channel has, the settings' or its own."""
        return Plan(self.settings.digests, self.catalogue, self.variants, self.ledger)

    def speaking(self, locale: str) -> Newsroom:
        """The same newsroom, speaking the language of a locale."""
        return replace(self, renderer=self.renderer.speaking(locale))

    def say(self, key: str, /, **values: Value) -> str:
        """A message of the catalogue, in the language that is spoken here."""
        return self.renderer.language.say(key, **values)

    def tell(self, what: Said) -> str:
        """What was left to be told, in the language that is spoken here."""
        return self.renderer.language.tell(what)

    def language_in(self, conversation: str, otherwise: str) -> str:
        """The language of a digest that is posted to a conversation, in which everybody there is spoken to; else another."""
        for each in self.plan.outlets():
            if each.own is not None and conversation in (each.channel, each.variant and each.variant.conversation):
                return each.own.language
        there = {digest_of(name) for name in self.ledger.digests(conversation)}
        return next((digest.language for digest in self.settings.digests if digest.name in there), otherwise)

    def kinds(self, clock: Callable[[], datetime], *, early: bool = False) -> Mapping[str, Kind]:
        """Every kind of source; feeds are those that are configured, all of them where they are wanted early."""

        def feeds(_place: str) -> Source:
            own = [each.own.topics for each in self.plan.outlets() if each.own is not None]
            return newsfeeds.source(self.settings, self.catalogue, self.feeds, clock, early=early, own=own)

        return {**KINDS, "feeds": Kind(feeds)}

    def edition_at(self, conversation: str, ts: str) -> Edition | None:
        """The edition that a message of a conversation is of, as it was corrected there; None where it is no post of ours."""
        posted = self.ledger.posted(conversation, ts)
        return None if posted is None else self.edition_of(posted)

    def edition_of(self, delivery: Delivery) -> Edition | None:
        """The edition of a delivery, as it was corrected there; None where it cannot be read back."""
        edition = self.library.edition(delivery.digest, delivery.slot)
        return None if edition is None else corrected(edition, self.ledger.errata.standing(delivery.id), linked=False)

    def spec(self, name: str, slot: datetime) -> DigestSpec | None:
        """What is in a digest's edition of a slot, of the settings' or a subscription's; None for one that there is not."""
        for each in self.settings.digests:
            if each.name == name:
                return each.spec
        if (own := self.plan.get(name, slot)) is not None:
            return own.spec
        found = self.subscriptions.get(named(name))
        if found is None:
            return None
        language = self.renderer.speaking(found.locale).language
        return subscribed.spec_of(found, self.settings.digests[0], self.catalogue, language, slot)

    def feedback(self, name: str, now: datetime) -> Mapping[str, float]:
        """What the readers of a digest, in all channels it was posted to, want more or less of, at that moment.

        For a digest that one person alone gets it is what that person said anywhere.
        """
        found = self.subscriptions.get(named(name)) if named(name) else None
        if found is not None:
            return self.votes.standing([digest(name), found.place], now)
        # What a channel that has its own by now was posted of the digest steers the others no more.
        others = (each for each in self.variants.all() if each.digest == digest_of(name) and each.name != name)
        own = {each.conversation for each in others if each.began < now}
        there = [each for each in self._conversations(name) if each not in own]
        return self.votes.standing([digest(digest_of(name)), *map(channel, there)], now)

    def _conversations(self, name: str) -> tuple[str, ...]:
        """Where editions of a digest were posted; of what a channel has as its own, that channel also before it was."""
        posted = self.ledger.conversations(name)
        return posted or tuple(each.conversation for each in self.variants.all() if each.name == name)[-1:]

    def feedback_each(self, subscribed: Sequence[Subscription], now: datetime) -> dict[str, Mapping[str, float]]:
        """As `feedback`, for many subscriptions, by their ids; those of which nobody said anything are left out."""
        said = self.votes.cast([place for each in subscribed for place in (digest(each.digest), each.place)])
        places = {each.id: (digest(each.digest), each.place) for each in subscribed}
        return {key: self.votes.standing(both, now) for key, both in places.items() if said.intersection(both)}

    def muted(self, name: str, channels: Sequence[str], now: datetime) -> tuple[Mute, ...]:
        """What each of a digest's channels, as the settings name them, has muted at that moment.

        A channel to which nothing was posted yet has muted nothing. For a digest that one person alone gets it is what that
        person has muted.
        """
        found = self.subscriptions.get(named(name)) if named(name) else None
        if found is not None:
            return self.muted_by(found.place, now)
        return self.mutes.everywhere([channel(each) for each in self._places(name, channels).values()], now)

    def muted_each(self, name: str, channels: Sequence[str], now: datetime) -> Mapping[str, tuple[Mute, ...]]:
        """As `muted`, for each channel by itself; those that have muted nothing are left out."""
        found = self.subscriptions.get(named(name)) if named(name) else None
        known = {} if found is not None else self._places(name, channels)
        wishes = {each: found.place if found is not None else channel(known[each]) for each in channels}
        muted = self.mutes.each([*wishes.values()], now)
        return {each: muted[place] for each, place in wishes.items() if place in muted}

    def _places(self, name: str, channels: Sequence[str]) -> dict[str, str]:
        """Where a digest was posted, of what a channel has as its own also before it was its own."""
        known = self.ledger.places(digest_of(name), channels)
        own = self.ledger.places(name, channels) if name != digest_of(name) else {}
        return {**known, **{each: place for each, place in own.items() if place != each}}

    def topic_name(self, slug: str) -> str:
        """What a topic is called in the language that is spoken here; its slug where an admin has taken it away."""
        name = self.catalogue.get(slug).name if slug in self.catalogue else slug
        return self.renderer.language.topic(slug, name)

    def muted_by(self, place: Place, now: datetime) -> tuple[Mute, ...]:
        """What a person or a channel has muted at that moment."""
        return self.mutes.everywhere([place], now)


def settings_from(env_file: Path | None = DOT_ENV, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings, with every topic they name looked up in the catalogue. Raises SettingsError with all problems."""
    return load(env_file, environ, check_topics)


def check_topics(changes: Mapping[str, Mapping[str, object]]) -> Callable[[str], str]:
    """From an admin's changes to the catalogue to a function that turns what they call a topic into its slug."""
    catalogue = Catalogue.builtin().extended(changes)

    def slug_of(name: str) -> str:
        topic = catalogue.find(name)
        if topic is None:
            near = ", ".join(each.slug for each in catalogue.suggest(name))
            raise TopicError(f"is not a topic.{f' Did you mean {near}?' if near else ' `heatline topics` lists them.'}")
        return topic.slug

    return slug_of


def catalogue_of(settings: Settings) -> Catalogue:
    """The built-in topics with the admin's own and their changes."""
    return Catalogue.builtin().extended(settings.topic_changes)


def newsroom(settings: Settings, odd: Callable[[str], None] = lambda _what: None) -> Newsroom:
    """Open the library and put the desk together.

    Args:
        settings: The settings.
        odd: Is told what the library cannot read back, once each.

    Raises:
        FeedListError: With every mistake in the list of feeds.
        LibraryError: When the database cannot be opened.
    """
    catalogue = catalogue_of(settings)
    feeds, odd_feeds = newsfeeds.configured(settings, catalogue)
    library = Library.open(settings.database_url, lambda unreadable: odd(str(unreadable)))
    desk = Desk(library, catalogue, settings.published_from, feeds)
    renderer = Renderer(settings.templates, emoji=settings.emoji == "yes")
    store = library.database.apart("ledger")
    votes, mutes, saved, shares = Votes(store), Mutes(store), SavedStories(store), Shares(store)
    ledger, subscriptions, heard = Ledger(store), Subscriptions(store), Heard(store)
    variants = Variants(store)
    return Newsroom(
        settings=settings,
        catalogue=catalogue,
        library=library,
        desk=desk,
        renderer=renderer,
        ledger=ledger,
        votes=votes,
        mutes=mutes,
        saved=saved,
        shares=shares,
        subscriptions=subscriptions,
        variants=variants,
        feeds=feeds,
        odd=odd_feeds,
        heard=heard,
    )
