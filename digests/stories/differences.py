"""What makes two alike headlines tell two events: opposites, exchanged names, other numbers. Each has words for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib import resources
from itertools import chain, product
from typing import NamedTuple

import yaml

from digests.stories.numbers import Quantity
from digests.stories.report import Report, rarity
from digests.words import SPACELESS, stem

_LONGEST_EXCHANGE = 3  # words put one for another
_HEADLINE_WORDS = 40  # compared word by word
_ENOUGH_IN_COMMON = 2  # with fewer there is no order to compare
_MARKET = 2.5
_TELLING = 4.0  # the rarity from which a word tells who it is
_SYNDICATED = 0.75  # so much alike, and it is one text in two places
_ROUNDED, _ROUNDED_FROM = 0.93, 100.0
_SOLID = ("month", "ordinal", "quarter", "version")
_SOFT = ("count", "money", "percent")
_NOT, _AGAINST = "{!r}, not {!r}", "{!r} against {!r}"


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far two headlines have the same words in the same order (0..1), and the weightiest exchange of words.

    ``exchanged`` is the lesser rarity of the two, 0 where nothing is exchanged.
    """

    share: float
    exchanged: float = 0.0
    words: tuple[str, str] = ("", "")


class Conflicts(NamedTuple):
    """Quantities that both titles give, and give differently: a kind is there once, with the quantity of each.

    ``hard`` are other versions, ordinals, months or quarters. ``soft`` are other sums, shares or counts; those are rounded,
    converted and corrected, so they say less.
    """

    hard: Sequence[tuple[Quantity, Quantity]]
    soft: Sequence[tuple[Quantity, Quantity]]


@dataclass(frozen=True, slots=True)
class Difference:
    """Why two reports are kept apart: in words, and what is left (0..1) of the likelihood that they tell one event.

    ``form`` has a place for a word or number of each report, if any. Those are ``here`` and ``there``, as they are compared.
    """

    left: float
    form: str
    here: str | Quantity = ""
    there: str | Quantity = ""

    def note(self, a: Report, b: Report) -> str:
        """For people, with words and numbers as the two reports write them."""
        return self.form.format(a.said(self.here), b.said(self.there))


def headline_likeness(a: Report, b: Report) -> Likeness:
    """Compare two headlines word by word.

    Words that stand one for another between the same neighbours are exchanged when neither occurs anywhere in the other
    report and they do not mean the same: ``opens in Berlin``, ``opens in Paris``.
    """
    mine, other = a.order[:_HEADLINE_WORDS], b.order[:_HEADLINE_WORDS]
    common = len(a.title_words & b.title_words)
    if common < _ENOUGH_IN_COMMON:
        return Likeness(2 * common / max(1, len(mine) + len(other)))
    same = 0
    best = Likeness(0.0)
    for what, i, j, k, m in SequenceMatcher(None, mine, other, autojunk=False).get_opcodes():
        if what == "equal":
            same += j - i
        elif what == "replace" and max(j - i, m - k) <= _LONGEST_EXCHANGE:
            here = [word for word in mine[i:j] if word not in b.weights]
            there = [word for word in other[k:m] if word not in a.weights]
            apart = [(x, y) for x in here for y in there if not _overlap(x, y)]
            if not apart or any(_mean_the_same(x, y) for x in here for y in there):
                continue
            x, y = max(apart, key=lambda pair: (min(map(rarity, pair)), pair))
            if min(rarity(x), rarity(y)) > best.exchanged:
                best = Likeness(0.0, min(rarity(x), rarity(y)), (x, y))
    return Likeness(2 * same / (len(mine) + len(other)), best.exchanged, best.words)


def differences(
    a: Report,
    b: Report,
    headline: Likeness,
    numbers: Conflicts,
    title_cosine: float,
    excerpts_alike: float,
) -> list[Difference]:
    """Everything that speaks for two events although the words are alike.

    Args:
        a: A report.
        b: Another.
        headline: How alike their headlines are word by word.
        numbers: The numbers their titles give differently.
        title_cosine: How alike their titles are by their words (0..1).
        excerpts_alike: How alike their excerpts are letter by letter (0..1).
    """
    close = title_cosine > 0.4 or headline.share > 0.4
    found = [Difference(0.1, _NOT, *pair) for pair in numbers.hard]
    if not any(quantity.kind != "year" for quantity in a.all_quantities & b.all_quantities):
        found += [Difference(0.35, _NOT, *pair) for pair in numbers.soft]
    found += [difference for check in _CHECKS for difference in check(a, b)]
    if close:
        found += _opposites(a, b)
    syndicated = headline.share >= _SYNDICATED or excerpts_alike >= _SYNDICATED
    if (a.opinion or b.opinion) and not syndicated and not a.names.keys() & b.names.keys():
        found.append(Difference(0.3, "pieces on one subject that name nobody in common"))
    if headline.exchanged >= 3.6 and headline.share >= 0.55 and excerpts_alike < 0.6:
        found.append(Difference(0.15, "{!r} stands for {!r}", *headline.words))
    return found


def conflicts(a: Report, b: Report) -> Conflicts:
    """The quantities of two titles that contradict each other."""
    return Conflicts(tuple(_conflicts(a, b, _SOLID)), tuple(_conflicts(a, b, _SOFT)))


def _conflicts(a: Report, b: Report, kinds: Sequence[str]) -> Iterator[tuple[Quantity, Quantity]]:
    for kind in kinds:
        here, there = a.quantities.get(kind), b.quantities.get(kind)
        # Where each title's number stands in the other's excerpt, both tell both.
        if not here or not there or any(map(_about_the_same, product(here, there))):
            continue
        if not (here & b.all_quantities and there & a.all_quantities):
            yield min(here), min(there)


def _about_the_same(pair: tuple[Quantity, Quantity]) -> bool:
    """Sums and large counts are rounded differently: $166M and "over $160M" are one."""
    x, y = pair
    if x == y:
        return True
    if x.kind not in ("money", "count"):
        return False
    small, large = sorted((float(x.value), float(y.value)))
    return large >= _ROUNDED_FROM and small >= _ROUNDED * large


def _other_measure(a: Report, b: Report) -> Iterator[Difference]:
    table = _tables().measures
    mine = {table[word]: word for word in a.order if word in table}
    other = {table[word]: word for word in b.order if word in table}
    if mine and other and not mine.keys() & other.keys():
        yield Difference(0.1, _NOT, min(mine.values()), min(other.values()))


def _other_way_round(a: Report, b: Report) -> Iterator[Difference]:
    """Verbs of one meaning between the same words, with who does it and to whom the other way round."""
    groups = [g for g in _tables().to_somebody if not (g.isdisjoint(a.title_words) or g.isdisjoint(b.title_words))]
    if not groups:
        return
    telling = {word for word in a.title_words & b.title_words if rarity(word) >= _TELLING or word in a.names}
    for group in groups:
        here, there = _roles(a, group), _roles(b, group)
        if here is None or there is None:
            continue
        (doer, done_to), (other_doer, other_done_to) = here, there
        if (doer & other_done_to & telling) - other_doer and (done_to & other_doer & telling) - other_done_to:
            yield Difference(0.1, "who does it and to whom is the other way round")
            return


def _roles(report: Report, group: frozenset[str]) -> tuple[set[str], set[str]] | None:
    """The words of who does something of a group of verbs, and of to whom; None where no such verb is in the title."""
    if " to court" in report.title and "court" in group:  # takes somebody there
        group |= {"take", "took", "drag", "haul"}
    at = next((place for place, word in enumerate(report.order) if word in group), None)
    if at is None:
        return None
    before, after = set(report.order[:at]), set(report.order[at + 1 :])
    return (after, before) if _tables().done_by.search(report.title) else (before, after)


def _opposites(a: Report, b: Report) -> Iterator[Difference]:
    tables = _tables()
    only_b = b.title_words - a.title_words
    for word in sorted(a.title_words - b.title_words):
        for opposite in sorted(tables.opposites.get(word, frozenset()) & only_b):
            yield Difference(0.1, _AGAINST, word, opposite)
    if not (a.title.isascii() and b.title.isascii()):
        for x, y in tables.opposite_parts:
            if (
                (x in a.title) != (x in b.title)
                and (y in a.title) != (y in b.title)
                and (x in a.title) != (y in a.title)
            ):
                yield Difference(0.1, _AGAINST, x, y)


def _other_market(a: Report, b: Report) -> Iterator[Difference]:
    """Reports for sale are on a market each, and else alike to the word."""
    if a.market_report and b.market_report:
        mine, other = _market(a, b), _market(b, a)
        if mine and other:
            yield Difference(0.1, "the market for {!r}, not {!r}", min(mine), min(other))


def _market(report: Report, other: Report) -> set[str]:
    """Words of a title that the other report has nowhere, of those that could be what its market is for."""
    return {
        word
        for word in report.title_words - other.weights.keys()
        if word.isalpha() and word not in _tables().of_markets and rarity(word) >= _MARKET
    }


_CHECKS: tuple[Callable[[Report, Report], Iterator[Difference]], ...] = (
    _other_measure,
    _other_way_round,
    _other_market,
)


def _overlap(x: str, y: str) -> bool:
    """Whether two words of a script without spaces are only cut differently: both are two neighbouring characters."""
    return bool(SPACELESS.match(x)) and not set(x).isdisjoint(y)


def _mean_the_same(x: str, y: str) -> bool:
    groups = _tables().synonyms
    return bool(groups.get(x, frozenset()) & groups.get(y, frozenset())) or (
        len(x) > 4 and len(y) > 4 and x[:4] == y[:4]
    )


@dataclass(frozen=True, slots=True)
class _Tables:
    """The word lists by stem; ``synonyms`` and ``measures`` give the number of a word's group."""

    synonyms: Mapping[str, frozenset[int]]
    opposites: Mapping[str, frozenset[str]]
    opposite_parts: Sequence[tuple[str, str]]
    measures: Mapping[str, int]
    to_somebody: Sequence[frozenset[str]]
    done_by: re.Pattern[str]
    of_markets: frozenset[str]


@cache
def _tables() -> _Tables:
    text = (resources.files("digests.stories") / "headline_words.yaml").read_text(encoding="utf-8")
    rows = yaml.safe_load(text)
    synonyms: dict[str, frozenset[int]] = {}
    for number, group in enumerate(rows["synonyms"]):
        for word in map(stem, group.split()):
            synonyms[word] = synonyms.get(word, frozenset()) | {number}
    opposites: dict[str, frozenset[str]] = {}
    for word, others in rows["opposites"].items():
        for x, y in chain.from_iterable(((stem(word), stem(o)), (stem(o), stem(word))) for o in others.split()):
            opposites[x] = opposites.get(x, frozenset()) | {y}
    return _Tables(
        synonyms=synonyms,
        opposites=opposites,
        opposite_parts=tuple((x, y) for x, others in rows["opposite_parts"].items() for y in others.split()),
        measures={stem(word): n for n, group in enumerate(rows["measures"]) for word in group.split()},
        to_somebody=tuple(frozenset(map(stem, group.split())) for group in rows["to_somebody"]),
        done_by=re.compile(rows["done_by"].replace(" |", "|")),
        of_markets=frozenset(map(stem, rows["of_markets"].split())),
    )
