"""Full-text search over the library: finds candidates; what is best among them is judged elsewhere.

The index is in the order of time, so the newest that match are found at once, however many there are; bm25 would walk them
all. Of the newest `_LOOKED_AT` the most promising are taken, by their scores and by where they have the words. A filter is a
word in the index like any other, so what it leaves is found as fast.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import nlargest
from typing import Any, cast

from rapidfuzz import fuzz, process
from sqlalchemy import Connection

from digests.library.briefs import MINUTE_BITS, Brief, briefs, place_of
from digests.library.database import TookTooLongError
from digests.library.store import Library
from digests.models import Article
from digests.query import Sort, below, domain_of
from digests.words import STOP_WORDS, clean, likeness, name_key, spaced, tokens

LIMIT = 120
"""Candidates taken."""

# From which likeness on a word was meant. Of four letters two that were swapped leave 75; "blockchain" is not "blocking".
_LIKENESS, _LIKENESS_OF_LONG, _LONG = 75.0, 80.0, 6
_LIKE_NAME = 78.0
_LATELY = timedelta(days=14)
_LOOKED_AT = 2000  # of the newest that match, to take the most promising
_LOOKED_AT_FOR_HEAT = 20_000
_PROMPT = 0.4  # seconds for a search of all times; then for one of less and less time
_LESS = (None, timedelta(days=60), timedelta(days=5))
_COMPLETIONS, _CORRECTIONS = 64, 5  # words tried for one that was not finished, or mistyped
_MARK = "\ue000"  # what the words begin with that stand for filters; see the migration
_EVERYTHING = f'"{_MARK}"'

# What a candidate promises: roughly what `ranking.ANSWER` will make of it, of what is known of it alone.
_PROMISE = (
    "30 * share + 5 * min(max(news_value, 0), 3) + 0.1 * min(max(quality, 0), 120) + min(max(heat, 0), 300) / 60.0 "
    f"+ 20 / (1 + ((last >> {MINUTE_BITS}) - (place >> {MINUTE_BITS})) / 10080.0)"
)
_ORDERS = {Sort.best: f"{_PROMISE} DESC", Sort.new: "place DESC", Sort.hot: "heat DESC"}
# A share for where an article has the words: as a phrase in its title, all of them there, elsewhere.
_HEADED, _TITLED, _SAID = 1.0, 0.9, 0.5
_WITHIN = (
    "SELECT rowid FROM articles_text WHERE articles_text MATCH {} "
    "AND rowid BETWEEN (SELECT first FROM ends) AND (SELECT last FROM ends)"
)
_SHARES = {
    # By the number of expressions there are for the title.
    0: "1.0",
    1: f"CASE WHEN found.place IN ({_WITHIN.format(':titled')}) THEN {_HEADED} ELSE {_SAID} END",
    2: f"CASE WHEN found.place NOT IN ({_WITHIN.format(':titled')}) THEN {_SAID} "
    f"WHEN found.place IN ({_WITHIN.format(':headed')}) THEN {_HEADED} ELSE {_TITLED} END",
}
# As one value: each row that is fetched by itself waits for the interpreter where many ask at once.
_CANDIDATES = """
WITH found AS MATERIALIZED (
    SELECT rowid AS place FROM articles_text WHERE articles_text MATCH :wanted AND rowid >= :since
    ORDER BY rowid DESC LIMIT :looked_at
), ends AS MATERIALIZED (SELECT max(max(place) - :lately, min(place)) AS first, max(place) AS last FROM found),
shared AS (
    SELECT articles.place, heat, quality, news_value, last, {share} AS share
    FROM ends CROSS JOIN found CROSS JOIN articles INDEXED BY articles_place ON articles.place = found.place
    WHERE found.place >= first
)
SELECT json_group_array(json_array(place, share))
FROM (SELECT place, share FROM shared ORDER BY {order}, place DESC LIMIT :limit)
"""
_STATEMENTS = {
    (number, sort): _CANDIDATES.format(share=share, order=order)
    for number, share in _SHARES.items()
    for sort, order in _ORDERS.items()
}
_NEWEST = "SELECT max(place) FROM articles"
_USED = "SELECT 1 FROM articles_text WHERE articles_text MATCH :word LIMIT 1"
_NEAR = (
    "SELECT json_group_array(word) FROM vocabulary "
    "WHERE word >= :first AND word < :last AND length(word) BETWEEN :short AND :long"
)
_BEGUN = "SELECT word FROM vocabulary WHERE word > :begun AND word < :last ORDER BY length(word), word LIMIT :number"
_SAYING = (
    "SELECT json_group_array(url) FROM json_each(:urls) CROSS JOIN articles INDEXED BY articles_url ON url = value "
    "CROSS JOIN articles_text ON articles_text.rowid = place WHERE place IS NOT NULL AND articles_text MATCH :said"
)
_NAMES = "SELECT json_group_array(DISTINCT name) FROM publishers"
_HOSTS = "SELECT json_group_array(DISTINCT host) FROM publishers"


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that matches, as its columns tell it, and how well it does by its words alone: 1 for all in the title."""

    brief: Brief
    relevance: float

    @property
    def article(self) -> Article:
        """The article, without what only its document has."""
        return self.brief.article


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first; ``more`` where it did not look at all there is."""

    hits: tuple[Hit, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """Publishers: the names of providers as the library has them, and domains with all below them."""

    names: frozenset[str] = frozenset()
    domains: tuple[str, ...] = ()

    def has(self, article: Article) -> bool:
        """Whether one of them published it."""
        host = article.host.lower()
        return article.provider.name in self.names or any(below(host, domain) for domain in self.domains)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in one article: all of ``words`` and ``phrases``, of each of ``groups`` at least one phrase, none
    of ``without``; published from ``since`` on by one of ``sources`` (None: by anybody) and none of ``unwanted``.

    For ``sort`` new or hot the newest or the hottest are taken, else some of all kinds.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    since: datetime | None = None
    sources: Sources | None = None
    unwanted: Sources = Sources()
    sort: Sort = Sort.best


def search(library: Library, sought: Sought, limit: int = LIMIT) -> Found:
    """Articles that are as sought, best first; where nothing is sought by its words, as good as each other.

    The last word may be the beginning of one, since people stop typing early, when nothing holds it as it is.
    """
    words, phrases = _terms(sought.words), _terms(sought.phrases)
    if (sought.words or sought.phrases) and not (words or phrases):
        return Found()  # asked for signs that are not indexed
    found = _find(library, words, phrases, sought, limit)
    if not found.hits and words:
        words[-1] = _begun(library, words[-1])
        found = _find(library, words, phrases, sought, limit)
    return found


def saying(library: Library, phrases: Sequence[str], urls: Collection[str]) -> set[str]:
    """Those of the addresses whose articles say any of these words or phrases."""
    query = " OR ".join(_terms(phrases))
    if not query:
        return set()
    with library.database.read() as connection:
        return set(_listed(connection, _SAYING, urls=json.dumps(sorted(urls)), said=query))


def publishers(library: Library, asked: Sequence[str]) -> Sources:
    """The publishers that are meant by domains and names.

    A name means the provider that is called so, however it is spelt, or else all that have its words in theirs.
    """
    terms = [clean(term) for term in asked if any(letter.isalnum() for letter in term)]
    names: set[str] = set()
    if terms:
        with library.database.read() as connection:
            known = _listed(connection, _NAMES)
        for term in terms:
            said = f" {' '.join(tokens(term))} "
            found = {name for name in known if said in f" {' '.join(tokens(clean(name)))} "}
            names |= {name for name in found if name_key(name) == name_key(term)} or found
    return Sources(frozenset(names), tuple(filter(None, map(domain_of, asked))))


def near_publisher(library: Library, source: str) -> str | None:
    """The provider or domain that a source nobody has an article of probably meant."""
    return next(iter(near_publishers(library, source, 1)), None)


def near_publishers(library: Library, source: str, limit: int) -> tuple[str, ...]:
    """The providers or domains that it may have meant, the likest first."""
    with library.database.read() as connection:
        known = _listed(connection, _HOSTS if domain_of(source) else _NAMES)
    of = {key: name.removeprefix("www.") for name in known if (key := _said(name.removeprefix("www.")))}
    alike = {key: likeness(_said(source), key) for key in of}
    best = nlargest(limit, of, key=lambda key: alike[key])
    return tuple(of[key] for key in best if alike[key] >= _LIKE_NAME)


def correct(library: Library, question: str) -> str | None:
    """The question with each unknown word replaced by the likest word that articles use; None where nothing is like it."""
    corrected: list[str] = []
    changed = False
    with library.database.read() as connection:
        for word in re.findall(r"\w+", clean(question).casefold()):
            if _used(connection, word):
                corrected.append(word)
                continue
            near = {"first": word[0], "last": chr(ord(word[0]) + 1), "short": len(word) - 2, "long": len(word) + 2}
            least = _LIKENESS if len(word) < _LONG else _LIKENESS_OF_LONG
            known = _listed(connection, _NEAR, **near)
            likest = process.extract(word, known, scorer=fuzz.ratio, score_cutoff=least, limit=_CORRECTIONS)
            best = next((each for each, *_ in likest if _used(connection, each)), None)
            if best is None:
                return None
            corrected.append(best)
            changed = True
    return " ".join(corrected) if changed else None


def _said(name: str) -> str:
    """A publisher's name as it is compared with a mistyped one."""
    return spaced(name).removeprefix("the ")


def _terms(found: Iterable[str]) -> list[str]:
    """Each word or phrase as an FTS5 string, in which nothing has a meaning but the doubled quote, once."""
    terms = (clean(term).replace("\x00", " ") for term in found)
    return list(dict.fromkeys(_quoted(term) for term in terms if any(c.isalnum() for c in term)))


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _any(terms: Sequence[str]) -> str:
    return f"({' OR '.join(terms)})"


@lru_cache(maxsize=256)
def _group(phrases: tuple[str, ...]) -> str:
    """Any of these phrases; what says one that is longer says the shorter in it as well."""
    found = {f" {' '.join(words)} ": None for phrase in phrases if (words := tokens(clean(phrase)))}
    enough: list[str] = []
    for phrase in sorted(found, key=len):
        if not any(shorter in phrase for shorter in enough):
            enough.append(phrase)
    return _any([_quoted(phrase.strip()) for phrase in enough]) if enough else ""


def _begun(library: Library, term: str) -> str:
    """An expression for a term that goes on: the shortest words that begin like its last one, as it is slow to ask for all."""
    *before, last = tokens(term) or [""]
    if not last:
        return term
    with library.database.read() as connection:
        asked = {"begun": last, "last": f"{last}\U0010ffff", "number": _COMPLETIONS}
        known = connection.exec_driver_sql(_BEGUN, asked).scalars().all()
    return _any([_quoted(" ".join((*before, word))) for word in known]) if known else f"{term}*"


def _find(library: Library, words: Sequence[str], phrases: Sequence[str], sought: Sought, limit: int) -> Found:
    groups = list(map(_group, sought.groups))
    wanted = [*words, *phrases, *groups]
    sources = [] if sought.sources is None else [_any(ours) if (ours := list(_published_by(sought.sources))) else ""]
    wanted += sources
    if not all(wanted):
        return Found()
    query = " AND ".join(wanted or [_EVERYTHING])
    if unwanted := [*_terms(sought.without), *_published_by(sought.unwanted)]:
        query = f"({query}) NOT {_any(unwanted)}"
    titles = _in_title(words, [*phrases, *groups], sources) if sought.sort is Sort.best else {}
    # The hottest of all are those of a time, or they would be the hottest ever, for ever.
    ever = bool(words or phrases or groups or sought.since or sought.sort is not Sort.hot)
    looked_at = {Sort.new: limit, Sort.hot: _LOOKED_AT_FOR_HEAT}.get(sought.sort, _LOOKED_AT)
    # Each of so many alternatives is moved on with each article.
    looked_at //= 1 + sum(group.count(" OR ") for group in groups) // 20
    values = {
        "wanted": query,
        **titles,
        "lately": _places(timedelta(days=10**6) if ever else _LATELY),
        "looked_at": max(2 * limit, looked_at),
        "limit": limit,
    }
    best, hurried = _candidates(library, _STATEMENTS[len(titles), sought.sort], values, sought.since)
    read = briefs(library, [place for place, _ in best])
    hits = (Hit(read[place], share) for place, share in best if place in read)
    # A place knows but the minute.
    in_time = tuple(hit for hit in hits if sought.since is None or hit.article.published_at >= sought.since)
    return Found(tuple(sorted(in_time, key=lambda hit: -hit.relevance)), hurried or len(best) >= limit)


def _candidates(
    library: Library, statement: str, values: dict[str, object], since: datetime | None
) -> tuple[list[tuple[int, float]], bool]:
    """Places and shares; and whether it was in such a hurry that it left older ones out."""
    earliest = -(1 << 62) if since is None else place_of(since)
    for less in _LESS:
        last = less is _LESS[-1]
        try:
            with library.database.read(None if last else _PROMPT) as connection:
                if less is not None:
                    newest = connection.exec_driver_sql(_NEWEST).scalar() or 0
                    earliest = max(earliest, newest - _places(less))
                found = _listed(connection, statement, **values, since=earliest)
        except TookTooLongError:
            continue
        return found, less is not None
    raise AssertionError("the last search is not interrupted")


def _in_title(words: Sequence[str], others: Sequence[str], sources: Sequence[str]) -> dict[str, str]:
    """Expressions for titles that have all that is sought, stop words left out; and that have its words as a phrase."""
    if not words and not others:
        return {}
    telling = [word for word in words if word[1:-1].casefold() not in STOP_WORDS] or words
    # With the sources, or all others' titles of the same time were looked up as well.
    titles = {"titled": " AND ".join((f"{{title}} : ({' AND '.join((*telling, *others))})", *sources))}
    if len(words) > 1 and all(word.endswith('"') for word in words):
        titles["headed"] = " AND ".join((f"{{title}} : ({' + '.join(words)})", *sources))
    return titles


def _published_by(sources: Sources) -> Iterator[str]:
    """The words that articles of these publishers have in the index."""
    for value in (*(name[:200] for name in sorted(sources.names)), *(domain[:300] for domain in sources.domains)):
        yield f'"{_MARK}{value.encode(errors="replace").hex()}"'


def _places(span: timedelta) -> int:
    return int(span.total_seconds() // 60) << MINUTE_BITS


def _used(connection: Connection, word: str) -> bool:
    return connection.exec_driver_sql(_USED, {"word": _quoted(word)}).first() is not None


def _listed(connection: Connection, statement: str, **values: object) -> list[Any]:
    return cast(list[Any], json.loads(connection.exec_driver_sql(statement, values).scalar_one()))
