"""The dialog of a subscription: opened, drawn anew while it is filled in, previewed and sent off."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.delivery.calls import Done, call
from bot.delivery.outgoing import acknowledge
from bot.dialogs import choices
from bot.dialogs.drawing import PREVIEW, SUBSCRIPTION, drawn
from bot.dialogs.form import DAYS, TOPICS, WHERE, ZONE, Form
from bot.dialogs.subscriber import Came, Subscriber, asked_for, filled_in, preview, told_of
from bot.errors import NOT_NOW, TRY_AGAIN, HeatlineBotError
from bot.people import Person
from bot.pressing import presser as of_request
from bot.replies import over, reply, said_in, tell, view_id
from bot.wiring import Newsroom
from digests.errors import DigestsError
from digests.models import Message

if TYPE_CHECKING:
    from bot.app import SlackApp

log = structlog.get_logger(__name__)

OPENERS = ("home_subscribe", "subscription_edit", "customize")
"""What opens the dialog: for a new subscription, for one that is named, and for one like a digest that is named."""

_BRIEF = 1.2  # seconds that a preview is waited for; its trigger lives three
_REMEMBERED = 1_000  # dialogs of which is known what was done in them last


def _fields(view: Mapping[str, Any]) -> set[str]:
    return {block["block_id"] for block in view.get("blocks") or () if block.get("type") == "input"}


class _Newest:
    """Which change of each dialog came last, by Slack's own time: requests overtake one another."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[asyncio.Lock, float]] = {}

    def lock(self, view: str) -> asyncio.Lock:
        """Held while a dialog is drawn anew."""
        lock, at = self._seen.pop(view, (asyncio.Lock(), 0.0))
        while len(self._seen) >= _REMEMBERED:
            self._seen.pop(next(iter(self._seen)))
        self._seen[view] = (lock, at)
        return lock

    def is_old(self, view: str, at: float) -> bool:
        """Whether a later change was drawn before; else this is the last one."""
        lock, last = self._seen.get(view, (asyncio.Lock(), 0.0))
        if at < last:
            return True
        self._seen[view] = (lock, at)
        return False


def listen(app: SlackApp) -> None:
    """Register what the dialog listens to."""
    subscriber, newest = Subscriber(app), _Newest()

    async def presser(body: Mapping[str, Any]) -> tuple[Person, Newsroom]:
        person = await app.office.people.person(*of_request(body))
        return person, app.room.speaking(person.locale)

    async def open_(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        app.begin(told_if_failed(opening(body, respond), body, respond))

    async def told_if_failed(work: Coroutine[Any, Any, None], body: dict[str, Any], respond: AsyncRespond) -> None:
        try:
            await work
        except Exception as error:  # the person waits: tell them
            log.exception("subscription.dialog_failed", error=str(error))
            _, room = await presser(body)
            await reply(app.office.slack, respond, body, room.renderer.notice(TRY_AGAIN))

    async def opening(body: dict[str, Any], respond: AsyncRespond) -> None:
        person, room = await presser(body)
        pressed = body["actions"][0]
        origin = str((body.get("container") or {}).get("channel_id") or "")
        try:
            form = await asked_for(app, person, str(pressed["action_id"]), str(pressed.get("value", "")), origin)
        except (DigestsError, HeatlineBotError) as error:
            log.error("subscription.not_opened", error=str(error))
            await reply(app.office.slack, respond, body, room.renderer.notice(NOT_NOW))
            return
        if form is None:
            said = room.say("dialog-not-yours", usage="/news settings")
        elif view_id(
            await over(app.office.slack, body, drawn(form, room.catalogue, room.renderer.language, app.clock()))
        ):
            return
        else:
            said = room.say("dialog-too-late", usage="/news subscribe")
        await reply(app.office.slack, respond, body, room.renderer.notice(said))

    async def filled(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        app.begin(redrawn(body))

    async def redrawn(body: dict[str, Any]) -> None:
        """Draw the dialog with the fields that are needed now; of two changes the later one counts."""
        person, room = await presser(body)
        view, at = body["view"], float(body["actions"][0].get("action_ts") or 0)
        async with newest.lock(str(view["id"])):
            if newest.is_old(str(view["id"]), at):
                return
            try:
                filled = await filled_in(app, person, view)
            except DigestsError as error:  # sending it off shows the fields that are needed
                log.error("subscription.not_redrawn", why=str(error))
                return
            form = drawn(filled, room.catalogue, room.renderer.language, app.clock())
            done = await call("views.update", app.office.slack.views_update, view_id=view["id"], view=form)
            if not isinstance(done, Done):
                log.info("subscription.not_redrawn", why=done.why)

    async def previewed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        app.begin(told_if_failed(shown(body), body, respond))

    async def shown(body: dict[str, Any]) -> None:
        person, room = await presser(body)
        form = await filled_in(app, person, body["view"])
        making = asyncio.create_task(asyncio.to_thread(made, room, person, form))
        await asyncio.wait({making}, timeout=_BRIEF)
        title = room.say("dialog-preview-title")
        waiting = room.renderer.notice(room.say("dialog-preview-waiting"))
        late = not making.done()
        pushed = view_id(await over(app.office.slack, body, said_in(waiting if late else making.result(), title)))
        message = await making
        if not pushed:
            await tell(app.office.slack, form.origin, person.id, message)
        elif late:
            await call("views.update", app.office.slack.views_update, view_id=pushed, view=said_in(message, title))

    def made(room: Newsroom, person: Person, form: Form) -> Message:
        try:
            return preview(room, person, form, app.clock())
        except (DigestsError, HeatlineBotError) as error:
            log.error("subscription.no_preview", error=str(error))
            return room.renderer.notice(NOT_NOW)

    async def sent(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        person, room = await presser(body)
        form = await filled_in(app, person, view)
        again = drawn(form, room.catalogue, room.renderer.language, app.clock())
        if not _fields(again) <= _fields(view):  # an update of the dialog was lost: show what was not asked yet
            await acknowledge(ack, response_action="update", view=again)
            return
        doing = await app.soon(subscriber.send(str(view.get("id", "")), person, form))
        if doing.done() and (came := doing.result()).wrong:
            await acknowledge(ack, response_action="errors", errors=dict(came.wrong))
            return
        await ack()
        app.begin(finished(doing, person, room, form))

    async def finished(doing: asyncio.Task[Came], person: Person, room: Newsroom, form: Form) -> None:
        try:
            came = await doing
        except Exception as error:  # the dialog is closed: tell them
            log.exception("subscription.late_failed", error=str(error))
            came = Came({TOPICS: room.tell(TRY_AGAIN)})
        app.home.refresh(person)
        if came.wrong:
            said = room.say("dialog-failed", why=" ".join(came.wrong.values()))
        elif came.subscription is not None and form.origin:  # a Home shows it by itself
            said = told_of(room, came.subscription, "dialog-changed" if form.key else "dialog-done")
        else:
            return
        await tell(app.office.slack, form.origin, person.id, room.renderer.notice(said))

    async def topics(ack: AsyncAck, body: dict[str, Any]) -> None:
        room = await app.heard(body)
        options = choices.topics(str(body.get("value", "")), room.catalogue, room.renderer.language)
        await acknowledge(ack, options=options)

    async def zones(ack: AsyncAck, body: dict[str, Any]) -> None:
        await acknowledge(ack, options=choices.zones(str(body.get("value", "")), app.clock()))

    for name in OPENERS:
        app.bolt.action(name)(open_)
    for name in (DAYS, ZONE, WHERE):
        app.bolt.action(f"{SUBSCRIPTION}_{name}")(filled)
    app.bolt.action(PREVIEW)(previewed)
    app.bolt.options(f"{SUBSCRIPTION}_{TOPICS}")(topics)
    app.bolt.options(f"{SUBSCRIPTION}_{ZONE}")(zones)
    app.bolt.view(SUBSCRIPTION)(sent)
