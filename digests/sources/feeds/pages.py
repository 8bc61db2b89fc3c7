"""What a web page says in its head: the feeds it advertises (`discover`), and what it says of its article (`page`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from lxml import etree

from digests.sources.feeds import addresses, charsets, moments, texts
from digests.sources.feeds.drafts import EXCERPT, NAME, TITLE, image, language_tag, names
from digests.sources.feeds.texts import Picture
from digests.sources.feeds.values import Link, PageDetails

_LONGEST_PAGE = 1_500_000  # bytes; what is looked for stands near the beginning
_MOST_LINKS = 50
_FEED_TYPES = frozenset(
    """
    application/rss+xml application/atom+xml application/feed+json application/rdf+xml application/x-rss+xml
    application/x-atom+xml application/rss application/atom text/rss+xml text/atom+xml text/rss
    """.split()
)
_MAYBE_TYPES = frozenset({"application/xml", "text/xml", "application/json"})
_LOOKS_LIKE_FEED = re.compile(r"\b(?:rss|atom|feeds?|rdf|index\.xml)\b", re.IGNORECASE)
_LINK_HEADER = re.compile(r"<([^<>]{1,3000})>((?:\s*;\s*[\w*]{1,20}\s*=\s*(?:\"[^\"]{0,500}\"|[^\s\",;]{1,500}))*)")
_LINK_PARAMETER = re.compile(r";\s*([\w*]{1,20})\s*=\s*(?:\"([^\"]{0,500})\"|([^\s\",;]{1,500}))")
_LINKED_DATA = re.compile(r"<script\b[^<>]{0,500}?\bapplication/ld\+json\b[^<>]{0,500}+>", re.IGNORECASE)
_LONGEST_DATA = 200_000
_MOST_DATA = 20
_MOST_NODES = 2_000
_ARTICLES = re.compile(r"(?:Article|Posting|Report|Review|VideoObject|WebPage)\Z")


def discover(body: bytes, url: str, headers: Mapping[str, str]) -> tuple[Link, ...]:
    """The feeds that a page advertises, in its order, each once; those of the HTTP header ``Link`` first.

    Args:
        body: The page as it came, decompressed; the first 1.5 MB are looked at.
        url: The address it came from, after all redirects.
        headers: Of the response.
    """
    root = texts.tree(charsets.decode(body[:_LONGEST_PAGE], headers))
    base = _base(root, url)
    found: dict[str, Link] = {}
    for href, rel, kind, title in (*_from_header(headers), *(() if root is None else _from_page(root))):
        kind = kind.partition(";")[0].strip().lower()
        rels = rel.lower().split()
        wanted = kind in _FEED_TYPES or (
            kind in _MAYBE_TYPES and _LOOKS_LIKE_FEED.search(f"{href[:500]} {title[:500]}")
        )
        if not ("feed" in rels or ("alternate" in rels and wanted)) or "stylesheet" in rels:
            continue
        address = addresses.web(href, base).partition("#")[0]
        if address and len(found) < _MOST_LINKS:
            found.setdefault(address, Link(address, texts.plain(title, limit=NAME), kind))
    return tuple(found.values())


def page(body: bytes, url: str, headers: Mapping[str, str], now: datetime) -> PageDetails:
    """What an article's page says of itself; empty fields where it says nothing.

    Args:
        body: The page as it came, decompressed; the first 1.5 MB are looked at.
        url: The address it came from, after all redirects.
        headers: Of the response.
        now: Aware, UTC: what is dated after it is not believed.
    """
    text = charsets.decode(body[:_LONGEST_PAGE], headers)
    root = texts.tree(text)
    if root is None:  # nothing in it but scripts, which may say something all the same
        root = etree.Element("html")
    base = _base(root, url)
    said, links = _metas(root), _links(root)
    data = list(_linked_data(text))

    def first(*names: str) -> str:
        return next((said[name] for name in names if said.get(name)), "")

    def dated(names: tuple[str, ...], key: str, element: str = "") -> datetime | None:
        written = (*(said.get(name, "") for name in names), *(_text(node.get(key)) for node in data), element)
        judged = (moments.judged(moments.moment(each), now)[0] for each in written if each)
        return next((found for found in judged if found is not None), None)

    pictures = [
        Picture(first(name), first("og:image:width"), first("og:image:height"), first("og:image:alt"))
        for name in _IMAGES[:3]
    ]
    pictures += [Picture(first(name), alt=first("twitter:image:alt")) for name in _IMAGES[3:]]
    pictures += [Picture(_address(node.get("image"))) for node in data]
    images = {found.url: found for each in reversed(pictures[:20]) if (found := image(each, base)) is not None}
    return PageDetails(
        url=addresses.canonical(addresses.web(links.get("canonical") or first("og:url"), base)),
        title=texts.plain(first("og:title", "twitter:title") or _title(text), limit=TITLE),
        description=texts.plain(first("og:description", "description", "twitter:description"), limit=EXCERPT),
        images=tuple(images.values())[::-1],
        published_at=dated(_PUBLISHED, "datePublished", _time(root)),
        updated_at=dated(_UPDATED, "dateModified"),
        author=", ".join(
            names(filter(None, [_author(first("author", "article:author", "dc.creator", "parsely-author"), data)]))
        ),
        language=language_tag(str(root.get("lang") or "")) or language_tag(first("og:locale", "content-language")),
        site=texts.plain(first("og:site_name", "application-name"), limit=NAME),
        amp_url=addresses.web(links.get("amphtml", ""), base) or None,
    )


_IMAGES = (
    "og:image:secure_url",
    "og:image",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
    "image",
    "thumbnail",
)
_PUBLISHED = (
    "article:published_time", "og:published_time", "datepublished", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date", "citation_publication_date", "publish_date", "pubdate", "publishdate",
    "date",
)  # fmt: skip
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified")


def _base(root: etree._Element | None, url: str) -> str:
    element = None if root is None else next(root.iter("base"), None)
    return addresses.web(str(element.get("href") or ""), url) or url if element is not None else url


def _from_header(headers: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    for link in islice(_LINK_HEADER.finditer(charsets.header(headers, "link")[:8000]), 30):
        said = {found[1].lower(): found[2] or found[3] or "" for found in _LINK_PARAMETER.finditer(link[2])}
        yield link[1], said.get("rel", ""), said.get("type", ""), said.get("title", "")


def _from_page(root: etree._Element) -> Iterator[tuple[str, str, str, str]]:
    for link in islice(root.iter("link", "a"), 20_000):
        if link.get("rel") and link.get("href"):
            href, rel, kind, title = (str(link.get(name) or "") for name in ("href", "rel", "type", "title"))
            yield href, rel, kind, title


def _metas(root: etree._Element) -> dict[str, str]:
    """What the page's ``meta`` elements say, by name in lower case; the first of a name counts."""
    said: dict[str, str] = {}
    for meta in islice(root.iter("meta"), 1_000):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv")
        value = str(meta.get("content") or "").strip()[: 8 * EXCERPT]
        if name and value:
            said.setdefault(str(name).strip().lower(), value)
    return said


def _links(root: etree._Element) -> dict[str, str]:
    said: dict[str, str] = {}
    for link in islice(root.iter("link"), 1_000):
        for rel in str(link.get("rel") or "").lower().split():
            said.setdefault(rel, str(link.get("href") or ""))
    return said


def _title(text: str) -> str:
    found = re.search(r"<title\b[^<>]{0,200}>([^<]{1,2000})", text[:200_000], re.IGNORECASE)
    return found[1] if found else ""


def _time(root: etree._Element) -> str:
    times = list(islice((each for each in root.iter("time") if each.get("datetime")), 50))
    marked = [
        each
        for each in times
        if each.get("pubdate") is not None or "published" in str(each.get("itemprop") or "").lower()
    ]
    return str((marked or times)[0].get("datetime")) if times else ""


def _linked_data(text: str) -> Iterator[dict[str, Any]]:
    """The JSON-LD nodes of a page that are articles; what cannot be read is passed over."""
    for opening in islice(_LINKED_DATA.finditer(text), _MOST_DATA):
        end = text.find("</script", opening.end(), opening.end() + _LONGEST_DATA)
        try:
            document = json.loads(text[opening.end() : end], strict=False) if end >= 0 else None
        except (ValueError, RecursionError):
            continue
        yield from islice(_articles(document), 10)


def _articles(document: Any) -> Iterator[dict[str, Any]]:
    waiting, looked = [document], 0
    while waiting and looked < _MOST_NODES:
        node = waiting.pop()
        looked += 1
        if isinstance(node, list):
            waiting.extend(reversed(node[:100]))
        elif isinstance(node, dict):
            kinds = node.get("@type")
            if any(
                isinstance(kind, str) and _ARTICLES.search(kind[-100:])
                for kind in (kinds if isinstance(kinds, list) else [kinds])
            ):
                yield node
            waiting.extend(node[key] for key in ("mainEntity", "@graph") if key in node)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _address(value: Any) -> str:
    """The address of a JSON-LD image: a text, an object with ``url``, or a list of either."""
    for _ in range(3):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("url")
    return _text(value)


def _author(said: str, data: list[dict[str, Any]]) -> str:
    if said and not addresses.web(said):
        return said
    for node in data:
        author = node.get("author")
        named = [
            _text(each.get("name") if isinstance(each, dict) else each)
            for each in (author if isinstance(author, list) else [author])
        ]
        if any(named):
            return ", ".join(filter(None, named[:5]))
    return ""
