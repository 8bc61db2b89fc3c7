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
    shared = any(not each.direct for each in room.subscriptions.of(who))
    also = room.say("forget-channels") if shared else ""
    said = _said(room, found)
    return room.renderer.notice(
        f"Kept about you: {said}. {also or 'Nobody else sees it.'}",
        buttons=[Button("Erase all of it", "news_forget", "yes", f"This erases for good: {said}. {also}".strip())],
    )


def done(room: Newsroom, who: Place) -> Message:
    """Erase it, and say what that was."""
    before = erase(room.library.database, who)
    if not before.any:
        return room.renderer.notice("Nothing is kept about you any more.")
    return room.renderer.notice(f"Erased: {_said(room, before)}. Nothing is kept about you any more.")


def _said(room: Newsroom, found: Kept) -> str:
    parts = ((found.saved, "saved story", "saved stories"), (found.votes, "vote", "votes"))
    said = [count(number, one, many) for number, one, many in parts if number]
    if found.subscriptions:
        said.append(room.say("forget-subscriptions", count=found.subscriptions))
    return room.renderer.language.all_of(said)
