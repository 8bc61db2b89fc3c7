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


@dataclass(frozen=True, slots=True)
class Content:
    """A message in the form in which it is stored: its ``key`` and ``body``, and as it comes back."""

    key: str
    body: dict[str, Any]

    @classmethod
    def of(cls, message: Message) -> Content:
        """What is stored for a message."""
        text = json.dumps({"text": message.text, "blocks": list(message.blocks)})
        return cls(blake2b(text.encode(), digest_size=16).hexdigest(), json.loads(text))

    @property
    def message(self) -> Message:
        """The message, as reading it gives it back."""
        return read(self.body)


def read(body: Any) -> Message:
    """A stored body as the message that it is."""
    return Message(body["text"], tuple(body["blocks"]))


def keep(connection: Connection, contents: Iterable[Content]) -> None:
    """Store what is not there yet."""
    rows = {each.key: {"id": each.key, "body": each.body} for each in contents}
    insert_all_new(connection, messages, list(rows.values()))


def sweep(connection: Connection) -> int:
    """Forget the messages that no delivery has any more; gives how many."""
    return connection.execute(delete(messages).where(~exists().where(parts.c.content == messages.c.id))).rowcount
