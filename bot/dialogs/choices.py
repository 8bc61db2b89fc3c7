"""What is offered to those who type into a dialog: topics of the catalogue, and time zones. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from digests.language import Language
from digests.rendering.shorten import line
from digests.topics import Catalogue
from digests.words import spaced

MOST = 100
"""Options that Slack takes."""

_TEXT, _TYPED = 75, 100
_REGIONS = re.compile(r"(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/|UTC\Z")


def option(text: str, value: str, description: str = "") -> dict[str, Any]:
    """An option as Slack takes it."""
    made: dict[str, Any] = {"text": plain(line(text, _TEXT)), "value": value}
    return {**made, "description": plain(line(description, _TEXT))} if description else made


def plain(text: str) -> dict[str, Any]:
    """A text in which nothing is live."""
    return {"type": "plain_text", "text": text, "emoji": False}


def topics(typed: str, catalogue: Catalogue, language: Language) -> list[dict[str, Any]]:
    """The topics that are meant by what is typed, likeliest first; the catalogue from its beginning where nothing is."""
    asked = spaced(typed[:_TYPED])
    rows = [row for row in catalogue.tree() if not asked or _said(asked, row.slug, catalogue, language)]
    rows.sort(key=lambda row: not spaced(row.name).startswith(asked) if asked else False)
    slugs = [row.slug for row in rows]
    if asked:
        slugs += [topic.slug for topic in catalogue.suggest(typed[:_TYPED], 10)]
    return [topic(slug, catalogue, language) for slug in dict.fromkeys(slugs)][:MOST]


def topic(slug: str, catalogue: Catalogue, language: Language) -> dict[str, Any]:
    """A topic as an option, with the topic above it."""
    parent = catalogue.get(slug).parent
    return option(_called(slug, catalogue, language), slug, _called(parent, catalogue, language) if parent else "")


def _called(slug: str, catalogue: Catalogue, language: Language) -> str:
    return language.topic(slug, catalogue.get(slug).name)


def _said(asked: str, slug: str, catalogue: Catalogue, language: Language) -> bool:
    found = catalogue.get(slug)
    names = (found.slug, found.name, _called(slug, catalogue, language), *found.aliases)
    return any(asked in spaced(name) for name in names)


def zones(typed: str, now: datetime) -> list[dict[str, Any]]:
    """The time zones whose names hold what is typed, those whose city begins with it first; all offsets are those of now."""
    asked = " ".join(re.findall(r"[^\W_]+", typed[:_TYPED].casefold()))
    found = [name for name in _zones() if asked in _written(name)]
    found.sort(key=lambda name: (not _written(name.rpartition("/")[2]).startswith(asked), name))
    return [zone(name, now) for name in found[:MOST]]


def zone(name: str, now: datetime) -> dict[str, Any]:
    """A time zone as an option, with its offset."""
    minutes = (now.astimezone(ZoneInfo(name)).utcoffset() or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    offset = f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"
    return option(f"{name.replace('_', ' ')} ({offset})", name)


def is_zone(name: str) -> bool:
    """Whether there is a zone of that name."""
    return name in _all_zones()


@cache
def _all_zones() -> frozenset[str]:
    """Every name that there is; to look for them reads a whole tree of files."""
    return frozenset(available_timezones())


@cache
def _zones() -> tuple[str, ...]:
    """The zones that people live in; the older names of some are left out."""
    return tuple(sorted(name for name in _all_zones() if _REGIONS.match(name)))


def _written(name: str) -> str:
    return name.casefold().replace("_", " ").replace("/", " ").replace("-", " ")
