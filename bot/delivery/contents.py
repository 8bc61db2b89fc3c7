"""Messages as they are stored: each once, under a digest of what it says, however many channels it goes to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, delete, exists

from bot.delivery.schema import messages, parts
from digests.library import insert_all_new
from digests.models import Message
from digests.rendering.limits import check

_NAME = "\ue000heatline digest\ue000"
"""Stands in stored messages where the name of their digest stood: so those of many subscriptions are one."""


@dataclass(frozen=True, slots=True)
class Content:
    """A message in the form in which it is stored: its ``key`` and ``body``."""

    key: str
    body: dict[str, Any]

    @classmethod
    def of(cls, message: Message, digest: str) -> Content:
        """What is stored for a message of a digest."""
        body = json.loads(json.dumps({"text": message.text, "blocks": list(message.blocks)}))
        body["blocks"] = _replaced(body["blocks"], digest, _NAME)
        text = json.dumps(body)
        return cls(blake2b(text.encode(), digest_size=16).hexdigest(), body)

    @property
    def message(self) -> Stored:
        """The message, as it is stored."""
        return read(self.body)


@dataclass(frozen=True, slots=True)
class Stored(Message):
    """A message as it is stored; the blocks at these places have the name of its digest in them.

    ``fits`` says whether it is known to be inside Slack's limits.
    """

    places: tuple[int, ...] = ()
    fits: bool = False


def read(body: Any) -> Stored:
    """A stored body as the message that it is, but for the name of its digest."""
    blocks = tuple(body["blocks"])
    places = tuple(place for place, block in enumerate(blocks) if _replaced(block, _NAME, "") != block)
    return Stored(body["text"], blocks, places, fits=not check(Message(body["text"], blocks)))


def named(message: Message, digest: str) -> Message:
    """A stored message as the one of a digest; any other stays as it is."""
    if not isinstance(message, Stored):
        return message
    blocks = list(message.blocks)
    for place in message.places:
        blocks[place] = _replaced(blocks[place], _NAME, digest)
    return Message(message.text, tuple(blocks))


def _replaced(node: Any, old: str, new: str) -> Any:
    """A node of blocks with another name of the digest in what its buttons carry."""
    if isinstance(node, dict):
        return {
            key: value.replace(old, new) if key == "value" and isinstance(value, str) else _replaced(value, old, new)
            for key, value in node.items()
        }
    return [_replaced(each, old, new) for each in node] if isinstance(node, list) else node


def keep(connection: Connection, contents: Iterable[Content]) -> None:
    """Store what is not there yet."""
    rows = {each.key: {"id": each.key, "body": each.body} for each in contents}
    insert_all_new(connection, messages, list(rows.values()))


def sweep(connection: Connection) -> int:
    """Forget the messages that no delivery has any more; gives how many."""
    return connection.execute(delete(messages).where(~exists().where(parts.c.content == messages.c.id))).rowcount
