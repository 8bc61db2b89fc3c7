"""The plan: which digest each channel has at a slot, the environment's or its own as it was changed in Slack.

A slot is of the settings that there were at its moment, however late it is published. So two processes, one of which does not
know of a change yet, agree on whose a slot is; and where clocks differ, the ledger's rows decide (`Ledger.claim`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.crontab import next_slot
from bot.delivery import Ledger, Publication
from bot.readers.variants import Own, Variant, Variants, digest_of, newest
from bot.schedule import due_slot, rhythm
from bot.settings import DigestSettings
from bot.subscribed import gap
from digests.topics import Catalogue

GONE = "digest_or_channel_gone"
"""Why a channel's own settings ended whose digest, or channel, the environment names no more."""

NO_TOPICS = "topics_gone"
"""Why they ended where none of their topics is left in the catalogue."""

ENDED: Mapping[str, str] = MappingProxyType(
    {
        GONE: "the settings name that digest, or that channel, no more",
        NO_TOPICS: "none of its topics is left in the catalogue",
    }
)
"""Why channels' own settings end: the codes that are kept, and what is said of each."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """A digest of the settings in one of its channels, and what was changed there last; None where nothing ever was."""

    standard: DigestSettings
    channel: str
    variant: Variant | None = None

    @property
    def own(self) -> Own | None:
        """What the channel has as its own."""
        return self.variant.own if self.variant else None


class Plan:
    """What is published where: the digests of the settings, and what channels have as their own of them. Synchronous."""

    def __init__(
        self, digests: Sequence[DigestSettings], catalogue: Catalogue, variants: Variants, ledger: Ledger
    ) -> None:
        self._digests = {each.name: each for each in digests}
        self._catalogue = catalogue
        self._variants = variants
        self._ledger = ledger

    # --- for the schedule

    def more(self) -> tuple[DigestSettings, ...]:
        """The digests that channels have as their own, as they are now."""
        return tuple(
            self.published(outlet, outlet.variant.since) for outlet in self.outlets() if outlet.variant is not None
        )

    def at(self, digest: Publication, slot: datetime) -> DigestSettings | None:
        """A digest as it is published at a slot; None where no channel has it then."""
        return self.get(digest.name, slot)

    def due(self, digest: Publication, now: datetime, grace: timedelta) -> datetime | None:
        """The newest slot of a digest that should have been published and was not."""
        if digest.name in self._digests:
            seen = self._ledger.seen(digest.name, rhythm(digest), now)
            return due_slot(digest.cron, digest.spec.timezone, now, grace, seen.last_slot, seen.since)
        history, until = self._history(digest.name), now
        for outlet in reversed(history):
            assert outlet.variant is not None
            if now - until >= grace:
                break
            had = self.published(outlet, until)
            since, last = self._served(outlet, had, now, current=outlet is history[-1])
            slot = due_slot(had.cron, had.spec.timezone, until, grace - (now - until), last, since)
            if slot is not None:
                return None if self._awaits(outlet, now, grace) else slot
            until = min(until, outlet.variant.since)
        return None

    def _served(
        self, outlet: Outlet, had: DigestSettings, now: datetime, *, current: bool
    ) -> tuple[datetime, datetime | None]:
        """Since when a channel has, or had, what it has, and the newest slot of the channel's that was served.

        The schedule of a digest as it is may be changed in the environment: then it begins anew. Any other is looked up only:
        who does not know the last change yet must not take it for the environment's.
        """
        assert outlet.variant is not None
        if outlet.own is None and current:
            seen = self._ledger.seen(had.name, rhythm(had), now)
            return max(seen.since, outlet.variant.since), seen.last_slot
        held = self._ledger.schedule(had.name)
        return outlet.variant.since, held.last_slot if held else None

    def _awaits(self, outlet: Outlet, now: datetime, grace: timedelta) -> bool:
        """Whether the digest's last slot that is the channel's, too, is still to be made: what it tells is told then."""
        assert outlet.variant is not None
        standard, began = outlet.standard, outlet.variant.began
        if now - began >= grace:
            return False
        seen = self._ledger.schedule(standard.name)
        if seen is None:
            return False
        left = due_slot(standard.cron, standard.spec.timezone, began, grace - (now - began), seen.last_slot, seen.since)
        return left is not None

    # --- for everybody else

    def outlets(self) -> tuple[Outlet, ...]:
        """Every digest of the settings in every of its channels."""
        every = newest(self._variants.all())
        return tuple(
            Outlet(standard, channel, next((each for each in every if _is(each, standard, channel)), None))
            for standard in self._digests.values()
            for channel in standard.channels
        )

    def outlet(self, digest: str, channel: str) -> Outlet | None:
        """A digest in a channel, as the settings name it; None where they do not."""
        return next((each for each in self.outlets() if (each.standard.name, each.channel) == (digest, channel)), None)

    def get(self, name: str, slot: datetime) -> DigestSettings | None:
        """A digest, or what a channel has as its own of one, at a slot; None where it is not set up.

        A digest has the channels then that did not have their own yet; None where it has no channel left.
        """
        standard = self._digests.get(name)
        if standard is not None:
            own = [each for each in newest(self._variants.all()) if each.began < slot]
            left = tuple(
                channel for channel in standard.channels if not any(_is(each, standard, channel) for each in own)
            )
            return replace(standard, channels=left) if left or not standard.channels else None
        had = self._had(name, slot)
        return None if had is None else self.published(had, slot)

    def variant(self, name: str, slot: datetime) -> Variant | None:
        """What a channel had as its own at a slot, by the name of its editions; None for a digest of the settings."""
        had = None if name in self._digests else self._had(name, slot)
        return had.variant if had else None

    def _had(self, name: str, slot: datetime) -> Outlet | None:
        history = self._history(name)
        before = [each for each in history if each.variant is not None and each.variant.since < slot]
        return next(iter(before[-1:] or history[:1]), None)

    def family(self, digest: str, slot: datetime) -> tuple[DigestSettings, ...]:
        """A digest of the settings and what channels have as their own of it, at a slot: each channel once."""
        own = [
            outlet.variant.name
            for outlet in self.outlets()
            if outlet.variant is not None and outlet.standard.name == digest and outlet.variant.began < slot
        ]
        return tuple(found for name in dict.fromkeys((digest, *own)) if (found := self.get(name, slot)) is not None)

    def published(self, outlet: Outlet, slot: datetime) -> DigestSettings:
        """What a channel has at a slot. What it does not have as its own is as in the digest."""
        standard, variant = outlet.standard, outlet.variant
        if variant is None:
            return replace(standard, channels=(outlet.channel,))
        spec = replace(standard.spec, name=variant.name, after=(standard.name, variant.began))
        made = replace(standard, name=variant.name, channels=(outlet.channel,), spec=spec)
        return made if variant.own is None else self.as_wished(made, variant.own, slot)

    def as_wished(self, digest: DigestSettings, own: Own, slot: datetime) -> DigestSettings:
        """A digest with what a channel wants as its own.

        Where it comes at other times it looks back to the slot before, if that is longer ago than it would look.
        """
        spec = digest.spec
        window = spec.window
        if (own.cron, own.timezone) != (digest.cron, spec.timezone):
            window = max(window, gap(own.cron, own.timezone, slot))
        topics = tuple(slug for slug in own.topics if slug in self._catalogue)
        spec = replace(spec, topics=topics, stories=own.size, timezone=own.timezone, window=window)
        return replace(digest, cron=own.cron, spec=spec, language=own.language)

    def next_slot(self, outlet: Outlet, now: datetime) -> datetime | None:
        """When a channel gets it next."""
        had = self.published(outlet, now)
        since = outlet.variant.since if outlet.variant else now
        return next_slot(had.cron, had.spec.timezone, max(now, since))

    def ended(self) -> Iterator[tuple[Variant, str]]:
        """Channels' own settings that the environment leaves no room for, each with the reason."""
        for each in newest(self._variants.all()):
            standard = self._digests.get(each.digest)
            if each.own is None:
                continue
            if standard is None or not any(_is(each, standard, channel) for channel in standard.channels):
                yield each, GONE
            elif each.own.topics and not any(slug in self._catalogue for slug in each.own.topics):
                yield each, NO_TOPICS

    def _history(self, name: str) -> list[Outlet]:
        standard = self._digests.get(digest_of(name))
        if standard is None:
            return []
        every = self._variants.history(name)
        channel = next((each for each in standard.channels for one in every if _is(one, standard, each)), "")
        return [Outlet(standard, channel, each) for each in every] if channel else []


def standard_own(digest: DigestSettings) -> Own:
    """What a channel has of a digest as it is, in the form of what it may have as its own."""
    spec = digest.spec
    return Own(spec.topics, digest.cron, spec.timezone, spec.stories, digest.language)


def _is(variant: Variant, standard: DigestSettings, channel: str) -> bool:
    """Whether a variant is of a digest in a channel, which the settings may name by its id by now."""
    return variant.digest == standard.name and channel in (variant.channel, variant.conversation)
