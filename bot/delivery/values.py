"""The frozen values of the ledger: a delivery, its parts, and the states they go through.

part      waiting ──> sending ──> sent
             ^           │  ├───> failed
             │           v  │
             └─────── ambiguous         looked up in the channel: found is sent, surely missing is waiting again

delivery  claimed ──> done | failed | ambiguous

correction  waiting ──> done | failed          of a part that was sent; repeating one does no harm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from digests.corrections import Correction
from digests.models import Message
from digests.steering import Mute


class PartState(StrEnum):
    """Where a message stands. ``AMBIGUOUS``: nobody knows yet whether Slack took it."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    AMBIGUOUS = "ambiguous"
    FAILED = "failed"


class DeliveryState(StrEnum):
    """Where a delivery stands. Only ``CLAIMED`` is unfinished; ``AMBIGUOUS`` could not be cleared up in time."""

    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a delivery: ``number`` 0 is the parent, 1.. its thread; ``ts`` once Slack has it."""

    delivery_id: str
    number: int
    message: Message
    state: PartState = PartState.WAITING
    ts: str | None = None
    attempts: int = 0
    tried_at: datetime | None = None
    sent_at: datetime | None = None
    error: str | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing more is to be done about it."""
        return self.state in (PartState.SENT, PartState.FAILED)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One edition to one conversation, as the ledger had it when this was read; ``parts`` in order.

    ``channel`` is the name or ID from the settings, ``conversation`` the ID that Slack answered with. ``claimed_by`` may
    work on it until ``lease_until``.
    """

    id: str
    digest: str
    slot: datetime
    channel: str
    conversation: str | None
    state: DeliveryState
    lease_until: datetime
    claimed_by: str
    attempts: int
    created_at: datetime
    updated_at: datetime
    error: str | None
    parts: tuple[Part, ...]

    @property
    def parent(self) -> Part:
        """The message in the channel; the others stand in its thread."""
        return self.parts[0]


class CorrectionState(StrEnum):
    """Where the correction of a message stands. Only ``WAITING`` is unfinished."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a post was drawn with, beside its edition: drawn with it again, nothing in it moves.

    ``at`` is the moment that ages are told of, ``language`` the locale that is spoken; ``note``, ``earlier``, ``handles`` and
    ``foot`` are as `digests.rendering` takes them. ``addresses`` are those that feeds had for articles, where they were not
    their own. What was ``muted`` in its channel was left out of the edition first.
    """

    at: datetime
    template: str = "digest"
    language: str = "en"
    note: str = ""
    earlier: Mapping[datetime, str] = field(default_factory=dict, hash=False)
    handles: Mapping[str, str] = field(default_factory=dict, hash=False)
    addresses: Mapping[str, str] = field(default_factory=dict, hash=False)
    foot: bool = False
    muted: tuple[Mute, ...] = ()


@dataclass(frozen=True, slots=True)
class Erratum:
    """A correction of one message as the ledger has it; ``serial`` counts those of the message from 1.

    ``conversation`` and ``ts`` name the message, ``posted_at`` is when its delivery was made.
    """

    delivery_id: str
    number: int
    serial: int
    at: datetime
    message: Message
    made: tuple[Correction, ...]
    state: CorrectionState
    attempts: int
    digest: str
    conversation: str
    ts: str
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a digest's schedule was served: slots up to ``since`` never are, ``last_slot`` is the newest that was."""

    since: datetime
    last_slot: datetime | None
