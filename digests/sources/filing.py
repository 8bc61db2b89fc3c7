"""From a feed's items to articles of our format: which are new, under which address and date they are kept. Pure.

Quality and heat come later, when an article is judged and its story known: `digests.intake`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from urllib.parse import urlsplit

from digests import scoring
from digests.library.feedbook import Memory, Seen, headline
from digests.models import Article, Provider, Value
from digests.sources.catalogue import Feed
from digests.sources.feeds import FeedDocument, Item, PageDetails
from digests.sources.recognition import own_names, recognised

BACKFILL = timedelta(days=2)
"""How far back a feed's items are taken when it is read for the first time."""

_SLUG = re.compile(r"[^a-z0-9]+")

Wanted = Callable[[Article], bool]
"""Whether an article is about any topic that somebody wants."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document gave: articles to file, every item it had, and how many new ones were about nothing wanted.

    ``bare`` are the addresses of new articles that lack something their pages may say; ``undated`` those without a date.
    """

    articles: tuple[Article, ...] = ()
    seen: tuple[Seen, ...] = ()
    dropped: int = 0
    bare: tuple[str, ...] = ()
    undated: frozenset[str] = frozenset()


def filed(
    document: FeedDocument,
    feed: Feed,
    memory: Memory,
    now: datetime,
    wanted: Wanted = lambda _article: True,
    since: datetime | None = None,
) -> Reading:
    """Turn a document's items into articles. Pure.

    An item that was seen before, as `recognition` has it, keeps the address and the date it was first seen with.
    An undated one is dated when it is first seen. What was seen and is not stored, since it was old at the first reading,
    about nothing wanted, or forgotten by now, is not taken; only of the last `BACKFILL`, since wishes may have changed.

    Args:
        document: The document.
        feed: The feed it is of.
        memory: What the feed had before, as `feedbook.known` gives it.
        now: When this is (aware).
        wanted: Which articles are kept.
        since: On the first reading: older items, and undated ones, are remembered and not taken.
    """
    names, known = own_names(document.items), recognised(document.items, memory)
    articles: list[Article] = []
    bare: list[str] = []
    undated: set[str] = set()
    seen: dict[str, Seen] = {}
    kept: set[str] = set()
    dropped = 0
    for item in document.items:
        before = known.get(item.url)
        url = before.url if before else item.url
        # An undated item of the first reading counts as too old for it; otherwise it would be new at the second.
        at = before.published_at if before else item.published_at or (since - timedelta(seconds=1) if since else now)
        if item.url in seen or url in kept:
            continue
        instead = before.address if before and before.address != item.url else ""
        seen[item.url] = Seen(item.url, names[item.url], at, url, headline(item.title), instead)
        kept.add(url)
        oldest = since if before is None else None if before.title is not None else now - BACKFILL
        if oldest is not None and at < oldest:
            continue
        article = _article(item, url, at, document, feed)
        if not wanted(article):
            dropped += before is None
            continue
        articles.append(article)
        if before is None:
            if item.published_at is None:
                undated.add(url)
            if item.published_at is None or not (article.excerpt and article.images):
                bare.append(url)
    return Reading(tuple(articles), tuple(seen.values()), dropped, tuple(bare), frozenset(undated))


def completed(reading: Reading, pages: Mapping[str, PageDetails], taken: Collection[str]) -> Reading:
    """A reading with what the pages of its articles say: text, picture, date, and the address they call their own. Pure.

    A page that gives an address which another article has, or several pages one, is not believed in that.

    Args:
        reading: What the feed gave.
        pages: What an article's page says, by the article's address.
        taken: Addresses that are another's: of articles that are stored, and of items that the feed had before.
    """
    claimed = Counter(page.url for page in pages.values())
    others = {address for each in reading.seen for address in (each.address, each.url)}
    moved: dict[str, Seen] = {}
    articles = []
    of = {seen.url: seen for seen in reading.seen}
    for article in reading.articles:
        page = pages.get(article.url)
        if page is None:
            articles.append(article)
            continue
        own = page.url and claimed[page.url] == 1 and page.url not in others and page.url not in taken
        at = article.published_at
        if article.url in reading.undated and page.published_at is not None:
            at = min(at, page.published_at)
        url = page.url if own else article.url
        moved[article.url] = replace(of[article.url], url=url, published_at=at)
        articles.append(
            replace(
                article,
                url=url,
                published_at=at,
                excerpt=article.excerpt or page.description,
                images=article.images or page.images,
                original_url=article.original_url or (article.url if own else None),
            )
        )
    seen = tuple(moved.get(each.url, each) for each in reading.seen)
    return replace(reading, articles=tuple(articles), seen=seen)


def ref_of(url: str) -> str:
    """The name of an article's file below its feed: host, words of the address, and a digest that keeps two apart."""
    try:
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path
    except ValueError:
        host, path = "", ""
    slug = _SLUG.sub("-", path.rstrip("/").rpartition("/")[2].lower()).strip("-")[:60].strip("-")
    digest = blake2b(url.encode(), digest_size=6).hexdigest()
    return (
        f"{_SLUG.sub('-', host.removeprefix('www.').lower()).strip('-') or 'article'}/{slug or 'article'}-{digest}.md"
    )


def _article(item: Item, url: str, at: datetime, document: FeedDocument, feed: Feed) -> Article:
    # Only an aggregator speaks for other publishers: what any feed could claim would make one voice many.
    other = item.source if feed.aggregator else ""
    name = other or (feed.provider if feed.named else document.title or feed.provider)
    domain = (urlsplit(url).hostname or feed.domain).removeprefix("www.") if other else feed.domain
    hint = item.language or document.language or feed.language
    said: dict[str, Value] = {"words": item.words, "language": scoring.language(f"{item.title}. {item.excerpt}", hint)}
    return Article(
        url,
        item.title,
        at,
        Provider(name, domain),
        item.excerpt,
        topics=feed.topics,
        images=item.images,
        original_url=item.original_url,
        amp_url=item.amp_url,
        extra={key: value for key, value in said.items() if value},
    )
