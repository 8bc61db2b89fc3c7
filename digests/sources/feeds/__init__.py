"""Feeds and web pages as other people write them, read into plain values: pure, bounded in time, and never an exception."""

from __future__ import annotations

from digests.sources.feeds.pages import discover, page
from digests.sources.feeds.reading import read
from digests.sources.feeds.values import FeedDocument, Item, Link, PageDetails, Problem

__all__ = ["FeedDocument", "Item", "Link", "PageDetails", "Problem", "discover", "page", "read"]
