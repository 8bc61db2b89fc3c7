"""What becomes of the dialog of a subscription that is sent off or previewed: done once a dialog, or said at its fields."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from bot import subscribed
from bot.commands.placing import Misplaced, placed
from bot.commands.subscribing import ROOT, changeable
from bot.dialogs.form import CHANNEL, ME, MOST_TOPICS, THERE, TOPICS, WHERE, Form, of_subscription, problems, read
from bot.dialogs.live import Came
from bot.errors import NOT_NOW, HeatlineBotError
from bot.people import Person
from bot.readers import Subscription
from bot.readers.subscriptions import MOST, AlreadyThere, TooMany, named
from bot.readers.variants import digest_of
from bot.rights import readable
from bot.when import told
from bot.wiring import Newsroom
from digests.errors import DigestsError
from digests.language import said
from digests.models import Message

if TYPE_CHECKING:
    from bot.app import SlackApp

log = structlog.get_logger(__name__)


class Subscriber:
    """Makes and changes subscriptions as dialogs say, once a dialog, however often it is sent off."""

    def __init__(self, app: SlackApp) -> None:
        self._app = app
        self._running: dict[str, asyncio.Task[Came]] = {}

    async def send(self, view: str, person: Person, form: Form) -> Came:
        """Do what a dialog says. Sent off again while that goes on, it comes to the same end."""
        running = self._running.get(view)
        if running is None:
            running = self._running[view] = asyncio.create_task(self._send(view, person, form))
            running.add_done_callback(lambda _: self._running.pop(view, None))
        return await asyncio.shield(running)

    async def _send(self, view: str, person: Person, form: Form) -> Came:
        room = self._app.room.speaking(person.locale)
        if form.topics == ROOT:
            form = replace(form, topics=())
        wrong = {name: room.say(key) for name, key in problems(form, room.catalogue)}
        if wrong:
            return Came(wrong)
        try:
            if form.where == THERE:
                await placed(self._app.office, person, form.channel, form.origin, {}, carried=True)
            before = await asyncio.to_thread(room.subscriptions.get, form.key) if form.key else None
            if form.key and not (before and changeable(before, person)):
                return Came({TOPICS: room.say("dialog-gone")})
            if before is not None and before.owner != person.place and form.where == ME:
                # It stays its owner's: sent to "me", it would come to somebody who asked for nothing of the kind.
                return Came({WHERE: room.say("dialog-not-to-you")})
            store = _changed if form.key else _added
            return await asyncio.to_thread(store, room, view, person, form, self._app.clock())
        except Misplaced as error:
            # The dialog knows a channel that nobody may see by its id only, which is no name to tell.
            nameless = error.why == said("place-unknown", name=form.channel)
            return Came({CHANNEL: room.say("dialog-unseen") if nameless else room.tell(error.why)})
        except AlreadyThere as error:
            return Came({TOPICS: told_of(room, error.subscription, "subscribe-already")})
        except TooMany as error:
            key = "subscribe-full-channel" if error.channel else "subscribe-full"
            return Came({CHANNEL if error.channel else TOPICS: room.say(key, most=MOST)})
        except (DigestsError, HeatlineBotError) as error:
            log.error("subscription.failed", error=str(error))
            return Came({TOPICS: room.tell(NOT_NOW)})


def _added(room: Newsroom, view: str, person: Person, form: Form, now: datetime) -> Came:
    """Subscribe, once a dialog: claimed before, so that a dialog that is sent off again finds its own subscription."""
    first = room.shares.claim(view, now)
    if not first and room.shares.was_sent(view):
        return Came()
    where = person.id if form.where == ME else form.channel
    try:
        made = room.subscriptions.add(
            person.place, person.team, where, form.topics, form.schedule, form.zone, form.size, person.locale, now
        )
    except AlreadyThere as error:
        if first:
            room.shares.release(view)
            raise
        made = error.subscription  # a process died between adding it and saying so
    except (DigestsError, HeatlineBotError, ValueError):
        room.shares.release(view)
        raise
    room.shares.sent(view)
    return Came(said=told_of(room, made, "dialog-done") if form.origin else "")  # a Home shows it by itself


def _changed(room: Newsroom, _view: str, person: Person, form: Form, now: datetime) -> Came:
    before = room.subscriptions.get(form.key)
    mine = person.id if before is None else before.user
    changed = room.subscriptions.change(
        form.key,
        now=now,
        topics=form.topics,
        cron=form.schedule,
        timezone=form.zone,
        size=form.size,
        where=mine if form.where == ME else form.channel,
    )
    if changed is None:
        return Came({TOPICS: room.say("dialog-gone")})
    return Came(said=told_of(room, changed, "dialog-changed") if form.origin else "")


def preview(room: Newsroom, person: Person, form: Form, now: datetime) -> Message:
    """What a subscription would bring now.

    Raises:
        DigestsError: When the library cannot be read.
    """
    if any(name != CHANNEL for name, _ in problems(form, room.catalogue)):
        return room.renderer.notice(room.say("dialog-preview-mend"))
    where = form.channel if form.where == THERE and form.channel else person.id
    wanted = Subscription(
        form.key,
        person.place,
        person.team,
        where,
        form.topics,
        form.schedule,
        form.zone,
        form.size,
        person.locale,
        now,
        now,
    )
    language = room.renderer.language
    spec = subscribed.spec_of(wanted, room.settings.digests[0], room.catalogue, language, now)
    assert spec is not None  # its topics are all there, or none was wanted
    # There may be no such subscription yet: what counts is what is wanted where it would go.
    feedback = room.feedback(wanted.digest, now) if wanted.id else room.votes.standing([wanted.place], now)
    muted = room.muted_by(wanted.place, now)
    return room.renderer.glimpse(room.desk.edition(spec, now, now, feedback=feedback, muted=muted), now)


async def filled_in(app: SlackApp, person: Person, view: Mapping[str, Any]) -> Form:
    """What was filled in, with the schedule of the subscription that it changes, where the dialog could not show that.

    Raises:
        DigestsError: When the database cannot be read.
    """
    form = read(view)
    found = await asyncio.to_thread(app.room.subscriptions.get, form.key) if form.key else None
    if found is None or not changeable(found, person):
        return form
    return replace(form, cron=of_subscription(found).cron)


async def asked_for(app: SlackApp, person: Person, action: str, value: str, origin: str) -> Form | None:
    """The form that a button opens; None for a subscription that the person may not change, or that has ended.

    Raises:
        DigestsError: When the database cannot be read.
    """
    fresh = Form(zone=person.timezone, origin=origin)
    if action == "home_subscribe":
        return fresh
    key = value if action == "subscription_edit" else named(value)
    found = await asyncio.to_thread(app.room.subscriptions.get, key) if key else None
    if found is not None and not found.ended and changeable(found, person):
        return of_subscription(found, origin)
    if action == "subscription_edit":
        return None
    if found is not None:
        may = await asyncio.to_thread(readable, app.room, value, person.place, origin)
        return replace(fresh, topics=found.topics) if may else fresh
    like = await asyncio.to_thread(app.room.plan.get, value, app.clock())
    if like is None:
        like = next((digest for digest in app.room.settings.digests if digest.name == value), None)
    return replace(fresh, topics=like.spec.topics[:MOST_TOPICS] if like else (), like=digest_of(value) if like else "")


def told_of(room: Newsroom, subscription: Subscription, key: str) -> str:
    """A subscription in words: the message of a key."""
    language = room.renderer.language
    return room.say(
        key,
        what=subscribed.titled(subscription, room.catalogue, language),
        when=f"{told(subscription.cron, language)} ({subscription.timezone})",
        next=language.moment(subscription.next_at, subscription.timezone),
    )
