"""Values in, messages out: the one class that draws editions, answers and everything else the bot says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path

from rich.console import Group

from digests.errors import TemplateError
from digests.language import Said, speaking
from digests.models import Answer, Article, Edition, Message, Post, ScoredStory, Story, Topic, Why
from digests.rendering import html, jsonform, samples, storylist, terminal, text, whytext
from digests.rendering.blocks import Templates
from digests.rendering.fitting import fit, fitted, inside, split, tidied
from digests.rendering.homepage import ChannelDigest, HomePage, home_view
from digests.rendering.limits import FALLBACK, VIEW_BLOCKS, VIEW_TOTAL, Block, Json
from digests.rendering.mrkdwn import inert
from digests.rendering.plain import paragraphs, plain
from digests.rendering.shorten import line, shorten
from digests.rendering.views import (
    QUERY,
    QUESTION,
    EditionView,
    StoryView,
    answer_view,
    edition_view,
    place,
    report_view,
    story_view,
    titles,
)
from digests.rendering.whyview import why_view

_NO_DIGEST = (
    "answer",
    "channel",
    "coverage",
    "find",
    "foot",
    "glimpse",
    "help",
    "home",
    "kept",
    "meant",
    "menu",
    "missed",
    "notice",
    "pages",
    "saved",
    "settings",
    "thread",
    "topics",
    "why",
)
NOTE = 500
"""Characters of a note to a story that is shared."""

_USAGE, _WHAT, _NOTICE, _NAME, _TOPICS, _BUTTON, _CONFIRM, _NOTE = 150, 300, 2_000, 60, 200, 45, 300, 300
_MOST_MEANT = 5
_MOST_CHANNELS = 5
_RAW = 10_000  # characters of a text that are looked at


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """A run of topics at one depth, for the topics template."""

    depth: int
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class HelpRow:
    """One line of help, for the help template."""

    usage: str
    what: str


@dataclass(frozen=True, slots=True)
class Button:
    """What can be done about a notice: its text, and the action and value that come back when it is pressed.

    ``confirm`` is what is asked before that; empty for no question.
    """

    text: str
    action: str
    value: str
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page of saved stories: ``handles`` are by address, ``start`` counts from 0, ``size`` is that of a whole page."""

    articles: tuple[Article, ...]
    handles: Mapping[str, str]
    start: int
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class Foot:
    """What can be done with a post as a whole, for the foot template; see there."""

    more: str
    customize: str
    rate: bool


@dataclass(frozen=True, slots=True)
class MissedPage:
    """A page of the stories that just missed an edition's post; ``handles`` are by their leads' addresses."""

    edition: Edition
    stories: tuple[ScoredStory, ...]
    handles: Mapping[str, str]
    start: int
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription in words: what it is about, when and where it comes, and who made it.

    ``channel`` is Slack's id, empty for a direct message; ``by`` the owner's, empty for the reader's own. ``key`` names it
    to buttons, ``back`` the page that it stands on. ``mine`` says whether the reader may change it.
    """

    key: str
    number: int
    title: str
    when: str
    channel: str
    by: str
    next: str
    size: int
    back: str
    mine: bool


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """A page of subscriptions, as `SavedPage` is of stories; ``over`` are lines about those that ended lately.

    ``channels`` are the digests of the settings that the channel has.
    """

    rows: tuple[SubscriptionRow, ...]
    start: int
    size: int
    total: int
    over: tuple[str, ...] = ()
    channels: tuple[ChannelDigest, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptRow:
    """Something that is kept about a person: what it is, of what, and since which day.

    ``url`` is a story's address, ``channel`` Slack's id of where it counts; both may be empty.
    """

    what: str
    title: str
    since: str
    url: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page of what is kept about a person, as `SavedPage` is of stories; ``erase`` is the button that ends all of it."""

    head: str
    rows: tuple[KeptRow, ...]
    start: int
    size: int
    total: int
    erase: Button


class Renderer:
    """Draws everything the bot says, from templates.

    ``templates`` is an admin's folder: a file in it replaces the bundled one of the same name. ``emoji`` false leaves
    out decoration. ``command`` is what people type. Every method raises TemplateError for a missing or wrong template,
    with its file, line and what to do; every message returned is inside Slack's limits.
    """

    def __init__(self, templates: Path | None = None, emoji: bool = True, *, command: str = "/news") -> None:
        self._templates = Templates(templates)
        self._emoji = emoji
        self._command = command
        self.language = speaking(None)

    def speaking(self, locale: str | None) -> Renderer:
        """The same renderer in the language of a locale; English where there is none of it."""
        other = copy(self)
        other.language = speaking(locale)
        return other

    def post(
        self,
        edition: Edition,
        now: datetime,
        *,
        template: str = "digest",
        images: bool = True,
        earlier: Mapping[datetime, str] | None = None,
        handles: Mapping[str, str] | None = None,
        foot: bool = False,
        note: str = "",
    ) -> Post:
        """The parent message and the messages of its thread.

        What has no room in the parent loses its excerpts first; then the stories with the lowest scores go to the
        thread. ``images`` false leaves pictures out, for when Slack could not fetch one. ``earlier`` are the addresses of
        earlier posts by their editions' slots, for updates to lead back to. ``handles`` name stories in what buttons
        carry, by their leads' addresses; a story without one has no buttons. At the ``foot`` is what can be done with the
        post as a whole, once it is posted; last stands a ``note``.
        """
        drawing = partial(
            edition_view,
            edition,
            now,
            images=images,
            earlier=earlier or {},
            handles=handles or {},
            language=self.language,
        )
        view, parent = self._parent(edition, template, drawing, foot=foot, note=line(note, _NOTE))
        return Post(parent, self._thread(view))

    def answer(
        self,
        answer: Answer,
        now: datetime,
        *,
        page: int = 0,
        size: int = 5,
        handles: Mapping[str, str] | None = None,
        order: Sequence[str] = (),
        asked: datetime | None = None,
    ) -> Message:
        """The answer to a question: one page of its stories, or what to try instead.

        ``handles`` as in `post`. ``order`` and ``asked`` are for a page that is turned to: the handles of all stories, where
        the answer has those of this page only, and when the question was asked.
        """
        language = self.language
        view = answer_view(
            answer, now, page=page, size=size, handles=handles, order=order, asked=asked, language=language
        )
        told = text.heading(view, language)
        turned = view.stories or view.earlier or view.later
        spoken = [self._spoken(told, view.stories) if turned else text.nothing(view, language)]
        spoken += text.loosened(view, language)
        if view.suggestions:
            spoken.append(self._meant(view.suggestions))
        values = {"answer": view, "nothing": text.nothing_key(view)}
        return self._message("answer", language.sentences(spoken), values)

    def topics(self, topics: Sequence[tuple[Topic, int]]) -> Message:
        """The catalogue, each topic with its depth in the tree, parents before their children."""
        shown = [
            (Topic(t.slug, line(self.language.topic(t.slug, t.name), _NAME) or t.slug, t.parent), min(max(0, depth), 8))
            for t, depth in topics[:_TOPICS]
        ]
        groups = [TopicGroup(d, tuple(t for t, _ in run)) for d, run in groupby(shown, key=lambda row: row[1])]
        values = {
            "groups": groups,
            "more": len(topics) - len(shown),
            "example": shown[0][0].slug if shown else "robotics",
        }
        names = self.language.listed(topic.name for topic, _ in shown)
        return self._message("topics", self.language.say("spoken-topics", topics=names), values)

    def help(self, rows: Sequence[tuple[str, str]], command: str = "") -> Message:
        """What can be typed: rows of usage and what it does."""
        lines = [
            HelpRow(shorten(plain(usage[:_RAW]), _USAGE), shorten(plain(what[:_RAW]), _WHAT)) for usage, what in rows
        ]
        command = command or self._command
        said = "; ".join(f"{row.usage}: {row.what}" for row in lines)
        spoken = f"{self.language.say('help-title', command=command)}: {said}"
        return self._message("help", spoken, {"rows": lines, "command": command})

    def notice(self, words: str | Said, meant: Sequence[str] = (), buttons: Sequence[Button] = ()) -> Message:
        """A line of information or an error, as plain text: nothing in it is live. What is yet to be said is said here.

        ``meant`` is what to ask instead, ``buttons`` what can be done about it.
        """
        said = shorten(paragraphs(self.language.tell(words)[:_RAW]), _NOTICE) or self.language.say("done")
        instead = [shorten(plain(question[:_RAW]), QUESTION) for question in meant[:_MOST_MEANT]]
        shown = [replace(each, text=line(each.text, _BUTTON), confirm=line(each.confirm, _CONFIRM)) for each in buttons]
        spoken = f"{said} {self._meant(instead)}" if instead else said
        return self._message("notice", spoken, {"text": said, "suggestions": instead, "buttons": shown})

    def why(self, why: Why, now: datetime, timezone: str = "") -> Message:
        """Why a story is, or is not, in an edition, for a reader in a zone: the digest's is named where clocks differ."""
        view = why_view(why, now, self.language, timezone)
        spoken = self.language.say("spoken-why", title=view.title, edition=view.edition, verdict=view.verdict)
        return self._message("why", spoken, {"why": view})

    def find(self, person: str, article: Article, note: str = "") -> Message:
        """A story as somebody's find, with that person's name and the note as it was written: nothing in it is live.

        ``person`` is Slack's id.
        """
        story = report_view(article, article.published_at, "UTC", self.language)
        said = shorten(paragraphs(note[:_RAW]), NOTE)
        publisher = f" ({story.provider})" if story.provider else ""
        spoken = self.language.say("spoken-find", story=f"{story.title}{publisher}{f'. {said}' if said else ''}")
        return self._message("find", spoken, {"story": story, "person": person, "note": said})

    def coverage(self, story: Story, now: datetime, timezone: str = "UTC") -> Message:
        """Who else tells a story."""
        view = story_view(story, now, timezone, language=self.language)
        found = "; ".join(f"{each.title}, {each.provider}" for each in view.coverage)
        said = self.language.say("coverage-of", story=view.title)
        spoken = f"{said}: {found or self.language.say('coverage-none')}"
        return self._message("coverage", spoken, {"story": view})

    def saved(self, page: SavedPage, now: datetime, timezone: str = "UTC") -> Message:
        """A page of what a person saved."""
        stories = [
            replace(report_view(article, now, timezone, self.language), handle=page.handles[article.url])
            for article in page.articles
        ]
        last = page.start + len(stories)
        counted = self.language.say("answer-count", count=str(page.total))
        where = self.language.say("answer-page", place=place(page.start, last), count=counted)
        values = {
            "stories": stories,
            "place": where,
            "earlier": str(max(0, page.start - page.size)) if page.start else "",
            "later": str(last) if last < page.total else "",
        }
        spoken = self.language.say("saved-nothing")
        if stories:
            spoken = self.language.say("spoken-saved", place=where, stories="; ".join(each.title for each in stories))
        return self._message("saved", spoken, values)

    def kept(self, page: KeptPage) -> Message:
        """A page of what is kept about a person."""
        rows = [replace(each, title=line(each.title, _USAGE) or line(each.url, _USAGE)) for each in page.rows]
        last = page.start + len(rows)
        counted = f"{place(page.start, last)} / {page.total}"
        values = {
            "head": line(page.head, _NOTICE),
            "place": counted if page.total > page.size else "",
            "rows": rows,
            "erase": replace(page.erase, confirm=line(page.erase.confirm, _CONFIRM)),
            "earlier": str(max(0, page.start - page.size)) if page.start else "",
            "later": str(last) if last < page.total else "",
        }
        listed = "; ".join(f"{each.what}: {each.title}" for each in rows)
        return self._message("kept", f"{page.head} {listed}", values)

    def missed(self, page: MissedPage, now: datetime) -> Message:
        """A page of the stories that just missed an edition's post."""
        edition = page.edition
        stories = [
            replace(
                story_view(each.story, now, edition.timezone, language=self.language),
                handle=page.handles.get(each.lead.url, ""),
            )
            for each in page.stories
        ]
        last = page.start + len(stories)
        which = f"{edition.digest} {int(edition.slot.timestamp())}"
        title = f"{line(edition.title, QUERY)}, {self.language.date(edition.slot, edition.timezone)}"
        values = {
            "edition": title,
            "stories": stories,
            "place": f"{place(page.start, last)} / {page.total}",
            "earlier": f"{which} {max(0, page.start - page.size)}" if page.start else "",
            "later": f"{which} {last}" if last < page.total else "",
        }
        head = self.language.say("missed-head" if stories else "missed-none", edition=title)
        return self._message("missed", self._spoken(head, stories) if stories else head, values)

    def glimpse(self, edition: Edition, now: datetime) -> Message:
        """A digest in a few lines: the headlines of an edition, as it would be now."""
        view = edition_view(edition, now, images=False, language=self.language)
        return self._message("glimpse", self._headlines(view), {"edition": view})

    def home(self, page: HomePage, now: datetime) -> tuple[Block, ...]:
        """The blocks of a person's Home tab."""
        return self._view("home", {"home": home_view(page, now, self.language)})

    def settings(self, page: SettingsPage) -> Message:
        """A page of subscriptions, with what can be done about each; on the first one the digests of the channel, too."""
        rows = [replace(each, title=line(each.title, _USAGE), when=line(each.when, _USAGE)) for each in page.rows]
        last = page.start + len(rows)
        head = self.language.say("settings-none")
        if rows:
            head = self.language.say("settings-head", place=place(page.start, last), total=page.total)
        channels = [each.short() for each in page.channels[:_MOST_CHANNELS]] if not page.start else []
        values = {
            "channels": channels,
            "head": head,
            "rows": rows,
            "over": [line(each, _WHAT) for each in page.over[:_MOST_MEANT]] if not page.start else [],
            "earlier": str(max(0, page.start - page.size)) if page.start else "",
            "later": str(last) if last < page.total else "",
        }
        here = "; ".join(f"{each.title}, {each.when}" for each in channels)
        said = "; ".join(f"{each.title}, {each.when}" for each in rows)
        return self._message("settings", " ".join(filter(None, (here and f"{here}.", head, said))), values)

    def text(self, edition: Edition, now: datetime, *, quiet: str = "") -> str:
        """The edition as plain text; one without stories says ``quiet`` instead of its own words, where that is given."""
        return text.edition_text(edition_view(edition, now, quiet=quiet, language=self.language), self.language)

    def answer_text(self, answer: Answer, now: datetime, *, page: int = 0, size: int = 10) -> str:
        """The answer as plain text."""
        view = answer_view(answer, now, page=page, size=size, language=self.language)
        return text.answer_text(view, self.language)

    def terminal(self, edition: Edition, now: datetime, *, quiet: str = "") -> Group:
        """The edition for a rich console; ``quiet`` as in `text`."""
        view = edition_view(edition, now, quiet=quiet, language=self.language)
        return terminal.edition_group(view, self.language)

    def answer_terminal(self, answer: Answer, now: datetime, *, page: int = 0, size: int = 10) -> Group:
        """The answer for a rich console."""
        view = answer_view(answer, now, page=page, size=size, language=self.language)
        return terminal.answer_group(view, self.language)

    def html(
        self, edition: Edition, now: datetime, *, template: str = "digest", handles: Mapping[str, str] | None = None
    ) -> str:
        """A complete page that shows the post and its thread as Slack would; ``handles`` as in `post`."""
        post = self.post(edition, now, template=template, handles=handles, foot=handles is not None)
        view = edition_view(edition, now, language=self.language)
        return self.page(f"{view.title} · {view.date}", [post.parent], post.thread)

    def page(
        self,
        title: str,
        messages: Sequence[Message],
        thread: Sequence[Message] = (),
        views: Sequence[Sequence[Mapping[str, object]]] = (),
    ) -> str:
        """A complete page that shows messages, and the blocks of Home tabs and dialogs, as Slack would."""
        values = {
            "title": plain(title[:_RAW]),
            "views": [html.draw(Message("", tuple(blocks))) for blocks in views],
            "messages": [html.draw(message) for message in messages],
            "thread": [html.draw(message) for message in thread],
            "language": self.language.code,
            "say": self.language.say,
        }
        return self._templates.page("page.html.j2", values)

    def json(self, edition: Edition) -> dict[str, Json]:
        """The edition as plain data, every story with its signals."""
        return jsonform.edition_json(edition)

    def stories_json(self, stories: Sequence[Story | ScoredStory]) -> dict[str, Json]:
        """A grouping as plain data."""
        return jsonform.stories_json(stories)

    def stories_text(self, stories: Sequence[Story]) -> str:
        """A grouping as plain text, the stories of most providers first."""
        return storylist.stories_text(stories)

    def answer_json(self, answer: Answer) -> dict[str, Json]:
        """The answer as plain data."""
        return jsonform.answer_json(answer)

    def why_text(self, why: Why) -> str:
        """An explanation as plain text."""
        return whytext.why_text(why)

    def why_json(self, why: Why) -> dict[str, Json]:
        """An explanation as plain data."""
        return jsonform.why_json(why)

    def digest_templates(self) -> list[str]:
        """The names of the templates that a digest can ask for: all that do not draw something else."""
        return [name for name in self._templates.names() if name not in _NO_DIGEST]

    def check(self) -> list[str]:
        """Draws invented news with every template; the problems, each naming its file, are empty where all is well.

        A template that is not one of the bundled ones is taken for a digest's.
        """
        tries: list[Callable[[], object]] = [
            partial(
                self.post, edition, samples.NOW, template=name, handles=handles, foot=handles is not None, note=note
            )
            for name in self.digest_templates()
            for edition in samples.EDITIONS
            for handles, note in ((None, ""), (samples.HANDLES, samples.NOTE))
        ]
        tries += (
            partial(self.answer, answer, samples.NOW, page=page, size=1, handles=samples.HANDLES)
            for answer in samples.ANSWERS
            for page in (0, 1)
        )
        tries += (partial(self.why, why, samples.NOW) for why in samples.WHYS)
        tries += (partial(self.coverage, scored.story, samples.NOW) for scored in samples.EDITIONS[1].stories)
        tries += (partial(self.saved, page, samples.NOW) for page in self._saved_samples())
        undo, sure = self.language.say("button-undo"), self.language.say("confirm-title")
        tries.append(partial(self.notice, "", ("robots",), [Button(undo, "story_unvote", "1", sure)]))
        tries += (partial(self.missed, page, samples.NOW) for page in self._missed_samples())
        tries += (partial(self.find, "U1", samples.SAVED[0], note) for note in ("", samples.NOTE))
        tries += (partial(self.topics, samples.TREE), partial(self.help, samples.HELP), partial(self.notice, ""))
        tries += (partial(self.kept, page) for page in self._kept_samples())
        tries += (partial(self.settings, page) for page in self._settings_samples())
        tries += (partial(self.glimpse, edition, samples.NOW) for edition in samples.EDITIONS)
        tries += (partial(self.home, page, samples.NOW) for page in samples.HOMES)
        tries.append(partial(self.html, samples.EDITIONS[0], samples.NOW))
        problems: list[str] = []
        for draw in tries:
            try:
                draw()
            except TemplateError as error:
                problems.append(str(error))
        return list(dict.fromkeys(problems))

    def _saved_samples(self) -> tuple[SavedPage, ...]:
        found = samples.SAVED
        return SavedPage(found, samples.HANDLES, 5, 5, 12), SavedPage((), {}, 0, 5, 0)

    def _missed_samples(self) -> tuple[MissedPage, ...]:
        edition = samples.EDITIONS[1]
        return (
            MissedPage(edition, edition.stories, samples.HANDLES, 5, 5, 12),
            MissedPage(edition, (), {}, 0, 5, 0),
        )

    def _kept_samples(self) -> tuple[KeptPage, ...]:
        story = samples.SAVED[0]
        row = KeptRow("Saved", story.title, "Mon 23 Nov", story.url)
        muted = KeptRow("Muted", "Robotics", "Mon 23 Nov", channel="C024BE91L")
        erase = Button("Erase", "news_forget", "yes", "Sure?")
        return (KeptPage("Kept: 1 story.", (row, muted), 10, 10, 34, erase),)

    def _settings_samples(self) -> tuple[SettingsPage, ...]:
        row = SubscriptionRow("s1", 7, "Robotics", "weekdays at 08:30", "", "", "Mon 23 Nov 08:30", 8, "6", mine=True)
        other = replace(row, key="s2", channel="C024BE91L", by="U024BE7LH", mine=False)
        over = ("Ended: Robotics",)
        return SettingsPage((row, other), 6, 6, 14), SettingsPage((), 0, 6, 0, over, samples.CHANNELS)

    def _parent(
        self, edition: Edition, template: str, view_of: Callable[..., EditionView], *, foot: bool, note: str
    ) -> tuple[EditionView, Message]:
        memo: dict[int, StoryView] = {}

        def drawn(shown: int | None, *, brief: bool) -> tuple[EditionView, Message]:
            view = view_of(shown=shown, memo=memo)
            feet = {"foot": _foot(edition, view) if foot else None, "note": note}
            return view, self._raw(template, self._headlines(view), {"edition": view, "brief": brief, **feet})

        best = drawn(None, brief=False)
        if not inside(best[1]):
            best = drawn(None, brief=True)
        if not inside(best[1]):
            low, high = 1, len(edition.stories)  # the most stories that fit are in low..high-1
            best = drawn(low, brief=True)
            while low + 1 < high:
                middle = (low + high) // 2
                candidate = drawn(middle, brief=True)
                low, high, best = (middle, high, candidate) if inside(candidate[1]) else (low, middle, best)
        return best[0], self._fitted(template, best[1])

    def _thread(self, view: EditionView) -> tuple[Message, ...]:
        blocks = self._templates.blocks("thread", self._values({"edition": view}))
        parts = split(tidied(blocks))
        listed = [*view.overflow, *view.more]
        say = self.language.say
        spoken = self._spoken(say("thread-more"), listed) if listed else say("spoken-covered")
        later = say("spoken-rest") if listed else spoken
        return tuple(
            self._fitted("thread", Message(_fallback(said), tuple(part)))
            for n, part in enumerate(parts, 1)
            for said in [spoken if n == 1 else say("spoken-part", said=later, n=n, parts=len(parts))]
        )

    def _headlines(self, view: EditionView) -> str:
        """What is read aloud of an edition: the title, the day, and the headlines as far as one listens."""
        said = self.language.say("spoken-edition", title=view.title, date=view.date)
        return self._spoken(said, view.stories) if view.top else f"{said}: {view.quiet}"

    def _spoken(self, head: str, stories: Sequence[StoryView]) -> str:
        """What is read aloud: what it is, and the headlines as far as one listens."""
        return f"{head}: {'; '.join(titles(stories))}"

    def _meant(self, questions: Sequence[str]) -> str:
        asked = self.language.listed(f"{self._command} {question}" for question in questions)
        return f"{self.language.say('meant')} {asked}"

    def _message(self, template: str, spoken: str, values: Mapping[str, object]) -> Message:
        return self._fitted(template, self._raw(template, spoken, values))

    def _raw(self, template: str, spoken: str, values: Mapping[str, object]) -> Message:
        return Message(_fallback(spoken), tuple(self._templates.blocks(template, self._values(values))))

    def _fitted(self, template: str, message: Message) -> Message:
        fitted = fit(message)
        self._templates.check(template, fitted.blocks)
        return fitted

    def _view(self, template: str, values: Mapping[str, object]) -> tuple[Block, ...]:
        blocks = fitted(self._templates.blocks(template, self._values(values)), most=VIEW_BLOCKS, room=VIEW_TOTAL)
        self._templates.check(template, blocks)
        return tuple(blocks)

    def _values(self, values: Mapping[str, object]) -> dict[str, object]:
        language = self.language
        said = {"say": language.say, "pieces": language.pieces, "comma": language.say("comma")}
        return {"emoji": self._emoji, "command": self._command, **said, **values}


def _foot(edition: Edition, view: EditionView) -> Foot:
    missed = bool(view.overflow or view.more)
    asked = f"{edition.digest} {int(edition.slot.timestamp())} 0"
    return Foot(asked if missed else "", edition.digest, bool(view.stories))


def _fallback(spoken: str) -> str:
    """Text for ``Message.text``: inert, escaped and inside our limit."""
    escaped = inert(spoken)
    while len(escaped) > FALLBACK:  # escaping makes it longer, so shorten what was said, not what is written
        spoken = shorten(spoken, min(FALLBACK, len(spoken) - (len(escaped) - FALLBACK) // 5 - 1))
        escaped = inert(spoken)
    return escaped
