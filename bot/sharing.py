"""Sharing a story: where a person may post it, and that it is posted once, however often the dialog is sent off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.calls import Done, Outcome, Unknown, call
from bot.errors import NOT_NOW, TRY_AGAIN, HeatlineBotError
from bot.membership import PLACE, Conversation, conversation, lacks_scope, member
from bot.modals import Sharing, share_view
from bot.people import Person
from bot.pressing import Pressed, article_of
from bot.readers import How, Place, channel
from bot.refusals import told
from bot.replies import payload
from bot.rights import shared
from bot.wiring import Newsroom
from digests.errors import DigestsError
from digests.language import Said
from digests.models import Article, Message

log = structlog.get_logger(__name__)

GONE = Said("gone")
"""Said of a story that cannot be found again."""

MAYBE = Said("share-maybe")
"""Said where nobody knows whether Slack took it."""

_NO_PLACE = Said("share-no-place")
_UNCHECKED = Said("share-unchecked")
_STRANGER = Said("share-stranger")


@dataclass(frozen=True, slots=True)
class Shared:
    """What came of it: nothing to say where it was posted. ``again`` where the dialog may stay, to be sent off anew."""

    said: Said | None = None
    again: bool = False


async def dialog(room: Newsroom, pressed: Pressed) -> Message | dict[str, Any]:
    """The dialog that shares the story which something was pressed under; a message where there is none to share."""
    try:
        article = await asyncio.to_thread(article_of, room, pressed)
    except (DigestsError, HeatlineBotError) as error:
        log.error("share.failed", error=str(error))
        return room.renderer.notice(TRY_AGAIN)
    if article is None:
        return room.renderer.notice(GONE)
    return share_view(room.renderer.language, pressed.handle, article, pressed.conversation, pressed.ts)


class Sharer:
    """Posts what people share.

    ``asking`` is the client for questions; ``posting`` repeats nothing by itself.
    """

    def __init__(
        self, room: Newsroom, asking: AsyncWebClient, posting: AsyncWebClient, clock: Callable[[], datetime]
    ) -> None:
        self._room = room
        self._asking = asking
        self._posting = posting
        self._clock = clock
        self._running: dict[str, asyncio.Task[Shared]] = {}

    async def share(self, view: str, person: Person, sharing: Sharing) -> Shared:
        """Post what a dialog says, once: in a digest's language that comes there, else in the person's.

        Sent off again while that goes on, it comes to the same end. What is shared counts a little as wanted, where that
        person read it.
        """
        running = self._running.get(view)
        if running is None:
            running = self._running[view] = asyncio.create_task(self._share(view, person, sharing))
            running.add_done_callback(lambda _: self._running.pop(view, None))
        return await asyncio.shield(running)

    async def _share(self, view: str, person: Person, sharing: Sharing) -> Shared:
        try:
            edition = await asyncio.to_thread(self._room.edition_at, sharing.origin, sharing.ts)
            article = await asyncio.to_thread(self._room.desk.by_handle, sharing.handle, edition)
            if article is None:
                return Shared(GONE, again=True)
            spoken = await asyncio.to_thread(self._room.language_in, sharing.conversation, person.locale)
            message = self._room.speaking(spoken).renderer.find(person.id, article, sharing.note)
            refusal = await self._refusal(person.id, sharing)
            if refusal:
                return Shared(refusal, again=True)
            # Stored first: a process that dies, or an answer that is lost, must not make it two posts.
            if not await asyncio.to_thread(self._room.shares.claim, view, self._clock()):
                return Shared(None if await asyncio.to_thread(self._room.shares.was_sent, view) else MAYBE)
        except (DigestsError, HeatlineBotError) as error:
            log.error("share.failed", error=str(error))
            return Shared(NOT_NOW, again=True)
        post = await call(
            "chat.postMessage", self._posting.chat_postMessage, channel=sharing.conversation, **payload(message)
        )
        try:
            if isinstance(post, Done):
                await self._wanted(article, sharing.origin, person)
            return await asyncio.to_thread(self._settled, view, post)
        except DigestsError as error:  # what Slack has, it has
            log.error("share.not_noted", error=str(error))
            return Shared() if isinstance(post, Done) else Shared(MAYBE)

    async def _wanted(self, article: Article, origin: str, person: Person) -> None:
        """It counts where the dialog says that it was opened, if the person is there."""
        place = person.place
        if await asyncio.to_thread(shared, self._room, origin):
            there = await member(self._asking, person.id, origin)
            place = channel(origin) if there is True or lacks_scope(there) else place
        await asyncio.to_thread(self._vote, article, place, person.place)

    def _vote(self, article: Article, place: Place, who: Place) -> None:
        about = self._room.desk.about(article.url)
        if about is not None:
            self._room.votes.give(place, article.url, about, 1.0, self._clock(), by=who, how=How.SHARED)

    def _settled(self, view: str, post: Outcome) -> Shared:
        if isinstance(post, Done):
            self._room.shares.sent(view)
            return Shared()
        log.info("share.not_posted", why=post.why)
        if isinstance(post, Unknown):
            return Shared(MAYBE)
        self._room.shares.release(view)
        return Shared(told(post), again=True)

    async def _refusal(self, person: str, sharing: Sharing) -> Said | None:
        """Why a person may not have a story posted somewhere; None where that is fine.

        Public channels are everybody's. Of a private one only its members may be heard there. Where the app may not ask
        Slack, whoever chose Share in it is taken for one.
        """
        place = sharing.conversation
        if not PLACE.fullmatch(place):
            return _NO_PLACE
        found = await conversation(self._asking, place)
        if not isinstance(found, Conversation):
            return None if place == sharing.origin and lacks_scope(found) else _unchecked(found)
        if found.direct and place != sharing.origin:
            return _NO_PLACE
        return None if found.public else await self._stranger(person, place, sharing.origin)

    async def _stranger(self, person: str, place: str, origin: str) -> Said | None:
        there = await member(self._asking, person, place)
        if isinstance(there, bool):
            return None if there else _STRANGER
        if place == origin and lacks_scope(there):
            return None
        return _UNCHECKED if there is None else _unchecked(there)


def _unchecked(outcome: Outcome) -> Said:
    return _UNCHECKED if lacks_scope(outcome) else told(outcome)
