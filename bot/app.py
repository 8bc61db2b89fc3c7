"""The Slack app: what people touch, over Socket Mode or HTTP alike. Listeners only translate; the commands do the work."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler

from bot import actions, home, manners, modals, pressing, searching, talking, tidying
from bot.allowance import Allowance, Turn
from bot.bolt import Bolt
from bot.commands import news
from bot.delivery import Publisher, posting_client
from bot.delivery.calls import Done
from bot.delivery.outgoing import Client, acknowledge, post_back
from bot.dialogs import settling, subscribing
from bot.errors import TRY_AGAIN, HeatlineBotError
from bot.office import Office
from bot.people import People, Person
from bot.readers import user as user_place
from bot.refusals import told
from bot.repeats import Answers
from bot.replies import over, payload, reply, tell
from bot.settings import SlackSettings
from bot.sharing import MAYBE, Shared, Sharer, dialog
from bot.wiring import Newsroom
from digests.errors import DigestsError
from digests.models import Message

log = structlog.get_logger(__name__)

PATIENCE = 2.2
"""Seconds to answer in the acknowledgement itself; Slack gives up after three. Later answers go to the response_url."""

_LEDGER_PATIENCE = 0.5  # seconds in which the ledger has to say whether something is a repeat
_SOON = 1.0  # seconds in which Slack has to say who asks; a dialog has to open within three

_T = TypeVar("_T")


def slack_error(error: SlackApiError) -> str:
    """Slack's error code, or the HTTP status where something else than Slack answered."""
    return str(error.response.get("error") or f"http_{error.response.status_code}")


def web_client(slack: SlackSettings) -> Client:
    """The client for questions and answers; it may repeat a call that was rate-limited, nothing else."""
    return Client(slack.bot_token, slack.api_url, AsyncRateLimitErrorRetryHandler(max_retry_count=2))


class SlackApp:
    """The Bolt app with its listeners, and the answers that are still on their way."""

    def __init__(
        self, room: Newsroom, slack: SlackSettings, clock: Callable[[], datetime], publisher: Publisher
    ) -> None:
        self.room = room
        self.clock = clock
        self._late: set[asyncio.Task[Any]] = set()
        self._answers = Answers()
        self.allowance = Allowance()
        secret = slack.signing_secret
        self.bolt = Bolt(web_client(slack), secret.get_secret_value() if secret else None)
        posting = posting_client(slack.bot_token, slack.api_url)  # repeats nothing: a find is posted once
        settings = room.settings
        people = People(self.bolt.client, settings.timezone, settings.admins, clock)
        self.office = Office(self.bolt.client, people, publisher, clock())
        self.home = home.Homes(self)
        self._sharer = Sharer(room, self.bolt.client, posting, clock)
        self.bolt.use(self._in_turn)
        # Listeners take their objects by closure: Bolt silently gives None for an argument name it does not know. The first
        # that matches takes a request, so those with names come before the one that takes every button.
        for listen in LISTENERS:
            listen(self)
        self.bolt.command("/news")(self._news)
        self.bolt.action(re.compile("story_menu|story_share"), matchers=[_shares])(self._share)
        self.bolt.action(re.compile(".*"))(self._pressed)
        self.bolt.view(modals.SHARE)(self._shared)
        self.bolt.error(self._failed)

    async def drain(self, seconds: float = 5.0) -> None:
        """Wait for late answers."""
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while self._late and clock() < end:
            await asyncio.wait(self._late, timeout=end - clock())

    def begin(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        """Work that goes on after the acknowledgement; stopping waits for it.

        Bolt hands the acknowledgement over when the listener returns, so a listener begins what may take long.
        """
        task = asyncio.create_task(work)
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        return task

    async def soon(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        """Begin work and wait for it as long as Slack waits for an acknowledgement; then it is done, or goes on."""
        doing = self.begin(work)
        await asyncio.wait({doing}, timeout=PATIENCE)
        return doing

    async def fresh(self, body: dict[str, Any]) -> bool:
        """Whether Slack hands over for the first time that something was pressed or chosen.

        A ledger that is too busy to say stops nobody: what can be pressed does its work once by itself.
        """
        if not (trigger := str(body.get("trigger_id") or "")):
            return True
        asking = self.begin(asyncio.to_thread(self.room.heard.begin, trigger, self.clock(), done=True))
        await asyncio.wait({asking}, timeout=_LEDGER_PATIENCE)
        try:
            return not asking.done() or asking.result()
        except DigestsError as error:
            log.error("slack.not_remembered", error=str(error))
            return True

    async def _in_turn(
        self,
        ack: AsyncAck,
        body: dict[str, Any],
        respond: AsyncRespond,
        next: Callable[[], Awaitable[None]],  # noqa: A002
    ) -> BoltResponse | None:
        """Let what is pressed through, as far as one person may press in a row."""
        turn = Turn.GO
        if body.get("type") == "block_actions":
            team, user = pressing.presser(body)
            turn = self.allowance.take(user_place(self.office.people.team(team), user), self.clock())
        if turn is Turn.GO:
            await next()
            return None
        log.info("slack.too_fast", turn=turn.name)
        if turn is Turn.SLOW_DOWN:
            self.begin(self._slow_down(body, respond))
        return await ack()

    async def _slow_down(self, body: dict[str, Any], respond: AsyncRespond) -> None:
        room = await self.heard(body)
        await reply(self.bolt.client, respond, body, room.renderer.notice(room.say("slow-down")))

    async def _news(self, ack: AsyncAck, command: dict[str, Any], respond: AsyncRespond) -> None:
        question = str(command.get("text") or "")
        trigger = str(command.get("trigger_id") or "")
        asker = asyncio.create_task(self.office.people.person(*pressing.presser(command)))
        answering, again = self._answers.of(trigger, lambda: self._answer(question, command, asker))
        try:
            message = await asyncio.wait_for(asyncio.shield(answering), PATIENCE)
        except TimeoutError:
            room = self.room.speaking(asker.result().locale) if asker.done() else self.room
            await acknowledge(ack, response_type="ephemeral", text=room.say("looking"))
            if not again:
                self.begin(self._answer_late(answering, command, respond))
            return
        await acknowledge(ack, response_type="ephemeral", **payload(message))

    async def asker(self, body: dict[str, Any]) -> tuple[Newsroom, Person]:
        """Who sent a request, and the newsroom in that person's language; in English where Slack does not say soon enough."""
        team, user = pressing.presser(body)
        asking = self.begin(self.office.people.person(team, user))
        await asyncio.wait({asking}, timeout=_SOON)
        if asking.done():
            person = asking.result()
        else:
            person = Person(self.office.people.team(team), user, self.room.settings.timezone, known=False)
        return self.room.speaking(person.locale), person

    async def heard(self, body: dict[str, Any]) -> Newsroom:
        """The newsroom that `asker` gives."""
        room, _ = await self.asker(body)
        return room

    async def _answer(self, question: str, command: dict[str, Any], asker: asyncio.Task[Person]) -> Message:
        person = await asker
        where = str(command.get("channel_id") or "")
        room = self.room.speaking(person.locale)
        message = await news.answer(room, question, self.clock(), person, where, self.office)
        self.home.refresh(person)
        return message

    async def _pressed(self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        """Something under a story: stored first, then acknowledged; so a crash between the two loses nothing."""
        if not await self.fresh(body):
            await ack()
            return
        person = await self.office.people.person(*pressing.presser(body))
        pressed = pressing.read(body, person, self.clock(), self.office)
        doing = await self.soon(actions.act(self.room.speaking(person.locale), pressed))
        doing.add_done_callback(lambda _: self.home.refresh(person))
        if doing.done():
            doing.result()
        await ack()
        replace = pressed.verb in actions.REPLACES and await self._ones_own(body, pressed)
        self.begin(self._reply(doing, body, respond, replace=replace))

    async def _ones_own(self, body: dict[str, Any], pressed: pressing.Pressed) -> bool:
        """Whether what was pressed may be replaced: only one person sees it, and it is no post of a digest."""
        view, container = pressing.dict_of(body.get("view")), pressing.dict_of(body.get("container"))
        if view.get("type") == "modal" or container.get("is_ephemeral"):
            return True
        if not pressed.conversation.startswith("D"):
            return False
        try:
            return await asyncio.to_thread(self.room.ledger.posted, pressed.conversation, pressed.ts) is None
        except HeatlineBotError as error:
            log.error("action.not_placed", error=str(error))
            return False

    async def _reply(
        self, doing: asyncio.Task[Message], body: dict[str, Any], respond: AsyncRespond, *, replace: bool
    ) -> None:
        try:
            message = await doing
        except Exception as error:  # the person waits: tell them
            log.exception("action.late_failed", error=str(error))
            message, replace = (await self.heard(body)).renderer.notice(TRY_AGAIN), False
        await reply(self.bolt.client, respond, body, message, replace=replace)

    async def _share(self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        """Ask where to: within three seconds, since the trigger lives no longer."""
        if not await self.fresh(body):
            await ack()
            return
        person = await self.office.people.person(*pressing.presser(body))
        pressed = pressing.read(body, person, self.clock(), self.office)
        room = self.room.speaking(person.locale)
        shown = await dialog(room, pressed)
        await ack()
        if isinstance(shown, Message):
            self.begin(reply(self.bolt.client, respond, body, shown))
        else:
            self.begin(self._open(shown, body, respond))

    async def _open(self, view: dict[str, Any], body: dict[str, Any], respond: AsyncRespond) -> None:
        opened = await over(self.bolt.client, body, view)
        if not isinstance(opened, Done):
            room = await self.heard(body)
            await reply(self.bolt.client, respond, body, room.renderer.notice(told(opened)))

    async def _shared(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Post the find; what does not work is said at its field, or afterwards where Slack is slow to say."""
        person, sharing = await self.office.people.person(*pressing.presser(body)), modals.shared(view)
        room = self.room.speaking(person.locale)
        doing = await self.soon(self._sharer.share(str(view.get("id", "")), person, sharing))
        if doing.done() and (came := doing.result()).again and came.said:
            await acknowledge(ack, response_action="errors", errors={modals.WHERE: room.tell(came.said)})
            return
        await ack()
        self.begin(self._tell_shared(room, doing, person.id, sharing.origin))

    async def _tell_shared(self, room: Newsroom, doing: asyncio.Task[Shared], person: str, origin: str) -> None:
        try:
            said = (await doing).said
        except Exception as error:  # the dialog is closed: tell them
            log.exception("share.late_failed", error=str(error))
            said = MAYBE
        if said:
            await tell(self.bolt.client, origin, person, room.renderer.notice(room.say("share-said", said=said)))

    async def _answer_late(
        self, answering: asyncio.Task[Message], command: dict[str, Any], respond: AsyncRespond
    ) -> None:
        try:
            content = payload(await answering)
        except Exception as error:  # the person waits: tell them
            log.exception("news.late_answer_failed", error=str(error))
            content = {"text": (await self.heard(command)).tell(TRY_AGAIN)}
        try:
            await post_back(respond, response_type="ephemeral", replace_original=True, **content)
        except Exception as error:  # a task's failure would be seen by nobody
            log.exception("news.late_answer_not_sent", error=str(error))

    async def _failed(
        self, error: Exception, request: AsyncBoltRequest, ack: AsyncAck, respond: AsyncRespond
    ) -> BoltResponse:
        event = request.body.get("type") == "event_callback"
        if isinstance(error, BoltUnhandledRequestError):
            if event:  # one that the app's page asks for and nobody here needs; Slack ends what is refused too often
                log.debug("slack.unheard", kind=(request.body.get("event") or {}).get("type"))
                return BoltResponse(status=200, body="")
            log.warning("slack.unhandled", kind=request.body.get("type") or request.body.get("command"))
            return BoltResponse(status=404, body="")
        log.exception(
            "slack.listener_failed", kind=request.body.get("command") or request.body.get("type"), exc_info=error
        )
        if not ("command" in request.body or request.body.get("type") in ("view_submission", "block_actions")):
            return BoltResponse(status=500 if event else 200, body="")  # an event is told again
        try:
            room = await self.heard(request.body)
        except Exception as again:  # the person waits: tell them, in English then
            log.exception("slack.not_heard", error=str(again))
            room = self.room
        if "command" in request.body:
            return await acknowledge(ack, response_type="ephemeral", text=room.tell(TRY_AGAIN))
        if request.body.get("type") == "view_submission":
            blocks = pressing.dict_of(request.body.get("view")).get("blocks") or []
            fields = [block for block in blocks if block.get("type") == "input"]
            field = str(fields[0].get("block_id")) if fields else modals.WHERE
            return await acknowledge(ack, response_action="errors", errors={field: room.tell(TRY_AGAIN)})
        self.begin(reply(self.bolt.client, respond, request.body, room.renderer.notice(TRY_AGAIN)))
        return BoltResponse(status=200, body="")


LISTENERS: tuple[Callable[[SlackApp], None], ...] = (
    home.listen,
    subscribing.listen,
    settling.listen,
    talking.listen,
    manners.listen,
    tidying.listen,
    searching.listen,  # the last: it takes every button in its own dialogs
)
"""What else listens to Slack: each registers its listeners with the app."""


async def _shares(body: dict[str, Any]) -> bool:
    action = pressing.action_of(body)
    return action.get("action_id") == "story_share" or pressing.chosen(action).startswith("share ")
