"""`read`: bytes in, items and problems out, never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from digests.sources.feeds import charsets, distil, jsonfeeds, pages, xmlfeeds
from digests.sources.feeds.values import FeedDocument, Problem

MOST_BYTES = 10 * 1024 * 1024
"""Of a longer body the rest is not looked at."""


def read(body: bytes, url: str, headers: Mapping[str, str], now: datetime) -> FeedDocument:
    """The items of a feed and what was wrong with it.

    Pure, never raises, and takes less than a second for any body.

    Args:
        body: The document as it came, decompressed.
        url: The address it came from, after all redirects: relative links start from it.
        headers: Of the response; only ``content-type`` is looked at.
        now: Aware, UTC: what is dated after it is not believed.
    """
    text = charsets.decode(body[:MOST_BYTES], headers).lstrip("\ufeff \t\r\n\0")
    if not text:
        return FeedDocument("", problems=(Problem("the document is empty", serious=True),))
    if text[0] in "{[":
        return jsonfeeds.read(text, url, now)
    kind, start = distil.kind(text)
    if kind == "feed":
        return xmlfeeds.read(text[start:], url, now)
    if kind == "page":
        return FeedDocument("html page", problems=(Problem(_page(body, url, headers), serious=True),))
    said = charsets.header(headers, "content-type")[:60]
    return FeedDocument(
        "", problems=(Problem(f"this is not a feed{f' (it says it is {said!r})' if said else ''}", serious=True),)
    )


def _page(body: bytes, url: str, headers: Mapping[str, str]) -> str:
    links = pages.discover(body, url, headers)
    named = (
        f"; it names the feed{'s' if len(links) > 1 else ''} {', '.join(link.url for link in links[:3])}"
        if links
        else ""
    )
    return f"this is a web page, not a feed{named}"
