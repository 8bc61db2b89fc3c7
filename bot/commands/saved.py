"""`/news saved`: what a person saved, page by page."""

from __future__ import annotations

from datetime import datetime

from bot.readers import Place
from bot.wiring import Newsroom
from digests.models import Message
from digests.rendering import SavedPage

SIZE = 5
"""Stories a page."""


def page(room: Newsroom, who: Place, start: int, now: datetime, timezone: str) -> Message:
    """A page of what a person saved, from a place on; a place beyond the last shows the last page."""
    total = room.saved.count(who)
    start = max(0, min(start, (total - 1) // SIZE * SIZE))
    found = room.saved.of(who, start=start, limit=SIZE)
    articles = tuple(each.article for each in found)
    # What is removed leaves the rest of its page where it is.
    handles = {each.article.url: f"{each.key} {start}" for each in found}
    return room.renderer.saved(SavedPage(articles, handles, start, SIZE, total), now, timezone)
