"""response_url: the address by which a bot answers a person five times within thirty minutes."""

from __future__ import annotations

import dataclasses

from playground.slack.limits import Refusal, check_message
from playground.slack.state import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, Workspace
from playground.slack.values import Json, Message, ResponseUrl


def use(workspace: Workspace, key: str, body: Json) -> Message | None:
    """Take one POST to a response_url; gives the message that came of it, None for a deletion.

    Raises:
        Refusal: `expired_url` (also for unknown ones), `used_url`, or what is wrong with the message.
    """
    entry = workspace.response_urls.get(key)
    if entry is None or workspace.clock() - entry.issued > RESPONSE_URL_SECONDS:
        raise Refusal("expired_url")
    if entry.used >= RESPONSE_URL_USES:
        raise Refusal("used_url")
    message = apply(workspace, entry, body)
    entry.used += 1
    entry.posts.append(body)
    workspace.changed()
    return message


def apply(workspace: Workspace, entry: ResponseUrl, body: Json) -> Message | None:
    """Show what a bot answered: a new message, a changed one, or one message less.

    Raises:
        Refusal: what is wrong with the message.
    """
    original = _original(workspace, entry)
    if body.get("delete_original") is True:
        if original is not None:
            workspace.delete(original)
        return None
    refusal = check_message(body, workspace.broken_images, workspace.refused_blocks)
    if refusal is not None:
        raise refusal
    if body.get("replace_original") is True and original is not None:
        return _store(workspace, dataclasses.replace(original, edited=workspace.next_ts(), **_content(body)))
    return _store(
        workspace,
        Message(
            channel=entry.channel,
            ts=workspace.next_ts(),
            user=workspace.bot_user.id,
            bot_id=workspace.bot_id,
            app_id=workspace.app_id,
            thread_ts=body.get("thread_ts"),
            ephemeral_to=None if body.get("response_type") == "in_channel" else entry.user,
            origin=entry.key,
            at=workspace.clock(),
            **_content(body),
        ),
    )


def _original(workspace: Workspace, entry: ResponseUrl) -> Message | None:
    """The message that a click came from; for a slash command the first answer to it."""
    if entry.message_ts is None:
        return next((m for m in workspace.ephemerals() if m.origin == entry.key), None)
    ephemeral = next((m for m in workspace.ephemerals() if m.ts == entry.message_ts), None)
    return ephemeral or workspace.find_message(entry.channel, entry.message_ts)


def _store(workspace: Workspace, message: Message) -> Message:
    return workspace.store(message) if message.ephemeral_to is None else workspace.store_ephemeral(message)


def _content(body: Json) -> Json:
    return {
        "text": str(body.get("text") or ""),
        "blocks": tuple(body.get("blocks") or ()),
        "attachments": tuple(body.get("attachments") or ()),
        "metadata": body.get("metadata"),
    }
