"""The Slack app: what people touch, over Socket Mode or HTTP alike. Listeners only translate; the commands do the work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiohttp
import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.commands import news
from bot.settings import SlackSettings
from bot.wiring import Newsroom
from digests.models import Message

log = structlog.get_logger(__name__)

PATIENCE = 2.2
"""Seconds to answer in the acknowledgement itself; Slack gives up after three. Later answers go to the response_url."""

_TRY_AGAIN = "Something went wrong on our side. Please try again in a minute."


UNREACHED = (OSError, aiohttp.ClientError, TimeoutError)
"""What the client raises when Slack, or a proxy before it, cannot be talked to."""


def slack_error(error: SlackApiError) -> str:
    """Slack's error code, or the HTTP status where something else than Slack answered."""
    return str(error.response.get("error") or f"http_{error.response.status_code}")


def web_client(slack: SlackSettings) -> AsyncWebClient:
    """The client for questions and answers; it may repeat a call that was rate-limited, nothing else."""
    return AsyncWebClient(
        token=slack.bot_token.get_secret_value(),
        base_url=slack.api_url,
        timeout=10,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
    )


class SlackApp:
    """The Bolt app with its listeners, and the answers that are still on their way."""

    def __init__(self, room: Newsroom, slack: SlackSettings, clock: Callable[[], datetime]) -> None:
        self._room = room
        self._clock = clock
        self._late: set[asyncio.Task[None]] = set()
        # Bolt looks for the acknowledgement every 10 ms otherwise; our listeners are quick, so it may wait for them.
        self.bolt = AsyncApp(
            name="heatline",
            client=web_client(slack),
            signing_secret=slack.signing_secret.get_secret_value() if slack.signing_secret else None,
            process_before_response=True,
            raise_error_for_unhandled_request=True,
        )
        # Listeners take their objects by closure: Bolt silently gives None for an argument name it does not know.
        self.bolt.command("/news")(self._news)
        self.bolt.error(self._failed)

    async def drain(self, seconds: float = 5.0) -> None:
        """Wait for late answers."""
        if self._late:
            await asyncio.wait(self._late, timeout=seconds)

    async def _news(self, ack: AsyncAck, command: dict[str, Any], respond: AsyncRespond) -> None:
        question = str(command.get("text") or "")
        answering = asyncio.create_task(news.answer(self._room, question, self._clock()))
        try:
            message = await asyncio.wait_for(asyncio.shield(answering), PATIENCE)
        except TimeoutError:
            await ack(response_type="ephemeral", text="Still looking …")
            task = asyncio.create_task(self._answer_late(answering, respond))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            return
        await ack(response_type="ephemeral", **_payload(message))

    async def _answer_late(self, answering: asyncio.Task[Message], respond: AsyncRespond) -> None:
        try:
            payload = _payload(await answering)
        except Exception as error:  # the person waits: tell them
            log.exception("news.late_answer_failed", error=str(error))
            payload = {"text": _TRY_AGAIN}
        try:
            await respond(response_type="ephemeral", replace_original=True, **payload)
        except Exception as error:  # a task's failure would be seen by nobody
            log.exception("news.late_answer_not_sent", error=str(error))

    async def _failed(self, error: Exception, request: AsyncBoltRequest, ack: AsyncAck) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            log.warning("slack.unhandled", kind=request.body.get("type") or request.body.get("command"))
            return BoltResponse(status=404, body="")
        log.exception(
            "slack.listener_failed", kind=request.body.get("command") or request.body.get("type"), exc_info=error
        )
        if "command" in request.body:
            return await ack(response_type="ephemeral", text=_TRY_AGAIN)
        return BoltResponse(status=200, body="")


def _payload(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": [dict(block) for block in message.blocks]}
