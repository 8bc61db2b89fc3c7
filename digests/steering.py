"""What readers want, within bounds: mutes leave stories out, votes shift them a little, neither hides a major one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digests import ranking, selection
from digests.language import Moment, Said, said
from digests.models import Article, DigestSpec, Edition, ScoredStory, Section, Story, Topic, TopicMatch
from digests.query import below, domain_of
from digests.selection import Selection, Told
from digests.words import name_key

MAJOR_VALUE, MAJOR_PROVIDERS, MAJOR_HEAT = 2.0, 6, 300
"""A story of this news value (of 3), told by so many providers, or so hot, is major: it is told whatever is wanted."""

SHARP = 0.6
"""How well a story fits what it is about. A topic that it touches more faintly says nothing of it."""

TOPIC, SOURCE = "topic", "source"


@dataclass(frozen=True, slots=True)
class Mute:
    """What is not to be told: ``kind`` is topic or source, ``name`` a topic's slug, or a publisher's name or domain.

    It holds from ``since`` on, and to ``until``; None is for no end.
    """

    kind: str
    name: str
    until: datetime | None = None
    since: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether it holds at a moment."""
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)


def major(story: Story) -> bool:
    """Whether a story is told whatever is wanted."""
    return (
        max(article.news_value for article in story.articles) >= MAJOR_VALUE
        or len({article.publisher_key for article in story.articles}) >= MAJOR_PROVIDERS
        or max(article.heat for article in story.articles) >= MAJOR_HEAT
    )


class Silence:
    """Mutes, ready to be asked about stories. ``below`` gives a topic with all topics below it."""

    def __init__(self, mutes: Collection[Mute], below: Callable[[str], Collection[str]]) -> None:
        self._topics: dict[str, Mute] = {}
        self._names: dict[str, Mute] = {}
        self._domains: dict[str, Mute] = {}
        for mute in mutes:
            if mute.kind == TOPIC:
                self._topics |= dict.fromkeys(below(mute.name), mute)
            else:
                self._names[name_key(mute.name)] = mute
                if domain := domain_of(mute.name):
                    self._domains[domain] = mute

    def __bool__(self) -> bool:
        return bool(self._topics or self._names)

    def on(self, story: Story, matches: Sequence[TopicMatch]) -> tuple[Story, Mute | None]:
        """A story as it may be told, and the mute that it falls under.

        A story of a muted publisher is led by another's report of the same kind, where there is one.
        """
        topic = next((m for match in matches if match.fit >= SHARP and (m := self._topics.get(match.topic))), None)
        if topic is not None:
            return story, topic
        source = self._source(story.lead)
        if source is None:
            return story, None
        best = next((a for a in story.coverage if a.kind == story.lead.kind and self._source(a) is None), None)
        if best is None:
            return story, source
        return replace(story, lead=best, coverage=tuple(a for a in story.articles if a is not best)), None

    def told(self, scored: ScoredStory) -> ScoredStory | None:
        """A story as it is told; None where it is not. A major one always is."""
        story, mute = self.on(scored.story, scored.topics)
        return None if mute is not None and not major(story) else replace(scored, story=story)

    def _source(self, article: Article) -> Mute | None:
        """The mute of the publisher of an article, by its name or its domain."""
        named = self._names.get(article.publisher_key)
        if named is not None or not self._domains:
            return named
        host = article.host.lower()
        return next((mute for domain, mute in self._domains.items() if below(host, domain)), None)


def reason(mute: Mute, names: Callable[[str], Said | str], zone: str) -> Said:
    """A mute as the reason why something is not told. ``names`` gives a topic's name."""
    name = names(mute.name) if mute.kind == TOPIC else mute.name
    if mute.until is None:
        return said("reason-muted", name=name)
    return said("reason-muted-until", name=name, day=Moment(mute.until, "form-day", zone))


def chosen(
    scored: Sequence[ScoredStory],
    spec: DigestSpec,
    topics: Mapping[str, Topic],
    told: Mapping[str, Told],
    doubtful: Mapping[str, Collection[str]],
    muted: Mapping[str, Said] | None = None,
) -> tuple[list[ScoredStory], Selection]:
    """The stories best first, and what is chosen of them.

    Whatever the votes, a major story that is chosen without them is chosen. ``muted`` are stories that fall under a mute,
    by id, each with that as a reason; a major one is told all the same. The rest is as for `selection.select`.
    """
    by_id = {each.story.id: each.story for each in scored}
    silent = {key: why for key, why in (muted or {}).items() if not major(by_id[key])}
    loud = {key: said("reason-major", muted=why) for key, why in (muted or {}).items() if key not in silent}
    ranked = ranking.ordered(scored)
    sure: list[ScoredStory] = []
    if any(ranking.heard(each) for each in scored):
        plain = selection.select(ranking.ordered(map(ranking.unheard, scored)), spec, topics, told, doubtful, silent)
        now = {each.story.id: each for each in scored}
        # Chosen together once, they keep within the caps together; so does what is led by another's report.
        sure = [
            replace(now[each.story.id], story=each.story, update=each.update)
            for section in plain.sections
            for each in section.stories
            if major(each.story)
        ]
    made = selection.select(ranked, spec, topics, told, doubtful, silent, sure)
    fates = {key: (fate, why or loud.get(key)) for key, (fate, why) in made.fates.items()}
    return ranked, replace(made, fates=fates)


def hushed(edition: Edition, silence: Silence) -> Edition:
    """An edition that was made for several channels, without what one of them has muted."""
    sections = [Section(each.topic, tuple(filter(None, map(silence.told, each.stories)))) for each in edition.sections]
    gone = sum(len(each.stories) for each in edition.sections) - sum(len(each.stories) for each in sections)
    tally = replace(edition.tally, muted=edition.tally.muted + gone)
    more = tuple(filter(None, map(silence.told, edition.more)))
    return replace(edition, sections=tuple(filter(lambda each: each.stories, sections)), more=more, tally=tally)
