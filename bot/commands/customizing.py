"""The button Customize under a post: how a reader changes what it brings."""

from __future__ import annotations

from bot.wiring import Newsroom
from digests.models import Message


def customize(room: Newsroom, _digest: str) -> Message:
    """What comes of the button under a post of a digest."""
    return room.renderer.notice(room.say("customize-how"))
