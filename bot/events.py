"""Events of Slack: each is remembered before it is worked on, done once however often it is told, and acknowledged in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from digests.errors import DigestsError

if TYPE_CHECKING:  # the app has the tables of listeners, which are made of these
    from bot.app import SlackApp

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that Slack tells of: the workspace, what happened in Slack's own form, and the bot's id as a user there."""

    team: str
    event: Mapping[str, Any]
    bot: str

    @property
    def channel(self) -> str:
        """The id of the channel it is about; some events describe the channel, others only name it."""
        channel = self.event.get("channel")
        return str((channel.get("id") if isinstance(channel, Mapping) else channel) or "")

    @property
    def user(self) -> str:
        """The id of the person it is about."""
        user = self.event.get("user")
        return str((user.get("id") if isinstance(user, Mapping) else user) or "")


Work = Callable[[Happening], Awaitable[None]]


def on(
    app: SlackApp,
    kind: str,
    work: Work,
    wanted: Callable[[Happening], bool] = lambda _happening: True,
    *,
    remembered: bool = True,
) -> None:
    """Listen to a kind of event.

    Args:
        app: The app.
        kind: Slack's name of it, such as ``app_mention``.
        work: What is done about one. Where it fails before the acknowledgement, Slack is asked to tell it again.
        wanted: Whether there is anything to do about one; it is not even remembered otherwise.
        remembered: False where doing it twice does no harm.
    """

    async def listener(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        team = app.office.people.team(str(body.get("team_id") or ""))
        happening = Happening(team, body["event"], context.bot_user_id or "")
        key = str(body.get("event_id") or "") if remembered else ""
        if wanted(happening) and (not key or await asyncio.to_thread(app.room.heard.begin, key, app.clock())):
            doing = await app.soon(_done_once(app, kind, key, work(happening)))
            if doing.done() and (failure := doing.result()) is not None:
                raise failure
        await ack()

    app.bolt.event(kind)(listener)


async def _done_once(app: SlackApp, kind: str, key: str, work: Awaitable[None]) -> Exception | None:
    """Do it; what kept it from being done."""
    heard = app.room.heard
    failure: Exception | None = None
    try:
        await work
    except Exception as error:  # Slack may tell it again, and maybe it can be done then
        log.exception("event.failed", kind=kind, error=str(error))
        failure = error
    if not key:
        return failure
    try:
        await asyncio.to_thread(heard.done if failure is None else heard.drop, key)
    except DigestsError as error:
        log.error("event.not_noted", kind=kind, error=str(error))
    return failure
