"""Who is where: what a conversation is, whether the bot is in it, and whether a person is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.calls import Done, Outcome, Refused, call

PLACE = re.compile(r"[CG][A-Z0-9]{2,30}")
"""Slack's id of a channel, public or private."""

_PAGES, _PAGE = 20, 1_000  # members of a channel that are looked through


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as Slack describes it; `inside` says whether the bot is a member."""

    id: str
    name: str
    public: bool
    direct: bool
    archived: bool
    inside: bool


async def conversation(slack: AsyncWebClient, place: str) -> Conversation | Outcome:
    """What a conversation is; or why Slack did not say."""
    found = await call("conversations.info", slack.conversations_info, channel=place)
    if not isinstance(found, Done):
        return found
    said = found.data.get("channel") or {}
    return Conversation(
        str(said.get("id") or place),
        str(said.get("name") or ""),
        public=said.get("is_private") is False and not said.get("is_mpim"),
        direct=bool(said.get("is_im") or said.get("is_mpim")),
        archived=bool(said.get("is_archived")),
        inside=bool(said.get("is_member") or said.get("is_im")),
    )


async def member(slack: AsyncWebClient, person: str, place: str) -> bool | Outcome | None:
    """Whether a person is in a conversation; why Slack did not say, or None for one with too many members to look through."""
    cursor = ""
    for _ in range(_PAGES):
        found = await call(
            "conversations.members", slack.conversations_members, channel=place, cursor=cursor, limit=_PAGE
        )
        if not isinstance(found, Done):
            return found
        if person in found.data.get("members", ()):
            return True
        cursor = (found.data.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return False
    return None


def lacks_scope(outcome: object) -> bool:
    """Whether Slack refused since the app lacks a permission."""
    return isinstance(outcome, Refused) and outcome.row.code in ("missing_scope", "no_permission")
