"""`/news forget me`: what is kept about a person, and how all of it is erased."""

from __future__ import annotations

from bot.readers import Place, erase
from bot.readers.erasing import Kept, kept
from bot.wiring import Newsroom
from digests.models import Message
from digests.rendering import Button
from digests.rendering.views import count


def told(room: Newsroom, who: Place) -> Message:
    """What is kept, with a button that erases it."""
    found = kept(room.library.database, who)
    if not found.any:
        return room.renderer.notice("Nothing is kept about you: no saved story and no vote.")
    said = _said(room, found)
    return room.renderer.notice(
        f"Kept about you: {said}. Nobody else sees it.",
        buttons=[Button("Erase all of it", "news_forget", "yes", f"This erases for good: {said}.")],
    )


def done(room: Newsroom, who: Place) -> Message:
    """Erase it, and say what that was."""
    before = erase(room.library.database, who)
    if not before.any:
        return room.renderer.notice("Nothing is kept about you any more.")
    return room.renderer.notice(f"Erased: {_said(room, before)}. Nothing is kept about you any more.")


def _said(room: Newsroom, found: Kept) -> str:
    parts = (
        (found.saved, count(found.saved, "saved story", "saved stories")),
        (found.votes, count(found.votes, "vote")),
        (found.shares, room.say("kept-shares", number=found.shares)),
        (found.mutes, room.say("kept-mutes", number=found.mutes)),
    )
    return room.renderer.language.all_of([said for number, said in parts if number])
