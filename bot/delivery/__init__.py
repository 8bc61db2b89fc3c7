"""Delivery: the ledger of what was posted where, the outbox that posts it exactly once, the publisher above both, and what
corrects their posts."""

from bot.delivery.calls import connected, posting_client
from bot.delivery.corrections import Corrections
from bot.delivery.drawer import Desk, Renderer
from bot.delivery.ledger import LeaseLost, Ledger
from bot.delivery.outbox import Outbox
from bot.delivery.publisher import Issue, Moment, Publication, Publisher
from bot.delivery.values import Delivery, DeliveryState, Part, PartState, Seen

__all__ = [
    "Corrections",
    "Delivery",
    "DeliveryState",
    "Desk",
    "Issue",
    "LeaseLost",
    "Ledger",
    "Moment",
    "Outbox",
    "Part",
    "PartState",
    "Publication",
    "Publisher",
    "Renderer",
    "Seen",
    "connected",
    "posting_client",
]
