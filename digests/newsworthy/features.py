"""What is looked at to judge an article: cues of each kind, how far it is about AI, and its words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from digests.models import Article
from digests.words import Word, as_written, content_words

_LONGEST_TITLE, _LONGEST_EXCERPT = 500, 600  # characters that are looked at
_EXCERPT_WORDS = 60
_SHORT = 20  # an excerpt below this says nothing
_IN_EXCERPT = 0.6  # what a word in the excerpt counts, beside one in the title


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern that gives a kind away, and what it means in words that follow "it"."""

    means: str
    pattern: re.Pattern[str]
    in_address: bool


def features(article: Article, vocabulary: Collection[str]) -> dict[str, float]:
    """Everything measured of an article, by name; what is not there counts as 0.

    Names are ``title:CUE``, ``excerpt:CUE``, ``address:CUE``, ``ai:...``, ``word:STEM`` (in the title), ``said:STEM`` (in
    the excerpt), and ``short``.
    """
    title, excerpt = article.title[:_LONGEST_TITLE], article.excerpt[:_LONGEST_EXCERPT]
    found = _about_ai(title, excerpt)
    address = f"{article.url[:500]} {article.provider.name[:100]} {article.provider.domain[:100]}"
    for name, cue in cues().items():
        if cue.in_address:
            if cue.pattern.search(address):
                found[f"address:{name}"] = 1.0
            continue
        if cue.pattern.search(title):
            found[f"title:{name}"] = 1.0
        if cue.pattern.search(excerpt):
            found[f"excerpt:{name}"] = 1.0
    if len(excerpt) < _SHORT:
        found["short"] = 1.0
    found["title-length"] = min(len(title.split()), 30) / 10
    in_title, in_excerpt = _words(title, excerpt)
    for word in in_title:
        if word.stem in vocabulary:
            found[f"word:{word.stem}"] = 1.0
    for word in in_excerpt:
        if word.stem in vocabulary:
            found[f"said:{word.stem}"] = _IN_EXCERPT
    return found


def words_of(article: Article) -> Mapping[str, str]:
    """The features ``word:STEM`` and ``said:STEM`` of an article, each with the word as it is written there."""
    title, excerpt = article.title[:_LONGEST_TITLE], article.excerpt[:_LONGEST_EXCERPT]
    in_title, in_excerpt = map(as_written, _words(title, excerpt))
    return {
        **{f"word:{stem}": written for stem, written in in_title.items()},
        **{f"said:{stem}": written for stem, written in in_excerpt.items()},
    }


def _words(title: str, excerpt: str) -> tuple[list[Word], list[Word]]:
    return content_words(title), content_words(excerpt)[:_EXCERPT_WORDS]


def _about_ai(title: str, excerpt: str) -> dict[str, float]:
    surely, maybe, today, listed = about_ai()
    in_title, in_excerpt = len(surely.findall(title)), len(surely.findall(excerpt))
    perhaps, said = len(maybe.findall(title)), len(maybe.findall(excerpt))
    first = maybe.search(excerpt)
    found = {
        "ai:title": min(in_title, 2) * 1.0,
        "ai:title-maybe": min(perhaps, 2) * 1.0,
        "ai:excerpt": min(in_excerpt, 3) / 3,
        "ai:excerpt-maybe": min(said, 3) / 3,
        "ai:today": min(len(today.findall(title)), 2) / 2,
        "ai:today-excerpt": min(len(today.findall(excerpt)), 3) / 3,
        "ai:late": first.start() / max(60, len(excerpt)) if first else 1.0,
        "ai:listed": min(len(listed.findall(excerpt)), 2) / 2,
    }
    if not in_title and not perhaps:
        found["ai:not-in-title"] = 1.0
        if not in_excerpt:
            found["ai:not-surely"] = 1.0
            if not said:
                found["ai:nowhere"] = 1.0
    return {name: value for name, value in found.items() if value}


@cache
def cues() -> Mapping[str, Cue]:
    """The cues of ``cues.yaml`` by name."""
    return {
        name: Cue(
            row["means"],
            re.compile(_joined(row["pattern"]), 0 if row.get("exact") else re.IGNORECASE),
            row.get("in") == "address",
        )
        for name, row in _yaml("cues.yaml").items()
    }


@cache
def about_ai() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Words that make a piece about AI surely, maybe, and today; and lists of technologies in which AI is one."""
    rows = _yaml("about_ai.yaml")
    surely, maybe, today, listed = (
        re.compile(rf"\b(?:{_joined(rows[name])})(?!\w)") for name in ("surely", "maybe", "today", "listed")
    )
    return surely, maybe, today, listed


def _joined(pattern: str) -> str:
    """A pattern whose lines YAML folded into one: each went on with a bar."""
    return pattern.replace(" |", "|")


def _yaml(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(
        (resources.files("digests.newsworthy") / name).read_text(encoding="utf-8")
    )
    return found
