"""The desk: puts the stages together. The way from articles to an edition, or to an answer, reads here top to bottom."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from digests import answering, handles, intake, newsworthy, ranking, relating, selection, steering, stories
from digests.explaining import Draft, explained
from digests.language import Said, said, topic_said
from digests.library import Library, feedbook, storybook
from digests.library.editionbook import Content, Past
from digests.library.headlines import headlines, published
from digests.library.storybook import Window
from digests.models import (
    Answer,
    Article,
    DigestSpec,
    Edition,
    ScoredStory,
    Story,
    Tally,
    Topic,
    TopicMatch,
    Why,
)
from digests.query import Query
from digests.ranking import EDITOR, Context
from digests.recent import Recent
from digests.scoring import PUBLISHED_FROM
from digests.selection import Fate, Told
from digests.sources.catalogue import Feed
from digests.steering import SHARP, Mute, Silence
from digests.topics import TOPIC_TEXT, Catalogue, as_written
from digests.turns import Turns

_TOP_WINDOW = timedelta(days=2)
_READ, _MOST_READ = 60, 1200  # stories read at a time for the top of all, and at most
_ANSWERS, _AT_ONCE = 64, 3  # answers that are remembered; that are worked out at once: more would wait for each other
_LATELY = timedelta(days=7)  # what the channel was told in this time makes more of it less new
_ROOT = "ai"  # the topic that says nothing of what is wanted: everything here is about it
_DEEP = (120, 480)  # of the top stories, looked through for somebody who wants them otherwise
_STRETCHES = 4  # of time that are kept
_EDITIONS = 64  # that are remembered for digests which want the same
_ALIKE = 0.15  # below this two stories share no theme

_FITS: Mapping[str, str] = {
    "title": "note-topic-title",
    "excerpt": "note-topic-excerpt",
    "label": "note-topic-label",
}

Feedback = Mapping[str, float]
"""What readers made of ``provider:NAME`` and ``topic:SLUG``: -1 (less of it) to 1 (more)."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What was reported in a stretch of time, as far as it is the same for every digest: whole stories by id, and more.

    ``urls`` are its reports' addresses, and ``telling`` the contents of editions that told any of them. ``fresh`` is what was
    worked out of stories that were not told before: what is recent of them, and its topics.
    """

    whole: Mapping[str, Story]
    standings: Mapping[str, float]
    twins: Mapping[str, frozenset[str]]
    urls: frozenset[str] = frozenset()
    telling: frozenset[str] = frozenset()
    fresh: dict[str, tuple[Story, tuple[TopicMatch, ...]] | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An edition that is wanted: of a digest for a slot, with what readers made of earlier ones, and what they muted."""

    spec: DigestSpec
    slot: datetime
    feedback: Feedback = field(default_factory=dict, hash=False)
    muted: tuple[Mute, ...] = ()


class Desk:
    """Makes editions and answers from a library and a catalogue of topics. Synchronous; reads no clock.

    `feeds` are those that are configured: editions tell how many of them are stale.
    """

    def __init__(
        self,
        library: Library,
        catalogue: Catalogue,
        published_from: int = PUBLISHED_FROM,
        feeds: Sequence[Feed] = (),
        *,
        keep: bool = False,
    ) -> None:
        self.library = library
        self.catalogue = catalogue
        self.published_from = published_from
        self.feeds = feeds
        self._answers = Recent[Answer](_ANSWERS)
        self._turns = Turns(_AT_ONCE)
        self._kept: dict[tuple[datetime, datetime], _Stretch] | None = {} if keep else None
        self._alike = Recent[tuple[Edition, Content]](_EDITIONS)

    def keeping(self) -> Desk:
        """The same desk, which reads a stretch of time once only: for many editions of one moment, and for no longer."""
        return Desk(self.library, self.catalogue, self.published_from, self.feeds, keep=True)

    def edition(
        self,
        spec: DigestSpec,
        slot: datetime,
        now: datetime,
        *,
        articles: Iterable[Article] | None = None,
        told: Mapping[str, datetime] | None = None,
        feedback: Feedback | None = None,
        muted: Collection[Mute] = (),
    ) -> Edition:
        """The edition of a slot, not stored: the news as of `slot`, even when it is made later.

        Args:
            spec: The digest.
            slot: The scheduled moment (aware).
            now: When this is (aware).
            articles: Judge these instead of the library's.
            told: Addresses told before and the slots that told them, instead of what the library remembers.
            feedback: What readers of the digest's channels made of earlier ones.
            muted: What is not to be told there, but for major stories.

        Raises:
            DigestSpecError: For an unknown ranking.
            TopicError: For an unknown topic.
        """
        draft = self._draft(spec, slot, now, articles, self._told(spec, slot, told), feedback or {}, muted)
        count = sum(len(scored.story.articles) for scored in draft.ranked)
        chosen = draft.selection
        tally = Tally(
            articles=count,
            stories=len(draft.ranked),
            merged=count - len(draft.ranked),
            off_topic=chosen.count(Fate.OFF_TOPIC),
            unwanted=chosen.count(Fate.UNWANTED),
            told_before=chosen.count(Fate.TOLD_BEFORE),
            minor=chosen.count(Fate.MINOR),
            over_caps=chosen.count(Fate.OVER_CAPS),
            stale_feeds=feedbook.stale(self.library, now, self.feeds) if articles is None else 0,
            muted=chosen.count(Fate.MUTED),
        )
        return Edition(
            spec.name, spec.title, slot, now, spec.timezone, chosen.sections, chosen.more, tally, spec.ranking
        )

    def frozen(
        self,
        spec: DigestSpec,
        slot: datetime,
        now: datetime,
        feedback: Feedback | None = None,
        muted: Collection[Mute] = (),
    ) -> Edition:
        """The edition of a slot as it was first made; made and stored now where it was not."""
        made = self.library.edition(spec.name, slot)
        return made or self.library.freeze(self.edition(spec, slot, now, feedback=feedback, muted=muted))

    def frozen_all(self, wanted: Sequence[Wanted], now: datetime) -> list[Edition]:
        """What `frozen` gives for each; what is wanted alike, and would tell the same, is made once by a desk that keeps."""
        if self._kept is None:
            return [self.frozen(each.spec, each.slot, now, each.feedback, each.muted) for each in wanted]
        made = self.library.frozen([(each.spec.name, each.slot) for each in wanted])
        new = [each for each in wanted if (each.spec.name, each.slot) not in made]
        past = self.library.past({each.spec.name for each in new})
        fresh = []
        for each in new:
            key = (replace(each.spec, name=""), *self._of_account(each, past[each.spec.name], now))
            edition, content = self._alike.get(key, partial(self._made, each, now))
            fresh.append((replace(edition, digest=each.spec.name, made_at=now), content))
        made |= {(each.digest, each.slot): each for each in self.library.freeze_all(fresh)}
        return [made[each.spec.name, each.slot] for each in wanted]

    def _made(self, wanted: Wanted, now: datetime) -> tuple[Edition, Content]:
        made = self.edition(wanted.spec, wanted.slot, now, feedback=wanted.feedback, muted=wanted.muted)
        return made, Content.of(made)

    def _of_account(self, wanted: Wanted, past: Collection[Past], now: datetime) -> tuple[Hashable, ...]:
        """What an edition depends on beside its digest: of the past what was told lately, or is told of still."""
        slot = wanted.slot
        stretch = self._stretch(slot - wanted.spec.window, slot, now, None)
        told = frozenset(
            each
            for each in past
            if each.slot >= slot - _LATELY
            or each.url in stretch.urls
            or each.content in stretch.telling
            or each.content == wanted.spec.name
        )
        return slot, frozenset(wanted.feedback.items()), wanted.muted, told

    def why(
        self,
        url: str,
        spec: DigestSpec,
        slot: datetime,
        now: datetime,
        *,
        articles: Iterable[Article] | None = None,
        told: Mapping[str, datetime] | None = None,
        feedback: Feedback | None = None,
        muted: Collection[Mute] = (),
        posted: Edition | None = None,
    ) -> Why | None:
        """Why an article is, or is not, in the edition of a slot; None where nobody knows an article at this address.

        Where the edition was made already, it is that one which is explained: as it was `posted`, where that is known.
        """
        read = None if articles is None else tuple(articles)
        article = self._known(url, read)
        if article is None:
            return None
        reasons = newsworthy.judge(article).reasons
        found = Why(article, spec.name, slot, spec.timezone, "", kind_reasons=reasons, title=spec.title)
        draft = self._draft(spec, slot, now, read, self._told(spec, slot, told), feedback or {}, muted)
        made = posted or (None if read is not None else self.library.edition(spec.name, slot))
        found = explained(found, draft, spec, made)
        if found.story is None:
            return found
        match = selection.best_topic(found.story.topics, spec.topics) if spec.topics else None
        shown = match or next(iter(found.story.topics), None)
        said, by = self._written(shown, found.story.story, article) if shown else ("", "")
        return replace(
            found,
            match=shown,
            about=self._topic(shown),
            said=said,
            by=by,
            section=self.catalogue.get(match.topic) if match else None,
            changes=() if read is not None else self._changes(found.story.story.id),
        )

    def why_told(self, url: str, edition: Edition) -> Why | None:
        """Why an edition of a digest that is no longer set up told an article, as far as it says; None where it did not."""
        article = self._known(url, None)
        sections = [(section.topic, scored) for section in edition.sections for scored in section.stories]
        every = [*sections, *((None, scored) for scored in edition.more)]
        topic, told = next(((topic, scored) for topic, scored in every if url in scored.story.urls), (None, None))
        if article is None or told is None:
            return None
        match = next((match for match in told.topics if topic is not None and match.topic == topic.slug), None)
        said, by = self._written(match, told.story, article) if match else ("", "")
        return Why(
            article,
            edition.digest,
            edition.slot,
            edition.timezone,
            (Fate.MORE if told in edition.more else Fate.CHOSEN).value,
            story=told,
            section=topic if match else None,
            match=match,
            about=self._topic(match),
            said=said,
            by=by,
            title=edition.title,
            made=True,
            current=False,
        )

    def answer(
        self,
        query: Query,
        now: datetime,
        *,
        limit: int = 20,
        whole: int | None = None,
        timezone: str = "UTC",
        feedback: Feedback | None = None,
        muted: Collection[Mute] = (),
    ) -> Answer:
        """What there is for a question, best first; for one that asks for nothing the top stories of now.

        Whoever asks the same within a minute, while the library stays as it is, gets the same. Of what is asked for only the
        first ``whole`` stories are ready to be told, see `answering.answer`. ``feedback`` and ``muted`` are the asker's own.
        They count for the top stories only: what is asked for is answered.
        """
        if query == Query() and (feedback or muted):
            return self._bent(now, limit, timezone, feedback or {}, muted)

        def made() -> Answer:
            with self._turns:
                if query == Query():
                    found, total = self._top(now, limit)
                    return Answer(query, tuple(found[:limit]), total, timezone=timezone)
                return answering.answer(self.library, self.catalogue, query, now, limit, timezone, whole=whole)

        minute = now.replace(second=0, microsecond=0)
        return self._answers.get((query, minute, limit, whole, timezone, self.library.version()), made)

    def alike(self, text: str, now: datetime, *, limit: int = 20, timezone: str = "UTC") -> Answer:
        """What there is like a text that somebody wrote; without stories where there is nothing."""
        return relating.alike(self.library, self.catalogue, text, now, limit, timezone)

    def audible(self, scored: Iterable[ScoredStory], muted: Collection[Mute]) -> Iterator[ScoredStory]:
        """The stories that somebody is told who has muted so much, as they are told then."""
        silence = self._silence(muted)
        return filter(None, (silence.told(each) for each in scored))

    def quiet(self, edition: Edition, muted: Collection[Mute]) -> Edition:
        """An edition as one of its channels gets it, which has muted more than the others."""
        silence = self._silence(muted)
        return steering.hushed(edition, silence) if silence else edition

    def muting(self, scored: ScoredStory, muted: Collection[Mute], zone: str) -> Said | None:
        """Why a story is left out where so much is muted; None where it is told there."""
        _, mute = self._silence(muted).on(scored.story, scored.topics)
        return None if mute is None or steering.major(scored.story) else self._muted(mute, zone)

    def again(self, query: Query, names: Sequence[str], timezone: str = "UTC") -> Answer:
        """An answer that was given before, of the stories that it had then: news may have come since.

        Raises:
            TopicError: For a slug in the question that is no topic.
        """
        found = [story for name in names if (story := self.story(name)) is not None]
        told = tuple(ScoredStory(story, 0.0) for story in found)
        return replace(answering.framed(self.library, self.catalogue, query, timezone), stories=told, total=len(told))

    def stories(self, articles: Iterable[Article]) -> tuple[Story, ...]:
        """The grouping alone."""
        return stories.group(map(intake.judged, articles))

    def about(self, url: str) -> tuple[str, ...] | None:
        """What feedback on an article is about: ``provider:NAME`` and ``topic:SLUG``; None for an unknown address."""
        article = self.library.article(url)
        return None if article is None else _about(article, self.catalogue.match_story(stories.single(article)))

    def handles(self, urls: Iterable[str]) -> dict[str, str]:
        """Short names of articles, by address, that buttons can carry; those that are not stored have none."""
        return {url: handles.handle(row, url) for url, row in self.library.rows(urls).items()}

    def by_handle(self, handle: str, edition: Edition | None = None) -> Article | None:
        """The article of a short name; None where it is not stored any more, or the name is none.

        `edition` told the story: an article that was stored anew since is found by its address there, and for one that
        was withdrawn another report of its story stands in.
        """
        row = handles.row_of(handle)
        found = self.library.by_ids([row]).get(row)
        if found is not None and handles.means(handle, found.url):
            return self.library.article(found.url) or found  # a newer file about the same address may have come since
        return next(iter(self._told_by(handle, edition)), None)

    def story(self, handle: str, edition: Edition | None = None) -> Story | None:
        """The story, with all its reports, that an article of a short name belongs to; None as for `by_handle`."""
        article = self.by_handle(handle, edition)
        if article is None:
            return None
        ((story, reports), *_) = storybook.stories_of(self.library, [article.url]) or ((article.url, (article,)),)
        others = [each for each in reports if each.url != article.url]
        # Led by that article, as it was shown.
        return Story(story, article, stories.known(story, others).articles if others else ())

    def _told_by(self, handle: str, edition: Edition | None) -> Iterator[Article]:
        """The stored reports of the story that an edition told under a short name, the one of that name first."""
        told = () if edition is None else (*edition.stories, *edition.more)
        for scored in told:
            if handles.means(handle, scored.lead.url):
                yield from filter(None, (self.library.article(each.url) for each in scored.story.articles))

    def take_in(self, now: datetime) -> int:
        """Judge what is new in the library; gives how many articles that were."""
        return intake.take_in(self.library, now, published_from=self.published_from)

    # --- an edition, step by step

    def _draft(
        self,
        spec: DigestSpec,
        slot: datetime,
        now: datetime,
        articles: Iterable[Article] | None,
        told: Mapping[str, datetime],
        feedback: Feedback,
        muted: Collection[Mute] = (),
    ) -> Draft:
        way = ranking.ranking_named(spec.ranking)
        if not way.grouped:
            return self._original(spec, slot, articles, told, muted)
        topics = {slug: self.catalogue.get(slug) for slug in spec.topics}
        since = slot - spec.window
        stretch = self._stretch(since, slot, now, articles)
        whole = stretch.whole
        before = {story.id: seen for story in whole.values() if (seen := _told_of(story, told))}
        lately = [] if articles is not None else self._lately(spec, slot)
        way = way.weighted(spec.weights)
        base = Context(slot, spec.window, standings=stretch.standings)
        scored = []
        silence, silent = self._silence(muted), dict[str, Said]()
        for key in whole:
            found = self._recent(stretch, key, since, told, before)
            if found is not None:
                part, matches = found
                story, mute = silence.on(part, matches)
                if mute is not None:
                    silent[story.id] = self._muted(mute, spec.timezone)
                context = self._heard(_new(base, story, whole[story.id].urls, lately), story, matches, feedback)
                scored.append(self._score(story, matches, way, context, spec.topics))
        return Draft(whole, *steering.chosen(scored, spec, topics, before, stretch.twins, silent))

    def _stretch(self, since: datetime, slot: datetime, now: datetime, articles: Iterable[Article] | None) -> _Stretch:
        if articles is None and self._kept is not None and (since, slot) in self._kept:
            return self._kept[since, slot]
        # Further back than the digest looks: a report of today may belong to a story that was told yesterday.
        start = since - stories.WINDOW
        read = self._read(start, slot, now) if articles is None else _read_files(articles, start, slot)
        whole = {story.id: story for story in stories.assemble(read.articles, read.links, read.ids)}
        made = _Stretch(whole, ranking.standings(read.articles), stories.doubtful(whole.values(), read.links))
        if articles is None and self._kept is not None:
            urls = frozenset(each.url for each in read.articles)
            made = replace(made, urls=urls, telling=self.library.telling(urls))
            while len(self._kept) >= _STRETCHES:
                self._kept.pop(list(self._kept)[0], None)  # noqa: RUF015  # one step: threads share it
            self._kept[since, slot] = made
        return made

    def _recent(
        self,
        stretch: _Stretch,
        key: str,
        since: datetime,
        told: Mapping[str, datetime],
        before: Mapping[str, Told],
    ) -> tuple[Story, tuple[TopicMatch, ...]] | None:
        """What there is to tell of a story, with its topics; None where all of it is older than the digest looks back."""
        if key not in before and key in stretch.fresh:
            return stretch.fresh[key]
        part = _to_tell(stretch.whole[key], since, told, before)
        found = None if part is None else (part, self.catalogue.match_story(part))
        if key not in before:
            stretch.fresh[key] = found
        return found

    def _read(self, since: datetime, until: datetime, now: datetime) -> Window:
        self.take_in(now)
        return storybook.window(self.library, since, until)

    def _told(self, spec: DigestSpec, slot: datetime, told: Mapping[str, datetime] | None) -> dict[str, datetime]:
        """What editions before this slot have told."""
        known = self.library.told(spec.name) if told is None else told
        if told is None and spec.after is not None:
            name, last = spec.after
            known = {**known, **{url: at for url, at in self.library.told(name).items() if at <= last}}
        return {url: at for url, at in known.items() if at < slot}

    def _lately(self, spec: DigestSpec, slot: datetime) -> list[Article]:
        editions = self.library.editions(spec.name, slot - _LATELY, slot)
        if spec.after is not None:
            name, last = spec.after
            before = self.library.editions(name, slot - _LATELY, slot)
            editions = (*(each for each in before if each.slot <= last), *editions)
        return [scored.lead for edition in editions for scored in edition.stories]

    def _score(
        self,
        story: Story,
        matches: tuple[TopicMatch, ...],
        way: ranking.Ranking,
        context: Context,
        wanted: Sequence[str] = (),
    ) -> ScoredStory:
        best = selection.best_topic(matches, wanted) if wanted else next(iter(matches), None)
        if best is not None:
            words, _ = self._written(best, story, story.lead)
            note = said(_FITS[best.place], topic=self._called(best.topic), words=words)
            context = replace(context, relevance=best.fit, relevance_note=note)
        return ranking.score(story, way, context, matches)

    def _silence(self, muted: Collection[Mute]) -> Silence:
        return Silence([mute for mute in muted if self._can_be_muted(mute)], self.catalogue.descendants)

    def _can_be_muted(self, mute: Mute) -> bool:
        return mute.kind != steering.TOPIC or mute.name in self.catalogue  # an admin may have taken the topic out

    def _muted(self, mute: Mute, zone: str) -> Said:
        return steering.reason(mute, self._called, zone)

    def _called(self, slug: str) -> Said | str:
        return topic_said(slug, self.catalogue.get(slug).name) if slug in self.catalogue else slug

    def _original(
        self,
        spec: DigestSpec,
        slot: datetime,
        articles: Iterable[Article] | None,
        told: Mapping[str, datetime],
        muted: Collection[Mute],
    ) -> Draft:
        """The hub's own digest: every report by itself, the hottest first."""
        start = slot - spec.window
        read = self.library.articles(start, slot) if articles is None else within(articles, start, slot)
        ranked = ranking.original(read, slot, spec.window)
        whole = {article.url: Story(article.url, article) for article in read}
        silence, silent = self._silence(muted), dict[str, tuple[Fate, Said | None]]()
        for each in ranked if silence else ():
            _, mute = silence.on(each.story, self.catalogue.match_story(each.story))
            if mute is not None and not steering.major(each.story):
                silent[each.story.id] = Fate.MUTED, self._muted(mute, spec.timezone)
        made = selection.hottest([each for each in ranked if each.story.id not in silent], spec, told)
        made = replace(made, fates={**made.fates, **silent})
        return Draft(whole, ranked, made, Said("reason-not-published"))

    # --- why

    def _known(self, url: str, articles: Sequence[Article] | None) -> Article | None:
        if articles is None:
            found = self.library.article(url)
        else:
            found = max(
                (a for a in articles if a.url == url), key=lambda a: (a.published_at, a.path or ""), default=None
            )
        return found and intake.judged(found)

    def _changes(self, story: str) -> tuple[str, ...]:
        return tuple(
            f"{at:%d %b %H:%M} UTC: story {change.story} {'became part of' if change.what == 'merged' else 'lost reports to'} "
            f"{change.other}"
            for at, change in storybook.changes(self.library, story)
        )

    def _topic(self, match: TopicMatch | None) -> Topic | None:
        return self.catalogue.get(match.topic) if match is not None and match.topic in self.catalogue else None

    def _written(self, match: TopicMatch, story: Story, article: Article) -> tuple[str, str]:
        """The words by which a story belongs to a topic, as a report writes them, and whose it is, if not the article's."""
        for report in (article, *story.articles):
            text = (report.title if match.place == "title" else report.excerpt)[:TOPIC_TEXT]
            found = self.catalogue.match(report.title[:TOPIC_TEXT], report.excerpt[:TOPIC_TEXT], report.topics)
            if (match.topic, match.keyword, match.place) in ((each.topic, each.keyword, each.place) for each in found):
                written = "" if match.place == "label" else as_written(match.keyword, text)
                return written or match.keyword, "" if report.url == article.url else report.publisher
        return match.keyword, ""

    # --- the top stories

    def _bent(self, now: datetime, limit: int, timezone: str, feedback: Feedback, muted: Collection[Mute]) -> Answer:
        """The top stories as one person wants them, out of those that are read once for everybody."""
        bent: list[ScoredStory] = []
        left_out, answer = 0, Answer(Query(), (), 0)
        for deep in _DEEP:
            answer = self.answer(Query(), now, limit=max(deep, limit))
            told = list(self.audible(answer.stories, muted))
            left_out = len(answer.stories) - len(told)
            bent = ranking.ordered(self._bend(each, feedback) for each in told)
            if len(answer.stories) >= answer.total:
                break
            # What was not read could stand among the first only if it gained as much as anything can.
            best = answer.stories[-1].score + (ranking.most_feedback(EDITOR) if feedback else 0.0)
            if len(bent) >= limit and bent[limit - 1].score >= best:
                break
        return replace(
            answer, stories=tuple(bent[:limit]), total=answer.total - left_out, timezone=timezone, muted=left_out
        )

    def _bend(self, scored: ScoredStory, feedback: Feedback) -> ScoredStory:
        if not feedback or steering.major(scored.story):
            return scored
        context = self._heard(Context(scored.lead.published_at, _TOP_WINDOW), scored.story, scored.topics, feedback)
        return ranking.reheard(scored, EDITOR, context)

    def _heard(self, context: Context, story: Story, matches: Sequence[TopicMatch], feedback: Feedback) -> Context:
        """The context with what readers made of the like of a story."""
        given = {name: feedback[name] for name in _about(story.lead, matches) if name in feedback}
        if not given:
            return context
        most = max(given, key=lambda name: (abs(given[name]), name))
        key = "note-more-wanted" if given[most] > 0 else "note-less-wanted"
        kind, _, name = most.partition(":")
        what = self._called(name) if kind == "topic" else name
        note = said(key, what=what, days=ranking.VOTES_HALVE.days)
        return replace(context, feedback=sum(given.values()) / len(given), feedback_note=note)

    def _top(self, now: datetime, limit: int) -> tuple[list[ScoredStory], int]:
        """The best stories of the last days in order, at least so many of them where there are; and how many there are."""
        newest = self.library.newest()
        if newest is None:
            return [], 0
        # A library that is no longer fed still has its last days to tell.
        until = min(now, newest)
        since = (until - _TOP_WINDOW).replace(second=0, microsecond=0)
        told = [each for each in headlines(self.library, since, until) if each.kind not in newsworthy.JUNK]
        ceiling = ranking.ceiling(EDITOR, until, _TOP_WINDOW)
        most = {each.key: ceiling(each, 1.0) for each in told}
        best = sorted(most, key=lambda key: -most[key])[:_MOST_READ]
        counted = (
            (each.publisher, each.kind, each.number, each.quality) for each in published(self.library, since, until)
        )
        context = Context(until, _TOP_WINDOW, standings=ranking.standings_of(counted))
        ranked: list[ScoredStory] = []
        lost = 0
        for start in range(0, len(best), _READ):
            # What is left can no longer be among the first.
            if len(ranked) >= limit and ranked[limit - 1].score > most[best[start]]:
                break
            some = best[start : start + _READ]
            read = (
                (key, [each for each in reports if each.published_at <= until])
                for key, reports in storybook.stories_by_key(self.library, some)
            )
            whole = (stories.known(key, reports) for key, reports in read if reports)
            recent = [story for story in whole if story.lead.kind not in newsworthy.JUNK]
            lost += len(some) - len(recent)
            scored = (self._score(story, self.catalogue.match_story(story), EDITOR, context) for story in recent)
            ranked = ranking.ordered([*ranked, *scored])
        return ranked, len(told) - lost


def within(articles: Iterable[Article], since: datetime, until: datetime) -> tuple[Article, ...]:
    """The articles of a time, an address once: the newer report's words, of equally new ones the later file's."""
    newest: dict[str, Article] = {}
    for article in sorted(articles, key=lambda a: (a.published_at, a.path or "")):
        newest[article.url] = article
    recent = (article for article in newest.values() if since <= article.published_at <= until)
    return tuple(sorted(recent, key=lambda a: (-a.published_at.timestamp(), a.path or "")))


def _read_files(articles: Iterable[Article], since: datetime, until: datetime) -> Window:
    read = tuple(map(intake.judged, within(articles, since, until)))
    return Window(read, tuple(stories.links(read)), {})


def _told_of(story: Story, told: Mapping[str, datetime]) -> Told | None:
    """When a story was told last, and what is new since; None for a story nobody told."""
    before = {url: told[url] for url in story.urls if url in told}
    if not before:
        return None
    slot = max(before.values())
    return Told(slot, stories.news_since(story, before, slot), story.lead.title)


def _to_tell(story: Story, since: datetime, told: Mapping[str, datetime], before: Mapping[str, Told]) -> Story | None:
    """The story as the window's reports tell it; an update as those tell it that were not told yet."""
    if story.id in before and before[story.id].news:
        new = stories.fresh(story, told, before[story.id].slot)
        return stories.since(stories.known(story.id, new), since)
    return stories.since(story, since)


def _new(context: Context, story: Story, own: Collection[str], lately: Sequence[Article]) -> Context:
    """The context with how new a story's theme is after what was told lately, its `own` earlier reports left out."""
    near, which = stories.closeness(story.lead, (each for each in lately if each.url not in own))
    if which is None or near < _ALIKE:
        return context
    return replace(context, novelty=1 - near, novelty_note=said("note-like", title=which.title))


def _about(lead: Article, matches: Sequence[TopicMatch]) -> tuple[str, ...]:
    """What feedback on a story is about. The widest topics say nothing: who wants less of a thing wants AI all the same."""
    sharp = [match.topic for match in matches if match.fit >= SHARP and match.topic != _ROOT]
    return (f"provider:{lead.publisher}", *(f"topic:{topic}" for topic in sharp))
