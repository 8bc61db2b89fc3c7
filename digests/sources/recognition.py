"""Which items of a feed it had before, whatever it did to their addresses, names, titles and dates since. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from rapidfuzz import fuzz

from digests.library.feedbook import Known, Memory, headline
from digests.sources.feeds import Item

_ALIKE = 70.0  # of 100: two titles of one item, edited
_SLACK = timedelta(hours=6)  # dates of one item move by so much; what is dated later is the next of a series
_MOVE = 3  # so many undated items with known titles are a move of the whole feed, where its old addresses are all gone
_PLACE = re.compile(r"\d{0,3}")  # a name that may be no more than a place in the list


def own_names(items: Sequence[Item]) -> dict[str, str]:
    """What a feed calls each item, by the item's address; empty for a name that several have: some call all the same."""
    names = Counter(item.id for item in items)
    return {item.url: item.id if names[item.id] == 1 else "" for item in items}


def recognised(items: Sequence[Item], memory: Memory) -> dict[str, Known]:
    """The items that were seen before, by their address in the document, and what they were then.

    An item is known by its address; by its name, where title and date agree, since some feeds number their items from the
    top, and a series may be called the same for ever; by its title, where its date is the same. Where none of a feed's
    addresses is known it may have moved: then names alone are believed, if several are, and so are titles without dates.
    """
    if not (memory.addresses or memory.names or memory.headlines):
        return {}
    there = {item.url for item in items}
    names = own_names(items)
    found = {item.url: memory.addresses[item.url] for item in items if item.url in memory.addresses}
    whole = not found
    named = {item.url: memory.names[names[item.url]] for item in items if names[item.url] in memory.names}
    free = {url: before for url, before in named.items() if url not in found and before.address not in there}
    telling = [url for url in free if not _PLACE.fullmatch(names[url])]
    for item in items:
        before = free.get(item.url)
        if before is None or _later(before, item):
            continue
        believed = item.url in telling and (item.published_at == before.published_at or (whole and len(telling) > 1))
        if believed or _same(before, item):
            found[item.url] = before
    strangers = [item for item in items if item.url not in found]
    titled = _titled(strangers, memory, there | {before.address for before in found.values()})
    everything = len(titled) == len(items) > 1
    many = len(titled) >= _MOVE and 2 * len(titled) >= len(strangers)
    for item in strangers:
        before = titled.get(item.url)
        if before is None:
            continue
        moved = whole and item.published_at is None and (everything or many)
        if moved or item.published_at == before.published_at:
            found[item.url] = before
    return found


def _titled(strangers: Sequence[Item], memory: Memory, taken: set[str]) -> dict[str, Known]:
    """Of items that are new by address and name, those whose titles are known, and whose old addresses are free."""
    titles = [(item.url, headline(item.title)) for item in strangers]
    times = Counter(title for _, title in titles)
    found: dict[str, Known] = {}
    for url, title in titles:
        before = memory.headlines.get(title)
        if before is not None and times[title] == 1 and before.address not in taken:
            found[url] = before
    return found


def _same(before: Known, item: Item) -> bool:
    """Whether an item of a known name, and not dated later, is the one that had it."""
    if before.headline == headline(item.title):
        return True
    if before.title is None:  # of what is not stored there is only the headline, and of old libraries not even that
        return before.headline == 0 and item.published_at is None
    # "Newsletter, issue 13" is not issue 12; a sum that was corrected leaves the date.
    if _numbers(before.title) != _numbers(item.title) and item.published_at != before.published_at:
        return False
    return fuzz.token_sort_ratio(before.title.casefold(), item.title.casefold()) >= _ALIKE


def _later(before: Known, item: Item) -> bool:
    return item.published_at is not None and item.published_at > before.published_at + _SLACK


def _numbers(title: str) -> list[str]:
    return re.findall(r"\d+", title)
