"""The chat.* methods: what the bot posts, changes and deletes."""

from __future__ import annotations

import dataclasses
import re

from playground.slack.calls import Method, Request
from playground.slack.limits import Refusal, check_message
from playground.slack.values import Channel, Json, Message

_TS = re.compile(r"\d{10}\.\d{6}")


def _content(request: Request) -> Json:
    content = {
        "text": request.text("text"),
        "blocks": request.data("blocks", "invalid_blocks_format"),
        "attachments": request.data("attachments", "invalid_attachments"),
        "metadata": request.data("metadata", "invalid_metadata_format"),
    }
    refusal = check_message(content, request.workspace.broken_images, request.workspace.refused_blocks)
    if refusal is not None:
        raise refusal
    return {
        "text": content["text"],
        "blocks": tuple(content["blocks"] or ()),
        "attachments": tuple(content["attachments"] or ()),
        "metadata": content["metadata"],
    }


def _open_channel(request: Request) -> Channel:
    """The channel, if the bot may write there."""
    channel = request.channel()
    if channel.is_archived:
        raise Refusal("is_archived")
    public = not channel.is_private and not channel.is_im
    if not channel.is_member and not (public and "chat:write.public" in request.workspace.scopes):
        raise Refusal("not_in_channel")
    return channel


def _thread(request: Request, channel: Channel) -> str | None:
    """The parent that `thread_ts` names; a made-up one is refused, so that a wrong ts does not pass unseen."""
    ts = request.text("thread_ts")
    if not ts:
        return None
    parent = request.workspace.find_message(channel.id, ts)
    if not _TS.fullmatch(ts) or parent is None:
        raise Refusal("invalid_thread_ts")
    if parent.is_reply:
        raise Refusal("cannot_reply_to_message")
    return ts


def _own_message(request: Request, not_found: str, not_own: str) -> Message:
    channel = request.channel()
    message = request.workspace.find_message(channel.id, request.text("ts"))
    if message is None:
        raise Refusal(not_found)
    if message.bot_id != request.workspace.bot_id:
        raise Refusal(not_own)
    return message


def post_message(request: Request) -> Json:
    """chat.postMessage"""
    workspace = request.workspace
    channel = _open_channel(request)
    content = _content(request)
    thread = _thread(request, channel)
    message = workspace.store(
        Message(
            channel=channel.id,
            ts=workspace.next_ts(),
            user=workspace.bot_user.id,
            bot_id=workspace.bot_id,
            app_id=workspace.app_id,
            thread_ts=thread,
            reply_broadcast=request.flag("reply_broadcast"),
            unfurl_links=request.flag("unfurl_links") if "unfurl_links" in request.args else None,
            unfurl_media=request.flag("unfurl_media") if "unfurl_media" in request.args else None,
            at=workspace.clock(),
            **content,
        )
    )
    return {"channel": channel.id, "ts": message.ts, "message": message.to_json(include_metadata=True)}


def post_ephemeral(request: Request) -> Json:
    """chat.postEphemeral"""
    workspace = request.workspace
    channel = _open_channel(request)
    user = request.user()
    if user.id not in channel.members:
        raise Refusal("user_not_in_channel")
    content = _content(request)
    message = workspace.store_ephemeral(
        Message(
            channel=channel.id,
            ts=workspace.next_ts(),
            user=workspace.bot_user.id,
            bot_id=workspace.bot_id,
            app_id=workspace.app_id,
            thread_ts=_thread(request, channel),
            ephemeral_to=user.id,
            origin=request.method,
            at=workspace.clock(),
            **content,
        )
    )
    return {"message_ts": message.ts}


def update(request: Request) -> Json:
    """chat.update: what is not given anew goes, except the metadata."""
    workspace = request.workspace
    message = _own_message(request, "message_not_found", "cant_update_message")
    content = _content(request)
    if content["metadata"] is None:
        content["metadata"] = message.metadata
    changed = workspace.store(dataclasses.replace(message, edited=workspace.next_ts(), **content))
    return {"channel": changed.channel, "ts": changed.ts, "text": changed.text, "message": changed.to_json()}


def delete(request: Request) -> Json:
    """chat.delete"""
    message = _own_message(request, "message_not_found", "cant_delete_message")
    request.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def permalink(request: Request) -> Json:
    """chat.getPermalink"""
    workspace = request.workspace
    channel = request.channel()
    message = workspace.find_message(channel.id, request.text("message_ts"))
    if message is None:
        raise Refusal("message_not_found")
    link = f"https://{workspace.team_domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


_CHANNEL = ("channel", "channel_not_found")
METHODS = (
    Method("chat.postMessage", post_message, ("chat:write",), (_CHANNEL,)),
    Method("chat.postEphemeral", post_ephemeral, ("chat:write",), (_CHANNEL, ("user", "user_not_found"))),
    Method("chat.update", update, ("chat:write",), (_CHANNEL, ("ts", "message_not_found"))),
    Method("chat.delete", delete, ("chat:write",), (_CHANNEL, ("ts", "message_not_found"))),
    Method("chat.getPermalink", permalink, (), (_CHANNEL, ("message_ts", "message_not_found"))),
)
