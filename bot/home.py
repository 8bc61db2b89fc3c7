"""The Home tab: drawn when a person opens it, and anew when something of that person has changed."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.async_app import AsyncAck

from bot import actions, outlets, subscribed
from bot.commands.muting import called, named
from bot.delivery.calls import Done, Refused, call
from bot.errors import NOT_NOW, TRY_AGAIN, HeatlineBotError
from bot.people import Person
from bot.pressing import Pressed, action_of, chosen, dict_of, presser, read
from bot.readers import Place, Saved, Subscription
from bot.replies import in_dialog
from bot.when import told
from bot.wiring import Newsroom
from digests.errors import DigestsError
from digests.models import Message, ScoredStory
from digests.query import Query
from digests.rendering import ChannelDigest, HomePage, Hushed, Subscribed
from digests.rendering.limits import Block
from digests.selection import best_topic
from digests.steering import Mute

if TYPE_CHECKING:
    from bot.app import SlackApp

log = structlog.get_logger(__name__)

SAVED, TOP = 5, 5
"""Saved stories, and stories of now, that are shown."""

BRIEF = 0.3
"""Seconds that the stories of now are waited for, where none are known; where they take longer, the rest is shown before."""

LATELY = timedelta(minutes=10)
"""How long stories of now are shown at once, while they are found out anew beside."""

_SOON = 2.0  # seconds that what is drawn anew waits for Homes of which nothing stands there yet

SETTLE = 0.3
"""Seconds in which changes that follow one another are shown at once."""

A_MINUTE = 90
"""Publications a minute, of the hundred that Slack takes; what people look at goes before what changed behind their backs."""

_FOR_OPENING = 30  # of them are kept for people who open their Home
_LOOKED_THROUGH = 500  # stories of now, for those in a person's topics
_FRESH = timedelta(minutes=1)  # the stories of now are the same for everybody, for so long
_PEOPLE = 10_000  # whose Home is remembered to be open
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Own:
    """What a Home shows of its person; where it is the same as before, nothing is published."""

    person: Person
    subscriptions: tuple[Subscription, ...]
    saved: tuple[Saved, ...]
    saved_total: int
    muted: tuple[Mute, ...]
    more: tuple[str, ...]
    less: tuple[str, ...]
    channels: tuple[ChannelDigest, ...] = ()


@dataclass(slots=True)
class _Open:
    """A Home that was opened: its person, Slack's hash of what stands there, what of it is the person's own, and since when
    the stories of now are there."""

    person: Person
    hash: str = ""
    own: Own | None = None
    whole: datetime | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    asked: bool = False
    due: asyncio.Task[None] | None = None


class Homes:
    """Everybody's Home tab.

    Which were opened is remembered while the bot runs: Slack tells of each opening, and each is drawn anew.
    """

    def __init__(self, app: SlackApp) -> None:
        self._app = app
        self._open: dict[Place, _Open] = {}
        self._pace = Pace(A_MINUTE, 60.0)
        self._now = _StoriesOfNow(app.room, app.clock)
        self._empty = _Empty()

    async def show(self, person: Person, hash_: str = "") -> None:
        """Draw a person's Home, which stands there with Slack's hash, if any."""
        home = self._remembered(person)
        if home.asked:  # what waits for its turn reads what there is then
            return
        home.asked = True
        async with home.lock:
            home.asked = False
            if hash_ and hash_ == home.hash and home.whole and timedelta() <= self._app.clock() - home.whole < _FRESH:
                await self._redraw(home, keep=0)
                return
            home.hash = hash_ or home.hash
            await self._draw(home, keep=0)

    def refresh(self, person: Person) -> None:
        """Something of a person may have changed: draw the Home anew, where it was opened before, and if so."""
        home = self._open.get(person.place)
        if home is None:
            return
        home.person = person
        if home.due is None:
            home.due = self._app.begin(self._later(home))

    async def _later(self, home: _Open) -> None:
        await asyncio.sleep(SETTLE)
        home.due = None
        async with home.lock:
            await self._redraw(home, keep=_FOR_OPENING)

    async def _redraw(self, home: _Open, *, keep: int) -> None:
        """Draw it anew where something of its person is not as it stands there."""
        try:
            if await asyncio.to_thread(own, self._app.room, home.person, self._app.clock()) == home.own:
                return
        except (DigestsError, HeatlineBotError) as error:
            log.error("home.not_read", error=str(error))
            return
        await self._draw(home, keep=keep)

    def _remembered(self, person: Person) -> _Open:
        home = self._open.pop(person.place, None) or _Open(person)
        home.person = person
        while len(self._open) >= _PEOPLE:
            self._open.pop(next(iter(self._open)))
        self._open[person.place] = home
        return home

    async def _draw(self, home: _Open, *, keep: int) -> None:
        """Publish what is known at once; then, once nobody looks at an empty Home, the stories of now where they are others."""
        room = self._app.room.speaking(home.person.locale)
        for _ in range(_TRIES):
            now = self._app.clock()
            mine: Own | None = None
            known: tuple[ScoredStory, ...] | None = None
            page: tuple[Mapping[str, object], ...]
            with self._empty.one():
                try:
                    mine = await asyncio.to_thread(own, room, home.person, now)
                    known = await self._now.lately(BRIEF)
                    page = drawn(room, mine, known, now)
                except (DigestsError, HeatlineBotError) as error:
                    log.error("home.not_drawn", error=str(error))
                    mine, page = None, room.renderer.notice(NOT_NOW).blocks
                published = await self._publish(home, mine, page, keep)
            if not published:
                continue
            if mine is None:
                return
            await self._empty.none(_SOON)
            again = page
            try:
                told = await asyncio.shield(self._now.found())
                if told is not known:
                    again = drawn(room, mine, told, now)
            except (DigestsError, HeatlineBotError) as error:
                log.error("home.not_drawn", error=str(error))
                if known is not None:  # what stands there is nearly as good
                    return
                mine, again = None, room.renderer.notice(NOT_NOW).blocks
            if again == page or await self._publish(home, mine, again, keep):
                home.whole = None if home.own is None else now
                return

    async def _publish(
        self, home: _Open, mine: Own | None, blocks: tuple[Mapping[str, object], ...], keep: int
    ) -> bool:
        """Publish a view; False where another one was published meanwhile, which may be newer."""
        await self._pace.turn(keep)
        view = {"type": "home", "blocks": list(blocks)}
        known = {"hash": home.hash} if home.hash else {}
        slack = self._app.office.slack
        sent = await call("views.publish", slack.views_publish, user_id=home.person.id, view=view, **known)
        home.hash, home.own = "", None
        if isinstance(sent, Done):
            home.hash, home.own = str((sent.data.get("view") or {}).get("hash") or ""), mine
            return True
        log.info("home.not_published", why=sent.why)
        return not (isinstance(sent, Refused) and sent.row.code == "hash_conflict")


class Pace:
    """Turns, so many at most in any span of seconds; ``keep`` of them are left to others."""

    def __init__(self, most: int, span: float) -> None:
        self._most = most
        self._span = span
        self._taken: deque[float] = deque()

    async def turn(self, keep: int = 0) -> None:
        """Wait for a turn, and take it."""
        clock = asyncio.get_running_loop().time
        while wait := self.taken(clock(), keep):  # noqa: ASYNC110  # turns come with time alone
            await asyncio.sleep(wait)

    def taken(self, now: float, keep: int = 0) -> float:
        """Take a turn at a moment, in seconds, and give 0; or give the seconds until there may be one."""
        while self._taken and self._taken[0] <= now - self._span:
            self._taken.popleft()
        over = len(self._taken) - (self._most - keep)
        if over < 0:
            self._taken.append(now)
            return 0.0
        return self._taken[over] + self._span - now


class _Empty:
    """Homes that somebody looks at, and in which nothing stands yet: what is only newer waits for them."""

    def __init__(self) -> None:
        self._number = 0
        self._none = asyncio.Event()

    @contextmanager
    def one(self) -> Iterator[None]:
        """There is one more, as long as this goes on."""
        self._number += 1
        self._none.clear()
        try:
            yield
        finally:
            self._number -= 1
            if not self._number:
                self._none.set()

    async def none(self, seconds: float) -> None:
        """Wait until there is none, so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._none.wait()


class _StoriesOfNow:
    """The top stories, found out once for everybody who asks within a minute."""

    def __init__(self, room: Newsroom, clock: Callable[[], datetime]) -> None:
        self._room = room
        self._clock = clock
        self._at: datetime | None = None
        self._task: asyncio.Task[tuple[ScoredStory, ...]] | None = None
        self._last: tuple[tuple[ScoredStory, ...], datetime] | None = None

    def found(self) -> asyncio.Task[tuple[ScoredStory, ...]]:
        """The stories, the best first; they may still be looked for."""
        now, task = self._clock(), self._task
        old = self._at is None or not timedelta() <= now - self._at < _FRESH
        failed = task is not None and task.done() and (task.cancelled() or task.exception() is not None)
        if task is None or old or failed:
            self._at = now
            task = self._task = asyncio.create_task(self._look(now))
        return task

    async def lately(self, seconds: float) -> tuple[ScoredStory, ...] | None:
        """What was found lately, while it is found out anew; else what is found in so many seconds, or None.

        Raises:
            DigestsError: When the library cannot be read.
        """
        looking = self.found()
        if self._last is not None and timedelta() <= self._clock() - self._last[1] < LATELY:
            return self._last[0]
        await asyncio.wait({looking}, timeout=seconds)
        return looking.result() if looking.done() else None

    async def _look(self, now: datetime) -> tuple[ScoredStory, ...]:
        stories = await asyncio.to_thread(stories_of_now, self._room, now)
        self._last = stories, now
        return stories


def stories_of_now(room: Newsroom, now: datetime) -> tuple[ScoredStory, ...]:
    """The top stories, among which each person's are looked for.

    Raises:
        DigestsError: When the library cannot be read.
    """
    return room.desk.answer(Query(), now, limit=_LOOKED_THROUGH).stories


def own(room: Newsroom, person: Person, now: datetime) -> Own:
    """What is there of a person.

    Raises:
        DigestsError: When the database cannot be read.
    """
    who = person.place
    standing = room.votes.standing([who], now)
    names = sorted(standing, key=lambda name: -abs(standing[name]))
    return Own(
        person,
        room.subscriptions.of(who),
        room.saved.of(who, limit=SAVED),
        room.saved.count(who),
        room.muted_by(who, now),
        tuple(_about(room, name) for name in names if standing[name] > 0),
        tuple(_about(room, name) for name in names if standing[name] < 0),
        tuple(outlets.shown(room, each, now, may=True, timezone=person.timezone) for each in room.plan.outlets())
        if person.admin
        else (),
    )


def drawn(room: Newsroom, mine: Own, now_told: tuple[ScoredStory, ...] | None, now: datetime) -> tuple[Block, ...]:
    """The blocks of a Home.

    Raises:
        DigestsError: When the library cannot be read.
    """
    wanted = wanted_topics(mine.subscriptions)
    top = None
    if now_told is not None:
        told_here = room.desk.audible(now_told, mine.muted)
        top = tuple(islice((each for each in told_here if not wanted or best_topic(each.topics, wanted)), TOP))
    articles = tuple(each.article for each in mine.saved)
    page = HomePage(
        timezone=mine.person.timezone,
        subscriptions=tuple(_subscribed(room, each, mine.person) for each in mine.subscriptions),
        channels=mine.channels,
        saved=articles,
        keys={each.article.url: each.key for each in mine.saved},
        saved_total=mine.saved_total,
        top=top,
        handles=room.desk.handles(each.lead.url for each in top or ()),
        about=tuple(room.topic_name(slug) for slug in wanted),
        hushed=tuple(hushed(room, mine)),
        more=mine.more,
        less=mine.less,
    )
    return room.renderer.home(page, now)


def hushed(room: Newsroom, mine: Own) -> Iterator[Hushed]:
    """What a person has muted, with what the buttons that end it carry."""
    for mute in mine.muted:
        yield Hushed(called(room, mute), named(mine.person.place, mute))


def wanted_topics(subscriptions: tuple[Subscription, ...]) -> tuple[str, ...]:
    """The topics of subscriptions together, each once; none where one of them takes all news, or there is none."""
    if not all(each.topics for each in subscriptions):
        return ()
    return tuple(dict.fromkeys(slug for each in subscriptions for slug in each.topics))


def _subscribed(room: Newsroom, subscription: Subscription, person: Person) -> Subscribed:
    language = room.renderer.language
    when = told(subscription.cron, language)
    return Subscribed(
        subscription.id,
        subscribed.titled(subscription, room.catalogue, language),
        when if subscription.timezone == person.timezone else f"{when} ({subscription.timezone})",
        "" if subscription.direct else subscription.where,
        language.moment(subscription.next_at, person.timezone),
    )


def _about(room: Newsroom, name: str) -> str:
    kind, _, what = name.partition(":")
    return room.topic_name(what) if kind == "topic" else what


PRESSES = frozenset({"drop", "save", "subscription_end", "news_unmute"})
"""Verbs whose effect a Home shows by itself, so that nothing has to be said; see `bot.actions.VERBS`."""


async def _here(body: dict[str, Any]) -> bool:
    """Whether something of `PRESSES` was pressed, in a Home tab."""
    action = action_of(body)
    verb = chosen(action).partition(" ")[0] or str(action.get("action_id", "")).removeprefix("story_")
    return dict_of(body.get("view")).get("type") == "home" and verb in PRESSES


def listen(app: SlackApp) -> None:
    """Register what a Home listens to."""

    async def opened(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("tab", "home") != "home":
            return
        app.begin(show(str(body.get("team_id", "")), str(event.get("user", "")), event.get("view") or {}))

    async def show(team: str, user: str, view: Mapping[str, Any]) -> None:
        await app.home.show(await app.office.people.person(team, user), str(view.get("hash") or ""))

    async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
        person = await app.office.people.person(*presser(body))
        press = read(body, person, app.clock(), app.office)
        doing = await app.soon(done(app.room.speaking(person.locale), press))
        await ack()
        app.begin(shown(doing, person, body))

    async def done(room: Newsroom, press: Pressed) -> Message | None:
        """Do what was pressed; what was said of it, where the Home shows nothing else than before."""
        before = await asyncio.to_thread(own, room, press.person, press.now)
        said = await actions.act(room, press)
        after = await asyncio.to_thread(own, room, press.person, press.now)
        return said if before == after else None

    async def shown(doing: asyncio.Task[Message | None], person: Person, body: dict[str, Any]) -> None:
        said: Message | None
        try:
            said = await doing
        except (DigestsError, HeatlineBotError) as error:
            log.error("home.press_failed", error=str(error))
            said = app.room.speaking(person.locale).renderer.notice(NOT_NOW)
        except Exception as error:  # the person waits: tell them
            log.exception("home.press_failed", error=str(error))
            said = app.room.speaking(person.locale).renderer.notice(TRY_AGAIN)
        if said is not None:
            await in_dialog(app.office.slack, body, said)
        await app.home.show(person, str((body.get("view") or {}).get("hash") or ""))

    app.bolt.event("app_home_opened")(opened)
    app.bolt.action(re.compile(r"story_(?:drop|menu)|subscription_end|news_unmute"), matchers=[_here])(pressed)
