"""The publisher: one slot of one digest, from the frozen edition to a delivery in each of its channels."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import structlog

import digests.desk
from bot import acts
from bot.delivery.drawer import Desk, Drawer, Renderer
from bot.delivery.ledger import Claim, Ledger
from bot.delivery.outbox import Outbox
from bot.delivery.values import Delivery, Drawing
from digests.desk import Wanted
from digests.models import DigestSpec, Edition
from digests.steering import Mute

_BATCH = 50  # channels that are claimed in one transaction
_AT_ONCE = 1000  # deliveries on their way: most of them wait for their channel's turn

_log = structlog.get_logger("bot.delivery")


class Publication(Protocol):
    """A digest as it is published: `bot.settings.DigestSettings`."""

    @property
    def name(self) -> str:
        """The digest's name, its key in the ledger."""

    @property
    def channels(self) -> tuple[str, ...]:
        """Where it goes."""

    @property
    def cron(self) -> str:
        """When, in the time zone of ``spec``."""

    @property
    def spec(self) -> DigestSpec:
        """What is in it."""

    @property
    def language(self) -> str:
        """The locale that it speaks."""

    @property
    def on_quiet(self) -> str:
        """What happens when nothing is worth telling: ``say`` or ``skip``."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One slot of one digest, with what readers made of earlier ones, what they muted, and the note at its foot."""

    digest: Publication
    slot: datetime
    feedback: Mapping[str, float]
    muted: tuple[Mute, ...]
    note: str = ""


class Moment:
    """What is published of one moment, for as long as it takes: editions that tell the same are made and drawn once."""

    def __init__(self, desk: digests.desk.Desk, renderer: Renderer, at: datetime) -> None:
        self.desk = desk
        self.at = at
        self.drawer = Drawer(desk, renderer)


class Publisher:
    """Makes an edition, claims it for every channel of its digest, and delivers what it claimed.

    ``muted`` says what all of a digest's channels have muted: the edition is made without it. ``muted_each`` says what each
    of them has. ``addresses`` are those that feeds have for articles, where they are not the articles' own: what they change
    later is told by them.
    """

    def __init__(
        self,
        desk: Desk,
        renderer: Renderer,
        ledger: Ledger,
        outbox: Outbox,
        clock: Callable[[], datetime],
        feedback: Callable[[str, datetime], Mapping[str, float]] = lambda _digest, _now: {},
        muted: Callable[[str, Sequence[str], datetime], Collection[Mute]] = lambda _digest, _channels, _now: (),
        muted_each: Callable[[str, Sequence[str], datetime], Mapping[str, Sequence[Mute]]] = lambda _d, _c, _now: {},
        addresses: Callable[[Iterable[str]], Mapping[str, str]] = lambda _urls: {},
    ) -> None:
        self._desk = desk
        self._renderer = renderer
        self._ledger = ledger
        self._outbox = outbox
        self._clock = clock
        self._feedback = feedback
        self._muted = muted
        self._muted_each = muted_each
        self._addresses = addresses
        self._running: set[str] = set()
        self._ended = asyncio.Event()

    @acts.of_edition
    async def publish(self, digest: Publication, slot: datetime, now: datetime) -> tuple[Delivery, ...]:
        """Publish one slot; gives the deliveries that this call claimed. Calling it twice posts nothing twice.

        What is claimed is on its way while the rest is claimed, and no more is claimed than can be on its way.

        Raises:
            DigestsError: The edition could not be made or rendered; nothing was claimed.
            LedgerError: The ledger failed; what was claimed is taken up again when its lease ends.
        """
        return await self._on_their_way(self._claims(digest, slot, now))

    @acts.of_edition
    async def claim(
        self, digest: Publication, slot: datetime, now: datetime, *, desk: Desk | None = None, note: str = ""
    ) -> tuple[Delivery, ...]:
        """The first half of `publish`: from the slot to deliveries that are claimed, each with its messages.

        ``desk`` makes it instead of the usual one; a ``note`` stands at its foot. Raises as `publish` does.
        """
        return tuple([each async for some in self._claims(digest, slot, now, desk=desk, note=note) for each in some])

    async def claim_all(self, issues: Sequence[Issue], now: datetime, moment: Moment) -> tuple[Delivery, ...]:
        """As `claim`, for many digests that are published at one moment, in one transaction.

        Their messages are as they are stored, for `deliver`. Raises as `publish` does; then nothing was claimed.
        """
        wanted = [Wanted(each.digest.spec, each.slot, each.feedback, each.muted) for each in issues]
        editions = await asyncio.to_thread(moment.desk.frozen_all, wanted, now)
        told_of = [
            (issue, edition)
            for issue, edition in zip(issues, editions, strict=True)
            if edition.stories or issue.digest.on_quiet != "skip"
        ]
        earlier = await asyncio.gather(
            *(self._earlier(edition, issue.digest.spec, issue.digest.channels) for issue, edition in told_of)
        )
        claims = await asyncio.to_thread(self._claims_of, told_of, earlier, moment)
        claimed = await asyncio.to_thread(self._ledger.claims, claims, self._clock()) if claims else ()
        slots = [(each.digest.name, each.slot) for each in issues]
        await asyncio.to_thread(self._ledger.served_all, slots)
        parts = sum(len(each.parts) for each in claimed)
        quiet = len(issues) - len(told_of)
        _log.info("editions published", digests=len(issues), channels=len(claimed), parts=parts, quiet=quiet)
        return claimed

    def _claims_of(
        self,
        told_of: Sequence[tuple[Issue, Edition]],
        earlier: Sequence[Mapping[str, Mapping[datetime, str]]],
        moment: Moment,
    ) -> list[Claim]:
        claims = []
        for (issue, edition), links in zip(told_of, earlier, strict=True):
            digest = issue.digest
            base = Drawing(moment.at, digest.spec.template, digest.language, issue.note, foot=True, muted=issue.muted)
            for channel in digest.channels:
                made = moment.drawer.draw(edition, replace(base, earlier=links.get(channel, {})), self._addresses)
                claims.append(Claim(digest.name, issue.slot, channel, made.post, made.drawing, made.digest))
        return claims

    async def begin(self, deliveries: Sequence[Delivery]) -> list[asyncio.Task[Delivery]]:
        """Let claimed deliveries go on their way, and wait until there is room for more; gives what goes on."""
        under_way = [asyncio.create_task(self._one(each)) for each in deliveries]
        await self._room()
        return under_way

    async def _room(self) -> None:
        while len(self._running) > _AT_ONCE - _BATCH:
            self._ended.clear()
            await self._ended.wait()

    async def _on_their_way(self, claimed: AsyncIterator[Sequence[Delivery]]) -> tuple[Delivery, ...]:
        """Deliver what comes, and let more come only when there is room for it."""
        under_way: list[asyncio.Task[Delivery]] = []
        try:
            async for some in claimed:
                under_way += [asyncio.create_task(self._one(each)) for each in some]
                await self._room()
            return tuple(await asyncio.gather(*under_way))
        except asyncio.CancelledError:
            for each in under_way:
                each.cancel()
            raise
        finally:
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _claims(
        self, digest: Publication, slot: datetime, now: datetime, *, desk: Desk | None = None, note: str = ""
    ) -> AsyncIterator[tuple[Delivery, ...]]:
        """What was claimed of a slot, a number of channels at a time. Whoever stops in between leaves the slot open."""
        log = _log.bind(digest=digest.name, slot=slot.isoformat())
        edition = await self._edition(digest, slot, now, desk or self._desk)
        if not edition.stories:
            read = {"articles": edition.tally.articles, "stale_feeds": edition.tally.stale_feeds}
            if digest.on_quiet == "skip":
                await asyncio.to_thread(self._ledger.served, digest.name, slot)
                log.info("quiet day: nothing worth telling, nothing posted", **read)
                return
            log.info("quiet day: nothing worth telling, saying so", **read)
        taken = await asyncio.to_thread(self._ledger.channels, digest.name, slot)
        wanted = [channel for channel in digest.channels if channel not in taken]
        if len(wanted) < len(digest.channels):
            log.info("already claimed", channels=len(digest.channels) - len(wanted))
        base = Drawing(now, digest.spec.template, digest.language, note, foot=True)
        drawer = Drawer(self._desk, self._renderer)

        def claims_of(
            some: Sequence[str],
            muted: Mapping[str, Sequence[Mute]],
            earlier: Mapping[str, Mapping[datetime, str]],
        ) -> list[Claim]:
            claims = []
            for channel in some:
                here = replace(base, earlier=earlier.get(channel, {}), muted=tuple(muted.get(channel, ())))
                made = drawer.draw(edition, here, self._addresses)
                claims.append(Claim(digest.name, slot, channel, made.post, made.drawing, made.digest))
            return claims

        channels = parts = 0
        for start in range(0, len(wanted), _BATCH):
            some = wanted[start : start + _BATCH]
            if self._outbox.stopping:
                log.info("claimed in part, the rest is left for the next start", channels=channels)
                return
            muted = await asyncio.to_thread(self._muted_each, digest.name, some, slot)
            earlier = await self._earlier(edition, digest.spec, some)
            claims = await asyncio.to_thread(claims_of, some, muted, earlier)
            claimed = await asyncio.to_thread(self._ledger.claims, claims, self._clock())
            channels, parts = channels + len(claimed), parts + sum(len(each.parts) for each in claimed)
            yield claimed
        # Only now: a process that dies between two claims leaves the slot open for the next look.
        await asyncio.to_thread(self._ledger.served, digest.name, slot)
        log.info("edition published", stories=len(edition.stories), channels=channels, parts=parts)

    async def _edition(self, digest: Publication, slot: datetime, now: datetime, desk: Desk) -> Edition:
        feedback = await asyncio.to_thread(self._feedback, digest.name, slot)
        muted = await asyncio.to_thread(self._muted, digest.name, digest.channels, slot)
        return await asyncio.to_thread(desk.frozen, digest.spec, slot, now, feedback, muted)

    async def deliver(self, deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
        """The second half: bring claimed deliveries to Slack, and give them as they then stand."""
        return tuple(await asyncio.gather(*map(self._one, deliveries)))

    async def _earlier(
        self, edition: Edition, digest: DigestSpec, channels: Sequence[str]
    ) -> dict[str, dict[datetime, str]]:
        """By channel, the addresses of its posts of the editions that the edition's updates were told in."""
        slots = sorted({scored.update.slot for scored in edition.stories if scored.update is not None})
        if not slots:
            return {}
        names = {digest.name: slots}
        if digest.after is not None:
            before, last = digest.after
            names = {
                before: [each for each in slots if each <= last],
                digest.name: [each for each in slots if each > last],
            }
        posts = [
            each
            for name, some in names.items()
            for each in await asyncio.to_thread(self._ledger.parents, name, some, channels)
        ]
        links = await asyncio.gather(*(self._outbox.permalink(each.conversation, each.ts) for each in posts))
        found: dict[str, dict[datetime, str]] = {}
        for post, address in zip(posts, links, strict=True):
            if address:
                found.setdefault(post.channel, {})[post.slot] = address
        return found

    async def resume(self, now: datetime) -> tuple[Delivery, ...]:
        """Take over and deliver what another process, or an earlier run of this one, left unfinished."""
        return await self._on_their_way(self._left(now))

    async def _left(self, now: datetime) -> AsyncIterator[tuple[Delivery, ...]]:
        while not self._outbox.stopping:
            left = await asyncio.to_thread(self._ledger.resume, now, _BATCH)
            if not left:
                return
            for each in left:
                _log.info("delivery taken over", delivery=each.id, digest=each.digest, attempts=each.attempts)
            yield left

    def stop(self) -> None:
        """Begin no further message."""
        self._outbox.stop()

    async def _one(self, delivery: Delivery) -> Delivery:
        # A lease also runs out while this very process works on: the machine slept, the clock jumped. It is still ours, and a
        # second run beside the first would post everything twice.
        if delivery.id in self._running:
            return delivery
        self._running.add(delivery.id)
        try:
            return await self._outbox.deliver(delivery)
        except Exception as error:  # noqa: BLE001  # one channel's trouble is not the others'; the lease brings it back
            _log.exception("delivery interrupted", delivery=delivery.id, channel=delivery.channel, why=str(error))
            return delivery
        finally:
            self._running.discard(delivery.id)
            self._ended.set()
