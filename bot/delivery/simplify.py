"""Messages that Slack refuses, made simpler: with plain buttons, without pictures, then as plain text; too long ones halved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from digests.models import Message
from digests.rendering.fitting import split, tidied
from digests.rendering.limits import size

_Block = Mapping[str, object]


def simpler(message: Message) -> Message | None:
    """The message with one thing less that Slack may dislike; None when there is nothing left to take away.

    The first to go are feedback buttons, which not every workspace takes: plain ones do the same. Then pictures: Slack
    refuses a whole message for one image that it cannot download. Then the blocks, which leaves the text that screen
    readers read.
    """
    if not message.blocks:
        return None
    for step in _STEPS:
        bare = tuple(filter(None, map(step, message.blocks)))
        if bare and bare != message.blocks:
            return Message(message.text, bare)
    return Message(message.text) if message.text else None


def halves(message: Message) -> tuple[Message, Message] | None:
    """The message as two, in order, for one that is too long; None for what cannot be parted. Both are read aloud alike."""
    blocks = tidied(message.blocks)
    pieces = split(blocks, most=max(1, -(-len(blocks) // 2)), room=max(1, size(blocks) // 2))
    if len(pieces) < 2:
        return None
    first, *rest = pieces
    return Message(message.text, tuple(first)), Message(message.text, tuple(block for each in rest for block in each))


def _with_plain_buttons(block: _Block) -> _Block | None:
    if block.get("type") != "context_actions":
        return block
    buttons = [button for element in _entries(block.get("elements")) for button in _buttons(element)]
    return {**block, "type": "actions", "elements": buttons} if buttons else None


def _buttons(element: _Block) -> Iterator[_Block]:
    """The two feedback buttons, each under a name of its own: in a block no two may share one."""
    for number, name in enumerate(("positive_button", "negative_button"), start=1):
        button = element.get(name)
        if isinstance(button, Mapping):
            yield {"type": "button", "action_id": f"{element.get('action_id')}_{number}", **button}


def _without_images(block: _Block) -> _Block | None:
    if block.get("type") == "image":
        return None
    changed = dict(block)
    accessory = block.get("accessory")
    if isinstance(accessory, Mapping) and accessory.get("type") == "image":
        del changed["accessory"]
    if block.get("type") == "context":
        kept = [each for each in _entries(block.get("elements")) if each.get("type") != "image"]
        if not kept:
            return None
        changed["elements"] = kept
    return changed


def _entries(value: object) -> Sequence[_Block]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


_STEPS: tuple[Callable[[_Block], _Block | None], ...] = (_with_plain_buttons, _without_images)
