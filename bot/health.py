"""How the bot does, in numbers that stand in the database: the one source of `heatline status` and `check`, `/news status`
and `/metrics`.

So all of them tell the same, whichever process asks, and also while the bot does not run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

from bot.crontab import next_slot
from bot.delivery import Delivery, DeliveryState
from bot.delivery.corrections import WINDOW
from bot.delivery.standing import Served, Standing, standing
from bot.delivery.values import CorrectionState
from bot.manifest import SCOPES, Scope
from bot.schedule import due_slot, rhythm
from bot.settings import DigestSettings
from bot.wiring import Newsroom
from digests.library import Library, feedbook, footprint
from digests.library.feedbook import FeedHealth

LATE = timedelta(minutes=15)
"""What is due for longer is late: something is wrong."""

_LOOKED_BACK = timedelta(days=7)  # for slots that were missed


@dataclass(frozen=True, slots=True)
class LibraryHealth:
    """How many articles there are, when the newest is from (None where there is none), and bytes of the database."""

    articles: int
    newest: datetime | None
    size: int


@dataclass(frozen=True, slots=True)
class FeedsHealth:
    """How the feeds do together.

    ``read`` of ``number`` were read at least once, ``asked`` says whether any was asked; ``week`` counts articles of seven
    days, ``told`` is the share of a month's that editions told (None where there are none). ``failing`` failed the last
    time, ``stale`` were not read for days.
    """

    number: int
    asked: bool
    read: int
    week: int
    told: float | None
    failing: int
    stale: tuple[FeedHealth, ...]


@dataclass(frozen=True, slots=True)
class DigestHealth:
    """How a digest of the settings does: its next slot, None where it is not scheduled; the newest that was due and not
    served, None where all are; and the deliveries of the last."""

    settings: DigestSettings
    next: datetime | None
    missed: datetime | None
    last: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """How the bot does at a moment."""

    now: datetime
    version: str
    digests: tuple[DigestHealth, ...]
    library: LibraryHealth
    ledger: Standing
    corrections: Mapping[CorrectionState, int]
    feeds: FeedsHealth | None

    @property
    def waiting(self) -> timedelta:
        """How long the oldest unfinished delivery has waited."""
        return _since(self.ledger.oldest, self.now)

    @property
    def overdue(self) -> timedelta:
        """How long the subscription that waits longest is due."""
        return _since(self.ledger.due, self.now)

    @property
    def troubles(self) -> tuple[str, ...]:
        """What somebody should look at, a line each; docs/operations.md says more of each."""
        found = [
            f"the digest {each.settings.name} is late: its edition of {each.missed:%d %b %H:%M} UTC was not posted"
            for each in self.digests
            if each.missed is not None and self.now - each.missed > LATE
        ]
        if self.waiting > LATE:
            found.append(f"a delivery has waited for {minutes(self.waiting)}")
        if self.overdue > LATE:
            found.append(f"a subscription is {minutes(self.overdue)} late")
        if self.ledger.doubtful:
            found.append(f"{self.ledger.doubtful} messages of which nobody knows whether they are in Slack")
        found += (
            f"{each.settings.name} did not reach {delivery.channel}: {delivery.error}"
            for each in self.digests
            for delivery in each.last
            if delivery.state is DeliveryState.FAILED
        )
        if self.feeds is not None and self.feeds.asked and len(self.feeds.stale) * 2 > self.feeds.number:
            found.append(f"{len(self.feeds.stale)} of {self.feeds.number} feeds are stale")
        return tuple(found)


def health(room: Newsroom, now: datetime) -> Health:
    """How the bot does.

    Raises:
        DigestsError: The library cannot be read.
        LedgerError: The ledger cannot be read.
    """
    ledger = standing(room.library.database, [digest.name for digest in room.settings.digests])
    feeds = None
    if room.feeds:
        feeds = feeds_health(len(room.feeds), feedbook.health(room.library, now, room.feeds))
    return Health(
        now,
        version("heatline"),
        tuple(_digest(room, digest, ledger.served.get(digest.name), now) for digest in room.settings.digests),
        library_health(room.library),
        ledger,
        room.ledger.errata.count(now - WINDOW),
        feeds,
    )


def _digest(room: Newsroom, digest: DigestSettings, served: Served | None, now: datetime) -> DigestHealth:
    here = room.plan.get(digest.name, now)  # without the channels that have their own of it
    following = next_slot(digest.cron, digest.spec.timezone, now) if here is not None and here.channels else None
    missed = None
    if following is not None and served is not None and served.schedule == rhythm(digest):
        zone = digest.spec.timezone
        missed = due_slot(digest.cron, zone, now, _LOOKED_BACK, served.last_slot, served.since)
    return DigestHealth(digest, following, missed, room.ledger.last(digest.name))


def library_health(library: Library) -> LibraryHealth:
    """How the library does."""
    return LibraryHealth(library.count(), library.newest(), footprint.taken(library.database))


def feeds_health(number: int, health: Sequence[FeedHealth]) -> FeedsHealth:
    """How so many configured feeds do together."""
    month = sum(each.month for each in health)
    return FeedsHealth(
        number,
        asked=any(each.state.tried_at for each in health),
        read=sum(each.state.good_at is not None for each in health),
        week=sum(each.week for each in health),
        told=sum(each.told for each in health) / month if month else None,
        failing=sum(bool(each.state.failures) and not each.stale for each in health),
        stale=tuple(each for each in health if each.stale),
    )


def granted(headers: Mapping[str, object]) -> frozenset[str]:
    """The scopes of the token, from the headers of one of Slack's answers; none where they do not say."""
    said = [value for key, value in headers.items() if key.lower() == "x-oauth-scopes"]
    lists = [value if isinstance(value, list) else [value] for value in said]
    return frozenset(filter(None, (scope.strip() for some in lists for each in some for scope in str(each).split(","))))


def missing(has: Collection[str]) -> tuple[Scope, ...]:
    """The scopes that the app asks for and the token lacks; none where Slack does not say what it has."""
    return tuple(scope for scope in SCOPES if has and scope.name not in has)


def minutes(span: timedelta) -> str:
    """A span of time as operators read it: ``1 h 5 min``."""
    hours, rest = divmod(int(span.total_seconds()) // 60, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _since(moment: datetime | None, now: datetime) -> timedelta:
    return max(now - moment, timedelta()) if moment is not None else timedelta()
