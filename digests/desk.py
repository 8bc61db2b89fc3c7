"""The desk: puts the stages together. The way from articles to an edition, or to an answer, reads here top to bottom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from digests import ranking, selection, stories
from digests.library import Library
from digests.library.search import LIMIT, Hit, correct, search_phrases, search_words
from digests.models import (
    Answer,
    Article,
    DigestSpec,
    Edition,
    ScoredStory,
    Section,
    Story,
    Tally,
    Topic,
    TopicMatch,
)
from digests.ranking import ANSWER, EDITOR, Context
from digests.topics import Catalogue

_ANSWER_WINDOW = timedelta(days=14)
_TOP_WINDOW = timedelta(days=2)
_PHRASES = 600  # of a topic are searched for, its own first; only the root of all topics has more
_READ = 4_000  # characters of a title or an excerpt that are read for topics
_MADE_WHOLE = 10  # stories of an answer, two pages of it
_NEAR = 40  # articles like a story's lead that are looked at
_FEW = 3  # with fewer stories than this, an answer also offers what may have been meant


class Desk:
    """Makes editions and answers from a library and a catalogue of topics. Synchronous; reads no clock."""

    def __init__(self, library: Library, catalogue: Catalogue) -> None:
        self.library = library
        self.catalogue = catalogue

    def edition(
        self,
        spec: DigestSpec,
        slot: datetime,
        now: datetime,
        *,
        articles: Iterable[Article] | None = None,
        told: Collection[str] | None = None,
    ) -> Edition:
        """The edition of a slot, not stored: the news as of `slot`, even when it is made later.

        Args:
            spec: The digest.
            slot: The scheduled moment (aware).
            now: When this is (aware).
            articles: Judge these instead of the library's.
            told: Addresses told before, instead of what the library remembers.

        Raises:
            DigestSpecError: For an unknown ranking.
            TopicError: For an unknown topic.
        """
        way = ranking.ranking_named(spec.ranking)
        since = slot - spec.window
        before = frozenset(self.library.told(spec.name) if told is None else told)
        # Further back than the digest looks: a report of today may belong to a story that was told yesterday.
        start = since if not way.grouped else since - stories.WINDOW
        read = self.library.articles(start, slot) if articles is None else within(articles, start, slot)
        if not way.grouped:
            return self._original(spec, slot, now, read, before)
        topics = {slug: self.catalogue.get(slug) for slug in spec.topics}
        fresh: list[Story] = []
        for story in stories.group(read):
            recent = stories.since(story, since)
            if recent is not None:
                fresh.append(recent)
                if story.urls & before:
                    before |= recent.urls
        scored = [self._score(story, Context(slot, spec.window), spec.topics) for story in fresh]
        chosen = selection.select(ranking.ordered(scored), spec, topics, before)
        count = sum(len(story.articles) for story in fresh)
        tally = Tally(
            articles=count,
            stories=len(fresh),
            merged=count - len(fresh),
            off_topic=chosen.off_topic,
            told_before=chosen.told_before,
            over_caps=chosen.over_caps,
        )
        return _edition(spec, slot, now, chosen.sections, chosen.more, tally)

    def frozen(self, spec: DigestSpec, slot: datetime, now: datetime) -> Edition:
        """The edition of a slot as it was first made; made and stored now where it was not."""
        return self.library.edition(spec.name, slot) or self.library.freeze(self.edition(spec, slot, now))

    def answer(self, question: str, now: datetime, *, limit: int = 20, timezone: str = "UTC") -> Answer:
        """What there is about a topic or some words, best first; without a question the top stories of now."""
        question = " ".join(question.split())
        if not question:
            found = self._top(now)
            return Answer(question, tuple(found[:limit]), len(found), timezone=timezone)
        topic = self.catalogue.find(question, keywords=False)  # a company's name is a question of its own
        if topic is not None:
            hits = search_phrases(self.library, self.catalogue.phrases(topic.slug)[:_PHRASES])
        else:
            hits = search_words(self.library, question)
        found = self._judge(hits, now, topic)
        suggestions: tuple[str, ...] = ()
        if len(found) < _FEW and topic is None:
            suggestions = self._meant(question)
        return Answer(question, tuple(found[:limit]), len(found), topic, suggestions, timezone, len(hits) >= LIMIT)

    def stories(self, articles: Iterable[Article]) -> tuple[Story, ...]:
        """The grouping alone."""
        return stories.group(articles)

    def _meant(self, question: str) -> tuple[str, ...]:
        """Topics of a name like the question's, then the question with its misspelt words mended."""
        near = [topic.slug for topic in self.catalogue.suggest(question)]
        corrected = correct(self.library, question)
        if corrected is not None:
            named = self.catalogue.find(corrected, keywords=False)
            near = [named.slug, *near] if named else [*near, corrected]
        return tuple(dict.fromkeys(near))

    def _original(
        self, spec: DigestSpec, slot: datetime, now: datetime, read: Sequence[Article], told: Collection[str]
    ) -> Edition:
        ranked = ranking.original(read, slot, spec.window)
        fresh = [scored for scored in ranked if scored.lead.url not in told]
        chosen, rest = fresh[: spec.stories], fresh[spec.stories :]
        tally = Tally(
            articles=len(read),
            stories=len(read),
            told_before=len(ranked) - len(fresh),
            over_caps=max(0, len(rest) - spec.more),
        )
        sections = (Section(None, tuple(chosen)),) if chosen else ()
        return _edition(spec, slot, now, sections, tuple(rest[: spec.more]), tally)

    def _top(self, now: datetime) -> list[ScoredStory]:
        newest = self.library.newest()
        if newest is None:
            return []
        # A library that is no longer fed still has its last days to tell.
        until = min(now, newest)
        read = self.library.articles(until - _TOP_WINDOW, until)
        context = Context(until, _TOP_WINDOW)
        return ranking.ordered(self._score(story, context, ()) for story in stories.group(read))

    def _score(self, story: Story, context: Context, wanted: Sequence[str]) -> ScoredStory:
        matches = self._topics(story)
        best = selection.best_topic(matches, wanted) if wanted else next(iter(matches), None)
        if best is not None:
            note = f"{self.catalogue.get(best.topic).name}: {best.keyword!r} in the {best.place}"
            context = Context(context.now, context.window, best.fit, note)
        return ranking.score(story, EDITOR, context, matches)

    def _topics(self, story: Story) -> tuple[TopicMatch, ...]:
        """The topics of a story: each topic of its reports by its best fit; the lead's own order first."""
        best: dict[str, TopicMatch] = {}
        for article in story.articles:
            for match in self.catalogue.match(article.title[:_READ], article.excerpt[:_READ], article.topics):
                if match.topic not in best or match.fit > best[match.topic].fit:
                    best[match.topic] = match
        return tuple(sorted(best.values(), key=lambda match: -match.fit))

    def _judge(self, hits: Sequence[Hit], now: datetime, topic: Topic | None) -> list[ScoredStory]:
        relevance: Mapping[str, float]
        if topic is None:
            relevance = {hit.article.url: hit.relevance for hit in hits}
        else:
            fits = ((hit.article.url, self._fit(hit.article, topic)) for hit in hits)
            relevance = {url: fit for url, fit in fits if fit > 0}
        note = topic.name if topic else "words"

        def judged(story: Story) -> ScoredStory:
            fit = max(relevance.get(article.url, 0.0) for article in story.articles)
            return ranking.score(story, ANSWER, Context(now, _ANSWER_WINDOW, fit, note), self._topics(story))

        told_as = stories.group(hit.article for hit in hits if hit.article.url in relevance)
        best = ranking.ordered(map(judged, told_as))
        whole = map(judged, self._whole([scored.story for scored in best]))
        return ranking.ordered([*whole, *best[_MADE_WHOLE:]])

    def _whole(self, found: Sequence[Story]) -> list[Story]:
        """The first of the stories, each with the reports that the question's own words do not reach.

        A story that a digest tells with "+4" must not shrink because three of the reports say "face scan".
        """
        held = {url for story in found for url in story.urls}
        whole: list[Story] = []
        for story in found[:_MADE_WHOLE]:
            words = dict.fromkeys(stories.words_of(replace(story.lead, excerpt="")))
            near = (hit.article for hit in search_phrases(self.library, list(words), _NEAR))
            others = [
                a for a in near if a.url not in held and abs(a.published_at - story.lead.published_at) <= stories.WINDOW
            ]
            grown = next(each for each in stories.group([*story.articles, *others]) if story.lead.url in each.urls)
            held |= grown.urls
            whole.append(grown)
        return whole

    def _fit(self, article: Article, topic: Topic) -> float:
        matches = self.catalogue.match(article.title[:_READ], article.excerpt[:_READ])
        return max((match.fit for match in matches if match.topic == topic.slug), default=0.0)


def within(articles: Iterable[Article], since: datetime, until: datetime) -> tuple[Article, ...]:
    """The articles of a time, an address once: the newer report's words, of equally new ones the later file's."""
    newest: dict[str, Article] = {}
    for article in sorted(articles, key=lambda a: (a.published_at, a.path or "")):
        newest[article.url] = article
    recent = (article for article in newest.values() if since <= article.published_at <= until)
    return tuple(sorted(recent, key=lambda a: (-a.published_at.timestamp(), a.path or "")))


def _edition(
    spec: DigestSpec,
    slot: datetime,
    now: datetime,
    sections: tuple[Section, ...],
    more: tuple[ScoredStory, ...],
    tally: Tally,
) -> Edition:
    return Edition(spec.name, spec.title, slot, now, spec.timezone, sections, more, tally, spec.ranking)
