"""Full-text search over the library: finds candidates; what is best among them is judged elsewhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    column,
    func,
    literal_column,
    not_,
    or_,
    select,
    table,
    text,
)

from digests.library.database import batches
from digests.library.schema import articles
from digests.library.store import Library
from digests.models import Article
from digests.query import Sort, below, domain_of
from digests.words import clean, likeness, name_key, spaced

LIMIT = 150
"""Candidates taken from each side: the best by words, the newest, the hottest."""

# From which likeness on a word was meant. Of four letters two that were swapped leave 75; "blockchain" is not "blocking".
_LIKENESS, _LIKENESS_OF_LONG, _LONG = 75.0, 80.0, 6
_LIKE_NAME = 78.0
_LATELY = timedelta(days=14)
_TEXT = table("articles_text", column("rowid", Integer))
_INDEXED = _TEXT.join(articles, articles.c.id == _TEXT.c.rowid)
_BADNESS: ColumnElement[float] = literal_column("bm25(articles_text, 6.0, 2.0, 1.0)")
_HEAT: ColumnElement[int] = literal_column(
    "CASE WHEN json_valid(articles.document) "  # a document that is none would fail the whole search
    "THEN CAST(coalesce(json_extract(articles.document, '$.heat'), 0) AS INTEGER) ELSE 0 END"
)
_REST = func.substr(articles.c.url, func.instr(articles.c.url, "://") + 3)
_HOST = func.lower(func.substr(_REST, 1, func.instr(_REST.concat("/"), "/") - 1), type_=Text)
_NEWEST = articles.c.published_at.desc()
# Candidates from three sides, since none alone holds the best by relevance, quality, heat and age together.
_ORDERS: dict[str, ColumnElement[Any]] = {"words": literal_column("badness"), Sort.new: _NEWEST, Sort.hot: _HEAT.desc()}
_KNOWN = text("SELECT 1 FROM articles_words WHERE term = :word")
_NEAR = text(
    "SELECT term FROM articles_words WHERE term >= :first AND term < :last AND length(term) BETWEEN :short AND :long"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that matches, and how well by its words alone: 1 for the best of a search, then less."""

    article: Article
    relevance: float


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


def search(library: Library, sought: Sought, limit: int = LIMIT) -> list[Hit]:
    """Articles that are as sought, best first; where nothing is sought by its words, as good as each other.

    The last word may be the beginning of one, since people stop typing early, when nothing holds it as it is.
    """
    words, phrases = _terms(sought.words), _terms(sought.phrases)
    groups = [f"({' OR '.join(terms)})" for terms in map(_terms, sought.groups)]
    if "()" in groups or ((sought.words or sought.phrases) and not (words or phrases)):
        return []  # asked for signs that are not indexed
    found = _find(library, " AND ".join((*words, *phrases, *groups)), sought, limit)
    if not found and words:
        words[-1] += "*"
        found = _find(library, " AND ".join((*words, *phrases, *groups)), sought, limit)
    return found


def saying(library: Library, phrases: Sequence[str], urls: Collection[str]) -> set[str]:
    """Those of the addresses whose articles say any of these words or phrases."""
    query = " OR ".join(_terms(phrases))
    found: set[str] = set()
    if not query:
        return found
    with library.database.read() as connection:
        for some in batches(sorted(urls)):
            where = (articles.c.url.in_(some), articles.c.id.in_(_saying(query)))
            found.update(connection.execute(select(articles.c.url).where(*where)).scalars())
    return found


def publishers(library: Library, asked: Sequence[str]) -> Sources:
    """The publishers that are meant by domains and names.

    A name means the provider that is called so, however it is spelt, or else all that have its words in theirs.
    """
    names: set[str] = set()
    with library.database.read() as connection:
        for term in _terms(asked):
            found = _named(connection, term)
            exact = {name for name in found if name_key(name) == name_key(term[1:-1].replace('""', '"'))}
            names |= exact or set(found)
    return Sources(frozenset(names), tuple(filter(None, map(domain_of, asked))))


def near_publisher(library: Library, source: str) -> str | None:
    """The provider or domain that a source nobody has an article of probably meant."""
    with library.database.read() as connection:
        column = _HOST if domain_of(source) else articles.c.provider
        known = connection.execute(select(column).where(articles.c.current).distinct()).scalars().all()
    of = {key: name.removeprefix("www.") for name in known if (key := _said(name.removeprefix("www.")))}
    best = max(of, key=lambda key: likeness(_said(source), key), default="")
    return of[best] if best and likeness(_said(source), best) >= _LIKE_NAME else None


def correct(library: Library, question: str) -> str | None:
    """The question with each unknown word replaced by the likest word that articles use; None where nothing is like it."""
    corrected: list[str] = []
    changed = False
    with library.database.read() as connection:
        for word in re.findall(r"\w+", clean(question).casefold()):
            if connection.execute(_KNOWN, {"word": word}).first() is not None:
                corrected.append(word)
                continue
            near = {"first": word[0], "last": chr(ord(word[0]) + 1), "short": len(word) - 2, "long": len(word) + 2}
            known = connection.execute(_NEAR, near).scalars().all()
            least = _LIKENESS if len(word) < _LONG else _LIKENESS_OF_LONG
            best = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=least)
            if best is None:
                return None
            corrected.append(best[0])
            changed = True
    return " ".join(corrected) if changed else None


def _said(name: str) -> str:
    """A publisher's name as it is compared with a mistyped one."""
    return spaced(name).removeprefix("the ")


def _terms(found: Iterable[str]) -> list[str]:
    """Each word or phrase as an FTS5 string, in which nothing has a meaning but the doubled quote, once."""
    terms = (clean(term).replace("\x00", " ") for term in found)
    return list(dict.fromkeys('"' + term.replace('"', '""') + '"' for term in terms if any(c.isalnum() for c in term)))


def _find(library: Library, query: str, sought: Sought, limit: int) -> list[Hit]:
    by_words = bool(query) and sought.sort is Sort.best
    badness = _BADNESS if by_words else literal_column("-1.0")
    conditions = [_match(query) if query else articles.c.current, *_conditions(sought)]
    base = select(articles.c.id, badness.label("badness")).select_from(_INDEXED if query else articles)
    found: dict[int, float] = {}
    with library.database.read() as connection:
        for side in _sides(by_words, sought.sort):
            lately = () if query or side is Sort.new or sought.since else _lately(connection, conditions)
            order = (_ORDERS[side], articles.c.id.desc())
            rows = connection.execute(base.where(*conditions, *lately).order_by(*order).limit(limit)).all()
            found.update((row.id, row.badness) for row in rows)
            if len(rows) < limit:
                break  # that was all there is
    read = library.by_ids(list(found))
    best = min(found.values(), default=0.0) or -1.0
    hits = [Hit(read[key], badness / best) for key, badness in found.items() if key in read]
    return sorted(hits, key=lambda hit: -hit.relevance)


def _sides(by_words: bool, sort: Sort) -> tuple[str, ...]:
    if sort is not Sort.best:
        return (sort,)
    return ("words", Sort.new, Sort.hot) if by_words else (Sort.new, Sort.hot)


def _lately(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> tuple[ColumnElement[bool], ...]:
    """For the hottest of all: those of a time, or they would be the hottest ever, for ever."""
    newest = select(articles.c.published_at).where(*conditions).order_by(_NEWEST).limit(1)
    last = connection.execute(newest).scalar()
    return () if last is None else (articles.c.published_at >= last - _LATELY,)


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.since is not None:
        yield articles.c.published_at >= sought.since
    if sought.sources is not None:
        yield _published_by(sought.sources)
    if sought.unwanted != Sources():
        yield not_(_published_by(sought.unwanted))
    if without := _terms(sought.without):
        yield articles.c.id.not_in(_saying(" OR ".join(without)))


def _published_by(sources: Sources) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = [articles.c.provider.in_(sorted(sources.names))]
    for domain in sources.domains:
        ways += (_HOST.in_((domain,)), _HOST.endswith(f".{domain}", autoescape=True))
    return or_(*ways)


def _saying(query: str) -> Select[int]:
    return select(_TEXT.c.rowid).where(_match(query)).correlate(None)


def _match(query: str) -> ColumnElement[bool]:
    return literal_column("articles_text").op("MATCH", is_comparison=True)(query)


def _named(connection: Connection, term: str) -> list[str]:
    """The providers whose name has a phrase."""
    statement = select(articles.c.provider).distinct().select_from(_INDEXED).where(_match(f"provider : {term}"))
    return list(connection.execute(statement).scalars())
