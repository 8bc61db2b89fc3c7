"""Scored stories -> sections: what an edition tells, each story once and under its best topic, within the caps. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from digests.models import DigestSpec, ScoredStory, Section, Topic, TopicMatch


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen, and how many stories were left out for which reason."""

    sections: tuple[Section, ...]
    more: tuple[ScoredStory, ...]
    off_topic: int = 0
    told_before: int = 0
    over_caps: int = 0


def select(
    ranked: Sequence[ScoredStory], spec: DigestSpec, topics: Mapping[str, Topic], told: Collection[str] = ()
) -> Selection:
    """Choose from stories, best first.

    A story goes under the topic of the digest that it fits best. At most ``per_topic`` stories a topic and ``per_provider``
    a provider are taken; room that is then left goes to the best of the rest, whatever their topic, so a thin topic gives
    its room away. ``more`` are the next best.

    Args:
        ranked: The candidates, best first.
        spec: The digest; its ``topics`` are slugs, and order the sections.
        topics: The topic of each of those slugs.
        told: Addresses that earlier editions of this digest have told.
    """
    wanted = [story for story in ranked if not spec.topics or best_topic(story.topics, spec.topics) is not None]
    fresh = [story for story in wanted if not story.story.urls & frozenset(told)]
    chosen = _within_caps(fresh, spec)
    if len(chosen) < spec.stories:
        chosen += _within_caps([s for s in fresh if s not in chosen], spec, taken=chosen, per_topic=False)
    keys = {scored.story.id for scored in chosen}
    rest = [scored for scored in fresh if scored.story.id not in keys]
    return Selection(
        sections=_sections([scored for scored in fresh if scored.story.id in keys], spec, topics),
        more=tuple(rest[: spec.more]),
        off_topic=len(ranked) - len(wanted),
        told_before=len(wanted) - len(fresh),
        over_caps=max(0, len(rest) - spec.more),
    )


def best_topic(matches: Iterable[TopicMatch], wanted: Sequence[str]) -> TopicMatch | None:
    """The wanted topic that fits best; of equal fits the first match, which is the more specific topic."""
    return max((match for match in matches if match.topic in wanted), key=lambda match: match.fit, default=None)


def _within_caps(
    stories: Sequence[ScoredStory], spec: DigestSpec, taken: Sequence[ScoredStory] = (), *, per_topic: bool = True
) -> list[ScoredStory]:
    by_topic = Counter(_slug(scored, spec) for scored in taken)
    by_provider = Counter(scored.lead.publisher for scored in taken)
    chosen: list[ScoredStory] = []
    for scored in stories:
        if len(taken) + len(chosen) >= spec.stories:
            break
        topic, provider = _slug(scored, spec), scored.lead.publisher
        if by_provider[provider] >= spec.per_provider:
            continue
        if per_topic and spec.topics and by_topic[topic] >= spec.per_topic:
            continue
        by_topic[topic] += 1
        by_provider[provider] += 1
        chosen.append(scored)
    return chosen


def _slug(scored: ScoredStory, spec: DigestSpec) -> str | None:
    match = best_topic(scored.topics, spec.topics)
    return match.topic if match else None


def _sections(chosen: Sequence[ScoredStory], spec: DigestSpec, topics: Mapping[str, Topic]) -> tuple[Section, ...]:
    if not spec.topics:
        return (Section(None, tuple(chosen)),) if chosen else ()
    grouped = {slug: tuple(s for s in chosen if _slug(s, spec) == slug) for slug in spec.topics}
    return tuple(Section(topics[slug], stories) for slug, stories in grouped.items() if stories)
