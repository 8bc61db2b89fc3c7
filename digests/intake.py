"""Takes new articles in: judges what each is and which story it tells, and writes both down. Old ones are left as they are.

What comes out is what `digests.stories.group` makes of all articles at once, in whatever order they came, while a story
keeps its id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import islice

from digests import collecting, newsworthy, scoring, stories
from digests.library import Library
from digests.library.storybook import Draft, Fed, Page, State, Taken, clear_old_words
from digests.models import Article
from digests.stories import candidates, clusters, compared, story_id
from digests.stories.clusters import Change, link
from digests.stories.report import Report, report, title_of
from digests.words import name_key

JUDGEMENT = 3
"""The number of this way of judging. Raise it when weights, trees or rules change: every library then judges anew."""

_BATCH = 200  # articles that are worked out and written down together
_SPOILT = 5  # times that filings may spoil a batch, before it is worked out under the write lock
_OWN = 30  # earlier and later reports of the same publisher that one is compared with, the nearest in time
_CROWD = 300  # reports of all publishers that one is compared with, the likest by their keys
_REMEMBERED = 5_000  # reports that are kept from one batch to the next; each takes 8 KB
_LATELY = timedelta(days=30)  # what is older is not scored anew where only the way of scoring is another
_HOURS = int(candidates.HOURS) + 1


def judged(article: Article) -> Article:
    """The article with its kind and its news value."""
    found = newsworthy.judge(article, reasons=False)
    return replace(article, kind=found.kind, news_value=found.value)


def take_in(
    library: Library,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
    published_from: int = scoring.PUBLISHED_FROM,
) -> int:
    """Judge every article that was not yet, and score those that come from feeds; gives how many had their turn.

    One that cannot be read back has its turn as well, and gets neither kind nor story until it is filed again.

    Args:
        library: The library.
        now: When this is, for the record of stories that are merged or split.
        progress: Called with the articles done so far, and all there are to do.
        published_from: The heat from which on an article of a feed counts as published.

    Raises:
        LibraryError: When the library cannot be read or written; what was taken in before that stays.
    """
    library.rescore("published_from", str(published_from), now - _LATELY)
    done = 0
    waiting = library.unjudged(JUDGEMENT) if progress is not None else 0
    known = _Known()
    while number := _take_in_some(library, known, now, published_from):
        done += number
        if progress is not None:
            progress(done, max(done, waiting))
    if done:
        library.tidy(done)
    return done


@collecting.paused()
def _take_in_some(library: Library, known: _Known, now: datetime, published_from: int) -> int:
    """Take one batch in.

    Judging, comparing and grouping take seconds where many reports are alike, and nobody can write while somebody holds the
    write lock. So a batch is worked out from one state of the library, as a read sees it, and the lock is held to write it
    down. Before that, under the lock, it is made sure that all it depends on is still so:

    - Keys, links, kinds and stories are only ever added by a batch, and each counts itself: with the count unchanged no
      report has come that the batch's should have been compared with.
    - Filing and withdrawing change rows, or take them away with their keys and links. Whatever row of them the result depends
      on - the batch's own, those linked with them, and all that hang together with these - must stand as it was read. Other
      rows are free to change: what is filed waits, and is compared in its own turn, when the batch's keys are known.

    Where something differs the batch is worked out again, and only what differs is compared again. So what is written is what
    one transaction for all of it would have written, and one of several that take in at once always gets on. Who is spoilt by
    filings time after time does the last bit under the lock.
    """
    if not library.unjudged(JUDGEMENT, 1):  # mostly there is nothing to do
        return 0
    clear_old_words(library, JUDGEMENT)
    known.begin()
    spoilt = 0
    while True:
        with library.database.read() as connection:
            draft = _drafted(Page(library, connection), known, published_from)
        if not draft.taken and not draft.unreadable:  # others were quicker
            return 0
        with library.database.write() as connection:
            page = Page(library, connection)
            if not page.holds(draft):
                spoilt += page.turn() == draft.turn
                if spoilt < _SPOILT:
                    continue
                draft = _drafted(page, known, published_from)
            page.write(draft, JUDGEMENT, now)
        return len(draft.taken) + len(draft.unreadable)


class _Known:
    """What was found out about the words of a batch and its neighbours. It stays true whatever becomes of the library."""

    def __init__(self) -> None:
        self._reports: dict[tuple[object, ...], Report] = {}
        self._links: dict[tuple[int, int], float | None] = {}

    def begin(self) -> None:
        """Begin a new batch, which is no older than the last: of that those reports are kept that may be neighbours again, the
        newest."""
        newest = max((each.hours for each in self._reports.values()), default=0.0)
        near = (pair for pair in self._reports.items() if pair[1].hours >= newest - candidates.HOURS)
        self._reports = dict(nlargest(_REMEMBERED, near, key=lambda pair: pair[1].hours))
        self._links = {}

    def report(self, article: Article) -> Report:
        """What is compared of an article; the same object for the same words."""
        words = (article.url, article.title, article.excerpt, article.published_at, article.kind)
        found = self._reports.get(words)
        if found is None:
            found = self._reports[words] = report(article)
        return found

    def likelihood(self, a: Report, b: Report) -> float | None:
        """How likely two reports of this batch tell one event; None where hardly."""
        pair = id(a), id(b)  # they live as long as the batch
        if pair not in self._links:
            found = compared(a, b)
            self._links[pair] = None if found is None else found.likelihood
        return self._links[pair]


def _drafted(page: Page, known: _Known, published_from: int) -> Draft:
    """Work out what taking in the articles that wait longest comes to. Writes nothing."""
    turn = page.turn()
    waiting = page.waiting(JUDGEMENT, _BATCH)
    articles = {row: judged(article) for row, article in waiting.articles.items()}
    reports = {row: known.report(article) for row, article in articles.items()}
    taken = [Taken(row, articles[row], candidates.keys(each), int(each.hours // 1)) for row, each in reports.items()]
    links = _links(page, taken, waiting.states.keys(), reports, known)
    unreadable = sorted(waiting.states.keys() - articles.keys())
    before = {state.story for state in waiting.states.values()} - {""}
    members = page.component({*waiting.states, *page.mates(before)}, links)
    states = page.states(members | {row for pair in links for row in pair})
    told_of = members.difference(unreadable)
    current = {row: state for row, state in states.items() if row in told_of and state.current}
    stored = page.links(current)
    among = links | {pair: chance for pair, chance in stored.items() if waiting.states.keys().isdisjoint(pair)}
    stories, changes = _settled(page, current, among, members)
    reports_of = defaultdict[str, set[int]](set)
    for row, story in stories.items():
        reports_of[story].add(row)
    of_feeds = [rows for rows in reports_of.values() if any(current[row].source.startswith("feed:") for row in rows)]
    fed, said = page.fed({row for rows in of_feeds for row in rows})
    fed |= {row: replace(fed[row], article=articles[row]) for row in fed.keys() & articles}
    known_reports = ([fed[row] for row in sorted(rows & fed.keys())] for rows in of_feeds)
    scored = _scored(filter(None, known_reports), published_from)
    return Draft(
        turn,
        states,
        {**waiting.stored, **{row: said[row] for row in scored}},
        taken,
        unreadable,
        links,
        {row: story for row, story in stories.items() if story != current[row].story} | dict.fromkeys(unreadable, ""),
        changes,
        scored,
    )


def _scored(told: Iterable[Sequence[Fed]], published_from: int) -> dict[int, Article]:
    """Quality, heat and publication of the reports that come from feeds, as far as they are new.

    Reports of content folders keep their source's own; they count as coverage all the same.
    """
    changed: dict[int, Article] = {}
    for reports in told:
        in_time = sorted(reports, key=lambda each: (each.article.published_at, each.article.url))
        several = len({each.article.publisher_key for each in reports}) > 1
        earlier: dict[str, str] = {}  # headline -> who had it first
        rated: dict[int, Article] = {}
        for each in in_time:
            article = each.article
            headline = name_key(title_of(article.title))
            copy = earlier.setdefault(headline, article.publisher_key) != article.publisher_key
            if each.standing is not None:
                words = article.extra.get("words")
                evidence = scoring.evidence_of(
                    article,
                    standing=each.standing,
                    words=words if isinstance(words, int) else 0,
                    first=several and each is in_time[0],
                    copy=copy,
                )
                article = replace(article, quality=scoring.quality(evidence).value)
            rated[each.row] = article
        heats = scoring.heats(stories.known("", list(rated.values())), published_from)
        for each in reports:
            if each.standing is not None:
                heat = heats[each.article.url]
                article = replace(rated[each.row], heat=heat.value, published=heat.published)
                if article != each.article:
                    changed[each.row] = article
    return changed


def _links(
    page: Page, taken: Sequence[Taken], anew: Collection[int], reports: Mapping[int, Report], known: _Known
) -> dict[tuple[int, int], float]:
    """The links of a batch's articles among each other and with what is stored, by pairs of rows, the smaller first.

    What is stored of rows that are taken in `anew` does not count.
    """
    near = _near(taken)
    for each in taken:
        stored = page.sharing(each, _HOURS, candidates.NEAR)
        near[each.row] |= {row: weight for row, weight in stored.items() if row not in anew}
    others = page.texts({row for shared in near.values() for row in shared} - reports.keys())
    all_reports = {**reports, **{row: known.report(article) for row, article in others.items()}}
    publisher = {row: article.publisher_key for row, article in others.items()}
    publisher |= {each.row: each.article.publisher_key for each in taken}
    pairs = {pair for row in reports for pair in _worth_comparing(row, near[row], publisher, all_reports)}
    found: dict[tuple[int, int], float] = {}
    for x, y in sorted(pairs):
        chance = known.likelihood(all_reports[x], all_reports[y])
        if chance is not None:
            found[x, y] = chance
    return found


def _near(taken: Sequence[Taken]) -> dict[int, dict[int, int]]:
    """For each article of a batch those before it whose keys weigh enough together with its own, and how much."""
    near: dict[int, dict[int, int]] = {}
    holders: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for each in taken:
        shared: defaultdict[int, int] = defaultdict(int)
        for word, mine in each.keys.items():
            for row, weight in holders[word]:
                shared[row] += mine * weight
            holders[word].append((each.row, mine))
        near[each.row] = {row: weight for row, weight in shared.items() if weight >= candidates.NEAR}
    return near


def _worth_comparing(
    row: int, near: Mapping[int, int], publisher: Mapping[int, str], reports: Mapping[int, Report]
) -> Iterator[tuple[int, int]]:
    """The pairs of an article that are compared: with what was there before it and is promising, up to bounds.

    Without bounds the work would grow with the square of a flood. Nobody reports an event thirty times, and hardly three
    hundred publishers do. Who does, a broken feed or a spammer, gets several stories for it: of a publisher's own reports the
    `_OWN` nearest in time are looked at, and of all the `_CROWD` likest by their keys. Where no article has more near ones
    than that, every promising pair is compared, and the order in which they came is no matter. In a greater crowd it is: the
    bounds are those of the moment when the later one of a pair is taken in. How many a batch holds is no matter ever.
    """
    here = reports[row]
    apart = {other: abs(reports[other].hours - here.hours) for other in near}
    in_time = sorted((hours, reports[other].url, other) for other, hours in apart.items() if hours <= candidates.HOURS)
    own = [other for _, _, other in in_time if publisher[other] == publisher[row]]
    left_out = set(own[_OWN:])
    likest = sorted((-near[other], hours, url, other) for hours, url, other in in_time if other not in left_out)
    promising = (other for *_, other in likest if candidates.promising(here, reports[other]))
    return ((min(row, other), max(row, other)) for other in islice(promising, _CROWD))


def _settled(
    page: Page, current: Mapping[int, State], links: Mapping[tuple[int, int], float], members: Collection[int]
) -> tuple[dict[int, str], Sequence[Change]]:
    """The story of each row, and what was merged or split."""
    known = {state.url: state.story for state in current.values() if state.story}
    founded = {state.url: (state.published_at.timestamp(), state.url) for state in current.values()}
    linked = [
        link(current[a].url, current[b].url, chance)
        for (a, b), chance in links.items()
        if a in current and b in current
    ]

    def taken(story: str) -> bool:
        return not page.mates([story]) <= set(members)

    of, changes = clusters.named(clusters.groups(founded, linked), known, founded, story_id, taken)
    return {row: of[state.url] for row, state in current.items()}, changes
