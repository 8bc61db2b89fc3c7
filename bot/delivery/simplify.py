"""Messages that Slack refuses, made simpler step by step: without pictures, then as plain text."""

from __future__ import annotations

from collections.abc import Mapping

from digests.models import Message


def simpler(message: Message) -> Message | None:
    """The message with one thing less that Slack may dislike; None when there is nothing left to take away.

    The first to go are pictures: Slack refuses a whole message for one image that it cannot download. Then the blocks,
    which leaves the text that screen readers read.
    """
    if not message.blocks:
        return None
    bare = tuple(filter(None, map(_without_images, message.blocks)))
    if bare and bare != message.blocks:
        return Message(message.text, bare)
    return Message(message.text) if message.text else None


def _without_images(block: Mapping[str, object]) -> Mapping[str, object] | None:
    if block.get("type") == "image":
        return None
    changed = dict(block)
    accessory = block.get("accessory")
    if isinstance(accessory, Mapping) and accessory.get("type") == "image":
        del changed["accessory"]
    elements = block.get("elements")
    if block.get("type") == "context" and isinstance(elements, list | tuple):
        kept = [each for each in elements if not (isinstance(each, Mapping) and each.get("type") == "image")]
        if not kept:
            return None
        changed["elements"] = kept
    return changed
