"""Answers that come after the acknowledgement, by whichever way still works: response_url, the conversation, or a DM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import aiohttp
import structlog
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.calls import Done, Outcome, call
from bot.delivery.outgoing import post_back
from bot.dialogs.choices import plain
from bot.pressing import dict_of
from digests.models import Message

log = structlog.get_logger(__name__)

TITLE = "Heatline"
"""The title of a dialog that only tells something."""

UNREACHED = (OSError, aiohttp.ClientError, TimeoutError)
"""What the client raises when Slack, or a proxy before it, cannot be talked to."""


def payload(message: Message) -> dict[str, Any]:
    """A message as Slack's methods take it; nothing in it is unfurled."""
    blocks = [dict(block) for block in message.blocks]
    return {"text": message.text, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


async def reply(
    client: AsyncWebClient,
    respond: AsyncRespond,
    body: Mapping[str, Any],
    message: Message,
    *,
    replace: bool = False,
) -> bool:
    """Tell a person something that only this person sees; whether it got there.

    A response_url works five times in half an hour, and an ephemeral message only where the bot and the person both are:
    then it comes as a direct message. What was pressed in a Home tab or a dialog is answered in a dialog.

    Args:
        client: Calls Slack.
        respond: Bolt's way through the response_url.
        body: The request that this answers.
        message: What to say.
        replace: Put it in the place of the message that was pressed, which must have been this person's alone.
    """
    user = str(dict_of(body.get("user")).get("id", ""))
    channel = str(dict_of(body.get("channel")).get("id", ""))
    if dict_of(body.get("view")):
        return await in_dialog(client, body, message, replace=replace) or await tell(client, channel, user, message)
    container = dict_of(body.get("container"))
    thread = str(container.get("thread_ts") or "")
    if thread == container.get("message_ts"):  # a parent is pressed in the channel
        thread = ""
    content = payload(message)
    # What is replaced stays as lasting as it was.
    seen = "in_channel" if replace and not container.get("is_ephemeral") else "ephemeral"
    beneath = thread if thread and not replace else None
    try:
        answer = await post_back(respond, response_type=seen, replace_original=replace, thread_ts=beneath, **content)
        if answer.status_code == 200:
            return True
        log.info("reply.url_spent", status=answer.status_code)
    except (ValueError, SlackApiError, *UNREACHED) as error:
        log.info("reply.url_failed", error=str(error))
    return await tell(client, channel, user, message, thread=thread)


async def in_dialog(
    client: AsyncWebClient, body: Mapping[str, Any], message: Message, *, replace: bool = False
) -> bool:
    """Show a message in a dialog over the view that was pressed, or in the place of it; whether it got there."""
    before = body["view"]
    if not (replace and before.get("type") == "modal"):
        return isinstance(await over(client, body, said_in(message)), Done)
    shown = await call("views.update", client.views_update, view_id=before.get("id"), view=said_in(message))
    return isinstance(shown, Done)


def said_in(message: Message, title: str = TITLE) -> dict[str, Any]:
    """A dialog that only tells something."""
    return dialog_of(message.blocks, title)


def dialog_of(blocks: Iterable[Mapping[str, Any]], title: str, **more: Any) -> dict[str, Any]:
    """A dialog of blocks; ``more`` is what else it has."""
    return {"type": "modal", "title": plain(title), **more, "blocks": [dict(block) for block in blocks]}


async def over(client: AsyncWebClient, body: Mapping[str, Any], view: Mapping[str, Any]) -> Outcome:
    """Open a dialog after something was pressed, over the dialog that it was pressed in, if any.

    Slack opens one within three seconds only.
    """
    method = "views.push" if dict_of(body.get("view")).get("type") == "modal" else "views.open"
    trigger = str(body.get("trigger_id", ""))
    shown = await call(method, partial(client.api_call, method), json={"trigger_id": trigger, "view": view})
    if not isinstance(shown, Done):
        log.info("reply.not_shown", why=shown.why)
    return shown


def view_id(shown: Outcome) -> str:
    """Slack's id of a dialog that was opened; empty where it was not."""
    return str(dict_of(shown.data.get("view")).get("id") or "") if isinstance(shown, Done) else ""


async def tell(client: AsyncWebClient, channel: str, user: str, message: Message, *, thread: str = "") -> bool:
    """Tell a person something in a conversation, where nobody else sees it, or else directly; whether it got there.

    ``thread`` is one that there is already; in a new one nobody would see it.
    """
    content = payload(message)
    ways: list[tuple[str, dict[str, Any]]] = [
        ("chat.postEphemeral", {"channel": channel, "user": user, **({"thread_ts": thread} if thread else {})}),
        ("chat.postMessage", {"channel": user}),
    ]
    for method, where in ways:
        if all(where.values()):
            sent = await call(method, partial(client.api_call, method), json={**where, **content})
            if isinstance(sent, Done):
                return True
            log.info("reply.not_sent", why=sent.why)
    log.warning("reply.lost", user=user)
    return False
