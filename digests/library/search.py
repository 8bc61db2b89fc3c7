"""Full-text search over the library: finds candidates; what is best among them is judged elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import text

from digests.library.store import Library
from digests.models import Article
from digests.words import clean

_TOKEN = re.compile(r'"([^"]*)"|(\S+)')
LIMIT = 150
"""Candidates taken from each side: the best by words, the newest, the hottest."""

# From which likeness on a word was meant. Of four letters two that were swapped leave 75; "blockchain" is not "blocking".
_LIKENESS, _LIKENESS_OF_LONG, _LONG = 75.0, 80.0, 6
# Candidates from three sides, since none alone holds the best by relevance, quality, heat and age together.
_FROM = "FROM articles_text JOIN articles ON articles.id = articles_text.rowid WHERE articles_text MATCH :query"
_BADNESS = "bm25(articles_text, 6.0, 2.0, 1.0) AS badness"
_SIDES = tuple(
    text(f"SELECT articles.id, {_BADNESS} {_FROM} ORDER BY {order}, articles.id DESC LIMIT :limit")  # constants
    for order in (
        "badness",
        "articles.published_at DESC",
        # A document that is none would fail the whole search.
        "CASE WHEN json_valid(articles.document) THEN CAST(coalesce(json_extract(articles.document, '$.heat'), 0) "
        "AS INTEGER) ELSE 0 END DESC",
    )
)
_KNOWN = text("SELECT 1 FROM articles_words WHERE term = :word")
_NEAR = text(
    "SELECT term FROM articles_words WHERE term >= :first AND term < :last AND length(term) BETWEEN :short AND :long"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that matches, and how well by its words alone: 1 for the best of a search, then less."""

    article: Article
    relevance: float


def search_words(library: Library, question: str, limit: int = LIMIT) -> list[Hit]:
    """Articles in which every word of the question stands (`"a phrase"` as a phrase), best first.

    The last word may be the beginning of one, since people stop typing early, when nothing holds it as it is.
    """
    terms = _terms(question)
    if not terms:
        return []
    return _find(library, " AND ".join(terms), limit) or _find(library, " AND ".join(terms) + "*", limit)


def search_phrases(library: Library, phrases: Sequence[str], limit: int = LIMIT) -> list[Hit]:
    """Articles in which any of the phrases stands, best first."""
    terms = list(dict.fromkeys(term for phrase in phrases for term in _terms(f'"{phrase}"')))
    return _find(library, " OR ".join(terms), limit) if terms else []


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


def _terms(question: str) -> list[str]:
    """Each word or phrase as an FTS5 string, in which nothing has a meaning but the doubled quote."""
    found = (phrase or word for phrase, word in _TOKEN.findall(clean(question).replace("\x00", " ")))
    return ['"' + term.replace('"', '""') + '"' for term in found if any(letter.isalnum() for letter in term)]


def _find(library: Library, query: str, limit: int) -> list[Hit]:
    found: dict[int, float] = {}
    with library.database.read() as connection:
        for side in _SIDES:
            rows = connection.execute(side, {"query": query, "limit": limit}).all()
            found.update((row.id, row.badness) for row in rows)
            if len(rows) < limit:
                break  # that was all there is
    articles = library.by_ids(list(found))
    best = min(found.values(), default=0.0) or -1.0
    hits = [Hit(articles[key], badness / best) for key, badness in found.items() if key in articles]
    return sorted(hits, key=lambda hit: -hit.relevance)
