"""The conversations.* methods: channels, their members and their history."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playground.slack.calls import Method, Request, page
from playground.slack.limits import Refusal
from playground.slack.values import Channel, Json, Message

_KINDS = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
_TIME = re.compile(r"\d+(\.\d+)?")


def _readable(request: Request) -> Channel:
    """The channel, if the bot may read its messages."""
    channel = request.channel()
    request.need(f"{channel.scope_family}:history")
    if not channel.is_member:
        raise Refusal("not_in_channel")
    return channel


def info(request: Request) -> Json:
    """conversations.info"""
    channel = request.channel()
    request.need(f"{channel.scope_family}:read")
    return {"channel": channel.to_json()}


def listing(request: Request) -> Json:
    """conversations.list: public channels unless `types` says otherwise."""
    kinds = [kind.strip() for kind in request.text("types", "public_channel").split(",")]
    unknown = [kind for kind in kinds if kind not in _KINDS]
    if unknown:
        raise Refusal("invalid_types")
    for kind in kinds:
        request.need(f"{_KINDS[kind]}:read")
    families = {_KINDS[kind] for kind in kinds}
    channels = [
        channel
        for channel in request.workspace.channels.values()
        if channel.scope_family in families
        and (channel.is_member or not channel.is_private)
        and not (channel.is_archived and request.flag("exclude_archived"))
    ]
    chosen, cursor = page(channels, request, default=100)
    return {"channels": [channel.to_json() for channel in chosen], "response_metadata": {"next_cursor": cursor}}


def history(request: Request) -> Json:
    """conversations.history: the top level, newest first."""
    channel = _readable(request)
    messages = _between(request, request.workspace.messages(channel.id))
    return _told(request, channel, messages[::-1])


def replies(request: Request) -> Json:
    """conversations.replies: a parent and its replies, oldest first."""
    channel = _readable(request)
    message = request.workspace.find_message(channel.id, request.text("ts"))
    if message is None:
        raise Refusal("thread_not_found")
    parent = message.thread_ts if message.is_reply and message.thread_ts else message.ts
    head = request.workspace.find_message(channel.id, parent)
    thread = request.workspace.messages(channel.id, thread=parent)
    return _told(request, channel, [*([head] if head else []), *_between(request, thread)])


def _between(request: Request, messages: list[Message]) -> list[Message]:
    """The messages from `oldest` to `latest`, both left out unless `inclusive`."""
    oldest, latest = request.text("oldest") or "0", request.text("latest") or "9999999999"
    if not _TIME.fullmatch(oldest):
        raise Refusal("invalid_ts_oldest")
    if not _TIME.fullmatch(latest):
        raise Refusal("invalid_ts_latest")
    low, high = _micros(oldest), _micros(latest)
    if request.flag("inclusive"):
        return [message for message in messages if low <= _micros(message.ts) <= high]
    return [message for message in messages if low < _micros(message.ts) < high]


def _micros(ts: str) -> int:
    """A timestamp in microseconds; floats would blur the last digits."""
    seconds, _, rest = ts.partition(".")
    return int(seconds) * 1_000_000 + int(rest[:6].ljust(6, "0"))


def _told(request: Request, channel: Channel, messages: list[Message]) -> Json:
    chosen, cursor = page(messages, request, default=100, most=999)
    metadata = request.flag("include_all_metadata")
    threads: dict[str, list[Message]] = {}
    for each in request.workspace.all_messages(channel.id):
        if each.is_reply and each.thread_ts:
            threads.setdefault(each.thread_ts, []).append(each)
    body: Json = {
        "messages": [_with_thread(message, threads.get(message.ts, ()), metadata) for message in chosen],
        "has_more": bool(cursor),
        "pin_count": 0,
    }
    if cursor:
        body["response_metadata"] = {"next_cursor": cursor}
    return body


def _with_thread(message: Message, thread: Sequence[Message], metadata: bool) -> Json:
    body = message.to_json(include_metadata=metadata)
    if thread:
        users = list(dict.fromkeys(reply.user for reply in thread))
        body |= {"thread_ts": message.ts, "reply_count": len(thread), "latest_reply": thread[-1].ts}
        body |= {"reply_users": users, "reply_users_count": len(users)}
    return body


def open_direct(request: Request) -> Json:
    """conversations.open: the direct message with one person."""
    users = [user.strip() for user in request.text("users").split(",") if user.strip()]
    if not users:
        raise Refusal("users_list_not_supplied")
    if any(user not in request.workspace.users for user in users):
        raise Refusal("user_not_found")
    if len(users) > 1:
        raise Refusal("method_not_supported_for_channel_type")
    known = "D" + users[0][1:] in request.workspace.channels
    channel = request.workspace.direct_message(users[0])
    body: Json = {"channel": channel.to_json() if request.flag("return_im") else {"id": channel.id}}
    return {**body, "no_op": True, "already_open": True} if known else body


def join(request: Request) -> Json:
    """conversations.join: public channels only."""
    channel = request.channel()
    if channel.is_private or channel.is_im:
        raise Refusal("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refusal("is_archived")
    joined = request.workspace.change_channel(channel.id, is_member=True)
    body: Json = {"channel": joined.to_json()}
    if channel.is_member:
        body |= {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return body


def members(request: Request) -> Json:
    """conversations.members"""
    channel = request.channel()
    request.need(f"{channel.scope_family}:read")
    people = [*channel.members, *([request.workspace.bot_user.id] if channel.is_member else [])]
    chosen, cursor = page(people, request, default=100)
    return {"members": chosen, "response_metadata": {"next_cursor": cursor}}


_CHANNEL = ("channel", "channel_not_found")
METHODS = (
    Method("conversations.info", info, (), (_CHANNEL,)),
    Method("conversations.list", listing),
    Method("conversations.history", history, (), (_CHANNEL,)),
    Method("conversations.replies", replies, (), (_CHANNEL, ("ts", "thread_not_found"))),
    Method("conversations.open", open_direct, ("im:write",)),
    Method("conversations.join", join, ("channels:join",), (_CHANNEL,)),
    Method("conversations.members", members, (), (_CHANNEL,)),
)
