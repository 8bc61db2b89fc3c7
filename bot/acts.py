"""What a line of the log belongs to: the request of Slack, the edition, the delivery. All lines of one act carry its names.

They are bound to the context, not to a logger: whatever is called, awaited or begun meanwhile, in a thread or as a task of its
own, writes them too, and libraries do as well.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import uuid4

from structlog.contextvars import bound_contextvars

from bot.counters import REQUESTS

_Work = TypeVar("_Work", bound=Callable[..., Awaitable[Any]])

_KINDS = frozenset(
    {
        "block_actions",
        "block_suggestion",
        "event_callback",
        "message_action",
        "shortcut",
        "view_closed",
        "view_submission",
    }
)


def edition(digest: str, slot: datetime) -> str:
    """The name of an edition in the log: ``daily@2026-11-23T09:00:00Z``."""
    return f"{digest}@{slot.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def request(body: Mapping[str, Any]) -> str:
    """The name of a request in the log: Slack's id of the event, or its trigger without the part that opens dialogs."""
    event, trigger = str(body.get("event_id") or ""), str(body.get("trigger_id") or "")
    return event or trigger.rpartition(".")[0] or uuid4().hex[:12]


@contextmanager
def answering(body: object) -> Iterator[None]:
    """While a request of Slack is answered; how long it takes is counted."""
    body = body if isinstance(body, Mapping) else {}  # whoever has the secret may sign anything
    kind = "command" if "command" in body else str(body.get("type"))
    kind = kind if kind == "command" or kind in _KINDS else "other"
    with bound_contextvars(request=request(body)), REQUESTS.labels(kind).time():
        yield


def of_edition(work: _Work) -> _Work:
    """A method that is about an edition: its first arguments are a digest and a slot."""

    @wraps(work)
    async def named(self: Any, digest: Any, slot: datetime, *args: Any, **more: Any) -> Any:
        with bound_contextvars(edition=edition(digest.name, slot)):
            return await work(self, digest, slot, *args, **more)

    return cast(_Work, named)


def of_delivery(work: _Work) -> _Work:
    """A method that is about a delivery, its first argument."""

    @wraps(work)
    async def named(self: Any, delivery: Any, *args: Any, **more: Any) -> Any:
        with bound_contextvars(edition=edition(delivery.digest, delivery.slot), delivery=delivery.id):
            return await work(self, delivery, *args, **more)

    return cast(_Work, named)
