"""`/news why`, and the button: why a story is, or is not, in an edition, by its number in the post or by its address."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from bot.delivery import Delivery
from bot.posts import seen
from bot.readers import Place, channel
from bot.readers.places import user_id
from bot.wiring import Newsroom
from digests.models import Article, Edition, Message, Why
from digests.rendering.shorten import line
from digests.selection import Fate
from digests.sources.feeds.addresses import canonical

_NUMBER = re.compile(r"#?(\d{1,3})")
_ADDRESS = re.compile(r"<?(https?://[^\s<>|]+)(?:\|[^<>]*)?>?", re.IGNORECASE)


_SHOWN = 300  # characters of an address that nobody knows

LONGEST = 3_100
"""Characters of a question: an address is longer than what people search for."""


def fits(_room: Newsroom, words: str) -> bool:
    """Whether words ask for a story by its number or address; others are words to search for."""
    return bool(_NUMBER.fullmatch(words) or _ADDRESS.fullmatch(words))


def told(room: Newsroom, words: str, where: str, now: datetime, timezone: str) -> Message:
    """Why a story is in the newest edition that was posted in a conversation, or else in the newest of the first digest."""
    delivery, edition = nearest(room, where)
    number = _NUMBER.fullmatch(words)
    if number is None:
        article = _by_address(room, words)
        if article is None:
            return room.renderer.notice(room.say("why-unknown", address=line(_address(words), _SHOWN)))
    elif edition is None:
        return room.renderer.notice(room.say("why-no-edition"))
    else:
        there = seen(room, edition, delivery)
        numbered = (*there.shown, *there.missed)
        place = int(number[1])
        if not 0 < place <= len(numbered):
            return room.renderer.notice(
                room.say("why-no-number", edition=_named(room, edition, timezone), number=place, stories=len(numbered))
            )
        article = numbered[place - 1].lead
    return near(room, article, now, where, timezone)


def near(room: Newsroom, article: Article, now: datetime, where: str, timezone: str) -> Message:
    """Why an article is in the edition that is nearest to a conversation, or why not; without any, in one of now."""
    delivery, edition = nearest(room, where)
    name, slot = (room.settings.digests[0].name, now) if edition is None else (edition.digest, edition.slot)
    why = explained(room, article, now, edition, name=name, slot=slot, where=channel(where) if delivery else None)
    if why is None:
        assert edition is not None  # one that nobody posts any more: the first digest is set up
        return room.renderer.notice(room.say("why-not-told", edition=_named(room, edition, timezone)))
    return room.renderer.why(why, now, timezone)


def nearest(room: Newsroom, where: str) -> tuple[Delivery | None, Edition | None]:
    """The newest edition that was posted in a conversation, with its delivery, or else the newest of the first digest."""
    delivery = room.ledger.newest(where) if where else None
    edition = None if delivery is None else room.edition_of(delivery)
    if edition is not None:
        return delivery, edition
    return None, room.library.last_edition(room.settings.digests[0].name)


def explained(
    room: Newsroom,
    article: Article,
    now: datetime,
    edition: Edition | None,
    *,
    name: str = "",
    slot: datetime | None = None,
    where: Place | None = None,
) -> Why | None:
    """Why an article stands in an edition that was made, or in the preview of a digest at a moment.

    None where the digest is not set up any more, and the edition did not tell it.

    Args:
        room: The newsroom.
        article: The article.
        now: When this is.
        edition: The edition; None for a preview.
        name: The digest of a preview.
        slot: The moment of a preview.
        where: Where the edition was posted: a channel may have muted what others have not.
    """
    if edition is not None:
        name, slot = edition.digest, edition.slot
    spec = None if slot is None else room.spec(name, slot)
    if spec is None or slot is None:
        return None if edition is None else room.desk.why_told(article.url, edition)
    there = room.plan.get(name, slot)
    channels = there.channels if there else ()
    feedback, muted = room.feedback(name, slot), room.muted(name, channels, slot)
    why = room.desk.why(article.url, spec, slot, now, feedback=feedback, muted=muted, posted=edition)
    if why is not None and (variant := room.plan.variant(name, slot)) is not None and variant.own is not None:
        why = replace(why, changed=variant.at, changed_by=user_id(Place(variant.by)) if variant.by else "")
    if why is None or why.story is None or edition is None or where is None or why.fate not in (Fate.CHOSEN, Fate.MORE):
        return why
    here = room.desk.muting(why.story, room.muted_by(where, slot), why.timezone)
    return replace(why, fate=Fate.MUTED.value, reason=here) if here else why


def _by_address(room: Newsroom, words: str) -> Article | None:
    address = _address(words)
    found = (room.library.article(each) for each in (address, canonical(address)))
    return next(filter(None, found), None)


def _address(words: str) -> str:
    found = _ADDRESS.fullmatch(words)
    return found[1] if found else words


def _named(room: Newsroom, edition: Edition, timezone: str) -> str:
    return f"{edition.title}, {room.renderer.language.moment(edition.slot, edition.timezone, timezone)}"
