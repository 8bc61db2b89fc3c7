"""From what a feed says of an entry to an Item: one set of rules for every form of feed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from digests.models import Image
from digests.sources.feeds import addresses, moments, texts
from digests.sources.feeds.texts import Picture
from digests.sources.feeds.values import Item, Problem

TITLE = 300
EXCERPT = 1000
NAME = 200
_MOST_IMAGES = 6
_MOST_CATEGORIES = 30
_MADE_TITLE = 100
_LARGEST = 100_000  # pixels

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,4}")
_MAIL = re.compile(r"\S{1,100}@\S{1,100}")
_IN_BRACKETS = re.compile(r"\(([^()]{1,200})\)")
_PIXELS = re.compile(r"\s*(\d{1,6})(?:\.\d+)?\s*(?:px)?\s*\Z")
_COUNTERS = re.compile(
    r"//(?:[^/]*\.)?(?:feeds\.feedburner\.com/~|feedburner\.google|doubleclick\.net|feedsportal\.com|scorecardresearch\.com"
    r"|google-analytics\.com|(?:pixel|pixels|stats|counter|beacon|track|tracking)\.[^/]+)/"
    r"|/(?:pixel|spacer|blank|transparent|tracking|beacon|counter|count|1x1|clear)\.(?:gif|png|php)(?:\?|\Z)"
    r"|/wp-includes/images/smilies/|s\.w\.org/images/core/emoji/|/~r/|/~ff/",
    re.IGNORECASE,
)
_SLUG_WORDS = re.compile(r"[-_+.]+")
_SLUG_END = re.compile(r"\.(?:html?|php|aspx?)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Markup:
    """A text as the feed has it; ``length`` before it was cut, ``base`` what the addresses in it start from."""

    value: str = ""
    is_text: bool = False
    length: int = 0
    base: str = ""


@dataclass(frozen=True, slots=True)
class Date:
    """A date as written; ``read`` is what the feed's library took it for."""

    written: str = ""
    read: datetime | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a feed says of an entry, unjudged. ``links`` are where the article may be, the likeliest first."""

    id: str = ""
    links: tuple[str, ...] = ()
    title: Markup = Markup()
    summary: Markup = Markup()
    content: Markup = Markup()
    published: tuple[Date, ...] = ()
    updated: tuple[Date, ...] = ()
    authors: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    categories: tuple[str, ...] = ()
    language: str = ""
    amp: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Fault:
    """What can be wrong with items, for one and for several."""

    one: str
    many: str


_NO_LINK = _Fault("has no link", "have no link")
_BAD_LINK = _Fault("has no link to a web page", "have no link to a web page")
_TWICE = _Fault("has the address of an earlier one", "have the address of an earlier one")
_EMPTY = _Fault("has neither title nor text", "have neither title nor text")
_UNDATED = _Fault("has no date", "have no date")
_UNREADABLE = _Fault("has a date that cannot be read", "have dates that cannot be read")
_ABSURD = {
    "in the future": _Fault("is dated in the future", "are dated in the future"),
    "before 1990": _Fault("is dated before 1990", "are dated before 1990"),
}
_NO_ENTRY = _Fault("is no entry", "are no entries")


class Assembler:
    """Makes items of drafts, drops what is no article, and remembers what was wrong."""

    def __init__(self, base: str, now: datetime, language: str = "") -> None:
        self._base = base
        self._now = now
        self._language = language
        self._number = 0
        self._seen: set[str] = set()
        self._faults: dict[_Fault, list[int]] = {}
        self._examples: dict[_Fault, str] = {}
        self.items: list[Item] = []

    def add(self, draft: Draft | None) -> None:
        """Take the next entry in; None for something in its place that is none."""
        self._number += 1
        if draft is None:
            self._note(_NO_ENTRY)
            return
        address = next((found for link in draft.links if (found := addresses.web(link, self._base))), "")
        url = addresses.canonical(address)
        if not url:
            self._note(_BAD_LINK if any(draft.links) else _NO_LINK, next(filter(None, draft.links), ""))
        elif url in self._seen:
            self._note(_TWICE)
        else:
            self._seen.add(url)
            self.items.append(self._item(draft, url, address))

    def problems(self) -> list[Problem]:
        """What was wrong with the items, each fault once, with the numbers of the items (from 1)."""
        return [
            Problem(_sentence(fault, numbers, self._examples.get(fault, ""))) for fault, numbers in self._faults.items()
        ]

    def _item(self, draft: Draft, url: str, address: str) -> Item:
        summary = texts.read(draft.summary.value, is_text=draft.summary.is_text, length=draft.summary.length)
        content = texts.read(draft.content.value, is_text=draft.content.is_text, length=draft.content.length)
        said = summary.text or content.text
        title = texts.plain(draft.title.value, limit=TITLE, is_text=draft.title.is_text)
        excerpt = texts.excerpt(said, title, EXCERPT) if title else texts.shorten(said, EXCERPT)
        if not title:
            if not said:
                self._note(_EMPTY)
            title = texts.shorten(said, _MADE_TITLE) or _from_address(url)
        updated, _ = moments.judged(self._read(draft.updated), self._now)
        published = self._published(draft)
        amp = addresses.web(draft.amp, self._base) or (address if _is_amp(address, url) else "")
        language = language_tag(draft.language)
        found = [image(each, self._base) for each in draft.pictures]
        if not any(found):
            inside = ((content, draft.content.base), (summary, draft.summary.base))
            found = [image(each, base or self._base, inside=True) for text, base in inside for each in text.pictures]
            found = [next((each for each in found if each), None)]
        return Item(
            id=texts.clean(draft.id[:2000])[:EXCERPT],
            url=url,
            title=title,
            excerpt=excerpt,
            published_at=published,
            updated_at=updated,
            author=_people(draft.authors),
            images=_distinct(found)[:_MOST_IMAGES],
            categories=names(draft.categories)[:_MOST_CATEGORIES],
            language=language or self._language,
            words=max(summary.words, content.words),
            original_url=address if address != url else None,
            amp_url=amp if amp and amp != url else None,
            source=texts.plain(draft.source, limit=NAME),
        )

    def _published(self, draft: Draft) -> datetime | None:
        dates = (*draft.published, *draft.updated)
        found, wrong = moments.judged(self._read(dates), self._now)
        if wrong:
            self._note(_ABSURD[wrong], next(date.written for date in dates if date.written.strip()))
        elif found is None:
            written = next((date.written for date in dates if date.written.strip()), "")
            self._note(_UNREADABLE if written else _UNDATED, written)
        return found

    @staticmethod
    def _read(dates: Iterable[Date]) -> datetime | None:
        return next((found for date in dates if (found := moments.moment(date.written) or date.read)), None)

    def _note(self, fault: _Fault, example: str = "") -> None:
        self._faults.setdefault(fault, []).append(self._number)
        if example:
            self._examples.setdefault(fault, texts.clean(example[:100])[:60])


def image(picture: Picture, base: str, *, inside: bool = False) -> Image | None:
    """A picture with a safe absolute address; None for one without, and for what only counts readers.

    Args:
        picture: As written.
        base: What a relative address starts from.
        inside: It stood in the text, where pictures of a size of nothing, faces and counters stand too.
    """
    address = addresses.web(picture.source, base)
    width, height = _pixels(picture.width), _pixels(picture.height)
    if not address or min(width or 100, height or 100) <= 3 or _COUNTERS.search(address):
        return None
    if inside and min(width or 100, height or 100) < 32:
        return None
    return Image(address, width, height, texts.plain(picture.alt, limit=NAME) or None)


def names(written: Iterable[str]) -> tuple[str, ...]:
    """Names as plain text, each once, in order."""
    kept: dict[str, str] = {}
    for each in written:
        name = texts.plain(each, limit=NAME)
        if name:
            kept.setdefault(name.casefold(), name)
    return tuple(kept.values())


def language_tag(written: str) -> str:
    """A BCP 47 tag in lower case; empty for what is none."""
    tag = written.strip()[:40].lower().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) and tag not in ("und", "mul", "zxx") else ""


def _people(written: Iterable[str]) -> str:
    found = []
    for each in written:
        bracketed = _IN_BRACKETS.search(each[:400]) if "@" in each[:400] else None  # mail@example.com (A Name)
        found.append(_MAIL.sub("", bracketed[1] if bracketed else each[:400]).strip(" ()<>,;"))
    return texts.shorten(", ".join(names(found)), NAME)


def _pixels(written: str) -> int | None:
    found = _PIXELS.match(written)
    return int(found[1]) if found and int(found[1]) <= _LARGEST else None


def _distinct(images: Iterable[Image | None]) -> tuple[Image, ...]:
    kept: dict[str, Image] = {}
    for each in images:
        if each is not None:
            kept.setdefault(each.url, each)
    return tuple(kept.values())


def _is_amp(address: str, url: str) -> bool:
    """The address was an AMP variant: with the word taken out it is another one."""
    return "amp" in address.lower() and address.lower().count("amp") > url.lower().count("amp")


def _from_address(url: str) -> str:
    """A title for an article that has no words at all: the last part of its address, else its host."""
    parts = urlsplit(url)
    slug = _SLUG_END.sub("", unquote(parts.path.rstrip("/").rpartition("/")[2], errors="replace"))
    title = texts.clean(_SLUG_WORDS.sub(" ", slug))[:_MADE_TITLE]
    return title.strip() or parts.netloc


def _sentence(fault: _Fault, numbers: list[int], example: str) -> str:
    shown = f": {example!r}" if example else ""
    if len(numbers) == 1:
        return f"item {numbers[0]} {fault.one}{shown}"
    first = ", ".join(map(str, numbers[:3] if len(numbers) > 4 else numbers[:-1]))
    last = f"{len(numbers) - 3} more" if len(numbers) > 4 else str(numbers[-1])
    return f"items {first} and {last} {fault.many}{f', first{shown}' if shown else ''}"
