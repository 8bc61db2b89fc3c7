"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/): no kept library reads it, and it is small."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from digests.sources.feeds import addresses, moments, texts
from digests.sources.feeds.distil import MARKUP, MOST_ITEMS, newest
from digests.sources.feeds.drafts import NAME, Assembler, Date, Draft, Markup, language_tag
from digests.sources.feeds.texts import LONGEST, Picture
from digests.sources.feeds.values import FeedDocument, Problem

_MOST_VALUES = 600_000
_MOST_SAVED = 20_000  # items of a broken document
_VALUE = re.compile(r"[^, \t\r\n]")
_LEAST_SHARE = 2_400
_FORMS = {"1": "json feed 1.0", "1.0": "json feed 1.0", "1.1": "json feed 1.1"}
_HOME = "jsonfeed.org/version/"


def read(text: str, url: str, now: datetime) -> FeedDocument:
    """The items of a JSON text; the form is empty, with a serious problem, where it is no JSON Feed."""
    if sum(map(text.count, ",[:")) > _MOST_VALUES:  # one stands before every value
        return _refused("the JSON document has too many values to be read")
    problems = []
    try:
        feed = json.loads(text)
    except RecursionError:
        return _refused("the JSON document is nested too deep to be read")
    except ValueError as error:  # JSONDecodeError, or a number with more digits than Python reads
        feed = _before_the_break(text)
        if feed is None:
            return _refused(f"the document is not JSON: {error}")
        problems.append(Problem(f"the document ends in the middle or is broken ({error}); the items before are kept"))
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return _refused("the document is JSON, but not a JSON Feed: it has no list `items`")
    version = _string(feed, "version")
    form = _FORMS.get(version.rstrip("/").rpartition("/")[2], "json feed") if _HOME in version else "json feed"
    if form == "json feed":
        problems.append(Problem("the feed does not say its version, which JSON Feed requires"))
    entries = feed["items"]
    if len(entries) > MOST_ITEMS:
        problems.append(
            Problem(f"the document has {len(entries):,} items; {MOST_ITEMS} are kept, the newest where it dates them")
        )
        entries = newest(entries, _date)
    language = language_tag(_string(feed, "language"))
    assembler = Assembler(url, now, language)
    share = max(_LEAST_SHARE, min(LONGEST, MARKUP // max(1, len(entries))))
    for entry in entries:
        assembler.add(_draft(entry, share) if isinstance(entry, dict) else None)
    if not entries:
        problems.append(Problem("the feed has no items"))
    return FeedDocument(
        form=form,
        title=texts.plain(_string(feed, "title"), limit=NAME, is_text=True),
        home=addresses.canonical(addresses.web(_string(feed, "home_page_url"), url)),
        language=language,
        items=tuple(assembler.items),
        problems=(*problems, *assembler.problems()),
    )


def _refused(what: str) -> FeedDocument:
    return FeedDocument("", problems=(Problem(texts.clean(what)[:300], serious=True),))


def _before_the_break(text: str) -> dict[str, Any] | None:
    """What can be read of a broken document: its items one by one, up to the break; None where that is nothing."""
    start = text.find('"items"')
    at = text.find("[", start) + 1
    if start < 0 or at <= 0:
        return None
    decoder = json.JSONDecoder()
    items: list[Any] = []
    while len(items) < _MOST_SAVED and (begin := _VALUE.search(text, at)):
        try:
            item, at = decoder.raw_decode(text, begin.start())
        except (ValueError, RecursionError):
            break
        items.append(item)
    try:
        head = json.loads(f"{text[:start].rstrip().rstrip(',')}}}")
    except (ValueError, RecursionError):
        head = {}
    return {**head, "items": items} if items and isinstance(head, dict) else None


def _date(entry: Any) -> float | None:
    found = moments.moment(_string(entry, "date_published")) if isinstance(entry, dict) else None
    return None if found is None else found.timestamp()


def _draft(entry: dict[str, Any], share: int) -> Draft:
    markup, text = _string(entry, "content_html"), _string(entry, "content_text")
    content = Markup(markup[:share], False, len(markup)) if markup else Markup(text[:share], True, len(text))
    summary = _string(entry, "summary")
    identifier = entry.get("id")
    number = isinstance(identifier, int) and not isinstance(identifier, bool) and abs(identifier) < 10**18
    identifier = str(identifier) if number else _string(entry, "id")
    permalink = identifier if identifier.lower().startswith(("http://", "https://")) else ""
    authors = entry.get("authors") if isinstance(entry.get("authors"), list) else [entry.get("author")]
    tags = entry.get("tags")
    return Draft(
        id=identifier,
        links=tuple(filter(None, (_string(entry, "url"), permalink, _string(entry, "external_url")))),
        title=Markup(_string(entry, "title"), is_text=True),
        summary=Markup(summary[:share], is_text=True, length=len(summary)),
        content=content,
        published=tuple(Date(date) for date in [_string(entry, "date_published")] if date),
        updated=tuple(Date(date) for date in [_string(entry, "date_modified")] if date),
        authors=tuple(_string(author, "name") for author in authors[:10] if isinstance(author, dict))
        if authors
        else (),
        pictures=tuple(_pictures(entry)),
        categories=tuple(tag for tag in tags[:50] if isinstance(tag, str)) if isinstance(tags, list) else (),
        language=_string(entry, "language"),
    )


def _pictures(entry: dict[str, Any]) -> list[Picture]:
    attachments = entry.get("attachments")
    attached = [
        _string(each, "url")
        for each in (attachments[:20] if isinstance(attachments, list) else [])
        if isinstance(each, dict) and _string(each, "mime_type").lower().startswith("image/")
    ]
    return [
        Picture(source) for source in (_string(entry, "image"), _string(entry, "banner_image"), *attached) if source
    ]


def _string(said: dict[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""
