"""RSS, RDF and Atom by feedparser."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser

from digests.sources.feeds import addresses, texts
from digests.sources.feeds.distil import MOST_ITEMS, Distilled, distil
from digests.sources.feeds.drafts import NAME, Assembler, Date, Draft, Markup, language_tag
from digests.sources.feeds.texts import Picture
from digests.sources.feeds.values import FeedDocument, Problem

_FORMS = {
    "rss20": "rss 2.0", "rss10": "rss 1.0", "rss090": "rss 0.90", "rss091n": "rss 0.91", "rss091u": "rss 0.91",
    "rss092": "rss 0.92", "rss093": "rss 0.93", "rss094": "rss 0.94", "rss": "rss", "atom10": "atom 1.0", "atom03": "atom 0.3",
    "atom02": "atom 0.2", "atom01": "atom 0.1", "atom": "atom", "cdf": "cdf",
}  # fmt: skip
_PERIODS = {"hourly": 60, "daily": 24 * 60, "weekly": 7 * 24 * 60, "monthly": 30 * 24 * 60, "yearly": 365 * 24 * 60}
_LONGEST_WAIT = timedelta(days=30)
_PAGES = ("text/html", "application/xhtml+xml")
_FEEDS = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
)
_PICTURE_ENDS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")
_AMP_TYPES = ("text/html+amp",)

_Said = Mapping[str, Any]  # feedparser's dictionaries; whatever is read from them is checked


def read(text: str, url: str, now: datetime) -> FeedDocument:
    """The items of a text that begins with the root element of a feed."""
    distilled = distil(text)
    if distilled is None:
        return FeedDocument(
            "", problems=(Problem("this looks like a feed, but no element of it can be read", serious=True),)
        )
    parsed, failure = _parse(distilled.xml, url)
    if parsed is None:
        return FeedDocument("", problems=(Problem(f"feedparser cannot read this feed: {failure}", serious=True),))
    return _document(parsed, distilled, url, now)


def _parse(xml: bytes, url: str) -> tuple[_Said | None, str]:
    """What feedparser finds, or None and the name of the error it raised.

    This is the one place that catches everything. feedparser's handlers raise whatever comes up (its tracker knows of
    AttributeError, KeyError, IndexError, LookupError, ValueError, UnicodeError, RecursionError and AssertionError), and one
    feed that brings up another must not end a run.
    """
    said = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:  # a stream: of a text feedparser would take an address or a file name
        parsed = feedparser.parse(
            io.BytesIO(xml), response_headers=said, resolve_relative_uris=False, sanitize_html=False
        )
    except Exception as error:  # noqa: BLE001 - see above; it becomes a serious problem
        return None, type(error).__name__
    return parsed, ""


def _document(parsed: _Said, distilled: Distilled, url: str, now: datetime) -> FeedDocument:
    feed, entries = _mapping(parsed, "feed"), _mappings(parsed, "entries")
    language = language_tag(_string(feed, "language"))
    assembler = Assembler(url, now, language)
    aligned = len(entries) == len(distilled.lengths)
    for place, entry in enumerate(entries):
        assembler.add(_draft(entry, distilled.lengths[place] if aligned else 0))
    problems = [*_problems(distilled), *assembler.problems()]
    if not entries:
        problems.append(Problem("the feed has no items"))
    return FeedDocument(
        form=_FORMS.get(_string(parsed, "version"), "rss"),
        title=texts.plain(_string(feed, "title"), limit=NAME),
        home=next(filter(None, (addresses.canonical(addresses.web(link, url)) for link in _articles(feed))), ""),
        language=language,
        items=tuple(assembler.items),
        problems=tuple(problems),
        every=_every(feed),
    )


def _problems(distilled: Distilled) -> list[Problem]:
    problems = []
    if distilled.mended:
        problems.append(
            Problem(f"the feed is not well-formed XML and was mended: {texts.clean(distilled.mended)[:100]}")
        )
    if distilled.cut:
        problems.append(Problem("the document ends in the middle; the items before are kept"))
    if distilled.too_long:
        problems.append(Problem("the document is too long to be read to its end; the items before are kept"))
    if distilled.found > MOST_ITEMS:
        problems.append(
            Problem(
                f"the document has {distilled.found:,} items; {MOST_ITEMS} are kept, the newest where it dates them"
            )
        )
    return problems


def _draft(entry: _Said, length: int) -> Draft:
    content, summary = _contents(entry), _detail(entry, "summary")
    if content.value == summary.value:
        content = Markup()
    if len(content.value) > len(summary.value):
        content = replace(content, length=length)
    else:
        summary = replace(summary, length=length)
    identifier = _string(entry, "id")
    published = tuple(_date(entry, key) for key in ("published", "created"))
    return Draft(
        id=identifier,
        links=(_string(entry, "feedburner_origlink"), *_articles(entry)),
        title=_detail(entry, "title"),
        summary=summary,
        content=content,
        published=tuple(date for date in published if date.written),
        updated=tuple(date for date in [_date(entry, "updated")] if date.written),
        authors=tuple(_authors(entry)),
        pictures=tuple(_pictures(entry)),
        categories=tuple(_string(tag, "term") or _string(tag, "label") for tag in _mappings(entry, "tags")),
        language=_string(entry, "language") or _string(_mapping(entry, "title_detail"), "language"),
        amp=next(
            (_string(link, "href") for link in _mappings(entry, "links") if _string(link, "rel") == "amphtml"), ""
        ),
        source=_string(_mapping(entry, "source"), "title"),
    )


def _articles(said: _Said) -> tuple[str, ...]:
    """Where a link leads to the article, the likeliest first: alternates that are pages, other alternates, the permalink.

    Enclosures, the entry itself, comments and related pages are never the article.
    """
    pages: list[str] = []
    others: list[str] = []
    for link in _mappings(said, "links"):
        rel, kind = _string(link, "rel").lower() or "alternate", _string(link, "type").lower()
        if rel not in ("alternate", "http://www.iana.org/assignments/relation/alternate") or kind in _FEEDS:
            continue
        (pages if kind in _PAGES or not kind else others).append(_string(link, "href"))
    # feedparser puts a permalink guid into `link`; any other link of an entry is in `links` already.
    permalink = "" if any(pages) or any(others) or not _permalink(said) else _string(said, "link")
    return tuple(filter(None, (*pages, *others, permalink)))


def _permalink(said: _Said) -> bool:
    return bool(said.get("guidislink")) and _string(said, "link") == _string(said, "id")


def _detail(entry: _Said, key: str) -> Markup:
    detail = _mapping(entry, f"{key}_detail")
    value = _string(detail, "value") or _string(entry, key)
    return Markup(value, _string(detail, "type") == "text/plain", base=_string(detail, "base"))


def _contents(entry: _Said) -> Markup:
    longest = max(_mappings(entry, "content"), key=lambda each: len(_string(each, "value")), default={})
    return Markup(_string(longest, "value"), _string(longest, "type") == "text/plain", base=_string(longest, "base"))


def _date(entry: _Said, key: str) -> Date:
    written, parsed = _string(entry, key), dict.get(entry, f"{key}_parsed") if isinstance(entry, dict) else None
    if written.isascii() or not parsed:
        return Date(written)
    try:  # Korean, Greek, Hungarian: the languages whose dates feedparser knows
        year, month, day, hour, minute, second = parsed[:6]
        return Date(written, datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except (ValueError, TypeError, OverflowError):
        return Date(written)


def _authors(entry: _Said) -> list[str]:
    named = [_string(author, "name") for author in _mappings(entry, "authors")]
    return list(filter(None, named)) or [_string(entry, "author")]


def _pictures(entry: _Said) -> list[Picture]:
    """The pictures an entry declares: the largest media content first, then thumbnails, enclosures, and the podcast's."""
    contents = [media for media in _mappings(entry, "media_content") if _is_picture(media, "url")]
    contents.sort(key=lambda media: -_number(media))
    enclosures = [
        link for link in _mappings(entry, "links") if _string(link, "rel") == "enclosure" and _is_picture(link, "href")
    ]
    return [
        *(_picture(media, "url") for media in (*contents, *_mappings(entry, "media_thumbnail"))),
        *(_picture(link, "href") for link in enclosures),
        *(_picture(each, "href") for each in [_mapping(entry, "image")]),
    ]


def _number(media: _Said) -> int:
    width = _string(media, "width")
    return int(width) if width.isdecimal() and len(width) < 6 else 0


def _is_picture(media: _Said, key: str) -> bool:
    medium, kind = _string(media, "medium").lower(), _string(media, "type").lower()
    if medium or kind:
        return medium == "image" or kind.startswith("image")
    return _string(media, key).lower().partition("?")[0].endswith(_PICTURE_ENDS)


def _picture(media: _Said, key: str) -> Picture:
    return Picture(_string(media, key), _string(media, "width"), _string(media, "height"))


def _every(feed: _Said) -> timedelta | None:
    ttl = _string(feed, "ttl").strip()
    minutes = float(ttl) if ttl.isdecimal() and len(ttl) < 8 else 0.0
    if not minutes:
        often = _string(feed, "sy_updatefrequency").strip()
        times = int(often) if often.isdecimal() and 0 < len(often) < 5 else 1
        minutes = _PERIODS.get(_string(feed, "sy_updateperiod").strip().lower(), 0) / max(1, times)
    return min(timedelta(minutes=minutes), _LONGEST_WAIT) if minutes else None


def _string(said: _Said, key: str) -> str:
    """A text of feedparser's; `dict.get`, since its own lookup gives a publication date for a missing update."""
    value = dict.get(said, key) if isinstance(said, dict) else None
    return value if isinstance(value, str) else ""


def _mapping(said: _Said, key: str) -> _Said:
    value = dict.get(said, key) if isinstance(said, dict) else None
    return value if isinstance(value, dict) else {}


def _mappings(said: _Said, key: str) -> list[_Said]:
    value = dict.get(said, key) if isinstance(said, dict) else None
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
