"""Stories that are like what somebody wrote: by the words that tell most of it, else by its topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digests import answering, stories
from digests.library import Library, storybook
from digests.library.search import Sought, search
from digests.models import Answer, Article, ScoredStory, Story
from digests.query import Query
from digests.stories.report import rarity
from digests.topics import TOPIC_TEXT, Catalogue
from digests.words import SPACELESS, content_words

LONGEST = 3_000
"""Characters of a text that are looked at."""

_TELLING = 10  # words that are compared, the rarest
_SOUGHT = 6  # words that are looked for, the rarest of them: a common one is in a great many articles
_LONGEST_WORD = 40
_EXCERPT = 600
_SHOWN = 5  # words that an answer is headed with
# Two rare words, or three that are not, tell that two texts are about the same; of fewer words most of what they say. One
# word alone has to be none of those that everybody uses.
_ENOUGH, _SHARE, _LEAST, _LONE = 12.0, 0.8, 2, 3.5


@dataclass(frozen=True, slots=True)
class _Telling:
    """A word as it is written, and how much it tells."""

    written: str
    weight: float


def alike(
    library: Library, catalogue: Catalogue, text: str, now: datetime, limit: int = 20, timezone: str = "UTC"
) -> Answer:
    """What the library has about a text: stories that share its telling words, or of its topic; the likest first.

    The question of the answer is made of words of the text, or of its topic; it is empty where nothing was found.
    """
    text = text[:LONGEST]
    telling = _telling(text)
    found = _sharing(library, telling, limit)
    if found:
        words = _shared(telling, found[0][1])
        told = tuple(ScoredStory(story, weight) for weight, story in found)
        return Answer(Query(words=words), told, len(told), timezone=timezone)
    topic = next(iter(catalogue.match(text[:TOPIC_TEXT])), None)
    if topic is None:
        return Answer(Query(), timezone=timezone)
    return answering.answer(library, catalogue, Query(topics=(topic.topic,)), now, limit, timezone)


def _telling(text: str) -> dict[str, _Telling]:
    """The rarest words of a text by their stems, in its own order. Numbers and single letters tell too little."""
    found: dict[str, _Telling] = {}
    for word in content_words(text):
        if word.stem not in found and not word.stem.isdigit() and 2 <= len(word.stem) <= _LONGEST_WORD:
            written = word.stem if SPACELESS.match(word.stem) else word.written
            found[word.stem] = _Telling(written, rarity(word.stem))
    rarest = set(sorted(found, key=lambda stem: -found[stem].weight)[:_TELLING])
    return {stem: each for stem, each in found.items() if stem in rarest}


def _sharing(library: Library, telling: Mapping[str, _Telling], limit: int) -> list[tuple[float, Story]]:
    """The stories that share enough of the words, with how much that is."""
    if not telling:
        return []
    least = max(_LONE, min(_ENOUGH, _SHARE * sum(each.weight for each in telling.values())))
    sought = sorted(telling.values(), key=lambda each: -each.weight)[:_SOUGHT]
    hits = search(library, Sought(groups=(tuple(each.written for each in sought),))).hits
    of = {hit.article.url: weight for hit in hits if (weight := _weight(telling, hit.article)) >= least}
    whole = [stories.known(key, reports) for key, reports in storybook.stories_of(library, of)]
    scored = [(max(of.get(url, 0.0) for url in story.urls), story) for story in whole]
    return sorted(scored, key=lambda pair: (-pair[0], -pair[1].lead.published_at.timestamp()))[:limit]


def _weight(telling: Mapping[str, _Telling], article: Article) -> float:
    """How much of the words an article shares; one word alone is chance."""
    shared = telling.keys() & _stems(article)
    return sum(telling[stem].weight for stem in shared) if len(shared) >= min(_LEAST, len(telling)) else 0.0


def _shared(telling: Mapping[str, _Telling], story: Story) -> tuple[str, ...]:
    """The rarest words that a story shares, as the text has them and in its order."""
    stems = {stem for article in story.articles for stem in _stems(article)}
    shared = [each for stem, each in telling.items() if stem in stems]
    rarest = set(sorted(shared, key=lambda each: -each.weight)[:_SHOWN])
    return tuple(each.written for each in shared if each in rarest)


def _stems(article: Article) -> set[str]:
    return {word.stem for word in content_words(f"{article.title[:_EXCERPT]}. {article.excerpt[:_EXCERPT]}")}
