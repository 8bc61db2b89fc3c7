"""The values a pretend Slack keeps: people, channels, messages, views and the log of Web API calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody in Slack; `tz` is an IANA zone name.

    `team` is empty for a member of the workspace, else the id of the one that this person belongs to: a guest by Slack Connect.
    """

    id: str
    name: str
    real_name: str = ""
    tz: str = "Europe/London"
    is_admin: bool = False
    is_bot: bool = False
    deleted: bool = False
    locale: str = "en-GB"
    team: str = ""
    is_stranger: bool = False
    is_restricted: bool = False

    def to_json(self, now: float) -> Json:
        """The user object of `users.info`; `now` (seconds since 1970) decides the daylight-saving offset."""
        offset = dt.datetime.fromtimestamp(now, ZoneInfo(self.tz)).utcoffset() or dt.timedelta()
        return {
            "id": self.id,
            "name": self.name,
            "real_name": self.real_name or self.name,
            "deleted": self.deleted,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": int(offset.total_seconds()),
            "locale": self.locale,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            **({"team_id": self.team, "is_stranger": self.is_stranger} if self.team else {}),
            "profile": {"real_name": self.real_name or self.name, "display_name": self.name},
        }


@dataclass(frozen=True, slots=True)
class Channel:
    """One conversation; `is_member` is about the bot, `user` names the person of a direct message."""

    id: str
    name: str
    is_member: bool = True
    is_archived: bool = False
    is_private: bool = False
    is_im: bool = False
    user: str | None = None
    members: tuple[str, ...] = ()

    @property
    def scope_family(self) -> str:
        """The prefix of the OAuth scopes that open this kind of conversation, such as `channels`."""
        if self.is_im:
            return "im"
        return "groups" if self.is_private else "channels"

    def to_json(self) -> Json:
        """The conversation object of `conversations.info`."""
        common: Json = {"id": self.id, "created": 1600000000, "is_archived": self.is_archived, "is_im": self.is_im}
        if self.is_im:
            return {**common, "user": self.user, "is_user_deleted": False}
        return {
            **common,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_member": self.is_member,
            "num_members": len(self.members) + int(self.is_member),
        }


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the bot (or a person) sent it.

    `blocks` are kept as they came; `to_json` adds the ids that Slack would make up. `ephemeral_to` names the one person
    who sees an ephemeral message. `origin` is the Web API method or the response_url that brought it. `at` is the time
    it came, in seconds since 1970.
    """

    channel: str
    ts: str
    text: str
    user: str
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    metadata: Json | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    reply_broadcast: bool = False
    ephemeral_to: str | None = None
    edited: str | None = None
    unfurl_links: bool | None = None
    unfurl_media: bool | None = None
    origin: str = "chat.postMessage"
    at: float = 0.0

    @property
    def is_reply(self) -> bool:
        """Whether the message stands in a thread under another one."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def visible_text(self) -> str:
        """All words a person sees, one piece a line: the blocks' texts, or `text` where there are no blocks."""
        return "\n".join(texts(self.blocks)) if self.blocks else self.text

    def to_json(self, *, include_metadata: bool = False) -> Json:
        """The message object of `conversations.history`; metadata only when asked for, as in Slack."""
        body: Json = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts}
        optional: Json = {
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "thread_ts": self.thread_ts,
            "blocks": with_ids(self.blocks) or None,
            "attachments": list(self.attachments) or None,
            "metadata": self.metadata if include_metadata else None,
            "edited": {"user": self.user, "ts": self.edited} if self.edited else None,
        }
        body.update({name: value for name, value in optional.items() if value is not None})
        if self.is_reply and self.reply_broadcast:
            body["subtype"] = "thread_broadcast"
        return body


@dataclass(frozen=True, slots=True)
class View:
    """One modal or Home tab; `payload` is what the app sent, `user` who sees it, `trigger_id` what opened it.

    `filled` is what the person has filled in so far: the state of inputs by block_id and action_id, without presets.
    """

    id: str
    hash: str
    user: str
    payload: Json
    trigger_id: str = ""
    at: float = 0.0
    filled: Json = field(default_factory=dict)

    @property
    def type(self) -> str:
        """`modal` or `home`."""
        return str(self.payload.get("type", ""))

    @property
    def callback_id(self) -> str:
        """The name the app gave the view."""
        return str(self.payload.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        """What the app stored in the view for itself."""
        return str(self.payload.get("private_metadata", ""))

    @property
    def blocks(self) -> tuple[Json, ...]:
        """The blocks as the app sent them."""
        return tuple(self.payload.get("blocks", ()))

    def visible_text(self) -> str:
        """All words a person sees, one piece a line, title first."""
        return "\n".join([*texts(self.payload.get("title", {})), *texts(self.blocks)])

    def to_json(self, *, team: str, app_id: str, bot_id: str, values: Json | None = None) -> Json:
        """The view object of `views.open` and of interaction payloads; `values` is the state of its inputs."""
        return {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "submit": None,
            "close": None,
            "previous_view_id": None,
            **self.payload,
            "id": self.id,
            "hash": self.hash,
            "team_id": team,
            "app_id": app_id,
            "bot_id": bot_id,
            "root_view_id": self.id,
            "state": {"values": values or {}},
            "blocks": with_ids(self.blocks),
        }


@dataclass(frozen=True, slots=True)
class Call:
    """One Web API call as it was answered: HTTP `status` (0 = connection cut), Slack's `error` if refused, no token."""

    method: str
    args: Json
    time: float
    status: int
    error: str | None = None
    fault: str | None = None

    @property
    def ok(self) -> bool:
        """Whether Slack answered `ok: true`."""
        return self.status == 200 and self.error is None

    def to_json(self) -> Json:
        """The call as plain data, for another process."""
        return {
            "method": self.method,
            "args": self.args,
            "time": self.time,
            "status": self.status,
            "error": self.error,
            "fault": self.fault,
        }


@dataclass(slots=True)
class ResponseUrl:
    """What Slack remembers about one response_url: who may be answered where, until when and how often."""

    key: str
    user: str
    channel: str
    issued: float
    message_ts: str | None = None
    used: int = 0
    posts: list[Json] = field(default_factory=list)


def texts(node: object) -> Iterator[str]:
    """Walk blocks and yield every text a person sees, in reading order."""
    if isinstance(node, dict):
        text = node.get("text")
        if isinstance(text, str):
            yield text
        elif node.get("type") == "link" and isinstance(node.get("url"), str):
            yield node["url"]
        for key, value in node.items():
            if isinstance(value, dict | list) and key not in ("style", "confirm", "metadata"):
                yield from texts(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from texts(item)


def elements_of(block: Json) -> Iterator[Json]:
    """Yield the interactive and other elements that a block directly holds."""
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            yield block[key]
    if isinstance(block.get("elements"), list):
        yield from (item for item in block["elements"] if isinstance(item, dict))


def with_ids(blocks: Iterable[Json]) -> list[Json]:
    """Copy blocks and give block_id and action_id where the app left them out, as Slack does; always the same ones."""
    return [_block_with_ids(block, number) for number, block in enumerate(blocks)]


def _block_with_ids(block: Json, number: int) -> Json:
    filled: Json = {**block, "block_id": block.get("block_id") or f"made-{number}"}
    if block.get("type") not in INTERACTIVE_BLOCKS:
        return filled
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            filled[key] = _element_with_id(block[key], f"made-{number}-0")
    if isinstance(block.get("elements"), list):
        filled["elements"] = [
            _element_with_id(item, f"made-{number}-{place}") for place, item in enumerate(block["elements"])
        ]
    return filled


def _element_with_id(element: Json, made: str) -> Json:
    return (
        element
        if element.get("type") in PASSIVE_ELEMENTS
        else {**element, "action_id": element.get("action_id") or made}
    )


INTERACTIVE_BLOCKS = frozenset({"actions", "section", "input", "context_actions"})
PASSIVE_ELEMENTS = frozenset({"image", "mrkdwn", "plain_text"})
