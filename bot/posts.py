"""A posted edition as readers of its conversation see it: what stands in the post, in which order, and what missed it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.delivery import Delivery
from bot.readers import channel
from bot.wiring import Newsroom
from digests.handles import means
from digests.models import Edition, ScoredStory

_HANDLE = re.compile(r"\b\d{1,18}-[0-9a-f]{8}\b")


@dataclass(frozen=True, slots=True)
class Seen:
    """An edition in its post: ``shown`` are its stories as readers count them, ``missed`` those for which there was no room."""

    edition: Edition
    shown: tuple[ScoredStory, ...]
    missed: tuple[ScoredStory, ...]


def seen(room: Newsroom, edition: Edition, delivery: Delivery | None) -> Seen:
    """An edition as it was posted, without what its channel had muted; as it would be without a delivery."""
    if delivery is not None and delivery.conversation is not None:
        edition = room.desk.quiet(edition, room.muted_by(channel(delivery.conversation), edition.slot))
    top = edition.top
    counted = [*([top] if top else []), *(each for each in edition.stories if each is not top)]
    # A post that is drawn without buttons says nothing about which stories it had room for.
    handles = set() if delivery is None else set(_handles(delivery.parent.message.blocks))
    shown = [each for each in counted if not handles or any(means(handle, each.lead.url) for handle in handles)]
    return Seen(edition, tuple(shown), (*(each for each in counted if each not in shown), *edition.more))


def _handles(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        value = node.get("value")
        if isinstance(value, str):
            yield from _HANDLE.findall(value)
        for child in node.values():
            yield from _handles(child)
    elif isinstance(node, list | tuple):
        for child in node:
            yield from _handles(child)
