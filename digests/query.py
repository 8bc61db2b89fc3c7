"""What a person asks, as one value, and how it is read from what was typed: words, phrases and filters. Pure.

    robots "five-year pause" -drones topic:robotics source:theverge.com since:7d sort:new

`FILTERS` is the one table of filters: the reader, the help and the docs are made from it. What looks like a filter and is
none (``GPT-5:``, ``https://...``, ``re:Invent``) is a word, and so are ``C++`` and ``-5%``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from digests.errors import QueryError
from digests.language import said
from digests.moments import moment
from digests.words import clean, likeness

if TYPE_CHECKING:  # the catalogue is made of the models, and an answer, which is one of them, holds a query
    from digests.topics import Catalogue


class Sort(StrEnum):
    """The order of an answer."""

    best = "best"
    new = "new"
    hot = "hot"


@dataclass(frozen=True, slots=True)
class Since:
    """A moment (UTC), and how it was written."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Without:
    """What an answer must not be about, and whose reports must not tell it."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A question. All its ``words``, ``phrases`` and ``topics`` (slugs) are wanted, and any of its ``sources``.

    A source is a domain (small letters, no ``www.``) or the name of a provider. ``str(query)`` reads to the same query.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    without: Without = field(default_factory=Without)
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: Since | None = None
    sort: Sort = Sort.best

    def __str__(self) -> str:
        return " ".join(
            (*self.words, *map(_quoted, self.phrases), *(text for text, _ in self.filters()), *self._order())
        )

    @property
    def subject(self) -> str:
        """The words and phrases alone, as they are typed."""
        return " ".join((*self.words, *map(_quoted, self.phrases)))

    def filters(self) -> tuple[tuple[str, Query], ...]:
        """Each thing that narrows the question, as it is typed, with the question that is left without it."""
        return tuple(self._filters())

    def _filters(self) -> Iterator[tuple[str, Query]]:
        out = self.without
        for word in out.words:
            yield f"-{word}", replace(self, without=replace(out, words=_less(out.words, word)))
        for phrase in out.phrases:
            yield f"-{_quoted(phrase)}", replace(self, without=replace(out, phrases=_less(out.phrases, phrase)))
        for slug in self.topics:
            yield f"topic:{slug}", replace(self, topics=_less(self.topics, slug))
        for slug in out.topics:
            yield f"-topic:{slug}", replace(self, without=replace(out, topics=_less(out.topics, slug)))
        if self.sources:
            yield " ".join(f"source:{_value(name)}" for name in self.sources), replace(self, sources=())
        for name in out.sources:
            yield f"-source:{_value(name)}", replace(self, without=replace(out, sources=_less(out.sources, name)))
        if self.since is not None:
            yield f"since:{_value(self.since.text)}", replace(self, since=None)

    def _order(self) -> tuple[str, ...]:
        return () if self.sort is Sort.best else (f"sort:{self.sort}",)


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: its name, what goes behind the colon, the message that says what it does, an example, and other names of it."""

    name: str
    value: str
    what: str
    example: str
    instead_of: tuple[str, ...] = ()
    turns: bool = True

    @property
    def usage(self) -> str:
        """``topic:TOPIC``."""
        return f"{self.name}:{self.value}"


FILTERS: Mapping[str, Filter] = {
    each.name: each
    for each in (
        Filter("topic", "TOPIC", "filter-topic", 'police topic:"facial recognition"', ("tag", "label")),
        Filter(
            "source",
            "DOMAIN|NAME",
            "filter-source",
            "robots source:theverge.com",
            ("site", "from", "by", "provider", "publisher", "domain"),
        ),
        Filter(
            "since",
            "TIME",
            "filter-since",
            "robots since:7d",
            ("after", "newer", "date"),
            turns=False,
        ),
        Filter(
            "sort",
            "|".join((Sort.new, Sort.hot, Sort.best)),
            "filter-sort",
            "robots sort:new",
            ("order", "orderby"),
            turns=False,
        ),
    )
}
"""Every filter by its name."""

_NEAR = 78.0
_SORTS = {
    "newest": Sort.new,
    "latest": Sort.new,
    "recent": Sort.new,
    "date": Sort.new,
    "time": Sort.new,
    "hottest": Sort.hot,
    "heat": Sort.hot,
    "popular": Sort.hot,
    "top": Sort.best,
    "relevance": Sort.best,
}
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″＂〝〞", '"'))  # as telephones and other languages write them
_MINUS = "-–−‐‑－﹣"  # an en dash is what many keyboards make of a hyphen; the long dash parts sentences
_NAMED = r"[^\W\d_]+[:：]"
_PIECE = re.compile(rf'(?P<head>[{_MINUS}]?(?:{_NAMED})?)"(?P<quoted>[^"]*)(?:"|\Z)|(?P<bare>[^\s"]+)')
_FILTER = re.compile(rf"({_NAMED})(.*)", re.DOTALL)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word, phrase or filter of a question, with its place in the text; ``name`` is as typed, or empty."""

    out: bool
    name: str
    value: str
    quoted: bool
    start: int
    end: int


def read(text: str, topics: Catalogue, now: datetime, timezone: str = "UTC") -> Query:
    """The question that a text asks.

    Args:
        text: What was typed, without the command.
        topics: Where `topic:` looks names up.
        now: What `since:` counts back from (aware).
        timezone: The asker's (IANA), for days.

    Raises:
        QueryError: For a filter that cannot be followed: which, why, what to do, and what was probably meant.
    """
    text = text.translate(_QUOTES)
    reading = _Reading(text, topics, now, timezone)
    for piece in _pieces(text):
        reading.take(piece)
    return reading.query()


def below(host: str, domain: str) -> bool:
    """Whether a host is a domain's own, or lies below it; both in small letters."""
    return f".{host}".endswith(f".{domain}")


def domain_of(source: str) -> str:
    """The domain that a source is, or empty where it is a name."""
    return source if _DOMAIN.fullmatch(source) else ""


class _Reading:
    """A question that is being read, piece by piece."""

    def __init__(self, text: str, topics: Catalogue, now: datetime, timezone: str) -> None:
        self._text = text
        self._topics = topics
        self._now = now
        self._timezone = timezone
        self._since: Since | None = None
        self._sort = Sort.best
        self._found: dict[tuple[str, bool], list[str]] = {}

    def take(self, piece: _Piece) -> None:
        """Add a piece."""
        name = clean(piece.name).casefold()
        if name not in FILTERS:
            self._plain(piece, name)
            return
        written = self._text[piece.start : piece.end]
        if not piece.value:
            rest = "" if piece.quoted else self._text[piece.end :].strip()
            raise QueryError(
                said("query-empty", where=written, example=FILTERS[name].example),
                (f"{self._text[: piece.end]}{rest}",) if rest else (),
            )
        if piece.out and not FILTERS[name].turns:
            raise QueryError(said("query-not-turned", where=written), (self._put(piece, written[1:]),))
        self._READERS[name](self, piece)

    def query(self) -> Query:
        """What was read."""

        def found(what: str, *, out: bool = False) -> tuple[str, ...]:
            return tuple(self._found.get((what, out), ()))

        without = Without(*(found(what, out=True) for what in ("word", "phrase", "topic", "source")))
        return Query(found("word"), found("phrase"), without, found("topic"), found("source"), self._since, self._sort)

    def _plain(self, piece: _Piece, name: str) -> None:
        if piece.name and piece.value and (meant := _filter_meant(name)):
            minus = "-" if piece.out else ""
            fixed = f"{minus}{meant}:{_value(piece.value)}"
            raise QueryError(
                said("query-no-filter", where=self._text[piece.start : piece.end], instead=fixed),
                (self._put(piece, fixed),),
            )
        if piece.quoted and piece.name:
            self._add("word", piece.out, f"{piece.name}:")
        if piece.quoted:
            self._add("phrase", piece.out, piece.value)
        else:
            self._add("word", piece.out, f"{piece.name}:{piece.value}" if piece.name else piece.value)

    def _topic(self, piece: _Piece) -> None:
        topic = self._topics.find(piece.value, keywords=False)
        if topic is None:
            near = [each.slug for each in self._topics.suggest(piece.value)]
            minus = "-" if piece.out else ""
            raise QueryError(
                said("query-no-topic", where=self._text[piece.start : piece.end]),
                tuple(self._put(piece, f"{minus}topic:{slug}") for slug in near),
            )
        self._add("topic", piece.out, topic.slug, once=True)

    def _source(self, piece: _Piece) -> None:
        source = _source(piece.value)
        if not any(letter.isalnum() for letter in source):
            written = self._text[piece.start : piece.end]
            raise QueryError(said("query-no-publisher", where=written, example=FILTERS["source"].example))
        self._add("source", piece.out, source, once=True)

    def _moment(self, piece: _Piece) -> None:
        written = self._text[piece.start : piece.end]
        text = " ".join(clean(piece.value).casefold().split())
        at = moment(text, self._now, self._timezone)
        if at is None:
            raise QueryError(said("query-no-time", where=written))
        if at > self._now:
            raise QueryError(said("query-future", where=written))
        self._since = Since(at, text)

    def _sorted(self, piece: _Piece) -> None:
        text = clean(piece.value).casefold()
        if text not in Sort.__members__:
            near = _SORTS.get(text) or next((sort for sort in Sort if likeness(text, sort) >= _NEAR), None)
            raise QueryError(
                said("query-no-order", where=self._text[piece.start : piece.end]),
                (self._put(piece, f"sort:{near}"),) if near else (),
            )
        self._sort = Sort(text)

    def _add(self, what: str, out: bool, value: str, *, once: bool = False) -> None:
        found = self._found.setdefault((what, out), [])
        if value and not (once and value in found):
            found.append(value)

    def _put(self, piece: _Piece, fixed: str) -> str:
        """The whole question with something else in a piece's place."""
        return " ".join(f"{self._text[: piece.start]}{fixed}{self._text[piece.end :]}".split())

    _READERS: ClassVar[Mapping[str, Callable[[_Reading, _Piece], None]]] = {
        "topic": _topic,
        "source": _source,
        "since": _moment,
        "sort": _sorted,
    }


def _pieces(text: str) -> Iterator[_Piece]:
    for found in _PIECE.finditer(text):
        bare = found["bare"]
        if bare and not bare.strip(",;"):  # between two filters in quotes
            continue
        head = found["head"] if bare is None else bare
        out = head[:1] in _MINUS and (bare is None or _turns(bare[1:])) if head else False
        rest = head[1:] if out else head
        named = _FILTER.match(rest)
        name = named[1][:-1] if named else ""
        value = found["quoted"] if bare is None else named[2] if named else rest
        if name and clean(name).casefold() in FILTERS:
            value = value.strip(" ,;")
        yield _Piece(out, name, " ".join(value.split()), bare is None, found.start(), found.end())


def _turns(word: str) -> bool:
    """Whether a minus in front of this turns it round: not in front of a number, another minus, or nothing to speak of."""
    first = next((letter for letter in word if letter.isalnum()), "")
    return bool(first) and not first.isdigit() and word[0] not in f"{_MINUS}>"


def _filter_meant(name: str) -> str:
    """The filter that an unknown name probably meant; empty where it is near none: then it is a word with a colon."""
    for each in FILTERS.values():
        if name in each.instead_of or (name[:1] == each.name[0] and likeness(name, each.name) >= _NEAR):
            return each.name
    return ""


def _source(value: str) -> str:
    """A domain out of an address or as it stands, in small letters; else the name as it was written."""
    rest = value
    if scheme := _URL.match(rest):
        rest = rest[scheme.end() :].rpartition("@")[2]
    host = re.split(r"[/:?#]", rest, maxsplit=1)[0].strip(".").lower()
    while host.startswith("www."):
        host = host[4:]
    return host if domain_of(host) else value


def _quoted(text: str) -> str:
    return f'"{text}"'


def _value(text: str) -> str:
    return _quoted(text) if " " in text else text


def _less(values: Iterable[str], one: str) -> tuple[str, ...]:
    return tuple(value for value in values if value != one)
