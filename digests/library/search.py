"""Full-text search over the library: finds candidates; what is best among them is judged elsewhere.

The index is in the order of time, so the newest that match are found at once, however many there are; bm25 would walk them
all. Of the newest `LOOKED_AT` the most promising are taken, by their scores and by where they have the words. A filter is a
word in the index like any other, so what it leaves is found as fast.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import nlargest
from typing import cast

from rapidfuzz import fuzz, process
from sqlalchemy import Connection

from digests.library import wordlists
from digests.library.backend import TookTooLongError
from digests.library.briefs import Brief, briefs, place_of
from digests.library.dialects import Question
from digests.library.expressions import Grammar, grammar_of
from digests.library.store import Library
from digests.library.wordlists import MINUTE_BITS
from digests.models import Article
from digests.query import Sort, below, domain_of
from digests.words import STOP_WORDS, clean, likeness, name_key, spaced, tokens

LIMIT = 120
"""Candidates taken."""

LOOKED_AT = 2000
"""So many of the newest that match are looked at, to take the most promising."""

# From which likeness on a word was meant. Of four letters two that were swapped leave 75; "blockchain" is not "blocking".
_LIKENESS, _LIKENESS_OF_LONG, _LONG = 75.0, 80.0, 6
_LIKE_NAME = 78.0
_LATELY = timedelta(days=14)
_LOOKED_AT_FOR_HEAT = 20_000
_PROMPT = 0.4  # seconds for a search of all times; then for one of less and less time
_EVER = -(1 << 62)
_LESS = (None, timedelta(days=60), timedelta(days=5))
_GREAT, _OWN = 100, 24  # phrases that make a topic a great one; its own that are tried alone
_CROWDED = timedelta(days=1)
_COMPLETIONS, _CORRECTIONS = 64, 5  # words tried for one that was not finished, or mistyped

# What a candidate promises: roughly what `ranking.ANSWER` will make of it, of what is known of it alone.
_PROMISE = (
    "30 * share + 5 * {least}({greatest}(news_value, 0), 3) + 0.1 * {least}({greatest}(quality, 0), 120) "
    "+ {least}({greatest}(heat, 0), 300) / 60.0 "
    f"+ 20 / (1 + ((last >> {MINUTE_BITS}) - (place >> {MINUTE_BITS})) / 10080.0)"
)
_ORDERS = {Sort.best: f"{_PROMISE} DESC", Sort.new: "place DESC", Sort.hot: "heat DESC"}
# A share for where an article has the words: as a phrase in its title, all of them there, elsewhere.
_HEADED, _TITLED, _SAID = 1.0, 0.9, 0.5
# The index begins with the newest: its rows are the places, negated.
_WITHIN = (
    "SELECT -rowid FROM articles_text WHERE articles_text MATCH {} "
    "AND rowid BETWEEN (SELECT -last FROM ends) AND (SELECT -first FROM ends)"
)
_IN_TITLE = (_HEADED + _TITLED) / 2  # which of the two is told by reading it: to ask the index takes as long once more
_SHARES = {
    # By the number of expressions there are for the title.
    0: "1.0",
    1: f"CASE WHEN found.place IN ({_WITHIN.format(':titled')}) THEN {_HEADED} ELSE {_SAID} END",
    2: f"CASE WHEN found.place IN ({_WITHIN.format(':titled')}) THEN {_IN_TITLE} ELSE {_SAID} END",
}
# As one value: each row that is fetched by itself waits for the interpreter where many ask at once.
_CANDIDATES = """
WITH found AS MATERIALIZED (
    SELECT -rowid AS place FROM articles_text WHERE articles_text MATCH :wanted AND rowid <= -:since
    ORDER BY rowid LIMIT :looked_at
), ends AS MATERIALIZED (
    SELECT max(max(place) - :lately, min(place)) AS first, max(place) AS last, count(*) AS number FROM found
),
shared AS (
    SELECT articles.place, heat, quality, news_value, last, {share} AS share
    FROM ends CROSS JOIN found CROSS JOIN articles INDEXED BY articles_place ON articles.place = found.place
    WHERE found.place >= first
)
SELECT json_array((SELECT number FROM ends), (SELECT last - first FROM ends), json_group_array(json_array(place, share)))
FROM (SELECT place, share FROM shared ORDER BY {order}, place DESC LIMIT :limit)
"""
_STATEMENTS = {
    (number, sort): _CANDIDATES.format(share=share, order=order).format(least="min", greatest="max")
    for number, share in _SHARES.items()
    for sort, order in _ORDERS.items()
}
# The same on PostgreSQL, of what one of some words of `wordlists.lately` limits to a time.
_SERVER_SHARES = {
    0: "1.0",
    1: f"CASE WHEN words @@ CAST(%(titled)s AS tsquery) THEN {_HEADED} ELSE {_SAID} END",
    2: f"CASE WHEN words @@ CAST(%(headed)s AS tsquery) THEN {_HEADED} "
    f"WHEN words @@ CAST(%(titled)s AS tsquery) THEN {_TITLED} ELSE {_SAID} END",
}
_SERVER_CANDIDATES = """
WITH newest AS MATERIALIZED (
    SELECT ctid AS here FROM articles_text
    WHERE words @@ CAST(%(then)s AS tsquery) AND words @@ CAST(%(wanted)s AS tsquery) AND place + 0 >= %(since)s
    ORDER BY place + 0 DESC LIMIT %(looked_at)s
),
found AS MATERIALIZED (
    SELECT place, CAST({share} AS float8) AS share FROM newest JOIN articles_text ON articles_text.ctid = here
), ends AS MATERIALIZED (
    SELECT greatest(max(place) - %(lately)s, min(place)) AS first, max(place) AS last, count(*) AS number FROM found
),
shared AS (
    SELECT found.place, heat, quality, news_value, last, share
    FROM ends CROSS JOIN found JOIN articles ON articles.place = found.place WHERE found.place >= first
)
SELECT json_build_array(
    (SELECT number FROM ends), (SELECT coalesce(json_agg(json_build_array(place, share)), '[]')
    FROM (SELECT place, share FROM shared ORDER BY {order}, place DESC LIMIT %(limit)s) AS best)
)::text
"""
_SERVER_STATEMENTS = {
    (number, sort): _SERVER_CANDIDATES.format(share=share, order=order.format(least="least", greatest="greatest"))
    for number, share in _SERVER_SHARES.items()
    for sort, order in _ORDERS.items()
}
_NEWEST = "SELECT max(place) FROM articles"
_SERVER_START = (
    "SELECT (SELECT max(place) FROM articles), "
    "(SELECT count(*) FROM vocabulary WHERE word = ANY(CAST(%(must)s AS text[])))"
)
_USED = {
    "sqlite": "SELECT 1 FROM articles_text WHERE articles_text MATCH :word LIMIT 1",
    # Asked for one row of what it believes to be common, the server would walk the table; and of what is, all there is.
    "postgresql": (
        "WITH lately AS MATERIALIZED (SELECT 1 FROM articles_text "
        "WHERE words @@ CAST(%(then)s AS tsquery) AND words @@ CAST(%(word)s AS tsquery)), "
        "ever AS MATERIALIZED (SELECT 1 FROM articles_text WHERE words @@ CAST(%(word)s AS tsquery)) "
        "SELECT 1 FROM lately UNION ALL SELECT 1 FROM ever LIMIT 1"
    ),
}
_NEAR = Question(
    "SELECT json_group_array(word) FROM vocabulary "
    "WHERE word >= :first AND word < :last AND length(word) BETWEEN :short AND :long",
    "SELECT coalesce(json_agg(word), '[]')::text FROM vocabulary "
    "WHERE word >= %(first)s AND word < %(last)s AND length(word) BETWEEN %(short)s AND %(long)s",
)
_BEGUN = Question(
    "SELECT json_group_array(word) FROM "
    "(SELECT word FROM vocabulary WHERE word > :begun AND word < :last ORDER BY length(word), word LIMIT :number)",
    "SELECT coalesce(json_agg(word), '[]')::text FROM (SELECT word FROM vocabulary "
    "WHERE word > %(begun)s AND word < %(last)s ORDER BY length(word), word LIMIT %(number)s) AS found",
)
_SAYING = Question(
    "SELECT json_group_array(url) FROM json_each(:urls) CROSS JOIN articles INDEXED BY articles_url ON url = value "
    "CROSS JOIN articles_text ON articles_text.rowid = -place WHERE place IS NOT NULL AND articles_text MATCH :said",
    "SELECT coalesce(json_agg(url), '[]')::text FROM json_array_elements_text(%(urls)s) AS asked "
    "JOIN articles ON url = asked JOIN articles_text USING (place) WHERE words @@ CAST(%(said)s AS tsquery)",
)
_NAMES, _HOSTS = (
    Question(
        f"SELECT json_group_array(DISTINCT {column}) FROM publishers",  # noqa: S608  # constants only
        f"SELECT coalesce(json_agg(DISTINCT {column}), '[]')::text FROM publishers",  # noqa: S608  # constants only
    )
    for column in ("name", "host")
)


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
    if library.database.dialect == "sqlite" and (own := _own(sought)) is not None:
        found, enough = _find(library, words, phrases, own, limit)
        if enough:
            return found
    found, _ = _find(library, words, phrases, sought, limit)
    if not found.hits and words:
        begun = _begun(library, words[-1][0])
        return _find(library, [*words[:-1], begun], phrases, sought, limit)[0] if begun else found
    return found


def saying(library: Library, phrases: Sequence[str], urls: Collection[str]) -> set[str]:
    """Those of the addresses whose articles say any of these words or phrases."""
    terms = [phrase for (phrase,) in _terms(phrases)]
    if not terms:
        return set()
    grammar = grammar_of(library.database)
    said = grammar.any(list(map(grammar.phrase, terms)))
    with library.database.read() as connection:
        return set(_SAYING.ask(connection, urls=json.dumps(sorted(urls)), said=said))


def publishers(library: Library, asked: Sequence[str]) -> Sources:
    """The publishers that are meant by domains and names.

    A name means the provider that is called so, however it is spelt, or else all that have its words in theirs.
    """
    terms = [clean(term) for term in asked if any(letter.isalnum() for letter in term)]
    names: set[str] = set()
    if terms:
        with library.database.read() as connection:
            known = _NAMES.ask(connection)
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
        known = (_HOSTS if domain_of(source) else _NAMES).ask(connection)
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
            if _used(library, connection, word):
                corrected.append(word)
                continue
            near = {"first": word[0], "last": chr(ord(word[0]) + 1), "short": len(word) - 2, "long": len(word) + 2}
            least = _LIKENESS if len(word) < _LONG else _LIKENESS_OF_LONG
            known = _NEAR.ask(connection, **near)
            likest = process.extract(word, known, scorer=fuzz.ratio, score_cutoff=least, limit=_CORRECTIONS)
            best = next((each for each, *_ in likest if _used(library, connection, each)), None)
            if best is None:
                return None
            corrected.append(best)
            changed = True
    return " ".join(corrected) if changed else None


def _said(name: str) -> str:
    """A publisher's name as it is compared with a mistyped one."""
    return spaced(name).removeprefix("the ")


def _terms(found: Iterable[str]) -> list[tuple[str, ...]]:
    """Each word or phrase, once, as the only one of its kind that is wanted."""
    terms = (clean(term).replace("\x00", " ") for term in found)
    return list(dict.fromkeys((term,) for term in terms if tokens(term)))


@lru_cache(maxsize=256)
def _group(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Of these phrases those that are enough to look for; what says one that is longer says the shorter in it as well."""
    found = {f" {' '.join(words)} ": None for phrase in phrases if (words := tokens(clean(phrase)))}
    enough: list[str] = []
    for phrase in sorted(found, key=len):
        if not any(shorter in phrase for shorter in enough):
            enough.append(phrase)
    return tuple(phrase.strip() for phrase in enough)


def _begun(library: Library, term: str) -> tuple[str, ...]:
    """What a term that goes on may mean: the shortest words that begin like its last one, as it is slow to ask for all."""
    *before, last = tokens(term)
    with library.database.read() as connection:
        known = _BEGUN.ask(connection, begun=last, last=f"{last}\U0010ffff", number=_COMPLETIONS)
    return tuple(" ".join((*before, word)) for word in known)


def _own(sought: Sought) -> Sought | None:
    """The same, but of great topics only what they are called themselves, which is asked faster; None where none is great."""
    great = any(len(group) > _GREAT for group in sought.groups)
    return replace(sought, groups=tuple(group[:_OWN] for group in sought.groups)) if great else None


def _find(
    library: Library, words: Sequence[tuple[str, ...]], phrases: Sequence[tuple[str, ...]], sought: Sought, limit: int
) -> tuple[Found, bool]:
    """What there is; and whether there is so much of it that all that was looked at is of one day."""
    grammar = grammar_of(library.database)
    groups = list(map(_group, sought.groups))
    said = (*words, *phrases, *groups)
    if not all(said):
        return Found(), False
    wanted = [grammar.any(list(map(grammar.phrase, each))) for each in said]
    sources: list[str] = []
    if sought.sources is not None:
        if not (ours := _published_by(grammar, sought.sources)):
            return Found(), False
        sources = [grammar.any(ours)]
    query = grammar.all([*wanted, *sources] or [grammar.everything()])
    unwanted = [grammar.phrase(term) for (term,) in _terms(sought.without)]
    if unwanted := [*unwanted, *_published_by(grammar, sought.unwanted)]:
        query = grammar.without(query, grammar.any(unwanted))
    titles = _in_title(grammar, words, [*phrases, *groups], sources) if sought.sort is Sort.best else {}
    # The hottest of all are those of a time, or they would be the hottest ever, for ever.
    ever = bool(said or sought.since or sought.sort is not Sort.hot)
    looked_at = {Sort.new: limit, Sort.hot: _LOOKED_AT_FOR_HEAT}.get(sought.sort, LOOKED_AT)
    # Each of so many alternatives is moved on with each article.
    looked_at //= 1 + sum(len(group) - 1 for group in groups if group) // 20
    values = {
        "wanted": query,
        **titles,
        "lately": _places(timedelta(days=10**6) if ever else _LATELY),
        "looked_at": max(2 * limit, looked_at),
        "limit": limit,
    }
    if library.database.dialect == "sqlite":
        candidates = _candidates
    else:
        candidates = _server_candidates
        alone = {word for each in said if len(each) == 1 for word in tokens(each[0])}
        values["must"] = sorted(word for word in alone if len(word) <= wordlists.LONGEST_WORD)
    best, hurried, crowded = candidates(library, (len(titles), sought.sort), values, sought.since)
    read = briefs(library, [place for place, _ in best])
    head = f" {' '.join(tokens(' '.join(word for word, *_ in words)))} "
    hits = (Hit(read[place], _settled(share, read[place], head)) for place, share in best if place in read)
    # A place knows but the minute.
    in_time = tuple(hit for hit in hits if sought.since is None or hit.article.published_at >= sought.since)
    return Found(tuple(sorted(in_time, key=lambda hit: -hit.relevance)), hurried or len(best) >= limit), crowded


def _settled(share: float, brief: Brief, head: str) -> float:
    """A share, where it is open whether the title has the words one after the other: by its words."""
    if share != _IN_TITLE:
        return share
    return _HEADED if head in f" {' '.join(tokens(brief.article.title))} " else _TITLED


def _candidates(
    library: Library, key: tuple[int, Sort], values: dict[str, object], since: datetime | None
) -> tuple[list[tuple[int, float]], bool, bool]:
    """Places and shares; whether it was in such a hurry that it left older ones out, and whether all it looked at is of a
    day."""
    earliest = _EVER if since is None else place_of(since)
    for less in _LESS:
        last = less is _LESS[-1]
        try:
            with library.database.read(None if last else _PROMPT) as connection:
                if less is not None:
                    newest = connection.exec_driver_sql(_NEWEST).scalar() or 0
                    earliest = max(earliest, newest - _places(less))
                number, span, best = json.loads(
                    connection.exec_driver_sql(_STATEMENTS[key], {**values, "since": earliest}).scalar_one()
                )
        except TookTooLongError:
            continue
        crowded = number >= int(str(values["looked_at"])) and span < _places(_CROWDED)
        return best, less is not None, crowded
    raise AssertionError("the last search is not interrupted")


def _server_candidates(
    library: Library, key: tuple[int, Sort], values: dict[str, object], since: datetime | None
) -> tuple[list[tuple[int, float]], bool, bool]:
    """The same of PostgreSQL: of the last day; then, until there are enough, of more and more time."""
    earliest = _EVER if since is None else place_of(since)
    best: list[tuple[int, float]] = []
    with library.database.read() as connection:
        must = values["must"]
        newest, used = connection.exec_driver_sql(_SERVER_START, {"must": must}).one()
    if newest is None or used < len(cast(list[str], must)):
        return [], False, False  # a word that no article has
    for span in (*wordlists.SPANS, None):
        # A time by itself and no part of what is wanted: of many alternatives the index then walks no more than the time has.
        then, from_then = str(values["wanted"]), earliest
        if span is not None:
            then = wordlists.then(newest, span)
            from_then = max(earliest, wordlists.since(newest, span))
        try:
            with library.database.read(_PROMPT) as connection:
                asked = {**values, "then": then, "since": from_then}
                number, best = json.loads(connection.exec_driver_sql(_SERVER_STATEMENTS[key], asked).scalar_one())
        except TookTooLongError:
            return best, True, False
        if number >= int(str(values["looked_at"])) or from_then <= earliest:
            break
    return best, False, False


def _in_title(
    grammar: Grammar, words: Sequence[tuple[str, ...]], others: Sequence[tuple[str, ...]], sources: Sequence[str]
) -> dict[str, str]:
    """Expressions for titles that have all that is sought, stop words left out; and that have its words as a phrase."""
    if not words and not others:
        return {}
    telling = [each for each in words if len(each) > 1 or each[0].casefold() not in STOP_WORDS] or words
    # With the sources, or all others' titles of the same time were looked up as well.
    titles = {"titled": grammar.all([grammar.titled([*telling, *others]), *sources])}
    if len(words) > 1 and all(len(each) == 1 for each in words):
        titles["headed"] = grammar.all([grammar.headed([word for (word,) in words]), *sources])
    return titles


def _published_by(grammar: Grammar, sources: Sources) -> list[str]:
    """The words that articles of these publishers have in the index."""
    names = (*(name[:200] for name in sorted(sources.names)), *(domain[:300] for domain in sources.domains))
    return list(map(grammar.source, names))


def _places(span: timedelta) -> int:
    return int(span.total_seconds() // 60) << MINUTE_BITS


def _used(library: Library, connection: Connection, word: str) -> bool:
    asked = {"word": grammar_of(library.database).phrase(word)}
    if connection.dialect.name == "postgresql":
        newest = connection.exec_driver_sql(_NEWEST).scalar() or 0
        asked["then"] = wordlists.then(newest, wordlists.SPANS[0])
    return connection.exec_driver_sql(_USED[connection.dialect.name], asked).first() is not None
