"""Corrections: the title or link that a publisher fixed is fixed in what was posted, in place and without a sound.

    edition as frozen ─┬─> drawn as it was ──┐
                       │                     ├─ differ in nothing else ─> errata ─> chat.update
    library as it is ──┴─> drawn corrected ──┘

What is noticed depends on edition and library alone, so that a look which failed or came late is made up for by the next.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.calls import Busy, Done, Outcome, Refused, call, patience
from bot.delivery.drawer import Renderer, drawn
from bot.delivery.errata import Posted
from bot.delivery.ledger import Ledger
from bot.delivery.outbox import GRACE
from bot.delivery.simplify import simpler
from bot.delivery.slack_errors import CONTENT, Action
from bot.delivery.values import CorrectionState, DeliveryState, Drawing, Erratum, Part, PartState
from digests.corrections import Correction, brief, briefer, corrected, corrections, only, told
from digests.desk import Desk
from digests.errors import DigestsError
from digests.library import retold
from digests.library.editionbook import Key
from digests.models import Article, Edition, Message, Post

WINDOW = timedelta(hours=48)
"""What was posted longer ago stays as it is. Publishers mend most mistakes within a day, and older digests are hardly read."""

EVERY = timedelta(minutes=15)
"""The time from the first correction of a message to the second. It doubles with each: the titles of live blogs change all
day. So in its time a message is corrected at most eight times."""

_log = structlog.get_logger("bot.delivery")

_Memo = dict[tuple[str, datetime, Drawing, tuple[Correction, ...]], tuple[Post, Post | None]]
"""The drawings of one look: those of all channels of an edition are mostly the same."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What an edition looks like: what is otherwise by now of that which it told, and how many posts it has.

    As long as it looks the same there is nothing else to be done about it.
    """

    current: frozenset[tuple[object, ...]]
    addresses: frozenset[tuple[str, str]]
    number: int = 0
    mended: bool = False


class Corrections:
    """Looks for what was corrected of editions that were posted, and corrects their messages.

    No story comes or goes, nothing is posted anew, and ages stay as they were told. A message whose drawing would change
    in anything else, since its template is another by now or the new title has no room, stays as it is.
    """

    def __init__(
        self, desk: Desk, renderer: Renderer, ledger: Ledger, client: AsyncWebClient, clock: Callable[[], datetime]
    ) -> None:
        self._desk = desk
        self._renderer = renderer
        self._ledger = ledger
        self._client = client
        self._clock = clock
        self._free_at: datetime | None = None
        self._contents: dict[Key, str] = {}  # what editions told, by a name
        self._told: dict[str, dict[str, Article]] = {}  # and what that is, in brief
        self._articles: dict[tuple[Article, str | None], Article] = {}  # each of them once
        # By edition: as it was looked at last, and until when there is nothing to do about that.
        self._looked: dict[Key, tuple[_Look, datetime]] = {}
        # By delivery: about these corrections there is nothing to do until then.
        self._rests: dict[str, tuple[tuple[Correction, ...], datetime]] = {}

    async def look(self) -> None:
        """Note what has to be corrected, and correct what is due.

        Raises:
            DigestsError: The library cannot be read.
            LedgerError: The ledger cannot be read or written.
        """
        await asyncio.to_thread(self.notice, self._clock())
        await self.send()

    def notice(self, now: datetime) -> int:
        """Note which messages have to be corrected; gives how many that are. Says nothing to Slack.

        Raises:
            DigestsError: The library cannot be read.
            LedgerError: The ledger cannot be read or written.
        """
        posted = self._ledger.errata.editions(now - WINDOW)
        self._learn(posted)
        library, every = self._desk.library, [*self._articles.values()]
        if not every:
            return 0
        current = retold.changed(library, every)
        addresses = retold.addresses(library, {article.url for article in every})
        noted, memo = 0, _Memo()
        seen: dict[str, _Look] = {}
        for key, (number, mended) in posted.items():
            content = self._contents.get(key, "")
            told_here = self._told.get(content, {})
            if content not in seen:
                seen[content] = _look(told_here, current, addresses)
            look = replace(seen[content], number=number, mended=mended)
            before, until = self._looked.get(key, (None, now))
            if look == before and until > now:
                continue
            until = now + WINDOW
            if look.current or look.addresses or mended:
                for each in self._ledger.errata.posted(*key, now - WINDOW):
                    noted += self._look_at(each, told_here, current, addresses, now, memo)
                    until = min(until, self._rests.get(each.id, ((), until))[1])
            self._looked[key] = (look, until)
        self._looked = {key: self._looked[key] for key in posted}
        self._rests = {key: rest for key, rest in self._rests.items() if rest[1] > now}
        return noted

    def _look_at(
        self,
        posted: Posted,
        told_here: Mapping[str, Article],
        current: Mapping[str, Article],
        addresses: Mapping[str, str],
        now: datetime,
        memo: _Memo,
    ) -> int:
        """Note the messages of a delivery that have to be corrected, unless there is nothing to do about it by now."""
        before = posted.drawing.addresses
        links = {url: address for url, address in addresses.items() if address != before.get(url, url)}
        made = corrections(told_here, current, links)
        same, until = self._rests.get(posted.id, ((), now))
        if not (made or posted.corrected) or (same == made and until > now):
            return 0
        edition = self._edition(posted.digest, posted.slot)
        return 0 if edition is None else self._note(posted, edition, made, now, memo)

    def _learn(self, keys: Collection[Key]) -> None:
        """Read what is not known yet of what editions told, and forget what is not asked for any more."""
        library = self._desk.library
        self._contents = {key: self._contents[key] for key in keys if key in self._contents}
        self._contents |= library.contents([key for key in keys if key not in self._contents])
        told_before, self._told = self._told, {}
        kept, self._articles = self._articles, {}
        for (digest, slot), content in self._contents.items():
            if content in self._told:
                continue
            if content in told_before:
                self._told[content] = told_before[content]
            else:
                edition = self._edition(digest, slot)
                every = {} if edition is None else told(edition)
                short = map(brief, every.values())
                self._told[content] = {each.url: kept.setdefault((each, each.path), each) for each in short}
            self._articles |= {(each, each.path): each for each in self._told[content].values()}

    async def send(self) -> None:
        """Correct what is due. What Slack does not take now is due again later, or given up.

        Raises:
            LedgerError: The ledger cannot be read or written.
        """
        if self._free_at is not None and self._clock() < self._free_at:
            return
        errata = self._ledger.errata
        for erratum in await asyncio.to_thread(errata.due, self._clock()):
            if not await asyncio.to_thread(errata.take, erratum, self._clock()):
                continue
            outcome = await self._send(erratum)
            if isinstance(outcome, Busy):  # Slack means all of them
                self._free_at = self._clock() + timedelta(seconds=outcome.seconds)
                return

    # --- noticing

    def _edition(self, digest: str, slot: datetime) -> Edition | None:
        """An edition, which stays as it is once it is frozen; None where it cannot be read back."""
        try:
            return self._desk.library.edition(digest, slot)
        except DigestsError as error:
            _log.warning("edition cannot be corrected", digest=digest, slot=slot.isoformat(), why=str(error))
            return None

    def _note(self, posted: Posted, edition: Edition, made: tuple[Correction, ...], now: datetime, memo: _Memo) -> int:
        """Note the messages of a delivery that these corrections change."""
        log = _log.bind(delivery=posted.id, digest=posted.digest, slot=posted.slot.isoformat())
        delivery = self._ledger.delivery(posted.id)
        if delivery is None:
            return 0
        retold.tell(self._desk.library, edition, {each.article for each in made if each.article != each.url})
        try:
            key = (posted.digest, posted.slot, posted.drawing, made)
            before, after = memo[key] = memo.get(key) or self._drawn(posted.drawing, edition, made)
        except DigestsError as error:
            log.warning("not corrected: the post cannot be drawn again", why=str(error))
            self._rests[posted.id] = made, now + WINDOW
            return 0
        errata = self._ledger.errata.of(posted.id)
        noted, until = 0, now if delivery.state is DeliveryState.CLAIMED else now + WINDOW
        for part in delivery.parts:
            if part.state is not PartState.SENT or part.ts is None or delivery.conversation is None:
                continue
            message = _as_sent(part, before, after)
            earlier = errata.get(part.number, ())
            if message is None:
                log.warning("not corrected: more than titles and links would change", part=part.number)
            elif message != (earlier[-1].message if earlier else part.message):
                soonest = follows(earlier, now)
                until = min(until, soonest)
                if soonest <= now:
                    serial = len(earlier) + 1
                    noted += self._ledger.errata.note(posted.id, part.number, serial, message, made, now)
                    said = [f"{each.was} ({each.url}) is {each.title} ({each.link})" for each in made]
                    log.info("correction noted", part=part.number, serial=serial, corrections=said)
        self._rests[posted.id] = made, until
        return noted

    def _drawn(self, drawing: Drawing, edition: Edition, made: tuple[Correction, ...]) -> tuple[Post, Post | None]:
        """The post as it was drawn, and as it is to be; none where more than titles and links would change."""
        edition = self._desk.quiet(edition, drawing.muted)
        before = drawn(self._renderer, edition, drawing)
        for each in (made, briefer(made)):
            handles = self._handles(drawing.handles, each)
            after = drawn(self._renderer, corrected(edition, each), replace(drawing, handles=handles))
            if only(each, drawing.handles, before, after):
                return before, after
        return before, None

    def _handles(self, handles: Mapping[str, str], made: Sequence[Correction]) -> dict[str, str]:
        """The names that buttons carry: an article with another address in the library has another name, too."""
        led = [each for each in made if each.url in handles]
        fresh = self._desk.handles({each.article for each in led if each.article != each.url})
        return {**handles, **{each.link: fresh.get(each.article, handles[each.url]) for each in led}}

    # --- sending

    async def _send(self, erratum: Erratum) -> Outcome | None:
        now, store = self._clock(), self._ledger.errata
        log = _log.bind(delivery=erratum.delivery_id, digest=erratum.digest, part=erratum.number, serial=erratum.serial)
        if now - erratum.posted_at > WINDOW:
            log.warning("correction given up", why="it was posted too long ago")
            await asyncio.to_thread(store.failed, erratum, "it was posted too long ago")
            return None
        outcome = await self._update(erratum)
        attempts = erratum.attempts + 1
        match outcome:
            case Done():
                await asyncio.to_thread(store.done, erratum, self._clock())
                log.info("message corrected", channel=erratum.conversation, ts=erratum.ts, attempts=attempts)
            case Refused(row, why) if row.action is Action.STOP or row.action in CONTENT:
                await asyncio.to_thread(store.failed, erratum, why)
                log.warning("correction given up", why=why)
            case _:
                await self._again(erratum, outcome, attempts, log)
        return outcome

    async def _again(
        self, erratum: Erratum, outcome: Outcome, attempts: int, log: structlog.typing.FilteringBoundLogger
    ) -> None:
        """Repeated it does no harm: what became of a call without an answer need not be known."""
        why, seconds = patience(outcome, attempts)
        until = self._clock() + timedelta(seconds=seconds)
        if until > erratum.at + GRACE:
            why = f"given up after {attempts} attempts: {why}"
            await asyncio.to_thread(self._ledger.errata.failed, erratum, why)
            log.warning("correction given up", why=why)
        else:
            await asyncio.to_thread(self._ledger.errata.later, erratum, why, until)
            log.warning("message is corrected later", why=why, seconds=seconds)

    async def _update(self, erratum: Erratum) -> Outcome:
        message: Message | None = erratum.message
        while message is not None:
            outcome = await call(
                "chat.update",
                self._client.chat_update,
                channel=erratum.conversation,
                ts=erratum.ts,
                text=message.text,
                blocks=[dict(block) for block in message.blocks],
                parse="none",  # as in what is posted; here the default is another
                unfurl_links=False,
                unfurl_media=False,
            )
            if not (isinstance(outcome, Refused) and outcome.row.action in CONTENT):
                break
            message = simpler(message)
        return outcome


def _look(told_here: Mapping[str, Article], current: Mapping[str, Article], addresses: Mapping[str, str]) -> _Look:
    now = ((url, current[url]) for url in told_here.keys() & current.keys())
    return _Look(
        frozenset((url, each.url, each.title, each.path, each.published_at) for url, each in now),
        frozenset((url, addresses[url]) for url in told_here.keys() & addresses.keys()),
    )


def follows(earlier: Sequence[Erratum], now: datetime) -> datetime:
    """When a message may be corrected again after these corrections."""
    if not earlier:
        return now
    last = earlier[-1]
    soonest = last.at + EVERY * (1 << (len(earlier) - 1))
    return soonest if last.state is not CorrectionState.WAITING else max(soonest, now + EVERY)


def _as_sent(part: Part, before: Post, after: Post | None) -> Message | None:
    """A part as it is to be, in the form that Slack took; None where it is not what was drawn, or more would change."""
    if after is None or part.number > len(before.thread):
        return None
    old: Message | None = _stored((before.parent, *before.thread)[part.number])
    new: Message | None = _stored((after.parent, *after.thread)[part.number])
    while old is not None and old != part.message:
        old, new = simpler(old), new and simpler(new)
    return None if old is None else new


def _stored(message: Message) -> Message:
    """A message as the ledger gives it back."""
    return Message(message.text, tuple(json.loads(json.dumps(list(message.blocks)))))
