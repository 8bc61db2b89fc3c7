"""The most promising of the newest articles that match, as each kind of database finds them best.

The index is in the order of time, so the newest are found first. What each promises is told from its scores, which stand in an
index of their own, and from where it has the words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain, islice
from math import ceil
from typing import NamedTuple

from sqlalchemy import Connection

from digests.library import wordlists
from digests.library.backend import TookTooLongError
from digests.library.briefs import place_of
from digests.library.store import Library
from digests.library.titles import code, title_words
from digests.library.wordlists import MINUTE_BITS
from digests.query import Sort

# A share for where an article has the words: as a phrase in its title, all of them there, elsewhere.
HEADED, TITLED, SAID = 1.0, 0.9, 0.5

_PROMPT = 0.4  # seconds for a search of all times; then for one of less and less time
_EVER = -(1 << 62)
_LESS = (None, timedelta(days=60), timedelta(days=5))
_CROWDED = timedelta(days=30)  # older than that, age tells nothing apart
_MOST_DAYS, _AHEAD = 256, 1.3  # that are asked for by words of times; and how many more than probably are enough
_FEWER_DAYS = 64
_FEW = 8  # phrases that are looked for in the codes of titles; more are sooner found by the index

# What a candidate promises: roughly what `ranking.ANSWER` will make of it, of what is known of it alone.
_PROMISE = (
    "30 * share + 5 * {least}({greatest}(news_value, 0), 3) + 0.1 * {least}({greatest}(quality, 0), 120) "
    "+ {least}({greatest}(heat, 0), 300) / 60.0 "
    f"+ 20 / (1 + ((last >> {MINUTE_BITS}) - (place >> {MINUTE_BITS})) / 10080.0)"
)
_ORDERS = {Sort.best: _PROMISE, Sort.new: "place", Sort.hot: "heat"}
# The index begins with the newest: its rows are the places, negated. Materialized, as the share is asked for twice.
_TITLES = """, titled AS MATERIALIZED (
    SELECT -rowid AS place FROM ends CROSS JOIN articles_text
    WHERE articles_text MATCH :titled AND rowid BETWEEN -last AND -first
)"""
# As one value: each row that is fetched by itself waits for the interpreter where many ask at once.
_CANDIDATES = """
WITH found AS MATERIALIZED (
    SELECT -rowid AS place FROM articles_text WHERE articles_text MATCH :wanted AND rowid <= -:since
    ORDER BY rowid LIMIT :looked_at
), ends AS MATERIALIZED (
    SELECT max(max(place) - :lately, min(place)) AS first, max(place) AS last, count(*) AS number FROM found
){titles},
shared AS (
    SELECT articles.place, story, heat, quality, news_value, last, {share} AS share
    FROM ends CROSS JOIN found CROSS JOIN articles INDEXED BY articles_place ON articles.place = found.place{beside}
    WHERE found.place >= first
)
SELECT json_array(
    (SELECT number FROM ends), (SELECT last - first FROM ends), json_group_array(json_array(place, share, story))
) FROM (SELECT place, share, story FROM shared ORDER BY {order} DESC, place DESC LIMIT :limit)
"""
# The same on PostgreSQL, of what one of some words of `wordlists.then` limits to a time.
_SERVER_TITLES = """
    SELECT newest.place, words @@ CAST(%(titled)s AS tsquery) AS titled
    FROM newest JOIN articles_text ON articles_text.ctid = here
"""
_SERVER_CANDIDATES = """
WITH newest AS MATERIALIZED (
    SELECT place, ctid AS here FROM articles_text
    WHERE words @@ CAST(%(then)s AS tsquery) AND words @@ CAST(%(wanted)s AS tsquery) AND place + 0 >= %(since)s
    ORDER BY place + 0 DESC LIMIT %(looked_at)s
),
found AS MATERIALIZED ({found}), ends AS MATERIALIZED (
    SELECT greatest(max(place) - %(lately)s, min(place)) AS first, max(place) AS last, count(*) AS number FROM found
),
shared AS MATERIALIZED (
    SELECT found.place, story, heat, quality, news_value, last, CAST({share} AS float8) AS share
    FROM ends CROSS JOIN found JOIN articles ON articles.place = found.place WHERE found.place >= first
)
SELECT json_build_array(
    (SELECT number FROM ends), (SELECT coalesce(json_agg(json_build_array(place, share, story)), '[]')
    FROM (SELECT place, share, story FROM shared ORDER BY {order} DESC, place DESC LIMIT %(limit)s) AS best)
)::text
"""
_NEWEST = "SELECT max(place) FROM articles"
_SERVER_START = f"SELECT ({_NEWEST}), (SELECT count(*) FROM vocabulary WHERE word = ANY(CAST(%(must)s AS text[])))"  # noqa: S608  # constants only


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: ``query`` in the index; for the share ``telling``, of each at least one phrase, which ``titled`` asks
    the index for, and ``head``, some of it one after the other. They are empty where that does not count.

    ``alone`` are words that each must have. Of the newest ``looked_at`` from ``since`` on those of the newest ``lately`` are
    judged, and ``limit`` are given.
    """

    query: str
    titled: str
    telling: Sequence[Sequence[str]]
    head: str
    alone: Sequence[str]
    since: datetime | None
    sort: Sort
    lately: timedelta
    looked_at: int
    limit: int

    @property
    def coded(self) -> Sequence[Sequence[str]]:
        """What is looked for in the codes of titles; nothing where the index is asked."""
        return self.telling if sum(map(len, self.telling)) <= _FEW else ()

    @property
    def key(self) -> tuple[Sort, tuple[int, ...], bool, bool]:
        """Which statement finds it."""
        return self.sort, tuple(map(len, self.coded)), self.by_index, bool(self.head)

    @property
    def by_index(self) -> bool:
        """Whether the index is asked which titles tell it."""
        return bool(self.telling) and not self.coded

    def values(self) -> dict[str, object]:
        """For the statements."""
        said = {f"said{number}": code(phrase) for number, phrase in enumerate(chain.from_iterable(self.coded))}
        if self.by_index:
            said["titled"] = self.titled
        if self.head:
            said["head"] = code(self.head)
        return {
            "wanted": self.query,
            **said,
            "lately": places(self.lately),
            "looked_at": self.looked_at,
            "limit": self.limit,
        }

    def share(self, title: str) -> float:
        """The share of an article with this title."""
        said = f" {' '.join(title_words(title))} "
        if not all(any(f" {phrase} " in said for phrase in some) for some in self.telling):
            return SAID
        return HEADED if not self.head or f" {self.head} " in said else TITLED


class Candidate(NamedTuple):
    """An article by its place, its share, and the id of its story (empty for none yet)."""

    place: int
    share: float
    story: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """The most promising first; ``hurried`` where older ones were left out to be in time, and ``crowded`` where all that was
    looked at is of one month."""

    best: Sequence[Candidate] = ()
    hurried: bool = False
    crowded: bool = False


def candidates(library: Library, wanted: Wanted) -> Candidates:
    """What there is of what is looked for."""
    return (_of_file if library.database.dialect == "sqlite" else _of_server)(library, wanted)


def places(span: timedelta) -> int:
    """How far two articles are apart, in places, between which lies so much time."""
    return int(span.total_seconds() // 60) << MINUTE_BITS


@lru_cache(maxsize=256)
def _statement(sort: Sort, some: tuple[int, ...], titled: bool, headed: bool) -> str:
    """SQLite's, for so many phrases of each of what is told by codes, or asked of the index."""
    share = _share(some, "titled.place IS NOT NULL" if titled else "", headed, "instr(title_code, :{})")
    return _CANDIDATES.format(
        share=share,
        order=_ORDERS[sort].format(least="min", greatest="max"),
        titles=_TITLES if titled else "",
        beside=" LEFT JOIN titled ON titled.place = found.place" if titled else "",
    )


@lru_cache(maxsize=256)
def _server_statement(sort: Sort, some: tuple[int, ...], titled: bool, headed: bool) -> str:
    """PostgreSQL's."""
    share = _share(some, "titled" if titled else "", headed, "strpos(title_code, %({})s) > 0")
    return _SERVER_CANDIDATES.format(
        share=share,
        order=_ORDERS[sort].format(least="least", greatest="greatest"),
        found=_SERVER_TITLES if titled else "SELECT place FROM newest",
    )


def _share(some: Sequence[int], titled: str, headed: bool, has: str) -> str:
    """The share, as SQL: each of what is told by codes has one of its phrases in the title, or the index said so."""
    names = (f"said{number}" for number in range(sum(some)))
    told = [f"({' OR '.join(has.format(name) for name in islice(names, number))})" for number in some]
    if titled:
        told.append(titled)
    if not told:
        return str(HEADED)
    best = f"WHEN {has.format('head')} THEN {HEADED} ELSE {TITLED}" if headed else f"ELSE {HEADED}"
    return f"CASE WHEN NOT ({' AND '.join(told)}) THEN {SAID} {best} END"


def _of_file(library: Library, wanted: Wanted) -> Candidates:
    statement, values = _statement(*wanted.key), wanted.values()
    earliest = _EVER if wanted.since is None else place_of(wanted.since)
    for less in _LESS:
        last = less is _LESS[-1]
        try:
            with library.database.read(None if last else _PROMPT) as connection:
                if less is not None:
                    newest = connection.exec_driver_sql(_NEWEST).scalar() or 0
                    earliest = max(earliest, newest - places(less))
                asked = {**values, "since": earliest}
                number, span, found = json.loads(connection.exec_driver_sql(statement, asked).scalar_one())
        except TookTooLongError:
            continue
        best = [Candidate(*each) for each in found]
        return Candidates(best, less is not None, number >= wanted.looked_at and span < places(_CROWDED))
    raise AssertionError("the last search is not interrupted")


def newest_of_server(connection: Connection, words: Iterable[str]) -> int | None:
    """The place of the newest article; None where there is none, or none ever had one of these words: sooner told than by the
    index."""
    must = sorted({word for word in words if len(word) <= wordlists.LONGEST_WORD})
    newest, used = connection.exec_driver_sql(_SERVER_START, {"must": must}).one()
    return None if newest is None or used < len(must) else int(newest)


def _of_server(library: Library, wanted: Wanted) -> Candidates:
    """Of the last day; then of as much time as probably has enough. Where that is much, all times are asked, which takes less
    than to put so many words of times together."""
    earliest = _EVER if wanted.since is None else place_of(wanted.since)
    # All of more time would have to be put in order first: for some of all kinds half as many are enough.
    enough = wanted.looked_at // (2 if wanted.sort is Sort.best else 1)
    found: Sequence[Candidate] = ()
    days: int | None = 1
    hurried = False
    while True:
        try:
            with library.database.read(_PROMPT) as connection:  # each statement may take so long
                newest = newest_of_server(connection, wanted.alone)
                if newest is None:
                    return Candidates()
                while True:
                    number, since, found = _of_days(connection, wanted, newest, days, earliest)
                    if number >= enough or since <= earliest or hurried:
                        crowded = number >= enough and days is not None and timedelta(days) <= _CROWDED
                        return Candidates(found, hurried, crowded)
                    a_day = number * places(timedelta(days=1)) / max(newest - since, 1)
                    more = ceil(_AHEAD * enough / a_day) if a_day else _MOST_DAYS + 1
                    days = more if more <= _MOST_DAYS else None
        except TookTooLongError:
            if days is not None and days <= _FEWER_DAYS:
                return Candidates(found, hurried=True)
            days, hurried = _FEWER_DAYS, True


def _of_days(
    connection: Connection, wanted: Wanted, newest: int, days: int | None, earliest: int
) -> tuple[int, int, Sequence[Candidate]]:
    """How many of the newest there are of so many days (None: ever), from where on they were looked at, and the best."""
    # A time by itself, no part of what is wanted: of many alternatives the index walks no more than the time has.
    then, since = wanted.query, earliest
    if days is not None:
        then, since = wordlists.then(newest, days), max(earliest, wordlists.since(newest, days))
    asked = {**wanted.values(), "then": then, "since": since}
    number, best = json.loads(connection.exec_driver_sql(_server_statement(*wanted.key), asked).scalar_one())
    return number, since, [Candidate(*each) for each in best]
