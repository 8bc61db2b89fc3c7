"""Lists of feeds as OPML, the form that feed readers exchange: `read_opml` takes one in, `write_opml` gives one out. Pure.

Reads OPML 1.0 and 2.0 (http://opml.org/spec2.opml) as readers really write it: any nesting, ``xmlUrl`` in any spelling, a
wrong or missing encoding, an ``&`` that nobody escaped. Writes OPML 2.0. What OPML has no attribute for (domain,
standing, aggregator) goes into a namespace of our own, which the specification allows and other readers pass over; topics are
tags in ``category``. They are taken back only from outlines that carry our namespace: in a foreign list "Robotics" is a folder
that somebody named, not a promise that everything in the feed is about robots.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from html.entities import html5
from typing import Any

from lxml import etree

from digests.errors import FeedListError
from digests.sources.catalogue import AGGREGATORS, Feed, TopicCheck, domain_of, made, remembered, same

MAX_BYTES = 10_000_000
"""A larger file is refused unread; a list of 1,000 feeds has about 300,000."""

NAMESPACE = "urn:x-heatline:feeds:1"
"""Of the attributes ``domain``, ``standing`` and ``aggregator``."""

_DOMAIN, _STANDING, _AGGREGATOR = (f"{{{NAMESPACE}}}{name}" for name in ("domain", "standing", "aggregator"))
_MAX_MENDED = 3  # of the XML itself: one slip makes many
_MAX_PROBLEMS = 200
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
_ENCODING = re.compile(rb"\s*<\?xml\b[^>]*\bencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# Codecs of Python that no document is written in; some take the time of a square.
_NO_ENCODINGS = frozenset({"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "utf-7"})
_WIDE = ("utf-16", "utf-32")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
# Not the beginning of what XML knows: a bare & (in half of all addresses), or a name that only HTML knows.
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)([A-Za-z][A-Za-z0-9]{1,30};)?")
_FEED_TYPES = ("rss", "atom", "feed")
_LINK_TYPES = ("link", "include")


def read_opml(body: bytes, where: str, topic: TopicCheck | None = None) -> tuple[list[Feed], list[str]]:
    """The feeds of an OPML document in its order, and what is wrong with it as ``where:line: what``.

    A problem costs the outline or the value that it names, nothing else. Folders are no problem and leave no trace.

    Args:
        body: The whole file.
        where: What it is called, for problems and errors.
        topic: Refuses slugs that are not topics, in a list of ours; the built-in topics where left out.

    Raises:
        FeedListError: For what is no OPML at all, is larger than `MAX_BYTES`, or declares entities, which hostile
            documents use to grow without end and to read other files.
    """
    if len(body) > MAX_BYTES:
        raise FeedListError([f"{where}: {len(body):,} bytes: an OPML file may have {MAX_BYTES:,}"])
    text, problems = _decoded(body, where)
    if _ENTITY.search(text):
        raise FeedListError([f"{where}: declares entities, which no list of feeds needs; take its <!DOCTYPE> out"])
    root = _parsed(_AMPERSAND.sub(_escaped, text), where, problems)
    topic = remembered(topic)
    feeds: list[Feed] = []
    seen: dict[str, str] = {}
    for outline in _outlines(root):
        place = f"{where}:{outline.sourceline or 0}"
        feed, wrong = _feed(outline, topic)
        if feed is not None and same(feed.url) in seen:
            wrong = [f"the feed of line {seen[same(feed.url)]} once more (left out)"]
        elif feed is not None:
            seen[same(feed.url)] = str(outline.sourceline or 0)
            feeds.append(feed)
        problems += (f"{place}: {_name(outline)}: {what}" for what in wrong)
    if len(problems) > _MAX_PROBLEMS:
        problems[_MAX_PROBLEMS:] = [f"{where}: and {len(problems) - _MAX_PROBLEMS:,} problems more"]
    return feeds, problems


def write_opml(feeds: Iterable[Feed], title: str, now: datetime) -> str:
    """The feeds as an OPML 2.0 document, sorted by provider and address, with its declaration and a newline at its end.

    Args:
        feeds: What to write; the same feeds in another order give the same text.
        title: Of the list.
        now: When it is made; aware.
    """
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"heatline": NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _NOT_XML.sub("\ufffd", title)
    etree.SubElement(head, "dateCreated").text = format_datetime(now.astimezone(UTC), usegmt=True)
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    for feed in sorted(feeds, key=lambda feed: (feed.provider.casefold(), feed.provider, feed.url)):
        etree.SubElement(body, "outline", dict(_attributes(feed)))
    text: str = etree.tostring(root, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'


def _attributes(feed: Feed) -> Iterator[tuple[str, str]]:
    given = (
        ("text", feed.provider),
        ("title", feed.provider),
        ("type", "rss"),
        ("xmlUrl", feed.url),
        ("htmlUrl", f"https://{feed.domain}/"),
        ("language", feed.language),
        ("category", ",".join(feed.topics)),
        (_DOMAIN, feed.domain),
        (_STANDING, repr(feed.standing)),
        (_AGGREGATOR, "" if feed.aggregator == (feed.domain in AGGREGATORS) else str(feed.aggregator).lower()),
    )
    return ((name, _NOT_XML.sub("\ufffd", value)) for name, value in given if value)


def _decoded(body: bytes, where: str) -> tuple[str, list[str]]:
    """The text of the document by its mark, its declaration, or as UTF-8; else as windows-1252, which reads anything."""
    problems: list[str] = []
    said = _ENCODING.match(body[:1000])
    marked = next((name for mark, name in _MARKS if body.startswith(mark)), "")
    declared = marked or (said[1].decode().lower() if said else "utf-8")
    for encoding in dict.fromkeys((declared, "utf-8")):
        try:
            name = codecs.lookup(encoding).name
            if name in _NO_ENCODINGS or (not marked and name.startswith(_WIDE)):  # nobody could have read it so far
                raise LookupError(encoding)
            text = body.decode(encoding)
            break
        except LookupError:
            problems.append(f"{where}: says that its encoding is {encoding!r}, which cannot be; read as UTF-8")
        except UnicodeError:
            problems.append(f"{where}: is not {encoding}, though it should be; names with accents may have suffered")
    else:
        text = body.decode("windows-1252", "replace")
    text = _DECLARATION.sub(lambda declaration: "\n" * declaration[0].count("\n"), text.removeprefix("\ufeff"), count=1)
    return _NOT_XML.sub("\ufffd", text), problems


def _escaped(ampersand: re.Match[str]) -> str:
    name = ampersand[1] or ""
    return escape(html5[name]) if name in html5 else f"&amp;{name}"


def _parsed(text: str, where: str, problems: list[str]) -> Any:
    """The document's first element. What can be mended is mended and added to the problems.

    The parser gets UTF-8 of the very text that was searched for entities, so there is no encoding they could hide in.
    """
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise FeedListError([f"{where}:{error.lineno or 1}: is not XML: {error.msg}"]) from error
    if root is None:
        raise FeedListError([f"{where}: is not XML: nothing in it can be read"])
    kind = _local(root)
    if kind != "opml":
        raise FeedListError([f"{where}: is not OPML but <{kind[:40]}>; export the list of feeds as OPML once more"])
    mended = [f"{where}:{entry.line}: broken XML, mended: {entry.message}" for entry in parser.error_log]
    problems += mended[:_MAX_MENDED]
    if len(mended) > _MAX_MENDED:
        problems.append(f"{where}: broken XML in more places, mended")
    return root


def _outlines(root: Any) -> Iterator[Any]:
    """The outlines of any depth that are feeds or should be: not the folders."""
    for element in root.iter(etree.Element):
        if _local(element) == "outline" and (_address(element) or not len(element)):
            yield element


def _feed(outline: Any, topic: TopicCheck | None) -> tuple[Feed | None, list[str]]:
    """The feed of an outline, and what is wrong with it."""
    url = _address(outline)
    if not url:
        if _attribute(outline, "type").lower() in _LINK_TYPES:
            return None, ["a link to a page or to another list, not a feed (left out)"]
        return None, ["has no xmlUrl, the address of its feed (left out)"]
    name, ours = _attribute(outline, "text") or _attribute(outline, "title"), _is_ours(outline)
    values: dict[str, object] = {
        "url": url,
        "provider": "" if "://" in name and not ours else name,  # some readers name what has no title by its address
        "domain": outline.get(_DOMAIN) or _home(_attribute(outline, "htmlUrl")),
        "language": "" if _attribute(outline, "language").lower() == "unknown" else _attribute(outline, "language"),
        "topics": _attribute(outline, "category") if ours else "",
        "standing": outline.get(_STANDING),
        "aggregator": outline.get(_AGGREGATOR),
    }
    feed, wrong = made({key: value for key, value in values.items() if value}, topic)
    return feed, [f"{what} ({'left out' if feed is None else 'read without it'})" for _, what in wrong]


def _home(url: str) -> str:
    """The domain of the site that an outline names; empty where that is no address."""
    feed, _ = made({"url": url})
    return domain_of(feed.url) if feed else ""


def _is_ours(outline: Any) -> bool:
    return outline.get(_STANDING) is not None or outline.get(_DOMAIN) is not None


def _address(outline: Any) -> str:
    """The address of the feed; early lists have it in ``url``."""
    found = _attribute(outline, "xmlUrl")
    if not found and _attribute(outline, "type").lower() in _FEED_TYPES:
        found = _attribute(outline, "url")
    return found


def _attribute(outline: Any, name: str) -> str:
    """The attribute of this name in any spelling of it, trimmed; empty where there is none."""
    value = outline.get(name)
    if value is None:
        value = next((value for key, value in outline.attrib.items() if key.lower() == name.lower()), "")
    return str(value).strip()


def _name(outline: Any) -> str:
    name = " ".join((_attribute(outline, "text") or _attribute(outline, "title") or _address(outline)).split())
    return repr(name if len(name) <= 80 else f"{name[:77]}...") if name else "an outline without a name"


def _local(element: Any) -> str:
    return str(etree.QName(element).localname).lower()
