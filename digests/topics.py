"""The catalogue of topics: which topics an article belongs to, and which topic a person means. Pure; reads only its own YAML.

How a keyword is written::

    facial recognition   small letters match any case; hyphens and spaces are one; "robot" finds "robots" and "robot's" too
    GPT                  with a capital letter it is matched as written: never "gpt", and "US" is not "us" ("GPTs" is fine)
    bank @ai             counts only in an article that also matches the topic after the @ by some other keyword or label
    !meta-analysis       never counts: no other keyword of the topic is found inside these words
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib import resources
from itertools import chain
from typing import Any, NamedTuple

import yaml

from digests.errors import TopicError
from digests.language import LANGUAGES, speaking
from digests.models import Story, Topic, TopicMatch
from digests.words import Likest, Phrases, key, passage, plural, spaced

TITLE_FIT, EXCERPT_FIT, LABEL_FIT = 1.0, 0.6, 0.4
PARENT_FIT = 0.8
"""What is left of a fit, per level, for the parents of a matched topic."""

TOPIC_TEXT = 4_000
"""Characters of a title or an excerpt that are read for topics; some write books into their excerpts."""

LIKENESS = 78.0
"""From which likeness (0..100) on a topic is suggested for a mistyped name."""

_REMEMBERED = 10_000  # articles whose topics are known
_SCANNED = 1_000  # texts that were looked through just now, with other labels or without an excerpt
_PLACES = (("title", TITLE_FIT), ("excerpt", EXCERPT_FIT), ("label", LABEL_FIT))
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIELDS = ("name", "parent", "keywords", "aliases")


_same = lru_cache(_REMEMBERED)(TopicMatch)
"""There are few, and those that are remembered of many articles are looked through by the collector."""


class TopicRow(NamedTuple):
    """One line of the tree of topics; ``depth`` is 0 for a topic without a parent."""

    name: str
    slug: str
    depth: int


class _Rule(NamedTuple):
    """A keyword of a topic, read; ``context`` is a slug or empty."""

    topic: str
    keyword: str
    context: str
    veto: bool


class _Hit(NamedTuple):
    """Where a rule matched. Sorts best first within a topic: title, then the longest keyword, then the earliest."""

    place: int
    minus_length: int
    start: int
    keyword: str
    topic: str
    context: str = ""


@dataclass(frozen=True)
class Catalogue:
    """Topics that fit together, kept in the order of their slugs; the order they are given in makes no difference.

    Raises :class:`TopicError` naming every contradiction at once: bad or double slugs, unknown parents and contexts,
    cycles, topics without keywords, and names that two topics claim.
    """

    topics: tuple[Topic, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "topics", tuple(sorted(self.topics, key=lambda topic: topic.slug)))
        _refuse(list(_contradictions(self.topics)))

    def __reduce__(self) -> tuple[type[Catalogue], tuple[tuple[Topic, ...]]]:
        return Catalogue, (self.topics,)  # what it remembers stays at home

    @classmethod
    def of(cls, topics: Iterable[Topic]) -> Catalogue:
        """A catalogue of exactly these topics."""
        return cls(tuple(topics))

    @staticmethod
    @lru_cache(maxsize=1)
    def builtin() -> Catalogue:
        """The topics of ``topics.yaml``, read once."""
        text = resources.files("digests").joinpath("topics.yaml").read_text(encoding="utf-8")
        rows = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
        return Catalogue.of(
            Topic(row["slug"], row["name"], row.get("parent"), tuple(row["keywords"]), tuple(row.get("aliases", ())))
            for row in rows
        )

    def extended(self, additions: Mapping[str, Mapping[str, object]]) -> Catalogue:
        """This catalogue with an admin's own topics and changes: slug -> any of name, parent, keywords, aliases.

        Slugs may be written as environment variables are (``CLIMATE_TECH``). What is not given stays as it is; a new topic
        needs keywords, is named after its slug, and has no parent unless one is given; an empty parent makes a topic stand
        alone. Keywords and aliases are lists or text with commas. Plain items replace the list there is; items with a
        leading ``+`` are added to it and items with a leading ``-`` taken out. Mixing plain and marked items is refused.
        """
        if not additions:
            return self
        topics, problems = dict(self._by_slug), list[str]()
        for written, change in additions.items():
            slug = _slug(written)
            old = topics.get(slug) or Topic(slug, slug.replace("-", " ").title())
            topics[slug], unread = _changed(old, change)
            problems += (f"topic {slug!r}: {problem}" for problem in unread)
        _refuse(problems or list(_contradictions(tuple(topics.values()))))
        return Catalogue.of(topics.values())

    def __contains__(self, slug: object) -> bool:
        return slug in self._by_slug

    def get(self, slug: str) -> Topic:
        """The topic with exactly this slug; :class:`TopicError` with the nearest slugs where there is none."""
        if slug not in self._by_slug:
            near = " or ".join(repr(topic.slug) for topic in self.suggest(slug))
            raise TopicError(
                f"there is no topic {slug!r}; " + (f"did you mean {near}?" if near else "/news topics lists all")
            )
        return self._by_slug[slug]

    def find(self, text: str, *, keywords: bool = True) -> Topic | None:
        """The topic that a person or a label calls so: by slug, name or alias, else by keyword.

        Case, spaces, hyphens, punctuation, "&"/"and" and plurals do not count. ``keywords=False`` leaves the keywords out:
        "tesla" may be a word to search for rather than another name of self-driving cars.
        """
        found = self._named(text, keywords=keywords)
        return found and self._by_slug[found[0]]

    def suggest(self, text: str, limit: int = 3) -> tuple[Topic, ...]:
        """The topics a mistyped name probably meant, likeliest first; nothing where nothing is near."""
        asked, scores = spaced(text[:100]), defaultdict[str, float](float)
        for place, alike in self._likest.like(asked, LIKENESS).items() if len(asked) > 2 else ():
            _, slug, malus = self._spellings[place]
            scores[slug] = max(scores[slug], alike - malus)
        if found := self.find(text):
            scores[found.slug] = 101.0
        best = sorted((-score, self._depth(slug), slug) for slug, score in scores.items() if score >= LIKENESS)
        return tuple(self._by_slug[slug] for _, _, slug in best[:limit])

    def match(self, title: str, excerpt: str = "", labels: Iterable[str] = ()) -> tuple[TopicMatch, ...]:
        """Every topic an article belongs to, best fit first, and at equal fit the more specific one.

        A keyword in the title fits 1.0, one only in the excerpt 0.6, a label (the article's own ``topics``) alone 0.4. A
        keyword that needs a context is an everyday word: only in the excerpt, or with a label as its only context, it fits
        0.4, too. The parents of a topic match with it, times 0.8 a level, unless they match better on their own; a context
        gains nothing by the keywords that lean on it.
        """
        return self._matched(title, excerpt, tuple(labels))

    def _match(self, title: str, excerpt: str, labels: tuple[str, ...]) -> tuple[TopicMatch, ...]:
        hits = [*self._scanned(title, 0), *self._scanned(excerpt, 1)]
        told = {slug for hit in hits if not hit.context for slug in self._lines[hit.topic]}
        named = [(number, *found) for number, label in enumerate(labels) if (found := self._named(label))]
        hits += (_Hit(2, 0, number, spelling, slug) for number, slug, spelling in named)
        known = told.union(*(self._lines[slug] for _, slug, _ in named))
        best: dict[str, tuple[float, int, _Hit]] = {}
        for hit in hits:
            if hit.context and hit.context not in known:
                continue
            leans = self._lines[hit.context] if hit.context else ()
            fit = LABEL_FIT if hit.context and (hit.place or hit.context not in told) else _PLACES[hit.place][1]
            for level, slug in enumerate(self._lines[hit.topic]):
                candidate = (-round(fit * PARENT_FIT**level, 4), level, hit)
                if slug not in leans and (slug not in best or candidate < best[slug]):
                    best[slug] = candidate
        order = sorted(best, key=lambda s: (best[s][0], -self._depth(s), best[s][2].place, best[s][2].start, s))
        return tuple(_same(s, best[s][2].keyword, _PLACES[best[s][2].place][0], -best[s][0]) for s in order)

    def match_story(self, story: Story) -> tuple[TopicMatch, ...]:
        """The topics of a story: each topic of its reports by its best fit; the lead's own order first."""
        best: dict[str, TopicMatch] = {}
        for article in story.articles:
            for match in self.match(article.title[:TOPIC_TEXT], article.excerpt[:TOPIC_TEXT], article.topics):
                if match.topic not in best or match.fit > best[match.topic].fit:
                    best[match.topic] = match
        return tuple(sorted(best.values(), key=lambda match: -match.fit))

    def descendants(self, slug: str) -> frozenset[str]:
        """The topic and everything below it."""
        self.get(slug)
        return frozenset(below for below, line in self._lines.items() if slug in line)

    def tree(self) -> tuple[TopicRow, ...]:
        """All topics as people read them: each under its parent, sisters by name."""
        names = {topic.slug: (topic.name.casefold(), topic.slug) for topic in self.topics}
        order = sorted(self._lines, key=lambda slug: [names[s] for s in reversed(self._lines[slug])])
        return tuple(TopicRow(self._by_slug[slug].name, slug, self._depth(slug)) for slug in order)

    def phrases(self, slug: str) -> tuple[str, ...]:
        """Small-letter phrases for a full-text query: the topic's own, then those of the topics below, each once.

        Each also in the plural. They find more than :meth:`match` does, which knows case, contexts and vetoes.
        """
        if slug not in self._phrases:
            self._phrases[slug] = tuple(self._said(slug))
        return self._phrases[slug]

    def _said(self, slug: str) -> Iterator[str]:
        below = sorted(self.descendants(slug) - {slug}, key=lambda s: (self._depth(s), s))
        rules = chain.from_iterable(_rules(self._by_slug[s]) for s in (slug, *below))
        singular = (spaced(rule.keyword) for rule in rules if not rule.veto)
        yield from dict.fromkeys(chain.from_iterable((phrase, plural(phrase)) for phrase in singular))

    @cached_property
    def _phrases(self) -> dict[str, tuple[str, ...]]:
        return {}

    # What was looked up is remembered: the newest and best reports are what most questions come to. Labels change nothing
    # of what a text says.
    @cached_property
    def _matched(self) -> Callable[[str, str, tuple[str, ...]], tuple[TopicMatch, ...]]:
        return lru_cache(_REMEMBERED)(self._match)

    @cached_property
    def _scanned(self) -> Callable[[str, int], list[_Hit]]:
        return lru_cache(_SCANNED)(self._scan)

    @cached_property
    def _by_slug(self) -> dict[str, Topic]:
        return {topic.slug: topic for topic in self.topics}

    @cached_property
    def _lines(self) -> dict[str, tuple[str, ...]]:
        """For every topic its slug, its parent's, and so on up to the root."""
        return {topic.slug: tuple(_line(self._by_slug, topic.slug)) for topic in self.topics}

    @cached_property
    def _keywords(self) -> Phrases[_Rule]:
        return Phrases((rule.keyword, rule) for topic in self.topics for rule in _rules(topic))

    @cached_property
    def _spelt(self) -> dict[str, tuple[str, str]]:
        """Name or alias exactly as written -> (slug, the same): the short way for labels, which mostly are that."""
        return {name: (topic.slug, name) for topic in self.topics for name in _names(topic)}

    @cached_property
    def _index(self) -> tuple[dict[str, tuple[str, str]], ...]:
        """Four tables key -> (slug, spelling), asked in turn: names, names in the singular, keywords, the same singular."""
        tables: tuple[dict[str, tuple[str, str]], ...] = ({}, {}, {}, {})
        for topic in sorted(self.topics, key=lambda topic: (-self._depth(topic.slug), topic.slug)):
            keywords = ((2, rule.keyword) for rule in _rules(topic) if not rule.veto)
            for number, spelling in chain(((0, name) for name in _names(topic)), keywords):
                tables[number].setdefault(key(spelling), (topic.slug, spelling))
                tables[number + 1].setdefault(key(spelling, singular=True), (topic.slug, spelling))
        return tables

    @cached_property
    def _spellings(self) -> tuple[tuple[str, str, float], ...]:
        """(phrase, slug, malus) of everything a topic may be called; keywords have to be nearer than names."""
        rules = (rule for topic in self.topics for rule in _rules(topic) if not rule.veto)
        malus = {(spaced(rule.keyword), rule.topic): 12.0 for rule in rules}
        malus |= {(spaced(name), topic.slug): 0.0 for topic in self.topics for name in _names(topic)}
        return tuple((*pair, less) for pair, less in malus.items())

    @cached_property
    def _likest(self) -> Likest:
        return Likest([phrase for phrase, *_ in self._spellings])

    def _depth(self, slug: str) -> int:
        return len(self._lines[slug]) - 1

    def _named(self, text: str, *, keywords: bool = True) -> tuple[str, str] | None:
        """(slug, the spelling it was found by)."""
        if text in self._spelt:
            return self._spelt[text]
        plain, singular = key(text), key(text, singular=True)
        names, others = self._index[:2], self._index[2:] if keywords else ()
        asked = zip((*names, self._translated, *others), (plain, singular, plain, plain, singular), strict=False)
        return next((table[k] for table, k in asked if k in table), None) if plain else None

    @cached_property
    def _translated(self) -> dict[str, tuple[str, str]]:
        """What topics are called in other languages, by key; a topic that an admin named so comes before."""
        languages = [speaking(code) for code in LANGUAGES]
        names = ((each.topic(topic.slug, topic.name), topic.slug) for topic in self.topics for each in languages)
        return {key(name): (slug, name) for name, slug in names}

    def _scan(self, text: str, place: int) -> list[_Hit]:
        found = self._keywords.find(text)
        vetoes = [(rule.topic, start, end) for rule, start, end in found if rule.veto]
        return [
            _Hit(place, start - end, start, rule.keyword, rule.topic, rule.context)
            for rule, start, end in found
            if not rule.veto and not any(t == rule.topic and a <= start and end <= b for t, a, b in vetoes)
        ]


def as_written(keyword: str, text: str) -> str:
    """The keyword of a match as a text has it, ``Face-Recognition`` for ``face recognition``; empty where it has it not."""
    found = Phrases([(keyword, None)]).find(text)
    return passage(text, *found[0][1:]) if found else ""


def _refuse(problems: list[str]) -> None:
    if problems:
        raise TopicError("; ".join(problems) if len(problems) == 1 else "\n".join(["", *(f"- {p}" for p in problems)]))


def _slug(written: str) -> str:
    return written.strip().lower().replace("_", "-")


def _names(topic: Topic) -> tuple[str, ...]:
    return (topic.slug, topic.name, *topic.aliases)


def _line(by_slug: Mapping[str, Topic], slug: str | None) -> Iterator[str]:
    """The slug, its parent's slug and so on; ends where the line does or comes back to where it has been."""
    seen = set[str]()
    while slug is not None and slug in by_slug and slug not in seen:
        seen.add(slug)
        yield slug
        slug = by_slug[slug].parent


def _rules(topic: Topic) -> Iterator[_Rule]:
    for written in topic.keywords:
        keyword, _, context = written.strip().removeprefix("!").partition(" @")
        yield _Rule(topic.slug, keyword.strip(), context.strip(), written.lstrip().startswith("!"))


def _contradictions(topics: tuple[Topic, ...]) -> Iterator[str]:
    """Everything that keeps these topics from being a catalogue, each with what to do about it."""
    by_slug = {topic.slug: topic for topic in topics}
    owners: dict[str, str] = {}
    for topic in topics:
        where = f"topic {topic.slug!r}"
        if not _SLUG.fullmatch(topic.slug):
            yield f"{where}: a slug is small letters a-z and digits with single hyphens between them, like 'climate-tech'"
        if by_slug[topic.slug] is not topic:
            yield f"{where} is there twice; give one of them another slug"
        if not key(topic.name):
            yield f"{where}: its name {topic.name!r} has no word in it; give it one"
        if topic.parent is not None and topic.parent not in by_slug:
            yield f"{where}: its parent {topic.parent!r} is not a topic; use the slug of one, or leave the parent out"
        line = list(_line(by_slug, topic.slug))
        if by_slug[line[-1]].parent == topic.slug:
            yield f"{where} is above itself ({' in '.join([*line, topic.slug])}); give one of them another parent"
        if all(rule.veto for rule in _rules(topic)):
            yield f"{where} has no keywords; list at least one word or phrase that its articles use"
        for written, rule in zip(topic.keywords, _rules(topic), strict=True):
            if not key(rule.keyword):
                yield f"{where}: the keyword {written!r} has no word in it; take it out"
            if rule.context and rule.context not in by_slug:
                yield f"{where}: the keyword {written!r} needs a topic {rule.context!r}, which is not there; use a slug"
            if topic.slug in _line(by_slug, rule.context):
                yield f"{where}: the keyword {written!r} leans on its own topic; use one above or beside it"
        for name in _names(topic):
            owner = owners.setdefault(key(name), topic.slug)
            if owner != topic.slug:
                yield f"{where}: {name!r} already means the topic {owner!r}; use another name or alias in one of the two"


def _changed(topic: Topic, change: Mapping[str, object]) -> tuple[Topic, list[str]]:
    """The topic with an admin's change, and what of it cannot be read."""
    given: dict[str, Any] = {}
    problems = []
    for written, value in change.items():
        field = written.strip().lower()
        try:
            if field in ("keywords", "aliases"):
                given[field] = _edited(field, getattr(topic, field), value)
            elif field not in _FIELDS:
                raise TopicError(f"there is no field {written!r}; use {', '.join(_FIELDS)}")
            elif not isinstance(value or "", str):
                raise TopicError(f"the {field} is text, not {value!r}")
            else:
                given[field] = str(value or "").strip() if field == "name" else _slug(str(value or "")) or None
        except TopicError as error:
            problems.append(str(error))
    return replace(topic, **given), problems


def _edited(field: str, old: tuple[str, ...], value: object) -> tuple[str, ...]:
    """The list after an admin's change: plain items replace it, items with ``+`` and ``-`` add and take out."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise TopicError(f"{field} are a list of texts or one text with commas, not {value!r}")
    items = [item.strip() for item in items if item.strip()]
    marked = [item for item in items if item[0] in "+-"]
    if marked and len(marked) < len(items):
        plain = next(item for item in items if item not in marked)
        raise TopicError(
            f"{field} mix {marked[0]!r} and {plain!r}; mark every item with + or -, or none to replace all"
        )
    if not marked:
        return tuple(dict.fromkeys(items))
    out = {item[1:].strip() for item in items if item[0] == "-"}
    kept = [item for item in old if out.isdisjoint((item, item.partition(" @")[0]))]
    if missing := sorted(out.difference(*((item, item.partition(" @")[0]) for item in old))):
        raise TopicError(f"{field} have no {missing[0]!r} to take out; there are {', '.join(old) or 'none'}")
    return tuple(dict.fromkeys([*kept, *filter(None, (item[1:].strip() for item in items if item[0] == "+"))]))
