"""Scored stories -> sections: what an edition tells, each story once and under its best topic, within the caps. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from digests.language import Moment, Said, said
from digests.models import DigestSpec, ScoredStory, Section, Topic, TopicMatch, Update, kind_said

LEAST_VALUE = 0.5
"""A story whose news value is below this (of 3) is filler: it is told only where others tell it, too."""


UPDATES = 2
"""At most so many stories that were told before are told again as updates; the rest of an edition is new."""


class Fate(StrEnum):
    """What became of a story, in the order in which it is decided."""

    OFF_TOPIC = "off topic"
    UNWANTED = "unwanted kind"
    TOLD_BEFORE = "told before"
    MINOR = "minor"
    MUTED = "muted"
    CHOSEN = "chosen"
    MORE = "in the thread"
    OVER_CAPS = "over the caps"


@dataclass(frozen=True, slots=True)
class Told:
    """What earlier editions told of a story: the last slot, what is new since (empty for too little), and its title."""

    slot: datetime
    news: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen, and the fate of every story with what tells why, by its id."""

    sections: tuple[Section, ...]
    more: tuple[ScoredStory, ...]
    fates: Mapping[str, tuple[Fate, Said | None]]

    def count(self, fate: Fate) -> int:
        """How many stories met this fate."""
        return sum(each is fate for each, _ in self.fates.values())


def select(
    ranked: Sequence[ScoredStory],
    spec: DigestSpec,
    topics: Mapping[str, Topic],
    told: Mapping[str, Told] | None = None,
    doubtful: Mapping[str, Collection[str]] | None = None,
    muted: Mapping[str, Said] | None = None,
    sure: Sequence[ScoredStory] = (),
) -> Selection:
    """Choose from stories, best first.

    A story goes under the topic of the digest that it fits best. Kinds with a cap of nothing are left out, and so is what
    was told before with nothing new, and what is hardly worth telling. At most ``per_topic`` stories a topic,
    ``per_provider`` led by a provider, ``per_kind`` a kind and `UPDATES` updates are taken; a story whose provider leads
    enough is led by another's report of the same kind. Room that is then left goes to the
    best of the rest, whatever their topic, so a thin topic gives its room away. ``more`` are the next best, under the same
    caps by provider and kind.

    Args:
        ranked: The candidates, best first.
        spec: The digest; its ``topics`` are slugs, and order the sections.
        topics: The topic of each of those slugs.
        told: Stories that earlier editions of this digest have told, by id.
        doubtful: For a story's id the ids of others that may tell the same event; only one of them is chosen.
        muted: Why a story, by its id, is not to be told here.
        sure: Candidates, as they are to be told, that are chosen before all others; together they keep within the caps.
    """
    fates: dict[str, tuple[Fate, Said | None]] = {}
    fresh: list[ScoredStory] = []
    for scored in ranked:
        before = (told or {}).get(scored.story.id)
        found = _left_out(scored, spec, before) or _muted(scored, muted or {})
        if found is not None:
            fates[scored.story.id] = found
        else:
            fresh.append(scored if before is None else replace(scored, update=Update(before.slot, before.news)))
    # What an earlier edition told may be the same event as a story of today that shares no report with it.
    known = {story: before.title for story, before in (told or {}).items() if not before.news}
    caps = _Caps(spec, doubtful or {}, known)
    taken: dict[str, ScoredStory] = {}
    for told_as in sure:
        if caps.take(told_as, per_topic=False) is not None:
            taken[told_as.story.id] = told_as
    for per_topic in (True, False):
        for scored in fresh:
            if len(caps) < spec.stories and scored.story.id not in taken:
                led = caps.take(_led_by_another(scored, caps), per_topic=per_topic)
                if led is not None:
                    taken[scored.story.id] = led
    ids = taken.keys()
    fresh = [taken.get(scored.story.id, scored) for scored in fresh]
    rest = [scored for scored in fresh if scored.story.id not in ids and scored.update is None]
    # The thread has caps of its own, or one busy provider would fill it.
    thread = _Caps(spec, doubtful or {}, known | {story: told_as.lead.title for story, told_as in taken.items()})
    more = tuple(
        scored for scored in rest if len(thread) < spec.more and thread.take(scored, per_topic=False) is not None
    )
    for scored in fresh:
        fates[scored.story.id] = (Fate.CHOSEN, None) if scored.story.id in ids else (Fate.OVER_CAPS, caps.why(scored))
    for scored in more:
        fates[scored.story.id] = (Fate.MORE, caps.why(scored))
    return Selection(_sections([s for s in fresh if s.story.id in ids], spec, topics), more, fates)


def hottest(ranked: Sequence[ScoredStory], spec: DigestSpec, told: Mapping[str, datetime]) -> Selection:
    """The hub's own choice: the first of what was not told before, by addresses, without any cap but the room."""
    fresh = [scored for scored in ranked if scored.lead.url not in told]
    chosen, more = fresh[: spec.stories], fresh[spec.stories : spec.stories + spec.more]
    fates: dict[str, tuple[Fate, Said | None]] = {
        s.story.id: (Fate.TOLD_BEFORE, said("reason-told", moment=_told_at(told[s.lead.url])))
        for s in ranked
        if s.lead.url in told
    }
    fates |= {s.story.id: (Fate.CHOSEN, None) for s in chosen}
    for number, scored in enumerate(fresh[spec.stories :], spec.stories):
        colder = said("reason-colder", hotter=number, room=spec.stories)
        fates[scored.story.id] = (Fate.MORE if number < spec.stories + spec.more else Fate.OVER_CAPS, colder)
    return Selection((Section(None, tuple(chosen)),) if chosen else (), tuple(more), fates)


def best_topic(matches: Iterable[TopicMatch], wanted: Sequence[str]) -> TopicMatch | None:
    """The wanted topic that fits best; of equal fits the first match, which is the more specific topic."""
    return max((match for match in matches if match.topic in wanted), key=lambda match: match.fit, default=None)


def _left_out(scored: ScoredStory, spec: DigestSpec, before: Told | None) -> tuple[Fate, Said] | None:
    if spec.topics and best_topic(scored.topics, spec.topics) is None:
        return Fate.OFF_TOPIC, Said("reason-off-topic")
    kind = scored.lead.kind
    if spec.per_kind.get(kind, 1) <= 0:
        return Fate.UNWANTED, said("reason-unwanted", kind=kind_said(kind))
    if before is not None and not before.news:
        return Fate.TOLD_BEFORE, said("reason-told-nothing-new", moment=_told_at(before.slot))
    value = max(article.news_value for article in scored.story.articles)
    if kind and value < LEAST_VALUE and not scored.story.other_providers:
        return Fate.MINOR, said("reason-minor", value=round(value, 1))
    return None


def _muted(scored: ScoredStory, muted: Mapping[str, Said]) -> tuple[Fate, Said] | None:
    return (Fate.MUTED, muted[scored.story.id]) if scored.story.id in muted else None


def _led_by_another(scored: ScoredStory, caps: _Caps) -> ScoredStory:
    """The story led by its best report of a provider that may lead another: a cap is no reason to miss the day's news."""
    story = scored.story
    if not caps.provider_full(story.lead.publisher_key):
        return scored
    best = next(
        (a for a in story.coverage if a.kind == story.lead.kind and not caps.provider_full(a.publisher_key)), story.lead
    )
    others = tuple(article for article in story.articles if article is not best)
    return replace(scored, story=replace(story, lead=best, coverage=others))


def _told_at(slot: datetime) -> Moment:
    return Moment(slot, "form-slot")


class _Caps:
    """How much of each topic, provider and kind was taken; ``told`` are titles of stories by id that were told elsewhere."""

    def __init__(self, spec: DigestSpec, doubtful: Mapping[str, Collection[str]], told: Mapping[str, str]) -> None:
        self._spec = spec
        self._doubtful = doubtful
        self._chosen = dict(told)
        self._topics: Counter[str | None] = Counter()
        self._providers: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._updates = 0

    def __len__(self) -> int:
        return self._providers.total()

    def provider_full(self, provider: str) -> bool:
        """Whether a provider, by its key, leads as many stories as it may."""
        return self._providers[provider] >= self._spec.per_provider

    def take(self, scored: ScoredStory, *, per_topic: bool) -> ScoredStory | None:
        """Take a story if the caps allow it, and give it back; None where they do not."""
        if self._full(scored, per_topic=per_topic):
            return None
        self._topics[_slug(scored, self._spec)] += 1
        self._providers[scored.lead.publisher_key] += 1
        self._kinds[scored.lead.kind] += 1
        self._updates += scored.update is not None
        self._chosen[scored.story.id] = scored.lead.title
        return scored

    def why(self, scored: ScoredStory) -> Said:
        """Why a story was not taken."""
        return self._full(scored, per_topic=False) or said("reason-room", room=self._spec.stories)

    def _full(self, scored: ScoredStory, *, per_topic: bool) -> Said | None:
        spec, kind = self._spec, scored.lead.kind
        topic = _slug(scored, spec)
        twins = [self._chosen[other] for other in self._doubtful.get(scored.story.id, ()) if other in self._chosen]
        if twins:
            return said("reason-twin", title=min(twins))
        if scored.update is not None and self._updates >= UPDATES:
            return said("reason-updates", n=UPDATES)
        if self.provider_full(scored.lead.publisher_key):
            return said("reason-provider", publisher=scored.lead.publisher, n=spec.per_provider)
        if kind in spec.per_kind and self._kinds[kind] >= spec.per_kind[kind]:
            return said("reason-kind", n=spec.per_kind[kind], kind=kind_said(kind))
        if per_topic and spec.topics and self._topics[topic] >= spec.per_topic:
            return said("reason-topic", n=spec.per_topic, topic=topic or "")
        return None


def _slug(scored: ScoredStory, spec: DigestSpec) -> str | None:
    match = best_topic(scored.topics, spec.topics)
    return match.topic if match else None


def _sections(chosen: Sequence[ScoredStory], spec: DigestSpec, topics: Mapping[str, Topic]) -> tuple[Section, ...]:
    if not spec.topics:
        return (Section(None, tuple(chosen)),) if chosen else ()
    grouped = {slug: tuple(s for s in chosen if _slug(s, spec) == slug) for slug in spec.topics}
    return tuple(Section(topics[slug], stories) for slug, stories in grouped.items() if stories)
