"""Links between reports -> groups: the likest pairs are joined first, and two groups only where they are alike on average.

What comes out depends on the links alone, not on the order they came in. A group depends only on what it hangs together
with by links from `ALIKE` on, and on the links within that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import count

ALIKE = 0.7
"""From which likelihood on a pair joins two groups."""

ON_AVERAGE = 0.25
"""Two groups are joined where the likelihoods of all pairs between them average at least this."""

FAINT = 0.18
"""Likelihoods below this count as none: such links are neither kept nor averaged."""


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """Two reports, by their addresses in alphabetical order, and the likelihood that they tell one event."""

    a: str
    b: str
    likelihood: float


def link(x: str, y: str, likelihood: float) -> Link:
    """The link between two addresses."""
    return Link(min(x, y), max(x, y), likelihood)


def groups(urls: Iterable[str], links: Iterable[Link]) -> list[list[str]]:
    """Put the addresses into groups, each in alphabetical order; an address without links is a group of its own."""
    group_of = {url: url for url in urls}
    members = {url: [url] for url in group_of}
    between: defaultdict[str, dict[str, float]] = defaultdict(dict)
    inner = sorted(
        (each for each in set(links) if each.a in group_of and each.b in group_of and each.likelihood >= FAINT),
        key=lambda each: (-each.likelihood, each.a, each.b),
    )
    for each in inner:
        between[each.a][each.b] = between[each.b][each.a] = each.likelihood
    for each in inner:
        if each.likelihood < ALIKE:
            break
        a, b = group_of[each.a], group_of[each.b]
        if a == b or between[a][b] < ON_AVERAGE * len(members[a]) * len(members[b]):
            continue
        members[a] += members.pop(b)
        for url in members[a]:
            group_of[url] = a
        for other, total in between.pop(b).items():
            del between[other][b]
            if other != a:
                between[a][other] = between[other][a] = between[a].get(other, 0.0) + total
    return sorted(sorted(group) for group in members.values())


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """A story that became part of another (``merged``) or lost reports to another (``split``)."""

    what: str
    story: str
    other: str


def named(
    found: Iterable[Collection[str]],
    known: Mapping[str, str],
    founded: Mapping[str, tuple[float, str]],
    name: Callable[[str], str],
    taken: Callable[[str], bool] = lambda _story: False,
) -> tuple[dict[str, str], list[Change]]:
    """Give each group the id of the story it was before, and tell what was merged or split. No two get the same.

    A story keeps its id where its founder goes, the report that came first of those known by that id. A group of several
    stories keeps the id of the one founded first.

    Args:
        found: Groups of addresses.
        known: The story of each address so far; new addresses are not in it.
        founded: For each address its place in time; the least of a story's is its founder's.
        name: From the founder's address of a new story to its id.
        taken: Whether articles that are not in the groups have an id.

    Returns:
        The story of every address, and the changes in order.
    """
    of_story: dict[str, list[str]] = {}
    for url, story in known.items():
        of_story.setdefault(story, []).append(url)
    founder = {story: min(urls, key=lambda url: founded[url]) for story, urls in of_story.items()}
    given: dict[str, str] = {}
    used: set[str] = set()
    changes: list[Change] = []
    for group in sorted(found, key=lambda urls: min(founded[url] for url in urls)):
        before = {known[url] for url in group if url in known}
        own = sorted((story for story in before if founder[story] in group), key=lambda s: founded[founder[s]])
        # An id may be in use although its report is here: what it founded has gone on without it.
        story = (
            own[0]
            if own
            else unused(
                min(group, key=lambda url: founded[url]), name, lambda new: new in of_story or new in used or taken(new)
            )
        )
        used.add(story)
        given |= dict.fromkeys(group, story)
        changes += [Change("merged", other, story) for other in own[1:]]
        changes += [Change("split", other, story) for other in sorted(before.difference(own))]
    return given, sorted(changes)


def unused(founder: str, name: Callable[[str], str], taken: Callable[[str], bool]) -> str:
    """An id for a story, after its founder's address, that no other has."""
    tries = (name(f"{founder} {number}" if number else founder) for number in count())
    return next(story for story in tries if not taken(story))
