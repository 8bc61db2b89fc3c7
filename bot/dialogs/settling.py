"""The settings of a channel's digest: who opens them where, and what comes of saving them or going back to the digest."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot import outlets
from bot.dialogs.channeldrawing import RESET, SETTLING, drawn
from bot.dialogs.channelform import ChannelForm, of_outlet, read, wrong
from bot.dialogs.form import DAYS, TOPICS, ZONE
from bot.dialogs.live import Came, Kind, listen_to, presser, told_if_failed
from bot.errors import NOT_NOW, HeatlineBotError
from bot.people import Person
from bot.plan import Outlet, standard_own
from bot.readers import Variant
from bot.readers.variants import Own, digest_of
from bot.replies import in_dialog, over, reply, view_id
from bot.schedule import rhythm
from bot.wiring import Newsroom
from digests.errors import DigestsError
from digests.models import Message

if TYPE_CHECKING:
    from bot.app import SlackApp

log = structlog.get_logger(__name__)

OPENER = "channel_settings"
"""The button that opens the dialog; its value names the digest in the channel, ``daily@C024BE91L``."""


async def instead(app: SlackApp, room: Newsroom, person: Person, name: str, origin: str) -> dict[str, Any] | None:
    """What `customize` opens under the digest of a channel for who may change that; None for everybody else.

    Raises:
        DigestsError: When the database cannot be read.
    """
    if not person.admin:
        return None
    return await asyncio.to_thread(_opened, app, room, name, origin)


def _opened(app: SlackApp, room: Newsroom, name: str, origin: str) -> dict[str, Any] | None:
    outlet = outlets.named(room, name) or outlets.posted_in(room, digest_of(name), origin)
    return None if outlet is None else _drawn(app, room, of_outlet(outlet, origin), outlet)


def _drawn(app: SlackApp, room: Newsroom, filled: ChannelForm, outlet: Outlet) -> dict[str, Any]:
    where = outlets.conversation(room, outlet)
    return drawn(filled, outlet, where, room.catalogue, room.renderer.language, app.clock())


def listen(app: SlackApp) -> None:
    """Register what the dialog listens to."""

    async def open_(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        app.begin(told_if_failed(app, opening(body, respond), body, respond))

    async def opening(body: dict[str, Any], respond: AsyncRespond) -> None:
        person, room = await presser(app, body)
        origin = str((body.get("container") or {}).get("channel_id") or "")
        said = room.say("admins-only", usage=room.say("channel-title"))
        if person.admin:
            try:
                name = str(body["actions"][0].get("value", ""))
                view = await asyncio.to_thread(_opened, app, room, name, origin)
            except DigestsError as error:
                log.error("channel.not_opened", error=str(error))
                view, said = None, room.tell(NOT_NOW)
            else:
                said = room.say("channel-gone") if view is None else room.say("dialog-too-late", usage="/news settings")
            if view is not None and view_id(await over(app.office.slack, body, view)):
                return
        await reply(app.office.slack, respond, body, room.renderer.notice(said))

    async def filled(_person: Person, view: Mapping[str, Any]) -> ChannelForm:
        """What was filled in, with the schedule that the channel has, where the dialog could not show that."""
        form = read(view)
        outlet = await asyncio.to_thread(app.room.plan.outlet, form.digest, form.channel)
        if outlet is None:
            return form
        return replace(form, form=replace(form.form, cron=of_outlet(outlet).form.cron))

    def drawing(room: Newsroom, form: ChannelForm) -> dict[str, Any]:
        outlet = room.plan.outlet(form.digest, form.channel)
        if outlet is None:  # sending it off says so
            outlet = Outlet(room.settings.digests[0], form.channel)
        return _drawn(app, room, form, outlet)

    def previewed(room: Newsroom, person: Person, form: ChannelForm) -> Message:
        return preview(app, room, person, form)

    async def send(_view: str, person: Person, form: ChannelForm) -> Came:
        came = await asyncio.to_thread(_saved, app, person, form)
        return came if form.origin else replace(came, said="")  # a Home shows it by itself

    async def reset(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        doing = await app.soon(resetting(body))
        await ack()
        app.begin(told_if_failed(app, shown(doing, body), body, respond))

    async def resetting(body: dict[str, Any]) -> Message:
        person, room = await presser(app, body)
        came = await asyncio.to_thread(_reset, app, person, read(body["view"]))
        app.home.refresh(person)
        return room.renderer.notice(" ".join(came.wrong.values()) or came.said)

    async def shown(doing: asyncio.Task[Message], body: dict[str, Any]) -> None:
        await in_dialog(app.office.slack, body, await doing, replace=True)

    app.bolt.action(OPENER)(open_)
    app.bolt.action(RESET)(reset)
    listen_to(app, Kind(SETTLING, (DAYS, ZONE), "channel-failed", filled, drawing, previewed, send))


def preview(app: SlackApp, room: Newsroom, person: Person, form: ChannelForm) -> Message:
    """What the channel would get now.

    Raises:
        DigestsError: When the library cannot be read.
    """
    now, outlet = app.clock(), room.plan.outlet(form.digest, form.channel)
    if not person.admin or outlet is None:
        return room.renderer.notice(_refused(room, person))
    if any(wrong(form, room.catalogue)):
        return room.renderer.notice(room.say("dialog-preview-mend"))
    held = outlet.variant or Variant(form.digest, form.channel, 0, "", now, now, None, "", now)
    digest = room.plan.published(replace(outlet, variant=replace(held, own=form.own)), now)
    feedback, muted = room.feedback(digest.name, now), room.muted(digest.name, digest.channels, now)
    return room.renderer.glimpse(room.desk.edition(digest.spec, now, now, feedback=feedback, muted=muted), now)


def _saved(app: SlackApp, person: Person, form: ChannelForm) -> Came:
    room = app.room.speaking(person.locale)
    if said := {name: room.say(key) for name, key in wrong(form, room.catalogue)}:
        return Came(said)
    return _changed(app, room, person, form, form.own)


def _reset(app: SlackApp, person: Person, form: ChannelForm) -> Came:
    return _changed(app, app.room.speaking(person.locale), person, form, None)


def _changed(app: SlackApp, room: Newsroom, person: Person, form: ChannelForm, own: Own | None) -> Came:
    """Give the channel what it is to have; what it has already changes nothing."""
    try:
        outlet = room.plan.outlet(form.digest, form.channel)
        if outlet is None or not person.admin:
            return Came({TOPICS: _refused(room, person)})
        standard = outlet.standard
        if own == standard_own(standard):
            own = None
        if own != outlet.own:
            like = standard_own(standard) if own is None else own
            made = room.variants.save(
                standard.name,
                outlet.variant.channel if outlet.variant else outlet.channel,
                own,
                serial=form.serial,
                rhythm=rhythm(room.plan.as_wished(standard, like, app.clock())),
                by=person.place,
                now=app.clock(),
                conversation=outlets.conversation(room, outlet),
            )
            if made is None and not _done(room, person, form, own):
                return Came({TOPICS: _overtaken(room, form)})
            if made is not None:
                log.info(
                    "channel's digest changed",
                    digest=standard.name,
                    channel=outlet.channel,
                    by=person.id,
                    own=own is not None,
                    serial=made.serial,
                )
        return Came(said=_told(app, room, form, own))
    except (DigestsError, HeatlineBotError) as error:
        log.error("channel.not_changed", error=str(error))
        return Came({TOPICS: room.tell(NOT_NOW)})


def _done(room: Newsroom, person: Person, form: ChannelForm, own: Own | None) -> bool:
    """Whether this very dialog did that already: it was sent off twice."""
    outlet = room.plan.outlet(form.digest, form.channel)
    variant = outlet.variant if outlet else None
    mine = variant is not None and (variant.serial, variant.by) == (form.serial + 1, person.place)
    return mine and outlet is not None and outlet.own == own


def _told(app: SlackApp, room: Newsroom, form: ChannelForm, own: Own | None) -> str:
    outlet = room.plan.outlet(form.digest, form.channel)
    assert outlet is not None  # it was there just now
    now, language = app.clock(), room.renderer.language
    digest = room.plan.published(outlet, now)
    following = room.plan.next_slot(outlet, now)
    moment = language.moment(following, digest.spec.timezone) if following else ""
    key = "channel-done" if own is not None else "channel-back"
    return room.say(key, title=digest.spec.title, when=outlets.when(digest, language), next=moment)


def _refused(room: Newsroom, person: Person) -> str:
    if not person.admin:
        return room.say("admins-only", usage=room.say("channel-title"))
    return room.say("channel-gone")


def _overtaken(room: Newsroom, form: ChannelForm) -> str:
    outlet = room.plan.outlet(form.digest, form.channel)
    variant = outlet.variant if outlet else None
    if variant is None:
        return room.say("channel-gone")
    moment = room.renderer.language.moment(variant.at, room.settings.timezone)
    return room.say("channel-overtaken", moment=moment)
