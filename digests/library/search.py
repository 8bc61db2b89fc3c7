"""Full-text search over the library: finds candidates; what is best among them is judged elsewhere.

The index is in the order of time, so the newest that match are found at once, however many there are; bm25 would walk them
all. Of the newest `LOOKED_AT` the most promising are taken (`candidates.py`). A filter is a
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

from rapidfuzz import fuzz, process
from sqlalchemy import Connection

from digests.library import wordlists
from digests.library.briefs import Brief, briefs
from digests.library.candidates import SAID, Candidate, Wanted, candidates, newest_of_server
from digests.library.dialects import Question
from digests.library.expressions import Grammar, grammar_of
from digests.library.store import Library
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
_GREAT, _OWN = 100, 24  # phrases that make a topic a great one; its own that are tried alone
# Nobody means them, and nearly every article has them.
_LITTLE = frozenset({"a", "an", "and", "of", "the"})  # "who" and "us" may be the WHO and the US
_COMPLETIONS, _CORRECTIONS = 64, 5  # words tried for one that was not finished, or mistyped

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
class Sighted:
    """The same before anything of it is read, the most promising first."""

    best: Sequence[Candidate] = ()
    more: bool = False
    wanted: Wanted | None = None

    def relevance(self, share: float, title: str) -> float:
        """A share, which is the most that it may be, made sure of by the title."""
        return share if self.wanted is None or share == SAID else min(share, self.wanted.share(title))


@dataclass(frozen=True, slots=True)
class Sources:
    """Publishers: the names of providers as the library has them, and domains with all below them."""

    names: frozenset[str] = frozenset()
    domains: tuple[str, ...] = ()

    def has(self, article: Article) -> bool:
        """Whether one of them published it."""
        if not (self.names or self.domains):
            return False
        host = article.host.lower()
        return article.provider.name in self.names or any(below(host, domain) for domain in self.domains)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in one article: all of ``words`` but the little ones, all of ``phrases``, of each of ``groups`` at
    least one phrase, none of ``without``; published from ``since`` on by one of ``sources`` (None: by anybody) and none of
    ``unwanted``.

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
    """Articles that are as sought, best first; where nothing is sought by its words, as good as each other."""
    sighted = look(library, sought, limit)
    read = briefs(library, [each.place for each in sighted.best])
    hits = (
        Hit(read[place], sighted.relevance(share, read[place].article.title))
        for place, share, _ in sighted.best
        if place in read
    )
    # A place knows but the minute.
    in_time = (hit for hit in hits if sought.since is None or hit.article.published_at >= sought.since)
    return Found(tuple(sorted(in_time, key=lambda hit: -hit.relevance)), sighted.more)


def look(library: Library, sought: Sought, limit: int = LIMIT) -> Sighted:
    """Where there are articles that are as sought; of the minute of ``since`` maybe some before it.

    The last word may be the beginning of one, since people stop typing early, when nothing holds it as it is.
    """
    words, phrases = _terms(sought.words), _terms(sought.phrases)
    if (sought.words or sought.phrases) and not (words or phrases):
        return Sighted()  # asked for signs that are not indexed
    if (own := _own(sought)) is not None:
        found, enough = _find(library, words, phrases, own, limit)
        if enough:
            return found
    found, _ = _find(library, words, phrases, sought, limit)
    if not found.best and words:
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
) -> tuple[Sighted, bool]:
    """What there is; and whether there is so much of it that all that was looked at is of one month."""
    grammar = grammar_of(library.database)
    groups = list(map(_group, sought.groups))
    said = (*_without(words, _LITTLE), *phrases, *groups)
    if not all(said):
        return Sighted(), False
    asked = [grammar.any(list(map(grammar.phrase, each))) for each in said]
    sources: list[str] = []
    if sought.sources is not None:
        if not (ours := _published_by(grammar, sought.sources)):
            return Sighted(), False
        sources = [grammar.any(ours)]
    query = grammar.all([*asked, *sources] or [grammar.everything()])
    unwanted = [grammar.phrase(term) for (term,) in _terms(sought.without)]
    if unwanted := [*unwanted, *_published_by(grammar, sought.unwanted)]:
        query = grammar.without(query, grammar.any(unwanted))
    # The hottest of all are those of a time, or they would be the hottest ever, for ever.
    ever = bool(said or sought.since or sought.sort is not Sort.hot)
    looked_at = {Sort.new: limit, Sort.hot: _LOOKED_AT_FOR_HEAT}.get(sought.sort, LOOKED_AT)
    # Each of so many alternatives is moved on with each article.
    looked_at //= 1 + sum(len(group) - 1 for group in groups if group) // 20
    telling = [*_without(words, STOP_WORDS), *phrases, *groups] if sought.sort is Sort.best else []
    plain = bool(telling) and len(words) > 1 and all(len(each) == 1 for each in words)
    wanted = Wanted(
        query,
        # With the sources, or all others' titles of the same time were looked up as well.
        titled=grammar.all([grammar.titled(telling), *sources]) if telling else "",
        telling=tuple(tuple(" ".join(tokens(phrase)) for phrase in some) for some in telling),
        head=" ".join(tokens(" ".join(word for word, *_ in words))) if plain else "",
        alone=[word for each in said if len(each) == 1 for word in tokens(each[0])],
        since=sought.since,
        sort=sought.sort,
        lately=timedelta(days=10**6) if ever else _LATELY,
        looked_at=max(2 * limit, looked_at),
        limit=limit,
    )
    found = candidates(library, wanted)
    return Sighted(found.best, found.hurried or len(found.best) >= limit, wanted), found.crowded


def _without(words: Sequence[tuple[str, ...]], little: Collection[str]) -> Sequence[tuple[str, ...]]:
    """The words without the little ones, where there are others."""
    return [each for each in words if len(each) > 1 or each[0].casefold() not in little] or words


def _published_by(grammar: Grammar, sources: Sources) -> list[str]:
    """The words that articles of these publishers have in the index."""
    names = (*(name[:200] for name in sorted(sources.names)), *(domain[:300] for domain in sources.domains))
    return list(map(grammar.source, names))


def _used(library: Library, connection: Connection, word: str) -> bool:
    asked = {"word": grammar_of(library.database).phrase(word)}
    if connection.dialect.name == "postgresql":
        newest = newest_of_server(connection, tokens(word))
        if newest is None:
            return False
        asked["then"] = wordlists.then(newest, 1)
    return connection.exec_driver_sql(_USED[connection.dialect.name], asked).first() is not None
