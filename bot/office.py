"""What there is only while the bot runs, for answers that need more than the newsroom: Slack, people, and who publishes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery import Publisher
from bot.people import People

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Office:
    """Slack's client for questions (it may repeat a call that was rate-limited), people, the publisher, and since when the bot
    runs."""

    slack: AsyncWebClient
    people: People
    publisher: Publisher
    started: datetime


def beside(work: Callable[_P, _T]) -> Callable[_P, Awaitable[_T]]:
    """Synchronous work as a coroutine that does it in a thread beside the loop."""

    async def run(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await asyncio.to_thread(work, *args, **kwargs)

    return run
