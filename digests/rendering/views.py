"""What templates see: stories, editions and answers in words, clean, short and dated. Nothing here is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digests.language import Language
from digests.models import ALL_FILTERS, Answer, Article, Edition, Loosened, ScoredStory, Story, Tally, Topic, capped
from digests.query import Sort
from digests.rendering.ages import age, day, short_day, since
from digests.rendering.links import host, safe_url
from digests.rendering.plain import plain
from digests.rendering.shorten import ELLIPSIS, shorten

TITLE, EXCERPT, LINE, PROVIDER, QUERY, QUESTION = 150, 140, 90, 40, 80, 200
"""Longest texts, in characters. A phone shows about 40 a line."""

COVERAGE, FURTHER = 5, 15
"""Reports listed with their title under a story in the thread, and those named after them."""

_NAMED = 2
_MOST_LOOSENED = 3
_MOST_REPORTS = 60
_RAW = 16  # characters read for each that is shown: markup and marks are left out on the way
_LEAST_SIDE = 64
_DOTS = re.compile(r"\s*(?:\.{2,}|…|\[…\]|\[\.{2,}\])\s*\Z")
_NO_PICTURE = re.compile(r"\.(?:svg|webp|avif|ico)(?:[?#]|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ImageView:
    """A picture that Slack can show, and what it says to those who cannot see it."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """One article. ``url`` is empty where it may not be linked, ``handle`` where no button is about it."""

    title: str
    url: str
    provider: str
    age: str
    handle: str = ""


@dataclass(frozen=True, slots=True)
class StoryView:
    """One story: its lead's words, and who else tells it (``also`` in words, ``others`` as ``+3 others``; empty for nobody).

    ``headline`` is the title of a story that was told before, ``Update: ...``, as it is read aloud; empty for a new one.
    ``excerpt`` is one or two lines, ``line`` one; ``coverage`` are reports to list, ``further`` reports to name. ``told``
    says when an earlier edition told the story (``told Tue``) and ``told_url`` leads to that post; both are empty for a
    new story. ``handle`` names the story in what buttons carry; empty where there are to be none.
    """

    title: str
    url: str
    provider: str
    age: str
    heat: str
    also: str
    others: str
    excerpt: str
    line: str
    image: ImageView | None
    coverage: tuple[ReportView, ...]
    further: tuple[ReportView, ...]
    told: str = ""
    told_url: str = ""
    handle: str = ""
    headline: str = ""


@dataclass(frozen=True, slots=True)
class SectionView:
    """The stories of a topic; ``name`` is empty for a section without heading."""

    name: str
    stories: tuple[StoryView, ...]


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition. ``top`` is shown first and stands in no section; ``stories`` are all of the parent, top included.

    ``summary`` says what is inside, ``left_out`` what is not, each empty where there is nothing to say; ``quiet`` is
    what an edition without stories says. ``overflow`` are chosen stories for which the parent post has no room,
    ``more`` the thread's list.
    """

    title: str
    date: str
    summary: str
    left_out: str
    quiet: str
    top: StoryView | None
    sections: tuple[SectionView, ...]
    stories: tuple[StoryView, ...]
    overflow: tuple[StoryView, ...]
    more: tuple[StoryView, ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A page of an answer. ``place`` is where it stands, ``1–5``, ``where`` the same in words, ``1–5 of 23``; ``title`` is the
    topic or the question's own words.

    ``narrowed`` are the question's filters in words, ``from The Lantern since Tue``, ``order`` how it is sorted, each empty
    where there is nothing to say; ``loosened`` what there is without one of the filters. ``earlier`` and ``later`` are what the
    buttons to the pages before and after carry, empty where there is no such page, or no buttons are wanted.
    """

    query: str
    title: str
    is_topic: bool
    total: int
    count: str
    place: str
    where: str
    stories: tuple[StoryView, ...]
    suggestions: tuple[str, ...]
    narrowed: str = ""
    order: str = ""
    loosened: tuple[LoosenedView, ...] = ()
    earlier: str = ""
    later: str = ""
    muted: int = 0


@dataclass(frozen=True, slots=True)
class LoosenedView:
    """A filter as it is typed, and how many stories there are without it: ``there are 12 stories``."""

    without: str
    there: str


def edition_view(
    edition: Edition,
    now: datetime,
    *,
    shown: int | None = None,
    images: bool = True,
    memo: dict[int, StoryView] | None = None,
    earlier: Mapping[datetime, str] | None = None,
    handles: Mapping[str, str] | None = None,
    quiet: str = "",
    language: Language,
) -> EditionView:
    """The edition in words, with only the ``shown`` highest-scored stories in the parent (None: all of them).

    ``memo`` keeps the stories' views from one call for the same edition to the next. ``earlier`` are the addresses of the
    posts of earlier editions by their slots, for updates to lead back to, ``handles`` those of stories by their leads'.
    ``quiet`` is what an edition without stories says instead of our own words, before what was read.
    """
    top = edition.top
    ranked = sorted(edition.stories, key=lambda s: (s is not top, -s.score))
    kept = {id(s) for s in ranked[:shown]}
    views = {} if memo is None else memo

    def view(scored: ScoredStory) -> StoryView:
        if id(scored) not in views:
            drawn = _scored_view(scored, now, edition.timezone, images, earlier or {}, language)
            views[id(scored)] = replace(drawn, handle=(handles or {}).get(scored.lead.url, ""))
        return views[id(scored)]

    sections = []
    for section in edition.sections:
        stories = tuple(view(s) for s in section.stories if id(s) in kept and s is not top)
        if stories:
            sections.append(SectionView(_topic(section.topic, language), stories))
    first = view(top) if top else None
    return EditionView(
        title=_said(edition.title, QUERY) or language.say("edition-untitled"),
        date=day(edition.slot, edition.timezone, language),
        summary=_summary(len(edition.stories), edition.tally, language),
        left_out=_left_out(edition.tally, language),
        quiet=_quiet(edition.tally, quiet, language),
        top=first,
        sections=tuple(sections),
        stories=((first,) if first else ()) + tuple(s for section in sections for s in section.stories),
        overflow=tuple(view(s) for s in edition.stories if id(s) not in kept),
        more=tuple(view(s) for s in edition.more),
    )


def answer_view(
    answer: Answer,
    now: datetime,
    *,
    page: int = 0,
    size: int = 5,
    images: bool = True,
    handles: Mapping[str, str] | None = None,
    order: Sequence[str] = (),
    asked: datetime | None = None,
    language: Language,
) -> AnswerView:
    """One page of the answer; a page beyond the last shows the last.

    ``handles`` are by the leads' addresses, for what buttons carry. ``order`` are those of all stories where the answer has
    those of this page only: of what is gone meanwhile a gap is left. ``asked`` is when the question was asked, if not now.
    """
    size = max(1, size)
    many = len(order) or len(answer.stories)
    start = min(max(0, page), max(0, many - 1) // size) * size
    end = min(start + size, many)
    stories = answer.stories if order else answer.stories[start:end]
    named = order or [handles[s.lead.url] for s in answer.stories if handles and s.lead.url in handles]
    total = max(answer.total, many)
    matching = f"{total}{'+' if answer.at_least else ''}"

    def turn(to: int) -> str:
        # The page, how many match, when it was asked, the stories in their order, and the question.
        return f"{to} {matching} {int((asked or now).timestamp())} {','.join(named)} {answer.query}"

    asked_for = [_topic(answer.topic, language)] if answer.topic else []
    topics = dict.fromkeys((*asked_for, *_topics(answer, answer.query.topics, language)))
    named_topics = language.say("and").join(topics)
    title = named_topics if answer.topic or not answer.query.subject else answer.query.subject
    counted, pages = language.say("answer-count", count=matching), place(start, end)
    if start and end == many < total:
        counted = language.say(_FIRST[answer.query.sort], n=many, count=counted)
    return AnswerView(
        query=_said(str(answer.query), QUESTION),
        title=_said(title, QUERY),
        is_topic=answer.topic is not None,
        total=total,
        count=counted,
        place=pages,
        where=language.say("answer-page", place=pages, count=counted)
        if total > len(stories)
        else language.say("answer-whole", n=total, count=counted),
        stories=tuple(
            replace(
                story_view(s.story, now, answer.timezone, images=images, language=language),
                handle=(handles or {}).get(s.lead.url, ""),
            )
            for s in stories
        ),
        suggestions=tuple(filter(None, (_said(s, QUESTION) for s in answer.suggestions[:5]))),
        narrowed=_said(language.say("narrowed-and").join(_narrowed(answer, now, language)), QUESTION),
        order=language.say(order_key) if (order_key := _ORDERS.get(answer.query.sort)) else "",
        loosened=tuple(_loosened(each, language) for each in answer.loosened[:_MOST_LOOSENED]),
        earlier=turn(start // size - 1) if start and named else "",
        later=turn(start // size + 1) if end < many and named else "",
        muted=answer.muted,
    )


def place(start: int, end: int) -> str:
    """Where a page stands, from a place counted from 0 to one before the end: ``6–10``; ``11`` for one alone."""
    return f"{start + 1}–{end}" if end - start > 1 else f"{start + 1}"


_FIRST: Mapping[Sort, str] = {
    Sort.best: "answer-best",
    Sort.new: "answer-newest",
    Sort.hot: "answer-hottest",
}


_ORDERS: Mapping[Sort, str] = {Sort.new: "order-new", Sort.hot: "order-hot"}


def _narrowed(answer: Answer, now: datetime, language: Language) -> Iterator[str]:
    """The filters of a question in words."""
    query, out, say = answer.query, answer.query.without, language.say
    if query.topics and query.subject and not answer.topic:
        yield say("narrowed-about", topics=say("and").join(_topics(answer, query.topics, language)))
    if query.sources:
        yield say("narrowed-from", sources=say("or").join(query.sources))
    if query.since is not None:
        yield say("narrowed-since", moment=since(query.since.at, now, answer.timezone, language))
    if without := (*out.words, *(f'"{phrase}"' for phrase in out.phrases), *_topics(answer, out.topics, language)):
        yield say("narrowed-without", words=language.listed(without))
    if out.sources:
        yield say("narrowed-not-from", sources=language.listed(out.sources))


def _topics(answer: Answer, slugs: Iterable[str], language: Language) -> tuple[str, ...]:
    return tuple(language.topic(slug, answer.names.get(slug, slug)) for slug in slugs)


def _topic(topic: Topic | None, language: Language) -> str:
    return _said(language.topic(topic.slug, topic.name), QUERY) if topic else ""


def _loosened(loosened: Loosened, language: Language) -> LoosenedView:
    key = "answer-there-or-more" if loosened.at_least else "answer-there"
    without = language.say("filters") if loosened.without == ALL_FILTERS else _said(loosened.without, QUERY)
    return LoosenedView(without, language.say(key, n=loosened.total))


def story_view(
    story: Story,
    now: datetime,
    timezone: str = "UTC",
    *,
    images: bool = True,
    reports: int = _MOST_REPORTS,
    language: Language,
) -> StoryView:
    """The story in words; of its other ``reports`` no more than are shown, since they are most of the work."""
    lead = report_view(story.lead, now, timezone, language)
    names = [name for name in story.other_providers if name and not name.isspace()]
    also = ""
    if names:
        key = "also-in-more" if len(names) > _NAMED else "also-in"
        said = language.listed(_said(name, PROVIDER) for name in names[:_NAMED])
        also = language.say(key, names=said, more=str(len(names) - _NAMED))
    excerpt = _excerpt(story.lead.excerpt, lead.title)
    coverage = [report_view(article, now, timezone, language) for article in story.coverage[:reports]]
    hottest = max(article.heat for article in story.articles)  # a source gives it to one report of an event
    return StoryView(
        title=lead.title,
        url=lead.url,
        provider=lead.provider,
        age=lead.age,
        heat=language.say("heat", heat=capped(hottest)) if hottest > 0 else "",
        also=also,
        others=language.say("others", n=len(names)) if names else "",
        excerpt=shorten(excerpt, EXCERPT),
        line=shorten(excerpt, LINE),
        image=_image(story, lead.title) if images else None,
        coverage=tuple(coverage[:COVERAGE]),
        further=tuple(_one_each(coverage[COVERAGE:])[:FURTHER]),
    )


def _scored_view(
    scored: ScoredStory,
    now: datetime,
    timezone: str,
    images: bool,
    earlier: Mapping[datetime, str],
    language: Language,
) -> StoryView:
    view = story_view(scored.story, now, timezone, images=images, language=language)
    if scored.update is None:
        return view
    slot = scored.update.slot
    told = language.say("told", day=short_day(slot, now, timezone, language))
    headline = language.say("story-update", title=view.title)
    return replace(view, headline=headline, told=told, told_url=safe_url(earlier.get(slot, "")) or "")


def report_view(article: Article, now: datetime, timezone: str, language: Language) -> ReportView:
    """One article in words: a title is never empty, a provider only where nothing is known of it."""
    where = host(article.url)
    return ReportView(
        title=_said(article.title, TITLE) or where or language.say("story-untitled"),
        url=safe_url(article.url) or "",
        provider=_said(article.provider.name, PROVIDER) or _said(article.provider.domain or where, PROVIDER),
        age=age(article.published_at, now, timezone, language),
    )


def _said(text: str, limit: int) -> str:
    """Other people's text, clean and short. Only its beginning is looked at: some write books into their titles."""
    said = shorten(plain(text[: limit * _RAW]), limit)
    return "" if said == ELLIPSIS else said


def _one_each(reports: Iterable[ReportView]) -> list[ReportView]:
    return list({report.provider: report for report in reports if report.provider and report.url}.values())


def _excerpt(text: str, title: str) -> str:
    """The excerpt without a title it repeats; publishers' own ``...`` at the end becomes ours."""
    text = plain(text[: EXCERPT * _RAW])
    if text.casefold().startswith(title.casefold()):
        text = text[len(title) :].lstrip(" .:-–—|")
    return _DOTS.sub(ELLIPSIS, text) if text.strip(" .…") else ""


def _image(story: Story, title: str) -> ImageView | None:
    for article in story.articles:
        for image in article.images:
            url = safe_url(image.url)
            small = any(side is not None and side < _LEAST_SIDE for side in (image.width, image.height))
            if url and not small and not _NO_PICTURE.search(url):
                return ImageView(url, title)
    return None


def _summary(stories: int, tally: Tally, language: Language) -> str:
    say = language.say
    key = "summary-stories-of" if tally.articles else "summary-stories"
    parts = [say(key, stories=stories, articles=tally.articles)]
    parts += [say("summary-merged", n=tally.merged)] if tally.merged else []
    parts += [say("summary-stale", n=tally.stale_feeds)] if tally.stale_feeds > 0 else []
    return " · ".join(parts)


def _left_out(tally: Tally, language: Language) -> str:
    parts = (
        (tally.unwanted, "left-out-unwanted"),
        (tally.off_topic, "left-out-off-topic"),
        (tally.told_before, "left-out-told-before"),
        (tally.minor, "left-out-minor"),
        (tally.muted, "left-out-muted"),
        (tally.over_caps, "left-out-over-caps"),
    )
    said = [language.say(key, n=number) for number, key in parts if number > 0]
    return language.say("left-out", stories=" · ".join(said)) if said else ""


def _quiet(tally: Tally, said: str, language: Language) -> str:
    """What an edition without stories says: that, else ``said``; what was read, and from how many feeds nothing could be."""
    say = language.say
    read = "quiet-nothing" if not tally.articles else "quiet-merged" if tally.merged else "quiet-read"
    parts = [said or say("quiet"), say(read, n=tally.articles, merged=tally.merged)]
    parts += [say("quiet-stale", n=tally.stale_feeds)] if tally.stale_feeds > 0 else []
    return language.sentences(parts)


def count(number: int, one: str, many: str = "") -> str:
    """A number of things in words: ``1 story``, ``1,200 stories``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def titles(stories: Sequence[StoryView]) -> list[str]:
    """The titles in order, for texts that are read aloud."""
    return [headline(story) for story in stories]


def headline(story: StoryView) -> str:
    """The title, marked where the story was told before."""
    return story.headline or story.title
