"""Editions as they are stored: what many digests tell at one moment stands in the library once, and is read once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Select, Text, cast, delete, exists, func, literal, select, union_all

from digests.library.database import batches, upsert
from digests.library.dialects import as_bytes
from digests.library.schema import contents, contents_told, editions, told
from digests.models import Article, Edition, ScoredStory

Key = tuple[str, datetime]
"""The name of a digest, and a slot of it."""


@dataclass(frozen=True, slots=True)
class Past:
    """Something that a digest has told: the ``content`` of an edition, or a ``url`` that was told beside those."""

    slot: datetime
    content: str
    url: str


@dataclass(frozen=True, slots=True)
class Content:
    """What an edition tells, whichever digest it is of, in the form in which it is stored."""

    key: str
    document: str
    urls: frozenset[str]

    @classmethod
    def of(cls, edition: Edition) -> Content:
        """What is stored of an edition."""
        nobodys = replace(_trimmed(edition), digest="", made_at=edition.slot)
        document = edition_json().dump_json(nobodys)
        urls = frozenset(url for scored in (*edition.stories, *edition.more) for url in scored.story.urls)
        return cls(blake2b(document, digest_size=16).hexdigest(), document.decode(), urls)


def freeze(connection: Connection, made: Mapping[Key, tuple[datetime, Content]]) -> None:
    """Store editions, each with when it was made; one that is there already stands."""
    shared = {content.key: content for _, content in made.values()}
    for some in batches(list(shared)):
        known = set(connection.execute(select(contents.c.id).where(contents.c.id.in_(some))).scalars())
        new = [shared[key] for key in some if key not in known]
        rows = [{"id": each.key, "document": each.document} for each in new]
        if rows:
            connection.execute(upsert(contents).on_conflict_do_nothing(), rows)
        rows = [{"content": each.key, "url": url} for each in new for url in sorted(each.urls)]
        if rows:
            connection.execute(upsert(contents_told).on_conflict_do_nothing(), rows)
    stored = [
        {"name": name, "slot": slot, "made_at": made_at, "document": "", "content": content.key}
        for (name, slot), (made_at, content) in made.items()
    ]
    connection.execute(upsert(editions).on_conflict_do_nothing(), stored)


def stored() -> Select[Any]:
    """The rows of editions; each has a document of its own, or the key of a content."""
    columns = (editions.c.name, editions.c.slot, editions.c.made_at, editions.c.content)
    return select(*columns, as_bytes(editions.c.document).label("document"))


def read(connection: Connection, key: str) -> Edition:
    """What a content tells, as the edition of no digest.

    Raises:
        ValidationError: It cannot be read back.
    """
    found = connection.execute(select(as_bytes(contents.c.document)).where(contents.c.id == key)).scalar()
    return edition_json().validate_json(bytes(found or b""))


def contents_of(connection: Connection, keys: Collection[Key]) -> dict[Key, str]:
    """The keys of the contents of editions; an older one without has the id of its row."""
    what = func.coalesce(editions.c.content, cast(editions.c.id, Text))
    found: dict[Key, str] = {}
    wanted = set(keys)
    for slot in sorted({slot for _, slot in wanted}):
        for some in batches(sorted(name for name, at in wanted if at == slot)):
            here = select(editions.c.name, what).where(editions.c.name.in_(some), editions.c.slot == slot)
            found |= {(name, slot): key for name, key in connection.execute(here)}
    return found


def past(connection: Connection, names: Collection[str]) -> dict[str, frozenset[Past]]:
    """What digests have told."""
    found: dict[str, set[Past]] = {name: set() for name in names}
    what = func.coalesce(editions.c.content, editions.c.name)  # the older ones are nobody else's
    whole = select(editions.c.name, editions.c.slot, what, literal(""))
    beside = select(told.c.name, told.c.slot, literal(""), told.c.url)
    for some in batches(sorted(names)):
        for name, *each in connection.execute(whole.where(editions.c.name.in_(some))):
            found[name].add(Past(*each))
        for name, *each in connection.execute(beside.where(told.c.name.in_(some))):
            found[name].add(Past(*each))
    return {name: frozenset(each) for name, each in found.items()}


def telling(connection: Connection, urls: Collection[str]) -> frozenset[str]:
    """The contents that tell any of these addresses."""
    here = select(contents_told.c.content).distinct()
    return frozenset(
        key
        for some in batches(sorted(urls))
        for key in connection.execute(here.where(contents_told.c.url.in_(some))).scalars()
    )


def told_by(connection: Connection, digest: str) -> dict[str, datetime]:
    """The addresses that editions of a digest have told, each with the slot that told it first."""
    in_editions = select(contents_told.c.url, editions.c.slot).join(
        contents_told, contents_told.c.content == editions.c.content
    )
    every = union_all(
        in_editions.where(editions.c.name == digest), select(told.c.url, told.c.slot).where(told.c.name == digest)
    )
    found: dict[str, datetime] = {}
    for row in connection.execute(every):
        found[row.url] = min(row.slot, found.get(row.url, row.slot))
    return found


def told_urls() -> Any:
    """Every address that any edition told."""
    return union_all(select(told.c.url), select(contents_told.c.url))


def sweep(connection: Connection) -> None:
    """Forget what no edition tells any more."""
    connection.execute(delete(contents).where(~exists().where(editions.c.content == contents.c.id)))


@cache
def edition_json() -> TypeAdapter[Edition]:
    """Editions to JSON, and back."""
    return TypeAdapter(Edition)


def _trimmed(edition: Edition) -> Edition:
    """The edition without what is never shown: sealed bodies, listed articles, keys nobody knows."""
    sections = tuple(replace(s, stories=_shown(s.stories)) for s in edition.sections)
    return replace(edition, sections=sections, more=_shown(edition.more))


def _shown(stories: Iterable[ScoredStory]) -> tuple[ScoredStory, ...]:
    def trim(article: Article) -> Article:
        return replace(article, related=(), secured=None, body="", extra={}, layout=())

    def trimmed(scored: ScoredStory) -> ScoredStory:
        story = scored.story
        coverage = tuple(map(trim, story.coverage))
        return replace(scored, story=replace(story, lead=trim(story.lead), coverage=coverage))

    return tuple(map(trimmed, stories))
