"""Doubts: posts of which nobody knows whether Slack took them, since the bot may not look. Admins are told, once of each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery import Delivery
from bot.delivery.calls import Done, call
from bot.membership import PLACE, Conversation, conversation
from bot.people import People
from bot.wiring import Newsroom
from digests.models import Message
from digests.rendering.shorten import line

log = structlog.get_logger(__name__)

_SHOWN = 5  # posts in one text
_WHY = 200


class Doubts:
    """Tells the people of HEATLINE_ADMINS in a direct message that a post may or may not be in Slack."""

    def __init__(self, room: Newsroom, slack: AsyncWebClient, people: People, clock: Callable[[], datetime]) -> None:
        self._room = room
        self._slack = slack
        self._people = people
        self._clock = clock

    async def tell(self, delivery: Delivery, why: str) -> None:
        """Tell of a delivery, once, whichever process comes upon it, and however often. Never raises for Slack's sake.

        Raises:
            LibraryError: Whether they were told cannot be read or written.
        """
        admins = self._room.settings.admins
        if not admins:
            return
        key = f"doubt:{delivery.id}"
        if not await asyncio.to_thread(self._room.heard.begin, key, self._clock(), done=True):
            return
        channel = await self._called(delivery)
        for admin in admins:
            person = await self._people.person("", admin)
            message = told(self._room.speaking(person.locale), delivery, channel, why, person.timezone)
            outcome = await call(
                "chat.postMessage",
                self._slack.chat_postMessage,
                channel=admin,
                text=message.text,
                blocks=[dict(block) for block in message.blocks],
                unfurl_links=False,
                unfurl_media=False,
            )
            if not isinstance(outcome, Done):
                log.warning("admin not told of a post in doubt", admin=admin, delivery=delivery.id, why=outcome.why)

    async def _called(self, delivery: Delivery) -> str:
        place = delivery.conversation or delivery.channel
        there = await conversation(self._slack, place) if PLACE.fullmatch(place) else None
        return f"#{there.name}" if isinstance(there, Conversation) and there.name else delivery.channel


def told(room: Newsroom, delivery: Delivery, channel: str, why: str, timezone: str) -> Message:
    """What an admin is told of a delivery in doubt."""
    moment = room.renderer.language.moment(delivery.slot, timezone)
    values = {"digest": delivery.digest, "channel": channel, "moment": moment, "why": line(why, _WHY)}
    return room.renderer.notice(room.say("doubt-told", **values))


def lines(room: Newsroom, doubtful: Sequence[Delivery], names: Callable[[str], str]) -> list[str]:
    """What `/news status` says of deliveries in doubt; nothing where there are none."""
    if not doubtful:
        return []
    said = [room.say("status-doubts", number=len(doubtful))]
    for each in doubtful[-_SHOWN:]:
        moment = room.renderer.language.moment(each.slot, room.settings.timezone)
        said.append(room.say("status-doubt", digest=each.digest, channel=names(each.channel), moment=moment))
    return said


def finding(doubtful: Sequence[Delivery]) -> str:
    """What `heatline check` says of deliveries in doubt."""
    shown = [f"{each.digest} of {each.slot:%Y-%m-%d %H:%M} UTC in {each.channel}" for each in doubtful[-_SHOWN:]]
    more = f" and {len(doubtful) - len(shown)} more" if len(doubtful) > len(shown) else ""
    why = next((part.error for part in reversed(doubtful[-1].parts) if part.error), doubtful[-1].error)
    number = (
        "1 post may be in Slack or not, and is"
        if len(doubtful) == 1
        else f"{len(doubtful):,} posts may be in Slack or not, and are"
    )
    return (
        f"{number} not sent again: {', '.join(shown)}{more} "
        f"({line(why or 'no answer', _WHY)}). Look in the channel. With the scopes for history Heatline looks by itself"
    )
