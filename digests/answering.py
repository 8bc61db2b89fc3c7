"""An answer to a question: candidates, judged as whole stories; and where there is nothing, which filter left nothing.

A filter speaks of reports: a story answers where one of them passes all filters, and is led by such a report. What must not
be there (`-word`, `-topic:x`) speaks of stories: the lead does not say it, nor does half of the reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from math import inf

from digests import newsworthy, ranking, stories
from digests.library import Library, storybook
from digests.library.briefs import key_of, stories_in_brief
from digests.library.headlines import headlines_of
from digests.library.search import (
    Sighted,
    Sought,
    Sources,
    correct,
    look,
    near_publisher,
    publishers,
    saying,
    search,
)
from digests.models import ALL_FILTERS, Answer, Article, Loosened, ScoredStory, Story, Topic, TopicMatch
from digests.query import Query, Sort
from digests.ranking import ANSWER, Context
from digests.topics import TOPIC_TEXT, Catalogue

_Topics = Callable[[Story], Iterable[TopicMatch]]
_Judge = Callable[[Story, _Topics | None], ScoredStory | None]

_WINDOW = timedelta(days=14)
_PHRASES = 600  # of a topic are searched for, its own first; only the root of all topics has more
_MORE = 8  # stories that are read at once, beside those that are asked for: bounds are but bounds
_FEW = 3  # with fewer stories than this, an answer also offers what may have been meant
_MOST_LOOSENED = 6  # filters that are taken away to see what is left; each is a search


def answer(
    library: Library,
    catalogue: Catalogue,
    query: Query,
    now: datetime,
    limit: int = 20,
    timezone: str = "UTC",
    *,
    whole: int | None = None,
) -> Answer:
    """What there is for a question, in the order it asks for: the first ``whole`` stories (None: all) as they are told, the
    others in brief and without their signals, which is enough to ask for them later.

    Raises:
        TopicError: For a slug in it that is no topic.
    """
    with library.database.one_state():
        asked = _Asked(library, catalogue, query)
        found = asked.stories(now, limit)
        shown, lost = found.whole(library, catalogue, limit, limit if whole is None else min(whole, limit))
        made = replace(
            _framed(asked, catalogue, query, timezone),
            stories=shown,
            total=found.total - lost,
            at_least=found.at_least,
        )
        if made.total >= _FEW or (made.total and query.filters()):
            return made
        loosened = () if made.total else _loosened(library, catalogue, query, now)
        # Where a word finds something without a filter, it was not the word that was wrong.
        words = "" if asked.named or loosened else " ".join(query.words)
        meant = (*_meant(library, catalogue, query, words), *_meant_sources(library, query))
        return replace(made, suggestions=tuple(dict.fromkeys(meant)), loosened=loosened)


def framed(library: Library, catalogue: Catalogue, query: Query, timezone: str = "UTC") -> Answer:
    """An answer as it is headed, without any stories.

    Raises:
        TopicError: For a slug in the question that is no topic.
    """
    return _framed(_Asked(library, catalogue, query), catalogue, query, timezone)


def _framed(asked: _Asked, catalogue: Catalogue, query: Query, timezone: str) -> Answer:
    return Answer(
        query,
        topic=asked.named or (asked.topics[0] if len(asked.topics) == 1 and not query.subject else None),
        timezone=timezone,
        names={slug: catalogue.get(slug).name for slug in (*query.topics, *query.without.topics)},
    )


def _meant(library: Library, catalogue: Catalogue, query: Query, words: str) -> Iterator[str]:
    """The question with topics of a name like its words, and with misspelt words mended where that finds something."""
    corrected = correct(library, words) if words else None
    named = catalogue.find(corrected, keywords=False) if corrected else None
    if named is not None and not query.phrases:
        yield str(replace(query, words=(named.slug,)))
    if words and not query.phrases:  # beside a phrase words are words
        yield from (str(replace(query, words=(topic.slug,))) for topic in catalogue.suggest(words))
    # Each of its words is used, but maybe nowhere together.
    if corrected and named is None:
        mended = replace(query, words=tuple(corrected.split()))
        if search(library, _Asked(library, catalogue, mended).sought, 1).hits:
            yield str(mended)


def _meant_sources(library: Library, query: Query) -> Iterator[str]:
    """The question with publishers that there are, for those that nobody has an article of."""
    for source in query.sources:
        if not search(library, Sought(sources=publishers(library, (source,))), 1).hits:
            near = near_publisher(library, source)
            if near:
                yield str(replace(query, sources=tuple(near if each == source else each for each in query.sources)))


def _loosened(library: Library, catalogue: Catalogue, query: Query, now: datetime) -> tuple[Loosened, ...]:
    """For a question that finds nothing: what it finds without one of its filters, else without all of them."""
    filters = query.filters()[:_MOST_LOOSENED]
    ways = [_without(library, catalogue, text, left, now) for text, left in filters]
    if not any(way.total for way in ways) and len(filters) > 1 and query.subject:
        bare = Query(query.words, query.phrases, sort=query.sort)
        ways.append(_without(library, catalogue, ALL_FILTERS, bare, now))
    return tuple(sorted((way for way in ways if way.total), key=lambda way: -way.total))


def _without(library: Library, catalogue: Catalogue, text: str, left: Query, now: datetime) -> Loosened:
    if left == replace(Query(), sort=left.sort):
        return Loosened(text, left, 0)  # everything there is: that helps nobody
    found = _Asked(library, catalogue, left).stories(now)
    return Loosened(text, left, found.total, found.at_least)


@dataclass(frozen=True, slots=True)
class _Found:
    """The first stories that answer, in order, of articles in brief, and how many there are in all; ``at_least`` where more
    reports matched than were looked at.

    ``judge`` is what each was judged by, ``keys`` tell by their ids where the library has them.
    """

    stories: list[ScoredStory]
    total: int
    at_least: bool
    judge: _Judge
    keys: Mapping[str, str | int]

    def whole(
        self, library: Library, catalogue: Catalogue, limit: int, number: int
    ) -> tuple[tuple[ScoredStory, ...], int]:
        """The first stories, so many of whole articles, and how many were lost on the way, since they cannot be read back."""
        shown: list[ScoredStory] = []
        done = 0
        while len(shown) < number and done < len(self.stories):
            some = [scored.story for scored in self.stories[done : done + number - len(shown)]]
            done += len(some)
            read = self._read(library, catalogue, some)
            shown += (read[story.id] for story in some if story.id in read)
        return (*shown, *self.stories[done : done + limit - len(shown)]), done - len(shown)

    def _read(self, library: Library, catalogue: Catalogue, some: Sequence[Story]) -> dict[str, ScoredStory]:
        """Stories of whole articles, by their ids."""
        read: dict[str, ScoredStory] = {}
        for key, reports in storybook.stories_by_key(library, [self.keys[story.id] for story in some]):
            judged = self.judge(stories.known(key, reports), catalogue.match_story)
            if judged is not None:
                read[key] = judged
        return read


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a report fits a question, 0..1, and whether it is about that, rather than speaks of it in passing."""

    share: float
    wholly: bool


class _Asked:
    """A question with its topics and publishers looked up."""

    def __init__(self, library: Library, catalogue: Catalogue, query: Query) -> None:
        self._library = library
        self._catalogue = catalogue
        self._query = query
        words = " ".join(query.words) if not query.phrases else ""
        self.named = catalogue.find(words, keywords=False)  # a company's name is a question of its own
        """The topic that the words name."""
        topics = [*([self.named] if self.named else []), *map(catalogue.get, query.topics)]
        self.topics: tuple[Topic, ...] = tuple(dict.fromkeys(topics))
        """All topics that are asked for."""
        self._unwanted = tuple(map(catalogue.get, query.without.topics))
        self.sought = Sought(
            words=() if self.named else query.words,
            phrases=query.phrases,
            groups=tuple(catalogue.phrases(topic.slug)[:_PHRASES] for topic in self.topics),
            without=(*query.without.words, *query.without.phrases),
            since=query.since.at if query.since else None,
            sources=publishers(library, query.sources) if query.sources else None,
            unwanted=publishers(library, query.without.sources) if query.without.sources else Sources(),
            sort=query.sort,
        )

    def stories(self, now: datetime, limit: int | None = None) -> _Found:
        """The stories that answer, at least the first so many (None: all)."""
        sighted = look(self._library, self.sought)
        shares = {each.place: each.share for each in sighted.best}
        relevant: dict[str, float] = {}
        judge = self._judge(relevant, sighted.more, now)
        best: list[ScoredStory] = []
        keys: dict[str, str | int] = {}
        turns, number = self._turns(sighted, now, limit)
        for some, left in turns:
            # Whole stories: one that a digest tells with "+4" must not shrink because three reports say "face scan".
            briefs = stories_in_brief(self._library, some)
            wholes = [stories.known(each[0].story_id, [brief.article for brief in each]) for each in briefs.values()]
            for brief in chain.from_iterable(briefs.values()):
                if (share := shares.get(brief.place)) is not None:
                    relevant[brief.article.url] = sighted.relevance(share, brief.article.title)
            unwanted = self._unwanted_of(wholes)
            judged = [each for whole in wholes if not unwanted(whole) and (each := judge(whole, None)) is not None]
            number -= len(some) - len(judged)
            keys |= {whole.id: key for key, whole in zip(briefs, wholes, strict=True)}
            best = ranking.ordered([*best, *judged], self._query.sort)
            if limit is not None and len(best) >= limit and best[limit - 1].score > left:
                break
        return _Found(best, number, sighted.more, judge, keys)

    def _turns(
        self, sighted: Sighted, now: datetime, limit: int | None
    ) -> tuple[Iterable[tuple[Sequence[str | int], float]], int]:
        """The stories of what was sighted by what they share, some at a time, those that can be best first, with the most that
        one of those after them can score; and how many they are."""
        fit: dict[str | int, float] = {}
        by_words = bool(self.sought.words or self.sought.phrases)
        for place, share, story in sighted.best:
            key = key_of(place, story)
            fit[key] = max(fit.get(key, 0.0), share if by_words else 1.0)
        # Of what is all there is, each is counted.
        if limit is None or not sighted.more or self._query.sort is not Sort.best or self._query.filters():
            return [(list(fit), -inf)], len(fit)
        ceiling = ranking.ceiling(ANSWER, now, _WINDOW)
        most = {each.key: ceiling(each, fit[each.key]) for each in headlines_of(self._library, fit)}
        order = sorted(most, key=lambda key: -most[key])
        starts = range(0, len(order), limit + _MORE)
        some = [order[start : start + limit + _MORE] for start in starts]
        left = [*(most[each[0]] for each in some[1:]), -inf]
        return zip(some, left, strict=True), len(order)

    def _judge(self, relevant: Mapping[str, float], more: bool, now: datetime) -> _Judge:
        """What scores a story as an answer, with its signals where it is told how to find topics; it gives None for one that is
        none. ``relevant`` are the reports that were found, by their addresses, and how well they do by their words alone;
        with ``more`` not every report that matches is among them."""
        by_words = bool(self.sought.words or self.sought.phrases)
        plain = by_words and not self.topics and not self._query.filters()
        note = self.topics[0].name if self.topics and not by_words else "words" if by_words else "filters"
        fits: dict[str, _Fit | None] = {}

        def fit_of(article: Article) -> _Fit | None:
            url = article.url
            if url not in fits:
                found = url in relevant
                none = not found and (by_words or not more)
                fits[url] = None if none else self._fit(article, relevant[url] if found and by_words else None)
            return fits[url]

        def judge(whole: Story, topics: _Topics | None) -> ScoredStory | None:
            share = None
            asked = [article for article in whole.articles if article.url in relevant]
            for article in sorted(asked, key=lambda each: -relevant[each.url]):
                if (fit := fit_of(article)) is not None:
                    share = max(share or 0.0, fit.share)
                    if share == 1:
                        break  # none fits better
            if share is None:
                return None
            story = whole if plain and more else _as_asked(whole, fit_of)
            if story is None or (not by_words and not self.topics and story.lead.kind in newsworthy.JUNK):
                return None
            context = Context(now, _WINDOW, share, note)
            if topics is None:
                return ranking.rated(story, ANSWER, context)
            return ranking.score(story, ANSWER, context, topics(story))

        return judge

    def _fit(self, article: Article, by_words: float | None) -> _Fit | None:
        """How well a report fits; by its words that well, where it was asked for words."""
        sought = self.sought
        if sought.since is not None and article.published_at < sought.since:
            return None
        if (sought.sources is not None and not sought.sources.has(article)) or sought.unwanted.has(article):
            return None
        shares = [self._about(article, topic) for topic in self.topics]
        if None in shares:
            return None
        about = [share for share in shares if share is not None]
        share = min((each.share for each in about), default=1.0) if by_words is None else by_words
        return _Fit(share, wholly=all(each.wholly for each in about))

    def _about(self, article: Article, topic: Topic) -> _Fit | None:
        title, excerpt = article.title[:TOPIC_TEXT], article.excerpt[:TOPIC_TEXT]
        for text in ("", excerpt):  # a title that fits wholly is enough, and quickly read
            matches = self._catalogue.match(title, text)
            best = next((match for match in matches if match.topic == topic.slug), None)
            if best is not None and (best.fit == 1 or text == excerpt):
                return _Fit(best.fit, wholly=best.place == "title")
        return None

    def _unwanted_of(self, wholes: Sequence[Story]) -> Callable[[Story], bool]:
        """Whether a story is about what must not be there: its lead says it, or half of its reports do."""
        if not self.sought.without and not self._unwanted:
            return lambda _story: False
        urls = {url for whole in wholes for url in whole.urls}
        said = saying(self._library, self.sought.without, urls)

        def says(article: Article) -> bool:
            return article.url in said or any(self._about(article, topic) for topic in self._unwanted)

        def unwanted(story: Story) -> bool:
            return says(story.lead) or 2 * sum(map(says, story.articles)) >= len(story.articles)

        return unwanted


def _as_asked(story: Story, fit_of: Callable[[Article], _Fit | None]) -> Story | None:
    """The story led by its own lead where that fits a question, else by the report that fits best.

    None where the lead does not fit, and but a few others do in passing: the story is about something else.
    """
    if fit_of(story.lead) is not None:
        return story
    fitting = [(fit, article) for article in story.coverage if (fit := fit_of(article)) is not None]
    if not any(fit.wholly for fit, _ in fitting) and 2 * len(fitting) < len(story.articles):
        return None
    _, best = max(fitting, key=lambda pair: pair[0].share)  # of equals the first, which is the better report
    return replace(story, lead=best, coverage=tuple(article for article in story.articles if article is not best))
