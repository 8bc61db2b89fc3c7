"""The Home tab in words: a person's subscriptions, saved stories, what is told now, what is muted and what counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from digests.language import Language
from digests.models import Article, ScoredStory
from digests.rendering.shorten import line
from digests.rendering.views import ReportView, StoryView, report_view, story_view

_SUBSCRIPTIONS, _CHANNELS, _MUTED, _NAMES, _NAME, _TOPICS = 20, 10, 10, 6, 60, 200


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription in words: ``when`` it comes (``weekdays at 8:30``), and ``next``.

    ``channel`` is Slack's id, which readers see as a name; empty for a direct message.
    """

    id: str
    topics: str
    when: str
    channel: str
    next: str


@dataclass(frozen=True, slots=True)
class ChannelDigest:
    """A digest of the settings in one of its channels, in words, as `Subscribed` is a subscription.

    ``key`` names it to buttons. ``channel`` is Slack's id, empty where it is not known: then ``name`` is told. ``changed`` is
    when its settings were changed in Slack, ``by`` the id of who did; empty where they were not. ``may`` says whether the
    reader may change them.
    """

    key: str
    title: str
    topics: str
    when: str
    size: int
    channel: str
    name: str
    next: str
    changed: str
    by: str
    may: bool

    def short(self) -> ChannelDigest:
        """The same, short enough for a view."""
        return replace(self, title=line(self.title, _TOPICS), topics=line(self.topics, _TOPICS))


@dataclass(frozen=True, slots=True)
class Hushed:
    """Something a person does not want to read of: what it is called, and how buttons name it."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """What a person's Home has.

    ``saved`` are the latest stories with the names that `keys` has for them by address, of ``saved_total``. ``top`` is what is
    told now, None while that is being found out, with handles by address; ``about`` are the topics it was looked for in, none
    for all. ``more`` and ``less`` name what a person's votes count for and against. ``channels`` are the digests that the
    person may change.
    """

    timezone: str
    subscriptions: tuple[Subscribed, ...] = ()
    channels: tuple[ChannelDigest, ...] = ()
    saved: tuple[Article, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict, hash=False)
    saved_total: int = 0
    top: tuple[ScoredStory, ...] | None = None
    handles: Mapping[str, str] = field(default_factory=dict, hash=False)
    about: tuple[str, ...] = ()
    hushed: tuple[Hushed, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()

    @property
    def new(self) -> bool:
        """Whether there is nothing of this person yet."""
        return not (self.subscriptions or self.saved or self.hushed or self.more or self.less)


@dataclass(frozen=True, slots=True)
class HomeView:
    """A `HomePage` as its template sees it. ``stories`` are what is told now; ``waiting`` while that is being found out."""

    welcome: bool
    subscriptions: tuple[Subscribed, ...]
    channels: tuple[ChannelDigest, ...]
    saved: tuple[ReportView, ...]
    saved_total: int
    stories: tuple[StoryView, ...]
    waiting: bool
    about: str
    hushed: tuple[Hushed, ...]
    more: str
    less: str
    timezone: str


def home_view(page: HomePage, now: datetime, language: Language) -> HomeView:
    """The page in words."""
    top = page.top or ()
    return HomeView(
        welcome=page.new,
        subscriptions=tuple(
            replace(each, topics=line(each.topics, _TOPICS)) for each in page.subscriptions[:_SUBSCRIPTIONS]
        ),
        channels=tuple(each.short() for each in page.channels[:_CHANNELS]),
        saved=tuple(
            replace(report_view(each, now, page.timezone, language), handle=page.keys.get(each.url, ""))
            for each in page.saved
        ),
        saved_total=page.saved_total,
        stories=tuple(  # which have a menu for their other reports, where there is one
            replace(
                story_view(each.story, now, page.timezone, images=False, reports=1, language=language),
                handle=page.handles.get(each.lead.url, ""),
            )
            for each in top
        ),
        waiting=page.top is None,
        about=language.all_of(tuple(_names(page.about))),
        hushed=tuple(replace(each, name=line(each.name, _NAME)) for each in page.hushed[:_MUTED]),
        more=language.all_of(tuple(_names(page.more))),
        less=language.all_of(tuple(_names(page.less))),
        timezone=page.timezone,
    )


def _names(names: Sequence[str]) -> Iterator[str]:
    yield from (line(name, _NAME) for name in names[:_NAMES])
    if len(names) > _NAMES:
        yield f"+{len(names) - _NAMES}"
