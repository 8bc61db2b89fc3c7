"""The button More under a post: the stories that just missed it, page by page, to the one who pressed."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.posts import seen
from bot.pressing import Pressed
from bot.rights import readable
from bot.wiring import Newsroom
from digests.handles import number
from digests.models import Message
from digests.rendering import MissedPage

SIZE = 5
"""Stories a page."""


def page(room: Newsroom, pressed: Pressed) -> Message:
    """A page of what just missed the post; the button says of which edition, and from which story on."""
    name, moment, start = (*pressed.about.split(" "), "", "", "")[:3]
    slot = datetime.fromtimestamp(number(moment, 10), UTC)
    edition = room.library.edition(name, slot) if readable(room, name, pressed.who, pressed.conversation) else None
    if edition is None:
        return room.renderer.notice(room.say("missed-gone"))
    deliveries = room.ledger.deliveries(name, slot)
    here = next((each for each in deliveries if each.conversation == pressed.conversation), None)
    missed = seen(room, edition, here).missed
    first = max(0, min(number(start, 4), (len(missed) - 1) // SIZE * SIZE))
    stories = missed[first : first + SIZE]
    # What is pressed there has to know of which edition it speaks: the page is no post.
    found = room.desk.handles(each.lead.url for each in stories)
    handles = {url: f"{handle} {name} {moment}" for url, handle in found.items()}
    return room.renderer.missed(MissedPage(edition, stories, handles, first, SIZE, len(missed)), pressed.now)
