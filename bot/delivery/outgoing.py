"""The door: whatever leaves for Slack goes through here, and nothing does that Slack would refuse for its size.

Messages and Homes are drawn to fit, dialogs by hand, and templates may be an admin's own. What is too long all the same is
shortened here, and the log says what that was: half an answer is better than none.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import structlog
from pydantic import SecretStr
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook import WebhookResponse

from digests.rendering.payloads import within

log = structlog.get_logger(__name__)

TIMEOUT = 10
"""Seconds in which Slack has to answer."""

KNOWN: ContextVar[bool] = ContextVar("known", default=False)
"""Whether what is sent just now is known to fit: one message that goes to thousands of channels is looked over once."""

_TOLD = 5  # problems of a payload that are named in the log


class Client(AsyncWebClient):
    """Slack's client, whose calls all fit; ``handlers`` say what it repeats by itself."""

    def __init__(self, token: str | SecretStr, api_url: str, *handlers: AsyncRetryHandler) -> None:
        secret = token.get_secret_value() if isinstance(token, SecretStr) else token
        super().__init__(token=secret, base_url=api_url, timeout=TIMEOUT, retry_handlers=[*handlers])

    async def api_call(  # the one way that every method of the client takes
        self, api_method: str, *, json: dict[str, Any] | None = None, **more: Any
    ) -> AsyncSlackResponse:
        """Call a method of Slack's."""
        held = json if KNOWN.get() else json and fitting(api_method, json)
        return await super().api_call(api_method, json=held, **more)


async def acknowledge(ack: AsyncAck, **content: Any) -> BoltResponse:
    """Acknowledge what Slack told, with an answer in it."""
    return await ack(**fitting("ack", content))


async def post_back(way: AsyncRespond, **content: Any) -> WebhookResponse:
    """Answer through a response_url."""
    return await way(**fitting("response_url", content))


def fitting(way: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent, inside Slack's limits; ``way`` is how it goes, for the log."""
    held, problems = within(content)
    if problems:
        log.warning("slack.shortened", way=way, problems=problems[:_TOLD], number=len(problems))
    return held
