"""The publisher: one slot of one digest, from the frozen edition to a delivery in each of its channels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from bot import acts
from bot.delivery.ledger import Ledger
from bot.delivery.outbox import Outbox
from bot.delivery.values import Delivery, Drawing
from digests.corrections import told
from digests.models import DigestSpec, Edition, Post
from digests.steering import Mute

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

    ``addresses`` are those that feeds have for articles, where they are not the articles' own: what they change later is
    told by them.
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
        addresses: Callable[[Iterable[str]], Mapping[str, str]] = lambda _urls: {},
    ) -> None:
        self._desk = desk
        self._renderer = renderer
        self._ledger = ledger
        self._outbox = outbox
        self._clock = clock
        self._feedback = feedback
        self._muted = muted
        self._addresses = addresses
        self._running: set[str] = set()

    @acts.of_edition
    async def publish(self, digest: Publication, slot: datetime, now: datetime) -> tuple[Delivery, ...]:
        """Publish one slot; gives the deliveries that this call claimed. Calling it twice posts nothing twice.

        Raises:
            DigestsError: The edition could not be made or rendered; nothing was claimed.
            LedgerError: The ledger failed; what was claimed is taken up again when its lease ends.
        """
        return await self.deliver(await self.claim(digest, slot, now))

    @acts.of_edition
    async def claim(
        self, digest: Publication, slot: datetime, now: datetime, *, desk: Desk | None = None, note: str = ""
    ) -> tuple[Delivery, ...]:
        """The first half of `publish`: from the slot to deliveries that are claimed, each with its messages.

        ``desk`` makes it instead of the usual one; a ``note`` stands at its foot. Raises as `publish` does.
        """
        log = _log.bind(digest=digest.name, slot=slot.isoformat())
        feedback = await asyncio.to_thread(self._feedback, digest.name, slot)
        muted = await asyncio.to_thread(self._muted, digest.name, digest.channels, slot)
        making = (digest.spec, slot, now, feedback, muted)
        edition = await asyncio.to_thread((desk or self._desk).frozen, *making)
        if not edition.stories:
            read = {"articles": edition.tally.articles, "stale_feeds": edition.tally.stale_feeds}
            if digest.on_quiet == "skip":
                await asyncio.to_thread(self._ledger.served, digest.name, slot)
                log.info("quiet day: nothing worth telling, nothing posted", **read)
                return ()
            log.info("quiet day: nothing worth telling, saying so", **read)
        claimed = []
        addresses = await asyncio.to_thread(self._addresses, told(edition))
        taken = {delivery.channel for delivery in await asyncio.to_thread(self._ledger.deliveries, digest.name, slot)}
        for channel in digest.channels:
            if channel in taken:  # no need to draw the post, nor to ask Slack for addresses
                log.info("already claimed", channel=channel)
                continue
            here = tuple(await asyncio.to_thread(self._muted, digest.name, (channel,), slot))
            seen = await asyncio.to_thread(self._desk.quiet, edition, here)
            handles = await asyncio.to_thread(self._desk.handles, {scored.lead.url for scored in seen.stories})
            earlier = await self._earlier(seen, digest.name, channel)
            drawing = Drawing(
                now,
                digest.spec.template,
                digest.language,
                note,
                earlier,
                handles,
                addresses,
                foot=True,
                muted=here,
            )
            post = await asyncio.to_thread(drawn, self._renderer, seen, drawing)
            claim = (digest.name, slot, channel, post, self._clock(), drawing)
            delivery = await asyncio.to_thread(self._ledger.claim, *claim)
            if delivery is None:
                log.info("already claimed", channel=channel)
            else:
                claimed.append(delivery)
        # Only now: a process that dies between two claims leaves the slot open for the next look.
        await asyncio.to_thread(self._ledger.served, digest.name, slot)
        parts = sum(len(delivery.parts) for delivery in claimed)
        log.info("edition published", stories=len(edition.stories), channels=len(claimed), parts=parts)
        return tuple(claimed)

    async def deliver(self, deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
        """The second half: bring claimed deliveries to Slack, and give them as they then stand."""
        return tuple(await asyncio.gather(*map(self._one, deliveries)))

    async def _earlier(self, edition: Edition, digest: str, channel: str) -> dict[datetime, str]:
        """The addresses of this channel's posts of the editions that the edition's updates were told in."""
        slots = {scored.update.slot for scored in edition.stories if scored.update is not None}
        found: dict[datetime, str] = {}
        for slot in sorted(slots):
            deliveries = await asyncio.to_thread(self._ledger.deliveries, digest, slot)
            for delivery in deliveries:
                if delivery.channel == channel and (address := await self._outbox.permalink(delivery)):
                    found[slot] = address
        return found

    async def resume(self, now: datetime) -> tuple[Delivery, ...]:
        """Take over and deliver what another process, or an earlier run of this one, left unfinished."""
        left = await asyncio.to_thread(self._ledger.resume, now)
        for delivery in left:
            _log.info("delivery taken over", delivery=delivery.id, digest=delivery.digest, attempts=delivery.attempts)
        return await self.deliver(left)

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
