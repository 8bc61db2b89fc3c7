"""Articles in brief: as their columns tell them, without their documents, which is enough to judge them by."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection

from digests.library.dialects import Question
from digests.library.store import Library
from digests.library.wordlists import MINUTE_BITS
from digests.models import Article, Provider

# As one value: to fetch a thousand rows one by one takes longer than to find them. Scores come from the index, since in its
# row they stand behind the document.
_BRIEFS = Question(
    """
SELECT json_group_array(json_array(
    place, story, url, title, excerpt, provider, published_at || '+00:00', kind, news_value, heat, quality,
    CASE WHEN provider = '' AND json_valid(document) THEN json_extract(document, '$.provider.domain') END
)) FROM json_each(:places) CROSS JOIN articles INDEXED BY articles_place ON place = value
""",
    """
SELECT coalesce(json_agg(json_build_array(
    place, story, url, title, excerpt, provider, published_at, kind, news_value, heat, quality,
    CASE WHEN provider = '' THEN heatline_json(document) #>> '{provider,domain}' END
)), '[]')::text FROM json_array_elements_text(%(places)s) AS asked JOIN articles ON place = CAST(asked AS bigint)
""",
)
_PLACES = Question(
    """
SELECT json_group_array(place) FROM json_each(:stories)
CROSS JOIN articles INDEXED BY articles_story ON story = value WHERE place IS NOT NULL
""",
    """
SELECT coalesce(json_agg(place), '[]')::text FROM json_array_elements_text(%(stories)s) AS asked
JOIN articles ON story = asked WHERE place IS NOT NULL
""",
)


def place_of(moment: datetime, minutes: int = 0) -> int:
    """Where the articles of a minute begin, or of one so many later."""
    return (int(moment.timestamp() // 60) + minutes) << MINUTE_BITS


def key_of(place: int, story: str) -> str | int:
    """What an article shares with the other reports of its story alone, as `digests.library.storybook` has it."""
    return story or place


def parted(keys: Iterable[str | int]) -> tuple[list[int], list[str]]:
    """The places of single articles, and the ids of stories, both in order."""
    known = list(keys)
    return sorted(each for each in known if isinstance(each, int)), sorted(
        each for each in known if isinstance(each, str)
    )


class Brief(NamedTuple):
    """An article in brief: its place in the index, the id of its story (empty for none yet), and what its columns tell."""

    place: int
    story: str
    article: Article

    @property
    def story_id(self) -> str:
        """The id of its story, or its address, if it is a story by itself."""
        return self.story or self.article.url


def briefs(library: Library, places: Sequence[int]) -> dict[int, Brief]:
    """The articles at these places in brief; places where none is are left out."""
    if not places:
        return {}
    with library.database.read() as connection:
        return _read(connection, places)


def stories_in_brief(library: Library, keys: Iterable[str | int]) -> dict[str | int, list[Brief]]:
    """All reports of stories by their ids, in brief, and of single articles by their places; what is not there is left out."""
    places, ids = parted(keys)
    of = defaultdict[str | int, list[Brief]](list)
    with library.database.read() as connection:
        if ids:
            places += _PLACES.ask(connection, stories=json.dumps(ids))
        for each in _read(connection, places).values():
            of[key_of(each.place, each.story)].append(each)
    return of


def _read(connection: Connection, places: Sequence[int]) -> dict[int, Brief]:
    rows = _BRIEFS.ask(connection, places=json.dumps(list(places)))
    return {place: Brief(place, story, _article(*said)) for place, story, *said in rows}


@lru_cache(maxsize=10_000)  # a few are of most articles
def provider_named(name: str, domain: str = "") -> Provider:
    """A provider as the columns of an article tell it."""
    return Provider(name, domain)


def _article(
    url: str,
    title: str,
    excerpt: str,
    provider: str,
    published_at: str,
    kind: str,
    news_value: float,
    heat: int,
    quality: int,
    domain: str | None,
) -> Article:
    return Article(
        url,
        title,
        datetime.fromisoformat(published_at),
        provider_named(provider, domain or ""),
        excerpt,
        quality,
        heat,
        kind=kind,
        news_value=news_value,
    )
