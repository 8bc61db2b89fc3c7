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
_SLACK = timedelta(hours=12)  # dates of one item move by so much; what is dated later is the next of a series
_MOVE = 3  # so many items under new addresses, and at least half of what is new, are a move of the whole feed


def own_names(items: Sequence[Item]) -> dict[str, str]:
    """What a feed calls each item, by the item's address; empty for a name that several have: some call all the same."""
    names = Counter(item.id for item in items)
    return {item.url: item.id if names[item.id] == 1 else "" for item in items}


def recognised(items: Sequence[Item], memory: Memory) -> dict[str, Known]:
    """The items that were seen before, by their address in the document, and what they were then.

    An item is known by its address; by its name, where title and date agree, since some feeds number their items from the
    top, and a series may be called the same for ever; by its title, where its date is the same, or where most of what
    is new has titles that are known: then the feed has moved, and all its addresses with it.
    """
    there = {item.url for item in items}
    names = own_names(items)
    found: dict[str, Known] = {}
    for item in items:
        before = memory.addresses.get(item.url)
        if before is None and names[item.url]:
            before = memory.names.get(names[item.url])
            if before is not None and (before.address in there or not _same(before, item)):
                before = None
        if before is not None:
            found[item.url] = before
    strangers = [item for item in items if item.url not in found]
    moved = _moved(strangers, memory, there | {before.address for before in found.values()})
    whole = len(moved) >= _MOVE and 2 * len(moved) >= len(strangers)
    dates = {item.url: item.published_at for item in strangers}
    found |= {url: before for url, before in moved.items() if whole or dates[url] == before.published_at}
    return found


def _moved(strangers: Sequence[Item], memory: Memory, taken: set[str]) -> dict[str, Known]:
    """Of items that are new by address and name, those whose titles are known, and whose old addresses are free."""
    titles = Counter(headline(item.title) for item in strangers)
    found: dict[str, Known] = {}
    for item in strangers:
        title = headline(item.title)
        before = memory.headlines.get(title)
        if before is not None and titles[title] == 1 and before.address not in taken and not _later(before, item):
            found[item.url] = before
    return found


def _same(before: Known, item: Item) -> bool:
    """Whether an item of a known name is the one that had it."""
    if _later(before, item):
        return False
    if before.headline == headline(item.title):
        return True
    if before.title is None:  # of what is not stored there is only the headline, and of old libraries not even that
        return before.headline == 0 and item.published_at is None
    # "Newsletter, issue 13" is not issue 12; a sum that was corrected leaves the date.
    if _numbers(before.title) != _numbers(item.title) and item.published_at != before.published_at:
        return False
    return fuzz.token_set_ratio(before.title.casefold(), item.title.casefold()) >= _ALIKE


def _later(before: Known, item: Item) -> bool:
    return item.published_at is not None and item.published_at > before.published_at + _SLACK


def _numbers(title: str) -> list[str]:
    return re.findall(r"\d+", title)
