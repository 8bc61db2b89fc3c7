"""The frozen values that travel from the sources to the post; each name says which stage made it.

    Article ─> Story ─> ScoredStory ─> Section ─> Edition          (the digest)
                              └──────> Answer                      (``/news``, ``heatline search``)

Times are aware datetimes in UTC. Text is plain text as the publisher wrote it: nothing here is escaped for Slack or HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from typing_extensions import TypeAliasType

from digests.language import Said
from digests.query import Query
from digests.words import name_key

# Not typing.TypeAlias: pydantic, which stores these values as JSON, follows recursion only through a named type.
Value = TypeAliasType("Value", "str | int | bool | list[Value] | dict[str, Value] | None")
"""What a front matter can hold. Numbers with a fraction and dates stay text, exactly as written."""

BEST_VALUE = 3.0
"""What an editor gives for a story that must be told; 0 for one that must not."""

HIGH_QUALITY = 120
"""From here on more quality says no more."""

MOST_SHOWN = 1000
"""People are shown a quality or a heat up to here; a source may give any number, and real ones end below."""


def shown(number: float, form: str = ",.0f") -> str:
    """A quality, heat or score for people, in a format: ``106``; ``1,000+`` from where more says no more."""
    if abs(number) <= MOST_SHOWN:
        return format(number, form)
    return f"{MOST_SHOWN:,}+" if number > 0 else f"below -{MOST_SHOWN:,}"


def capped(number: int) -> int | Said:
    """The same as a value for messages."""
    if abs(number) <= MOST_SHOWN:
        return number
    return Said("number-above" if number > 0 else "number-below", {"most": MOST_SHOWN})


@dataclass(frozen=True, slots=True)
class Image:
    """A picture's address, its size in pixels where known, and its caption."""

    url: str
    width: int | None = None
    height: int | None = None
    title: str | None = None
    extra: Mapping[str, Value] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Provider:
    """The publisher of an article. ``domain`` has no scheme and no leading ``www.``."""

    name: str = ""
    domain: str = ""
    images: tuple[Image, ...] = ()
    extra: Mapping[str, Value] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Article:
    """One report at one URL by one provider.

    ``quality`` is any integer (real ones pass 200); ``heat`` is any integer, -1 for a report that a hotter lead already
    tells. ``related`` are the articles the file lists under this one. ``secured`` is an encrypted body that is carried and
    never shown. ``extra`` holds keys nobody here knows, ``layout`` the top-level keys as the file spells and orders them, so
    that writing the article back loses nothing. ``path`` is where it was read from. ``kind`` and ``news_value`` (0..3) are
    what `digests.newsworthy` took it for (empty before). None of the three is part of a file or of equality.
    """

    url: str
    title: str
    published_at: datetime
    provider: Provider = Provider("")
    excerpt: str = ""
    quality: int = 0
    heat: int = 0
    published: bool = False
    topics: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    related: tuple[Article, ...] = ()
    category: str | None = None
    type: str | None = None
    original_url: str | None = None
    amp_url: str | None = None
    cdn_amp_url: str | None = None
    secured: str | None = field(default=None, repr=False)
    body: str = field(default="", repr=False)
    extra: Mapping[str, Value] = field(default_factory=dict, hash=False)
    layout: tuple[str, ...] = field(default=(), repr=False)
    path: str | None = field(default=None, compare=False)
    kind: str = field(default="", compare=False)
    news_value: float = field(default=0.0, compare=False)

    @property
    def publisher(self) -> str:
        """Who published it, as people say it: the provider's name, else its domain, else the address's host."""
        return self.provider.name or self.provider.domain or self.host

    @property
    def host(self) -> str:
        """The host of its address."""
        return host_of(self.url)

    @property
    def publisher_key(self) -> str:
        """Who published it, to tell publishers apart however they are spelt."""
        return name_key(self.publisher)


def host_of(url: str) -> str:
    """The host of an address: no user, no password, no port."""
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]


@dataclass(frozen=True, slots=True)
class Topic:
    """A named subject. ``keywords`` are what articles say, ``aliases`` what people type; ``parent`` is a slug."""

    slug: str
    name: str
    parent: str | None = None
    keywords: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """Why an article belongs to a topic: the keyword as the catalogue spells it, and where it stood.

    ``place`` is ``title``, ``excerpt`` or ``label`` (the article's own ``topics`` list). ``fit`` is 0..1.
    """

    topic: str
    keyword: str
    place: str
    fit: float


@dataclass(frozen=True, slots=True)
class Story:
    """All articles that report one event: the ``lead`` is the one we link, the others are its ``coverage``, best first."""

    id: str
    lead: Article
    coverage: tuple[Article, ...] = ()

    @property
    def articles(self) -> tuple[Article, ...]:
        """Lead first, then the coverage."""
        return (self.lead, *self.coverage)

    @property
    def urls(self) -> frozenset[str]:
        """The addresses of every article of the story."""
        return frozenset(article.url for article in self.articles)

    @property
    def other_providers(self) -> tuple[str, ...]:
        """The publishers that also tell it, without the lead's own, each once, in coverage order."""
        found: dict[str, str] = {}
        for article in self.coverage:
            found.setdefault(article.publisher_key, article.publisher)
        found.pop(self.lead.publisher_key, None)
        return tuple(found.values())


class Headline(NamedTuple):
    """A story that is not read: its id, or the place of its only article; its number of reports, the most that one of them
    has of each score, when the newest is from at most, and the kind of the best, empty where that was not asked."""

    key: str | int
    reports: int
    value: float
    quality: int
    heat: int
    newest: datetime
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason for a score: ``value`` as measured, times ``weight``, gives ``points``; ``note`` tells it.

    ``value`` is 0..1; only feedback can speak against a story, down to -1.
    """

    name: str
    value: float
    weight: float
    note: str | Said = ""

    @property
    def points(self) -> float:
        """What the signal adds to the score."""
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class Update:
    """Why a story that was told before is told again: ``slot`` is the edition that told it last, ``note`` what is new."""

    slot: datetime
    note: str


@dataclass(frozen=True, slots=True)
class ScoredStory:
    """A story with its score (the sum of its signals' points) and the topics it matched, best first.

    ``update`` is set where an earlier edition of the digest told the story and there is enough new to tell it again.
    """

    story: Story
    score: float
    signals: tuple[Signal, ...] = ()
    topics: tuple[TopicMatch, ...] = ()
    update: Update | None = None

    @property
    def lead(self) -> Article:
        """The article that is linked."""
        return self.story.lead


@dataclass(frozen=True, slots=True)
class Section:
    """The stories of one topic in an edition, in order. ``topic`` is None where a digest has no topics (original ranking)."""

    topic: Topic | None
    stories: tuple[ScoredStory, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What was read to make an edition.

    ``articles`` were read and told of ``stories`` events; ``merged`` of them joined a story that another leads. The stories
    that were not chosen are counted by the first reason that held: ``off_topic`` (none of the digest's topics), ``unwanted``
    (of a kind it takes none of), ``told_before`` (by an earlier edition of the digest), ``minor`` (hardly worth telling),
    ``muted`` (where it goes to), ``over_caps`` (no room in the post or its thread, or enough of that topic, provider or kind).
    ``stale_feeds`` of those that are configured were stale, as `digests.library.feedbook` has it, when the edition was made.
    """

    articles: int = 0
    stories: int = 0
    merged: int = 0
    off_topic: int = 0
    told_before: int = 0
    over_caps: int = 0
    unwanted: int = 0
    minor: int = 0
    stale_feeds: int = 0
    muted: int = 0


PER_KIND: Mapping[str, int] = {
    "analysis": 4,
    "research": 4,
    "tutorial": 1,
    "pr": 1,
    "promo": 0,
    "market-report": 0,
    "off-topic": 0,
}
"""At most so many stories of a kind, where a digest does not say otherwise. Kinds that are not named have no cap."""

_KINDS: Mapping[str, str] = {
    "news": "kind-news",
    "analysis": "kind-analysis",
    "research": "kind-research",
    "tutorial": "kind-tutorial",
    "pr": "kind-pr",
    "promo": "kind-promo",
    "market-report": "kind-market-report",
    "off-topic": "kind-off-topic",
}


def kind_said(kind: str) -> Said | str:
    """A kind as people are told it; as it stands where it is none of ours."""
    return Said(_KINDS[kind]) if kind in _KINDS else kind


@dataclass(frozen=True, slots=True)
class DigestSpec:
    """A recurring publication as the editorial house sees it; channels and schedule belong to the service house.

    ``topics`` are slugs in the order of the sections; empty means every topic, one unnamed section. ``stories`` is the
    length of the parent post, ``more`` how many go into the thread, ``window`` how far back an edition looks,
    ``per_topic``, ``per_provider`` and ``per_kind`` the caps. ``weights`` change those of the ranking, by signal. ``after``
    names the digest that its readers had before, and the last slot that they had of it: what that told is told.
    """

    name: str
    title: str = "AI digest"
    topics: tuple[str, ...] = ()
    stories: int = 12
    more: int = 10
    window: timedelta = timedelta(hours=24)
    ranking: str = "editor"
    per_topic: int = 5
    per_provider: int = 3
    timezone: str = "UTC"
    template: str = "digest"
    per_kind: Mapping[str, int] = field(default_factory=lambda: PER_KIND, hash=False)
    weights: Mapping[str, float] = field(default_factory=dict, hash=False)
    after: tuple[str, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """One issue of a digest: the stories chosen for one slot of its schedule, frozen when first made.

    ``slot`` is the scheduled moment (UTC), ``made_at`` when it was put together; ``timezone`` (IANA) is the digest's, for
    dates that people read. ``sections`` hold every chosen story, the top one included; ``more`` goes into the thread.
    """

    digest: str
    title: str
    slot: datetime
    made_at: datetime
    timezone: str
    sections: tuple[Section, ...]
    more: tuple[ScoredStory, ...] = ()
    tally: Tally = Tally()
    ranking: str = "editor"

    @property
    def stories(self) -> tuple[ScoredStory, ...]:
        """Every chosen story, section by section; without ``more``."""
        return tuple(story for section in self.sections for story in section.stories)

    @property
    def top(self) -> ScoredStory | None:
        """The highest-scored story, shown first and large; the earliest in section order where scores are equal."""
        return max(self.stories, key=lambda s: s.score, default=None)


ALL_FILTERS = "filters"
"""What stands for all filters of a question where one would be named; none is written so."""


@dataclass(frozen=True, slots=True)
class Loosened:
    """How many stories there are without one of a question's filters, or all of them, and the question that is left."""

    without: str
    query: Query
    total: int
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for a question. ``total`` counts all matching stories, ``stories`` are the ones to show, in order.

    ``topic`` is set where the question's words named a topic, or it asked for nothing but one. ``suggestions`` are topics
    or questions that were probably meant, best first; they are offered when nothing, or little, was found. ``at_least``
    says that more matched than were judged. ``loosened`` says for an answer with nothing which filters left nothing;
    ``names`` are those of the query's topics, by slug. ``muted`` stories are left out, since whoever asks muted them.
    """

    query: Query
    stories: tuple[ScoredStory, ...] = ()
    total: int = 0
    topic: Topic | None = None
    suggestions: tuple[str, ...] = ()
    timezone: str = "UTC"
    at_least: bool = False
    loosened: tuple[Loosened, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    muted: int = 0


@dataclass(frozen=True, slots=True)
class Tie:
    """Why a report is part of a story: the report it is likest to, and the evidence in words."""

    article: Article
    to: Article
    likelihood: float
    shared: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """Everything that decided about an article in an edition.

    ``fate`` says what became of its story, ``reason`` why (empty for a chosen one). ``rank`` counts from 1 among ``of``
    stories by score; 0 where it was not ranked. ``kind_reasons`` are what made the article's kind, ``section`` the topic
    it stands under, by ``match``, of the topic ``about``, whose keyword the article writes as ``said``, or else a report ``by``
    another publisher. ``ties`` are how the story holds together, ``changes`` when it was merged or split. ``last`` is the least
    of the chosen stories, ``missed`` are the best that were not, each with the reason. ``story`` is None where no story of the
    article was in reach, for the ``reason``. ``title`` is the digest's; ``made`` says whether the edition was made, or is what
    one would be, ``current`` whether the digest is still set up. ``changed`` is when its settings were changed for the channel,
    None where they were not, and ``changed_by`` names the person who did.
    """

    article: Article
    digest: str
    slot: datetime
    timezone: str
    fate: str
    reason: str | Said = ""
    kind_reasons: tuple[str, ...] = ()
    story: ScoredStory | None = None
    rank: int = 0
    of: int = 0
    section: Topic | None = None
    match: TopicMatch | None = None
    about: Topic | None = None
    said: str = ""
    by: str = ""
    ties: tuple[Tie, ...] = ()
    last: ScoredStory | None = None
    missed: tuple[tuple[ScoredStory, str | Said], ...] = ()
    changes: tuple[str, ...] = ()
    title: str = ""
    made: bool = False
    current: bool = True
    changed: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One Slack message ready to send: ``text`` is the escaped fallback that is read aloud, ``blocks`` plain dictionaries."""

    text: str
    blocks: tuple[Mapping[str, object], ...] = field(default=(), hash=False)


@dataclass(frozen=True, slots=True)
class Post:
    """An edition as Slack gets it: the parent message and the messages of its thread, in order."""

    parent: Message
    thread: tuple[Message, ...] = ()
