"""`/news forget me`: what is kept about a person, and how all of it is erased."""

from __future__ import annotations

from bot.readers import Place, erase
from bot.readers.erasing import Kept, kept
from bot.wiring import Newsroom
from digests.models import Message
from digests.rendering import Button


def told(room: Newsroom, who: Place) -> Message:
    """What is kept, with a button that erases it."""
    found = kept(room.library.database, who)
    if not found.any:
        return room.renderer.notice(room.say("kept-nothing"))
    shared = any(not each.direct for each in room.subscriptions.of(who))
    stays = [room.say("forget-channels")] if shared else []
    stays += [room.say("forget-settings-stay")] if found.settings else []
    also = room.renderer.language.sentences(stays)
    said = _said(room, found)
    erases = f"{room.say('kept-erases', kept=said)} {also}".strip()
    return room.renderer.notice(
        f"{room.say('kept', kept=said)} {also or room.say('kept-private')}",
        buttons=[Button(room.say("button-erase"), "news_forget", "yes", erases)],
    )


def done(room: Newsroom, who: Place) -> Message:
    """Erase it, and say what that was."""
    before = erase(room.library.database, who)
    if not before.any:
        return room.renderer.notice(room.say("erased-nothing"))
    return room.renderer.notice(room.say("erased", kept=_said(room, before)))


def _said(room: Newsroom, found: Kept) -> str:
    parts = (
        (found.saved, "kept-saved"),
        (found.votes, "kept-votes"),
        (found.shares, "kept-shares"),
        (found.mutes, "kept-mutes"),
        (found.subscriptions, "forget-subscriptions"),
        (found.settings, "forget-settings"),
    )
    return room.renderer.language.all_of([room.say(key, n=number) for number, key in parts if number])
