"""What stories have to say for themselves, told from indexes alone: so only those that can be first are read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from digests.library.briefs import parted, place_of
from digests.library.dialects import Question
from digests.library.store import Library
from digests.library.wordlists import MINUTE_BITS
from digests.models import BEST_VALUE, HIGH_QUALITY, Headline

_MOST = (
    "count(*) AS number, max(articles.news_value) AS value, max(articles.quality) AS quality, "
    "max(articles.heat) AS heat, max(articles.place) AS newest"
)
# The best report of a story leads it, as `digests.stories` has it; its kind stands behind its worth.
_STORIES = Question(
    f"""
WITH recent AS MATERIALIZED (SELECT place, story FROM articles WHERE place >= :since AND place < :until),
reports AS (
    SELECT told.story AS key, articles.place FROM (SELECT DISTINCT story FROM recent WHERE story != '') AS told
    CROSS JOIN articles INDEXED BY articles_story ON articles.story = told.story
    WHERE articles.place < :until
    UNION ALL SELECT place, place FROM recent WHERE story = ''
)
SELECT json_group_array(json_array(key, number, value, quality, heat, newest, best)) FROM (
    SELECT key, {_MOST},
        max(printf('%.6f ', news_value / {BEST_VALUE} + min(max(quality, 0), {HIGH_QUALITY}) / {2.0 * HIGH_QUALITY}) || kind)
            AS best
    FROM reports CROSS JOIN articles INDEXED BY articles_place ON articles.place = reports.place GROUP BY key
)
""",  # noqa: S608  # constants only
    f"""
WITH recent AS MATERIALIZED (SELECT place, story FROM articles WHERE place >= %(since)s AND place < %(until)s),
reports AS (
    SELECT told.story, CAST(NULL AS bigint) AS single, articles.place
    FROM (SELECT DISTINCT story FROM recent WHERE story <> '') AS told JOIN articles ON articles.story = told.story
    WHERE articles.place < %(until)s
    UNION ALL SELECT '', place, place FROM recent WHERE story = ''
)
SELECT coalesce(json_agg(
    json_build_array(coalesce(to_json(single), to_json(key)), number, value, quality, heat, newest, best)
), '[]')::text FROM (
    SELECT reports.story AS key, single, {_MOST}, max(to_char(
            news_value / {BEST_VALUE} + least(greatest(quality, 0), {HIGH_QUALITY}) / {2.0 * HIGH_QUALITY}, 'FM90.000000 '
        ) || kind COLLATE "C") AS best
    FROM reports JOIN articles ON articles.place = reports.place GROUP BY reports.story, single
) AS told
""",  # noqa: S608  # constants only
)
_ASKED = Question(
    f"""
SELECT json_group_array(json_array(key, number, value, quality, heat, newest)) FROM (
    SELECT reports.story AS key, {_MOST} FROM json_each(:stories)
    CROSS JOIN articles AS reports INDEXED BY articles_story ON reports.story = value
    CROSS JOIN articles INDEXED BY articles_place ON articles.place = reports.place
    WHERE reports.place IS NOT NULL GROUP BY key
    UNION ALL SELECT place, 1, news_value, quality, heat, place FROM json_each(:places)
    CROSS JOIN articles INDEXED BY articles_place ON place = value
)
""",  # noqa: S608  # constants only
    f"""
SELECT coalesce(json_agg(json_build_array(key, number, value, quality, heat, newest)), '[]')::text FROM (
    SELECT to_json(asked) AS key, of.* FROM json_array_elements_text(%(stories)s) AS asked CROSS JOIN LATERAL (
        SELECT {_MOST} FROM articles WHERE story = asked AND place IS NOT NULL
    ) AS of WHERE number > 0
    UNION ALL SELECT to_json(place), 1, news_value, quality, heat, place
    FROM json_array_elements_text(%(places)s) AS asked JOIN articles ON place = CAST(asked AS bigint)
) AS told
""",  # noqa: S608  # constants only
)
_PROVIDERS = Question(
    f"""
SELECT json_group_array(json_array(publisher, kind, number, quality)) FROM (
    SELECT CASE provider WHEN '' THEN host ELSE provider END AS publisher, kind, count(*) AS number,
        sum(min(max(quality, 0), {HIGH_QUALITY})) AS quality
    FROM articles WHERE place >= :since AND place < :until GROUP BY publisher, kind
)
""",  # noqa: S608  # constants only
    f"""
SELECT coalesce(json_agg(json_build_array(publisher, kind, number, quality)), '[]')::text FROM (
    SELECT CASE provider WHEN '' THEN host ELSE provider END AS publisher, kind, count(*) AS number,
        sum(least(greatest(quality, 0), {HIGH_QUALITY})) AS quality
    FROM articles WHERE place >= %(since)s AND place < %(until)s GROUP BY publisher, kind
) AS published
""",  # noqa: S608  # constants only
)


class Published(NamedTuple):
    """So many reports of a kind by one publisher, and their quality in sum, each counted up to `HIGH_QUALITY`."""

    publisher: str
    kind: str
    number: int
    quality: int


def headlines(library: Library, since: datetime, until: datetime) -> list[Headline]:
    """All stories with a report from the minute of `since` to that of `until`, with their earlier reports."""
    rows = _rows(library, _STORIES, since, until)
    return [_headline(*row) for row in rows]


def headlines_of(library: Library, keys: Iterable[str | int]) -> list[Headline]:
    """Stories by their ids, with all their reports, and single articles by their places; their kinds are not asked."""
    places, ids = map(json.dumps, parted(keys))
    with library.database.read() as connection:
        return [_headline(*row) for row in _ASKED.ask(connection, stories=ids, places=places)]


def published(library: Library, since: datetime, until: datetime) -> Iterator[Published]:
    """What each publisher published from the minute of `since` to that of `until`."""
    return (Published(*row) for row in _rows(library, _PROVIDERS, since, until))


def _rows(library: Library, question: Question, since: datetime, until: datetime) -> list[list[Any]]:
    with library.database.read() as connection:
        return question.ask(connection, since=place_of(since), until=place_of(until, 1))


def _headline(
    key: str | int, reports: int, value: float, quality: int, heat: int, newest: int, best: str = ""
) -> Headline:
    end = datetime.fromtimestamp(((newest >> MINUTE_BITS) + 1) * 60, UTC)  # a place knows but the minute
    return Headline(key, reports, value, quality, heat, end, best.partition(" ")[2])
