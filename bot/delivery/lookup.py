"""Finds out whether Slack has a message, by the delivery id in its metadata and our own bot id."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import utc_now
from bot.delivery.calls import Busy, Done, Outcome, Refused, call
from bot.delivery.ledger import CONVERSATION
from bot.delivery.pacing import Holds
from bot.delivery.slack_errors import row_for
from bot.delivery.values import Delivery, Part

EVENT_TYPE = "heatline_delivery"

_MARGIN = timedelta(hours=1)  # our clock may run ahead of Slack's; the metadata tells our messages apart anyway
_PAGE = 200
_PERSON = re.compile(r"[UW][A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Found:
    """Slack has the message."""

    ts: str
    conversation: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Slack does not have the message, as of this look."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """The look itself did not work; ``outcome`` says why."""

    outcome: Outcome


def metadata(part: Part) -> dict[str, object]:
    """What rides in a message, for finding it again."""
    return {"event_type": EVENT_TYPE, "event_payload": {"delivery": part.delivery_id, "part": part.number}}


class Lookup:
    """Looks into channels and threads. Remembers who we are and which name belongs to which channel.

    A method that Slack asked to wait with is not called before, whoever wants it: `Busy` says how long that is yet.
    """

    def __init__(self, client: AsyncWebClient, clock: Callable[[], datetime] = utc_now) -> None:
        self._client = client
        self._clock = clock
        self._holds = Holds()
        self._bot: str | None = None
        self._channels: dict[str, str] = {}

    async def find(self, delivery: Delivery, part: Part) -> Found | Missing | Unseen:
        """Look for a part: the parent in the channel, the others in the thread of ``delivery.parent.ts``."""
        if self._bot is None:
            outcome = await self._call("auth.test", self._client.auth_test)
            if not isinstance(outcome, Done):
                return Unseen(outcome)
            self._bot = str(outcome.data.get("bot_id") or outcome.data.get("user_id"))
        channel = delivery.conversation or await self.channel(delivery.channel)
        if isinstance(channel, Unseen):
            return channel
        arguments: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{(delivery.created_at - _MARGIN).timestamp():.6f}",
            "include_all_metadata": True,
            "limit": _PAGE,
        }
        name = "conversations.history"
        method: Callable[..., Any] = self._client.conversations_history
        if part.number > 0:
            name, method = "conversations.replies", self._client.conversations_replies
            arguments["ts"] = delivery.parent.ts
        ours = await self._pages(name, method, "messages", arguments, lambda each: self._is_ours(each, part))
        return Found(str(ours["ts"]), channel) if isinstance(ours, Mapping) else ours

    def _is_ours(self, message: Mapping[str, Any], part: Part) -> bool:
        # Anybody may write our metadata into a message of theirs; only Slack writes the bot id.
        found, wanted = message.get("metadata") or {}, metadata(part)
        ours = self._bot in (message.get("bot_id"), message.get("user"))
        return ours and all(found.get(key) == value for key, value in wanted.items())

    async def channel(self, name: str) -> str | Unseen:
        """The ID of a channel by its name, and of the direct message with a person; history takes nothing else."""
        if CONVERSATION.fullmatch(name):
            return name
        if name in self._channels:
            return self._channels[name]
        if _PERSON.fullmatch(name):
            opened = await self._call("conversations.open", self._client.conversations_open, users=name)
            return str((opened.data.get("channel") or {}).get("id")) if isinstance(opened, Done) else Unseen(opened)
        bare = name.removeprefix("#")
        # Without its ID nothing can be looked up: a channel that is not listed proves nothing about the message.
        unseen = Unseen(
            Refused(row_for("channel_not_found"), f"conversations.list: no channel {name} that the bot may see")
        )
        for kind in ("public_channel", "private_channel"):  # one by one: without the scope for one, Slack refuses both
            row = await self._pages(
                "conversations.list",
                self._client.conversations_list,
                "channels",
                {"types": kind, "exclude_archived": True, "limit": _PAGE},
                lambda each: bare in (each.get("name"), each.get("name_normalized")),
            )
            if isinstance(row, Mapping):
                self._channels[name] = str(row["id"])
                return self._channels[name]
            if isinstance(row, Unseen):
                unseen = row
        return unseen

    async def _call(self, name: str, method: Callable[..., Any], **arguments: Any) -> Outcome:
        wait = self._holds.wait(name, self._clock())
        if wait:
            return Busy(wait.total_seconds(), f"{name}: Slack asked to wait")
        outcome = await call(name, method, **arguments)
        if isinstance(outcome, Busy):
            self._holds.refused(name, self._clock(), timedelta(seconds=outcome.seconds))
        return outcome

    async def _pages(
        self,
        name: str,
        method: Callable[..., Any],
        key: str,
        arguments: Mapping[str, Any],
        wanted: Callable[[Mapping[str, Any]], bool],
    ) -> Mapping[str, Any] | Missing | Unseen:
        """The first wanted item on any page of a listing."""
        cursor = ""
        while True:
            outcome = await self._call(name, method, **arguments, **({"cursor": cursor} if cursor else {}))
            if not isinstance(outcome, Done):
                return Unseen(outcome)
            for item in outcome.data.get(key) or ():
                if wanted(item):
                    found: Mapping[str, Any] = item
                    return found
            cursor = (outcome.data.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return Missing()
