"""What dialogs with the fields of a digest have in common: drawn anew while they are filled in, previewed, and sent off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import structlog
from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.delivery.calls import Done, call
from bot.delivery.outgoing import acknowledge
from bot.dialogs import choices
from bot.dialogs.form import TOPICS, ZONE
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

_BRIEF = 1.2  # seconds that a preview is waited for; its trigger lives three
_REMEMBERED = 1_000  # dialogs of which is known what was done in them last


class Filled(Protocol):
    """What was filled in."""

    @property
    def origin(self) -> str:
        """The conversation that the dialog was opened in, if any."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a dialog: what is wrong, by its field; else what is said afterwards, if anything."""

    wrong: Mapping[str, str] = field(default_factory=dict)
    said: str = ""


F = TypeVar("F", bound=Filled)


@dataclass(frozen=True, slots=True)
class Kind(Generic[F]):
    """A kind of dialog.

    ``name`` is its callback_id, and stands before the names of its fields; ``changes`` are those after which it is drawn
    anew. ``failed`` is the message that tells afterwards what went wrong. ``filled_in`` reads it, ``drawn`` draws it,
    ``previewed`` shows what would come, and ``send`` does what the dialog of an id says, once.
    """

    name: str
    changes: tuple[str, ...]
    failed: str
    filled_in: Callable[[Person, Mapping[str, Any]], Awaitable[F]]
    drawn: Callable[[Newsroom, F], dict[str, Any]]
    previewed: Callable[[Newsroom, Person, F], Message]
    send: Callable[[str, Person, F], Coroutine[Any, Any, Came]]


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


async def presser(app: SlackApp, body: Mapping[str, Any]) -> tuple[Person, Newsroom]:
    """Who sent a request, and a newsroom that speaks to that person."""
    person = await app.office.people.person(*of_request(body))
    return person, app.room.speaking(person.locale)


async def told_if_failed(
    app: SlackApp, work: Coroutine[Any, Any, None], body: dict[str, Any], respond: AsyncRespond
) -> None:
    """Do what somebody waits for, and tell where it failed."""
    try:
        await work
    except Exception as error:  # the person waits: tell them
        log.exception("dialog.failed", error=str(error))
        _, room = await presser(app, body)
        await reply(app.office.slack, respond, body, room.renderer.notice(TRY_AGAIN))


def listen_to(app: SlackApp, kind: Kind[F]) -> None:
    """Register what the dialogs of a kind listen to."""
    newest = _Newest()

    async def filled(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        app.begin(redrawn(body))

    async def redrawn(body: dict[str, Any]) -> None:
        """Draw the dialog with the fields that are needed now; of two changes the later one counts."""
        person, room = await presser(app, body)
        view, at = body["view"], float(body["actions"][0].get("action_ts") or 0)
        async with newest.lock(str(view["id"])):
            if newest.is_old(str(view["id"]), at):
                return
            try:
                filled_in = await kind.filled_in(person, view)
            except DigestsError as error:  # sending it off shows the fields that are needed
                log.error("dialog.not_redrawn", kind=kind.name, why=str(error))
                return
            shown = kind.drawn(room, filled_in)
            done = await call("views.update", app.office.slack.views_update, view_id=view["id"], view=shown)
            if not isinstance(done, Done):
                log.info("dialog.not_redrawn", kind=kind.name, why=done.why)

    async def previewed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        app.begin(told_if_failed(app, shown(body), body, respond))

    async def shown(body: dict[str, Any]) -> None:
        person, room = await presser(app, body)
        form = await kind.filled_in(person, body["view"])
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

    def made(room: Newsroom, person: Person, form: F) -> Message:
        try:
            return kind.previewed(room, person, form)
        except (DigestsError, HeatlineBotError) as error:
            log.error("dialog.no_preview", kind=kind.name, error=str(error))
            return room.renderer.notice(NOT_NOW)

    async def sent(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        person, room = await presser(app, body)
        form = await kind.filled_in(person, view)
        again = kind.drawn(room, form)
        if not _fields(again) <= _fields(view):  # an update of the dialog was lost: show what was not asked yet
            await acknowledge(ack, response_action="update", view=again)
            return
        doing = await app.soon(kind.send(str(view.get("id", "")), person, form))
        if doing.done() and (came := doing.result()).wrong:
            await acknowledge(ack, response_action="errors", errors=dict(came.wrong))
            return
        await ack()
        app.begin(finished(doing, person, room, form))

    async def finished(doing: asyncio.Task[Came], person: Person, room: Newsroom, form: F) -> None:
        try:
            came = await doing
        except Exception as error:  # the dialog is closed: tell them
            log.exception("dialog.late_failed", kind=kind.name, error=str(error))
            came = Came({TOPICS: room.tell(TRY_AGAIN)})
        app.home.refresh(person)
        said = room.say(kind.failed, why=" ".join(came.wrong.values())) if came.wrong else came.said
        if said:
            await tell(app.office.slack, form.origin, person.id, room.renderer.notice(said))

    async def topics(ack: AsyncAck, body: dict[str, Any]) -> None:
        room = await app.heard(body)
        options = choices.topics(str(body.get("value", "")), room.catalogue, room.renderer.language)
        await acknowledge(ack, options=options)

    async def zones(ack: AsyncAck, body: dict[str, Any]) -> None:
        await acknowledge(ack, options=choices.zones(str(body.get("value", "")), app.clock()))

    for name in kind.changes:
        app.bolt.action(f"{kind.name}_{name}")(filled)
    app.bolt.action(f"{kind.name}_preview")(previewed)
    app.bolt.options(f"{kind.name}_{TOPICS}")(topics)
    app.bolt.options(f"{kind.name}_{ZONE}")(zones)
    app.bolt.view(kind.name)(sent)


def _fields(view: Mapping[str, Any]) -> set[str]:
    return {block["block_id"] for block in view.get("blocks") or () if block.get("type") == "input"}
