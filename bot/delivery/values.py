"""The frozen values of the ledger: a delivery, its parts, and the states they go through.

part      waiting ──> sending ──> sent
             ^           │  ├───> failed
             │           v  │
             └─────── ambiguous         looked up in the channel: found is sent, surely missing is waiting again

delivery  claimed ──> done | failed | ambiguous
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digests.models import Message


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


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a digest's schedule was served: slots up to ``since`` never are, ``last_slot`` is the newest that was."""

    since: datetime
    last_slot: datetime | None
