"""The publisher: one slot of one digest, from the frozen edition to a delivery in each of its channels."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from bot import acts
from bot.delivery.ledger import Claim, Ledger
from bot.delivery.outbox import Outbox
from bot.delivery.values import Delivery, Drawing
from digests.corrections import told
from digests.models import DigestSpec, Edition, Post
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


class Desk(Protocol):
    """Who makes editions: `digests.desk`."""

    def frozen(
        self,
        spec: DigestSpec,
        slot: datetime,
        now: datetime,
        feedback: Mapping[str, float] | None = ...,
        muted: Collection[Mute] = ...,
    ) -> Edition:
        """The edition of a slot: made and frozen the first time, the same one ever after."""

    def quiet(self, edition: Edition, muted: Collection[Mute]) -> Edition:
        """The edition without what one channel has muted."""

    def handles(self, urls: Iterable[str]) -> dict[str, str]:
        """Short names of articles that buttons can carry."""


class Renderer(Protocol):
    """Who writes posts: `digests.rendering`."""

    def speaking(self, locale: str | None) -> Renderer:
        """The same, in the language of a locale."""

    def post(
        self,
        edition: Edition,
        now: datetime,
        *,
        template: str = ...,
        earlier: Mapping[datetime, str] | None = ...,
        handles: Mapping[str, str] | None = ...,
        foot: bool = ...,
        note: str = ...,
    ) -> Post:
        """The edition as Slack gets it, drawn by the digest's template; updates lead back to the earlier posts.

        At the ``foot`` is what can be done with the post as a whole, and a ``note``.
        """


def drawn(renderer: Renderer, edition: Edition, drawing: Drawing) -> Post:
    """The post of an edition, as its channel gets it, drawn with what is given; the same whenever it is drawn."""
    return renderer.speaking(drawing.language).post(
        edition,
        drawing.at,
        template=drawing.template,
        earlier=drawing.earlier,
        handles=drawing.handles,
        note=drawing.note,
        foot=drawing.foot,
    )


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

    async def _on_their_way(self, claimed: AsyncIterator[Sequence[Delivery]]) -> tuple[Delivery, ...]:
        """Deliver what comes, and let more come only when there is room for it."""
        under_way: list[asyncio.Task[Delivery]] = []
        try:
            async for some in claimed:
                under_way += [asyncio.create_task(self._one(each)) for each in some]
                while len(self._running) > _AT_ONCE - _BATCH:
                    self._ended.clear()
                    await self._ended.wait()
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
        addresses = await asyncio.to_thread(self._addresses, told(edition))
        taken = await asyncio.to_thread(self._ledger.channels, digest.name, slot)
        wanted = [channel for channel in digest.channels if channel not in taken]
        if len(wanted) < len(digest.channels):
            log.info("already claimed", channels=len(digest.channels) - len(wanted))
        drawing = Drawing(now, digest.spec.template, digest.language, note, addresses=addresses, foot=True)
        drawer = _Drawer(self._desk, self._renderer, edition, drawing)
        channels = parts = 0
        for start in range(0, len(wanted), _BATCH):
            some = wanted[start : start + _BATCH]
            if self._outbox.stopping:
                log.info("claimed in part, the rest is left for the next start", channels=channels)
                return
            muted = await asyncio.to_thread(self._muted_each, digest.name, some, slot)
            earlier = await self._earlier(edition, digest.name, some)
            claims = await asyncio.to_thread(drawer.claims, some, muted, earlier)
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

    async def _earlier(self, edition: Edition, digest: str, channels: Sequence[str]) -> dict[str, dict[datetime, str]]:
        """By channel, the addresses of its posts of the editions that the edition's updates were told in."""
        slots = {scored.update.slot for scored in edition.stories if scored.update is not None}
        if not slots:
            return {}
        posts = await asyncio.to_thread(self._ledger.parents, digest, sorted(slots), channels)
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


class _Drawer:
    """Draws an edition for its channels: once for all that get the same."""

    def __init__(self, desk: Desk, renderer: Renderer, edition: Edition, drawing: Drawing) -> None:
        self._desk = desk
        self._renderer = renderer
        self._edition = edition
        self._drawing = drawing
        self._seen: dict[tuple[Mute, ...], tuple[Edition, dict[str, str]]] = {}
        self._drawn: dict[tuple[tuple[Mute, ...], tuple[tuple[datetime, str], ...]], tuple[Drawing, Post]] = {}

    def claims(
        self,
        channels: Sequence[str],
        muted: Mapping[str, Sequence[Mute]],
        earlier: Mapping[str, Mapping[datetime, str]],
    ) -> list[Claim]:
        """What is to be claimed for channels: what they have muted, and where their posts of earlier editions stand."""
        slot, found = self._edition.slot, []
        for each in channels:
            drawing, post = self._draw(tuple(muted.get(each, ())), earlier.get(each, {}))
            found.append(Claim(self._edition.digest, slot, each, post, drawing))
        return found

    def _draw(self, muted: tuple[Mute, ...], earlier: Mapping[datetime, str]) -> tuple[Drawing, Post]:
        if muted not in self._seen:
            quiet = self._desk.quiet(self._edition, muted)
            self._seen[muted] = (quiet, self._desk.handles({scored.lead.url for scored in quiet.stories}))
        edition, handles = self._seen[muted]
        key = (muted, tuple(sorted(earlier.items())))
        if key not in self._drawn:
            drawing = replace(self._drawing, earlier=earlier, handles=handles, muted=muted)
            self._drawn[key] = (drawing, drawn(self._renderer, edition, drawing))
        return self._drawn[key]
