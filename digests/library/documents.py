"""An article as it is stored, and back: the document, what lists it as related, and what cannot be read back, told apart."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Row, bindparam, literal, select

from digests.library.database import batches
from digests.library.dialects import as_bytes
from digests.library.schema import articles, related_articles
from digests.models import Article

NOT_IN_RELATED = {"path", "kind", "news_value"}
"""What a related article is stored without: others tell it."""

_NOT_STORED: Any = {
    **dict.fromkeys((*NOT_IN_RELATED, "related", "url", "title", "excerpt", "published_at"), True),
    "provider": {"name"},
}
# What an article cannot be without, for a document that leaves it to the columns; an older one says it again.
_BEGUN = b'{"url":"","title":"","published_at":0'
_TEXTS = ("title", "excerpt", "provider")
_PLAIN = ("id", "url", "source", "ref", "kind", "news_value", "published_at", "heat", "quality")
_MOST = 10**9
_ID = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stored row that cannot be read back, since a disk failed or another version wrote it.

    Attributes:
        what: The article's address, or the name of an edition.
        source: Where it came from; empty for an edition.
        ref: Its name within the source.
        why: What is wrong with it.
    """

    what: str
    source: str
    ref: str
    why: str

    def __str__(self) -> str:
        if not self.source:
            return f"{self.what} cannot be read back ({self.why}): only a backup of the database has it"
        again = (
            "its feed files it again while it has it" if self.source.startswith("feed:") else "a sync reads it again"
        )
        return f"{self.what} cannot be read back ({self.why}): {again} ({self.ref} of {self.source})"


_LISTED = select(related_articles.c.id, as_bytes(related_articles.c.document)).where(
    related_articles.c.id.in_(bindparam("some", expanding=True))
)


@cache
def article_json() -> TypeAdapter[Article]:
    """Writes and reads articles."""
    return TypeAdapter(Article)


def document_of(article: Article) -> str:
    """The article as it is stored: all but what has columns or tables of its own."""
    numbers = {name: True for name, number in scores_of(article).items() if number == getattr(article, name)}
    return article_json().dump_json(article, exclude=_NOT_STORED | numbers, exclude_defaults=True).decode()


def scores_of(article: Article) -> dict[str, int]:
    """The columns that questions are answered by beside the document, as no database takes a number of any size."""
    return {"heat": _bounded(article.heat), "quality": _bounded(article.quality)}


def _bounded(number: int) -> int:
    return max(-_MOST, min(_MOST, number))


def domain_in(document: str) -> str:
    """The domain of the provider in a stored article; empty where it has none, or cannot be read back."""
    try:
        return str(json.loads(document)["provider"]["domain"]).removeprefix("www.")
    except (ValueError, LookupError, TypeError):
        return ""


@cache
def selected(*, related: bool = True) -> Any:
    """What `load` reads of an article, with or without what it lists. What may be long as bytes: text that is none would fail
    the whole statement."""
    columns = (articles.c[name] for name in _PLAIN)
    listed = articles.c.related if related else literal("").label("related")
    texts = (as_bytes(articles.c[name]).label(name) for name in (*_TEXTS, "document"))
    return select(*columns, listed, *texts)


def stored(row: Row[Any]) -> tuple[object, ...]:
    """All that a row as `selected` gives it says of an article, but what it lists: to see whether it is still the same."""
    return (row.document, *(getattr(row, name) for name in (*_TEXTS, "published_at", "heat", "quality")))


def load(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[list[tuple[Row[Any], Article]], list[Unreadable]]:
    """The articles of rows as `selected` gives them, each with its row, and what of it all cannot be read back.

    An article that lists another which cannot be read comes without that one.
    """
    wanted = sorted({int(key) for row in rows for key in row.related.split() if _ID.fullmatch(key)})
    listed: dict[str, Article] = {}
    found: list[tuple[Row[Any], Article]] = []
    odd: list[Unreadable] = []
    read = article_json().validate_json
    for some in batches(wanted):
        for key, text_of in connection.execute(_LISTED, {"some": some}):
            with suppress(ValidationError):  # told below, with the articles that list it
                listed[str(key)] = read(text_of)
    for row in rows:
        try:
            article = _read(row)
        except ValidationError as error:
            odd.append(Unreadable(row.url, row.source, row.ref, why(error)))
            continue
        except UnicodeDecodeError:
            odd.append(Unreadable(row.url, row.source, row.ref, "its words are no text"))
            continue
        keys = row.related.split()
        if lost := sum(key not in listed for key in keys):
            odd.append(Unreadable(row.url, row.source, row.ref, f"{lost} of the articles it lists as related"))
        related = tuple(listed[key] for key in keys if key in listed)
        # Nobody else has it yet; to make it anew with these takes longer than to read it.
        for name, value in (
            ("related", related),
            ("path", row.ref),
            ("kind", row.kind),
            ("news_value", row.news_value),
        ):
            object.__setattr__(article, name, value)
        found.append((row, article))
    return found, odd


def _read(row: Row[Any]) -> Article:
    """An article without what it lists."""
    document: bytes = row.document
    if document.startswith(b"{"):
        document = _BEGUN + (b"}" if document == b"{}" else b"," + document[1:])
    article = article_json().validate_json(document)
    title, excerpt, provider = (getattr(row, name).decode() for name in _TEXTS)
    set_value = object.__setattr__
    set_value(article.provider, "name", provider)
    for name, value in (
        ("url", row.url),
        ("title", title),
        ("excerpt", excerpt),
        ("published_at", row.published_at),
        ("heat", article.heat or row.heat),  # a number that no column takes stands in the document
        ("quality", article.quality or row.quality),
    ):
        set_value(article, name, value)
    return article


def why(error: ValidationError) -> str:
    """What is wrong with a document, without a word of what it says: a body may be sealed."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))
