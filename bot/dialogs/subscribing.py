"""The dialog of a subscription: what opens it, and what it is as a kind of dialog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.dialogs import settling
from bot.dialogs.drawing import SUBSCRIPTION, drawn
from bot.dialogs.form import DAYS, WHERE, ZONE, Form
from bot.dialogs.live import Came, Kind, listen_to, presser, told_if_failed
from bot.dialogs.subscriber import Subscriber, asked_for, filled_in, preview
from bot.errors import NOT_NOW, HeatlineBotError
from bot.people import Person
from bot.replies import over, reply, view_id
from bot.wiring import Newsroom
from digests.errors import DigestsError
from digests.models import Message

if TYPE_CHECKING:
    from bot.app import SlackApp

log = structlog.get_logger(__name__)

OPENERS = ("home_subscribe", "subscription_edit", "customize", "customize_own")
"""What opens the dialog: for a new subscription, for one that is named, and for one like a digest that is named. Under the
digest of a channel `customize` opens the channel's own settings instead, to those who may change them."""


def listen(app: SlackApp) -> None:
    """Register what the dialog listens to."""
    subscriber = Subscriber(app)

    async def open_(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        app.begin(told_if_failed(app, opening(body, respond), body, respond))

    async def opening(body: dict[str, Any], respond: AsyncRespond) -> None:
        person, room = await presser(app, body)
        pressed = body["actions"][0]
        action, value = str(pressed["action_id"]), str(pressed.get("value", ""))
        origin = str((body.get("container") or {}).get("channel_id") or "")
        try:
            view = await settling.instead(app, room, person, value, origin) if action == "customize" else None
            form = await asked_for(app, person, action, value, origin) if view is None else None
        except (DigestsError, HeatlineBotError) as error:
            log.error("subscription.not_opened", error=str(error))
            await reply(app.office.slack, respond, body, room.renderer.notice(NOT_NOW))
            return
        view = view or (drawing(room, form) if form else None)
        if view is None:
            said = room.say("dialog-not-yours", usage="/news settings")
        elif view_id(await over(app.office.slack, body, view)):
            return
        else:
            said = room.say("dialog-too-late", usage="/news subscribe")
        await reply(app.office.slack, respond, body, room.renderer.notice(said))

    def drawing(room: Newsroom, form: Form) -> dict[str, Any]:
        return drawn(form, room.catalogue, room.renderer.language, app.clock())

    async def filled(person: Person, view: Mapping[str, Any]) -> Form:
        return await filled_in(app, person, view)

    def previewed(room: Newsroom, person: Person, form: Form) -> Message:
        return preview(room, person, form, app.clock())

    async def send(view: str, person: Person, form: Form) -> Came:
        return await subscriber.send(view, person, form)

    for name in OPENERS:
        app.bolt.action(name)(open_)
    changes = (DAYS, ZONE, WHERE)
    listen_to(app, Kind(SUBSCRIPTION, changes, "dialog-failed", filled, drawing, previewed, send))
