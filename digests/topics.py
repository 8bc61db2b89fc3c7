"""The catalogue of topics: which topics an article belongs to, and which topic a person means. Pure; reads only its own YAML.

How a keyword is written::

    facial recognition   small letters match any case; hyphens and spaces are one; "robot" finds "robots" and "robot's" too
    GPT                  with a capital letter it is matched as written: never "gpt", and "US" is not "us" ("GPTs" is fine)
    bank @ai             counts only in an article that also matches the topic after the @ by some other keyword or label
    !Meta-analysis       never counts: no other keyword of the topic is found inside these words
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from importlib import resources
from itertools import chain
from typing import Any, NamedTuple

import yaml
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from digests.errors import TopicError
from digests.models import Topic, TopicMatch
from digests.words import fold, is_word, key, plural_of, words

TITLE_FIT, EXCERPT_FIT, LABEL_FIT = 1.0, 0.6, 0.4
PARENT_FIT = 0.8
"""What is left of a fit, per level, for the parents of a matched topic."""

LIKENESS = 78.0
"""From which likeness (0..100) on a topic is suggested for a mistyped name."""

_PLACES = (("title", TITLE_FIT), ("excerpt", EXCERPT_FIT), ("label", LABEL_FIT))
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class TopicRow(NamedTuple):
    """One line of the tree of topics; ``depth`` is 0 for a topic without a parent."""

    name: str
    slug: str
    depth: int


class _Rule(NamedTuple):
    """One way to write a keyword of a topic. ``exact`` are its words as they must stand, empty where case is free."""

    topic: str
    keyword: str
    exact: tuple[str, ...]
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
    """Topics that fit together, kept in the order of their slugs; their order when given makes no difference.

    Raises :class:`TopicError` naming every contradiction at once: bad or double slugs, unknown parents, cycles, topics
    without keywords, and names that two topics claim.
    """

    topics: tuple[Topic, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "topics", tuple(sorted(self.topics, key=lambda topic: topic.slug)))
        _refuse(list(_contradictions(self.topics)))

    @classmethod
    def of(cls, topics: Iterable[Topic]) -> Catalogue:
        """A catalogue of exactly these topics."""
        return cls(tuple(topics))

    @staticmethod
    @lru_cache(maxsize=1)
    def builtin() -> Catalogue:
        """The topics of ``topics.yaml``, read once."""
        text = resources.files("digests").joinpath("topics.yaml").read_text(encoding="utf-8")
        rows = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
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
        topics, problems = dict(self._by_slug), list[str]()
        for written, change in additions.items():
            slug = written.strip().lower().replace("_", "-")
            old = topics.get(slug) or Topic(slug, slug.replace("-", " ").title())
            try:
                topics[slug] = _changed(old, change)
            except TopicError as error:
                problems.append(f"topic {slug!r}: {error}")
                topics.pop(slug, None) if slug not in self._by_slug else None
        _refuse(problems + ([] if problems else list(_contradictions(tuple(topics.values())))))
        return Catalogue.of(topics.values())

    def __contains__(self, slug: object) -> bool:
        return slug in self._by_slug

    def __iter__(self) -> Iterator[Topic]:
        return iter(self.topics)

    def __len__(self) -> int:
        return len(self.topics)

    # -- what a person means ------------------------------------------------------------------------------------------

    def get(self, slug: str) -> Topic:
        """The topic with exactly this slug; :class:`TopicError` with the nearest slugs where there is none."""
        try:
            return self._by_slug[slug]
        except KeyError:
            raise TopicError(f"there is no topic {slug!r}{self._near(slug)}") from None

    def find(self, text: str, *, keywords: bool = True) -> Topic | None:
        """The topic that a person or a label calls so: by slug, name or alias, else by keyword.

        Case, spaces, hyphens, punctuation, "&"/"and" and plurals do not count. ``keywords=False`` leaves the keywords out:
        "tesla" is a word to search for rather than another name of self-driving cars.
        """
        found = self._named(text, keywords=keywords)
        return found and self._by_slug[found[0]]

    def suggest(self, text: str, limit: int = 3) -> tuple[Topic, ...]:
        """The topics a mistyped name probably meant, likeliest first; nothing where nothing is near."""
        asked, likeness = " ".join(filter(is_word, fold(words(text)))), defaultdict[str, float](float)
        if len(asked) < 3:
            found = self.find(text)
            return (found,)[:limit] if found else ()
        for phrase, slug, malus in self._spellings:
            likeness[slug] = max(likeness[slug], _likeness(asked, phrase) - malus)
        best = sorted((-score, -self._depth(slug), slug) for slug, score in likeness.items() if score >= LIKENESS)
        return tuple(self._by_slug[slug] for _, _, slug in best[:limit])

    # -- what an article belongs to -----------------------------------------------------------------------------------

    def match(self, title: str, excerpt: str = "", labels: Iterable[str] = ()) -> tuple[TopicMatch, ...]:
        """Every topic an article belongs to, best fit first, and at equal fit the more specific one.

        A keyword in the title fits 1.0, one only in the excerpt 0.6, a label (the article's own ``topics``) alone 0.4. A
        keyword that needs a context is an everyday word: only in the excerpt, or with a label as its only context, it fits
        0.4, too. The parents of a topic match with it, times 0.8 a level, unless they match better on their own.
        """
        hits = [*self._scan(title, 0), *self._scan(excerpt, 1)]
        for number, label in enumerate(labels):
            if named := self._named(label):
                hits.append(_Hit(2, 0, number, named[1], named[0]))
        told = {slug for hit in hits if not hit.context and hit.place < 2 for slug in self._lines[hit.topic]}
        labelled = {slug for hit in hits if hit.place == 2 for slug in self._lines[hit.topic]}
        best: dict[str, tuple[float, int, _Hit]] = {}
        for hit in hits:
            fit = _PLACES[hit.place][1]
            if hit.context and (hit.place or hit.context not in told):
                if hit.context not in told | labelled:
                    continue
                fit = LABEL_FIT
            for level, slug in enumerate(self._lines[hit.topic]):
                candidate = (-round(fit * PARENT_FIT**level, 4), level, hit)
                if slug not in best or candidate < best[slug]:
                    best[slug] = candidate
        order = sorted(best, key=lambda s: (best[s][0], -self._depth(s), best[s][2].place, best[s][2].start, s))
        return tuple(TopicMatch(s, best[s][2].keyword, _PLACES[best[s][2].place][0], -best[s][0]) for s in order)

    def descendants(self, slug: str) -> frozenset[str]:
        """The topic and everything below it."""
        self.get(slug)
        return frozenset(below for below, line in self._lines.items() if slug in line)

    def tree(self) -> tuple[TopicRow, ...]:
        """All topics as people read them: each under its parent, sisters by name."""
        paths = {
            s: tuple((self._by_slug[x].name.casefold(), x) for x in reversed(line)) for s, line in self._lines.items()
        }
        return tuple(TopicRow(self._by_slug[s].name, s, self._depth(s)) for s in sorted(paths, key=lambda s: paths[s]))

    def phrases(self, slug: str) -> tuple[str, ...]:
        """Small-letter phrases for a full-text query: the topic's own, then those of the topics below, each once.

        They find more than :meth:`match` does, which knows case, contexts and vetoes.
        """
        below = sorted(self.descendants(slug) - {slug}, key=lambda s: (self._depth(s), s))
        rules = chain.from_iterable(_rules(self._by_slug[s]) for s in (slug, *below))
        return tuple(dict.fromkeys(_spaced(rule.keyword) for rule in rules if not rule.veto))

    # -- prepared once ------------------------------------------------------------------------------------------------

    @cached_property
    def _by_slug(self) -> dict[str, Topic]:
        return {topic.slug: topic for topic in self.topics}

    @cached_property
    def _lines(self) -> dict[str, tuple[str, ...]]:
        """For every topic its slug, its parent's, and so on up to the root."""
        return {topic.slug: tuple(_line(self._by_slug, topic.slug)) for topic in self.topics}

    @cached_property
    def _trie(self) -> dict[str | None, Any]:
        """Small-letter word -> next node, None -> the rules whose last word this is."""
        root: dict[str | None, Any] = {}
        for rule, ways in ((r, w) for topic in self.topics for r in _rules(topic) for w in _ways(r)):
            node = root
            for word in fold(list(ways)):
                node = node.setdefault(word, {})
            node.setdefault(None, []).append(rule._replace(exact=ways if rule.exact else ()))
        return root

    @cached_property
    def _index(self) -> tuple[dict[str, tuple[str, str]], ...]:
        """Four tables key -> (slug, spelling), asked in turn: names, names in the singular, keywords, the same singular."""
        tables: tuple[dict[str, tuple[str, str]], ...] = ({}, {}, {}, {})
        for topic in sorted(self.topics, key=lambda topic: (-self._depth(topic.slug), topic.slug)):
            keywords = [rule.keyword for rule in _rules(topic) if not rule.veto]
            for number, spelling in [(0, s) for s in _names(topic)] + [(2, k) for k in keywords]:
                tables[number].setdefault(key(spelling), (topic.slug, spelling))
                tables[number + 1].setdefault(key(spelling, singular=True), (topic.slug, spelling))
        return tables

    @cached_property
    def _spelt(self) -> dict[str, str]:
        """Name or alias exactly as written -> slug: the short way for labels, which are mostly that."""
        return {name: topic.slug for topic in self.topics for name in _names(topic)}

    @cached_property
    def _spellings(self) -> tuple[tuple[str, str, float], ...]:
        """(phrase, slug, malus) of everything a topic may be called; keywords count a little less than names."""
        named = {(_spaced(name), topic.slug): 0.0 for topic in self.topics for name in _names(topic)}
        rules = (rule for topic in self.topics for rule in _rules(topic) if not rule.veto)
        return tuple(
            (*pair, malus) for pair, malus in ({(_spaced(r.keyword), r.topic): 3.0 for r in rules} | named).items()
        )

    def _depth(self, slug: str) -> int:
        return len(self._lines[slug]) - 1

    def _near(self, slug: str) -> str:
        near = " or ".join(repr(topic.slug) for topic in self.suggest(slug))
        return f"; did you mean {near}?" if near else "; `/news topics` lists those there are"

    def _named(self, text: str, *, keywords: bool = True) -> tuple[str, str] | None:
        if text in self._spelt:
            return self._spelt[text], text
        plain, singular = key(text), key(text, singular=True)
        tables = zip(self._index, (plain, singular, plain, singular), strict=True)
        return (
            next((table[k] for table, k in list(tables)[: 4 if keywords else 2] if k in table), None) if plain else None
        )

    def _scan(self, text: str, place: int) -> list[_Hit]:
        found = words(text)
        folded = fold(found)
        hits: list[_Hit] = []
        vetoes: list[tuple[str, int, int]] = []
        for start, word in enumerate(folded):
            node = self._trie.get(word)
            end = start + 1
            while node is not None:
                for rule in node.get(None, ()):
                    if rule.exact and rule.exact != tuple(found[start:end]):
                        continue
                    if rule.veto:
                        vetoes.append((rule.topic, start, end))
                    else:
                        hits.append(_Hit(place, start - end, start, rule.keyword, rule.topic, rule.context))
                node = node.get(folded[end]) if end < len(folded) else None
                end += 1
        if vetoes:
            hits = [
                h
                for h in hits
                if not any(h.topic == t and a <= h.start and h.start - h.minus_length <= b for t, a, b in vetoes)
            ]
        return hits


def _refuse(problems: list[str]) -> None:
    if problems:
        raise TopicError("; ".join(problems) if len(problems) == 1 else "\n".join(["", *(f"- {p}" for p in problems)]))


def _line(by_slug: Mapping[str, Topic], slug: str | None) -> Iterator[str]:
    """The slug, its parent's slug and so on; ends where the line does or comes back to where it has been."""
    seen = set[str]()
    while slug in by_slug and slug not in seen:
        assert slug is not None
        seen.add(slug)
        yield slug
        slug = by_slug[slug].parent


def _names(topic: Topic) -> tuple[str, ...]:
    return (topic.slug, topic.name, *topic.aliases)


def _spaced(text: str) -> str:
    return " ".join(filter(is_word, fold(words(text))))


def _likeness(asked: str, phrase: str) -> float:
    """0..100: whole words in any order, all of it as typed, and the beginning of a longer name; swapped letters are near."""
    if len(asked) <= 4 or len(phrase) <= 3:
        swapped = sorted(asked) == sorted(phrase) and OSA.distance(asked, phrase) <= 1
        begun = phrase.startswith(asked)
        return 100.0 if asked == phrase else 90.0 if swapped or begun else 0.0
    begun = 90.0 if phrase.startswith(asked) else 0.0
    return max(fuzz.ratio(asked, phrase), fuzz.token_sort_ratio(asked, phrase), begun)


def _rules(topic: Topic) -> Iterator[_Rule]:
    """The keywords of a topic, read; ``exact`` holds the words of those with a capital letter."""
    for written in topic.keywords:
        text, _, context = (
            written.strip().removeprefix("!").rpartition(" @")
            if " @" in written
            else (written.strip().removeprefix("!"), "", "")
        )
        keyword = text.strip()
        exact = tuple(_trimmed(keyword)) if keyword != keyword.lower() else ()
        yield _Rule(topic.slug, keyword, exact, context.strip(), written.strip().startswith("!"))


def _ways(rule: _Rule) -> Iterator[tuple[str, ...]]:
    """The words of a keyword as articles may write them: as it stands, in the plural, and with "&" for "and"."""
    stem = _trimmed(rule.keyword)
    if not stem:
        return
    for last in filter(None, (stem[-1], plural_of(stem[-1]))):
        way = (*stem[:-1], last)
        yield way
        if swapped := {"&", "and"} & set(way):
            here, there = ("&", "and") if "&" in swapped else ("and", "&")
            yield tuple(there if word == here else word for word in way)


def _trimmed(keyword: str) -> list[str]:
    """The words of a keyword without punctuation around them; punctuation inside ("Mr. Robot") is part of it."""
    found = words(keyword)
    places = [place for place, word in enumerate(found) if is_word(word)]
    return found[places[0] : places[-1] + 1] if places else []


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
            yield f"{where}: the name is empty; give it one"
        if topic.parent is not None and topic.parent not in by_slug:
            yield f"{where}: its parent {topic.parent!r} is not a topic; use the slug of one, or leave the parent out"
        line = list(_line(by_slug, topic.slug))
        if by_slug[line[-1]].parent == topic.slug if line else False:
            yield f"{where} is its own ancestor ({' > '.join([*line, topic.slug])}); give one of them another parent"
        if not any(not rule.veto for rule in _rules(topic)):
            yield f"{where}: it has no keywords; list at least one word or phrase that its articles use"
        for rule in _rules(topic):
            if not key(rule.keyword):
                yield f"{where}: the keyword {rule.keyword!r} has no word in it; take it out"
            if rule.context and rule.context not in by_slug:
                yield f"{where}: the keyword '{rule.keyword} @{rule.context}' needs a topic {rule.context!r} that is not there"
        for name in _names(topic):
            owner = owners.setdefault(key(name), topic.slug)
            if owner != topic.slug:
                yield f"{where}: {name!r} already means the topic {owner!r}; use another name or alias in one of the two"


def _changed(topic: Topic, change: Mapping[str, object]) -> Topic:
    """The topic with an admin's change; a :class:`TopicError` lists what cannot be read."""
    known = [f.name for f in fields(Topic) if f.name != "slug"]
    given: dict[str, Any] = {}
    problems = []
    for name, value in change.items():
        field = name.strip().lower()
        try:
            if field not in known:
                raise TopicError(f"it has no field {name!r}; there are {', '.join(known)}")
            if field in ("keywords", "aliases"):
                given[field] = _edited(field, getattr(topic, field), value)
            elif field == "parent":
                given[field] = str(value).strip().lower().replace("_", "-") if value else None
            elif not isinstance(value, str):
                raise TopicError(f"the name is text, not {value!r}")
            else:
                given[field] = value.strip()
        except TopicError as error:
            problems.append(str(error))
    if problems:
        raise TopicError("; ".join(problems))
    return replace(topic, **given)


def _edited(field: str, old: tuple[str, ...], value: object) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)) or not all(isinstance(item, str) for item in items):
        raise TopicError(f"{field} are a list of texts, or one text with commas, not {value!r}")
    items = [item.strip() for item in items if item.strip()]
    marked = [item for item in items if item[0] in "+-"]
    if not marked:
        return tuple(dict.fromkeys(items))
    if len(marked) < len(items):
        plain = next(item for item in items if item not in marked)
        raise TopicError(
            f"{field} mix {marked[0]!r} with {plain!r}: mark every item with + or - to change the list, or none to replace it"
        )
    gone = {item[1:].strip() for item in items if item[0] == "-"}
    if missing := sorted(gone - set(old)):
        raise TopicError(f"{field} has no {missing[0]!r} to take out; it has {', '.join(old) or 'nothing'}")
    added = (item[1:].strip() for item in items if item[0] == "+")
    return tuple(dict.fromkeys([*(item for item in old if item not in gone), *filter(None, added)]))
