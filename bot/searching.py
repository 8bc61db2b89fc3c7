"""The shortcuts: "Search news" from anywhere, and "Related news" of a message. Both answer in a dialog, which only one sees."""

from __future__ import annotations

import asyncio
import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot import actions, messages, pressing
from bot.commands import news
from bot.delivery.calls import Done, Outcome, Refused, call
from bot.delivery.outgoing import acknowledge
from bot.dialogs.choices import plain
from bot.errors import NOT_NOW, TRY_AGAIN
from bot.manifest import RELATED, SEARCH
from bot.messages import Said
from bot.people import Person
from bot.pressing import Pressed
from bot.refusals import told
from bot.replies import dialog_of, over, reply, view_id
from bot.sharing import dialog
from bot.wiring import Newsroom
from digests.library.feedbook import twins
from digests.models import Message
from digests.rendering import Button
from digests.sources.feeds.addresses import canonical

if TYPE_CHECKING:
    from bot.app import SlackApp

FOUND = "news_found"
"""The callback_id of a dialog that lies upon one of these, with what came of something pressed there."""

_QUESTION = "question"

log = structlog.get_logger(__name__)


def listen(app: SlackApp) -> None:
    """Listen to the shortcuts, and to what is done in their dialogs."""
    searching = _Searching(app)
    app.bolt.global_shortcut(SEARCH)(searching.begun)
    app.bolt.message_shortcut(RELATED)(searching.related)
    app.bolt.view(SEARCH)(searching.asked)
    app.bolt.action(re.compile(".*"), matchers=[_in_our_view])(searching.pressed)


async def _in_our_view(body: dict[str, Any]) -> bool:
    return pressing.dict_of(body.get("view")).get("callback_id") in (SEARCH, RELATED, FOUND)


class _Searching:
    """What the listeners share."""

    def __init__(self, app: SlackApp) -> None:
        self._app = app

    async def begun(self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        """Ask what to search for."""
        fresh = await self._app.fresh(body)
        await ack()
        if fresh:
            self._app.begin(self._ask(body, respond))

    async def _ask(self, body: dict[str, Any], respond: AsyncRespond) -> None:
        room, _ = await self._app.asker(body)
        opened = await over(self._app.bolt.client, body, search_view(room))
        if not isinstance(opened, Done):
            await self._reply(body, respond, room.renderer.notice(told(opened)))

    async def asked(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Answer in the dialog; where that takes too long, it says so until the answer is there."""
        room, person = await self._app.asker(body)
        question = question_of(view)
        doing = await self._app.soon(self._answer(room, person, question))
        if doing.done():
            await acknowledge(ack, response_action="update", view=search_view(room, question, doing.result()))
            return
        looking = room.renderer.notice(room.say("search-looking"))
        await acknowledge(ack, response_action="update", view=search_view(room, question, looking))
        self._app.begin(self._answer_late(room, doing, question, str(view.get("id", ""))))

    async def _answer_late(self, room: Newsroom, doing: asyncio.Task[Message], question: str, view: str) -> None:
        await self._update(view, search_view(room, question, await doing))

    async def _answer(self, room: Newsroom, person: Person, question: str) -> Message:
        try:
            return await news.answer(room, question, self._app.clock(), person, "", self._app.office)
        except Exception as error:  # the person waits: tell them
            log.exception("search.failed", error=str(error))
            return room.renderer.notice(TRY_AGAIN)

    async def related(self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        """Look for news like a message: the story of its link, else its words. They are neither kept nor logged."""
        fresh = await self._app.fresh(body)
        await ack()
        if fresh:
            self._app.begin(self._relate(body, respond))

    async def _relate(self, body: dict[str, Any], respond: AsyncRespond) -> None:
        room, person = await self._app.asker(body)
        looking = found_view(room, room.renderer.notice(room.say("search-looking")), RELATED)
        view = view_id(await over(self._app.bolt.client, body, looking))
        try:
            said = messages.read(body.get("message"))
            message = await asyncio.to_thread(related, room, said, self._app, person)
        except Exception as error:  # noqa: BLE001  # no traceback: it may quote what was written
            log.error("related.failed", error=type(error).__name__)
            message = room.renderer.notice(NOT_NOW)
        if not view or not isinstance(await self._update(view, found_view(room, message, RELATED)), Done):
            await self._reply(body, respond, message)

    async def pressed(self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        """Something in one of the dialogs: what is turned or asked anew stays in it, all else lies upon it."""
        if not await self._app.fresh(body):
            await ack()
            return
        room, person = await self._app.asker(body)
        pressed = pressing.read(body, person, self._app.clock(), self._app.office)
        doing = await self._app.soon(self._do(room, pressed))
        await ack()
        self._app.begin(self._show(room, pressed, doing, body, respond))

    async def _do(self, room: Newsroom, pressed: Pressed) -> Message | dict[str, Any]:
        """What comes of it: a message, or the dialog that shares a story."""
        return await (dialog if pressed.verb == "share" else actions.act)(room, pressed)

    async def _show(
        self,
        room: Newsroom,
        pressed: Pressed,
        doing: asyncio.Task[Message | dict[str, Any]],
        body: dict[str, Any],
        respond: AsyncRespond,
    ) -> None:
        try:
            shown = await doing
        except Exception as error:  # the person waits: tell them
            log.exception("action.late_failed", error=str(error))
            shown = room.renderer.notice(TRY_AGAIN)
        here = body.get("view") or {}
        done: Outcome
        if isinstance(shown, Message) and pressed.verb in actions.REPLACES:
            view = _in_place(room, here, shown, pressed)
            done = await self._update(str(here.get("id", "")), view, str(here.get("hash", "")))
        else:
            view = found_view(room, shown, FOUND) if isinstance(shown, Message) else shown
            done = await over(self._app.bolt.client, body, view)
        if not isinstance(done, Done):
            log.info("search.not_shown", why=done.why)
            if isinstance(done, Refused) and done.row.code == "hash_conflict":
                return  # a double click: what the first brought stands there
            message = shown if isinstance(shown, Message) else room.renderer.notice(told(done))
            await self._reply(body, respond, message)

    async def _update(self, view_id: str, view: dict[str, Any], seen: str = "") -> Outcome:
        """Change a dialog; `seen` is the state in which it was pressed, where it must not have changed since."""
        known = {"hash": seen} if seen else {}
        return await call("views.update", self._app.bolt.client.views_update, view_id=view_id, view=view, **known)

    async def _reply(self, body: dict[str, Any], respond: AsyncRespond, message: Message) -> None:
        await reply(self._app.bolt.client, respond, body, message)


def related(room: Newsroom, said: Said, app: SlackApp, person: Person) -> Message:
    """What the library has about a message: the story of the first of its links that is there, else what is like its words.

    Raises:
        DigestsError: For a library that cannot be read.
    """
    now = app.clock()
    ways = {way: link for link in said.links for way in _ways(link)}
    there = room.library.rows(ways)
    order = {link: place for place, link in enumerate(said.links)}
    for url in sorted(there, key=lambda way: order[ways[way]]):
        handle = room.desk.handles([url]).get(url, "")
        if (story := room.desk.story(handle)) is not None:
            coverage = room.renderer.coverage(story, now, person.timezone)
            buttons = [
                Button(room.say("found-save"), "story_save", handle),
                Button(room.say("found-share"), "story_share", handle),
            ]
            offered = room.renderer.notice(room.say("related-known"), buttons=buttons)
            return Message(coverage.text, (*coverage.blocks, *offered.blocks))
    if not any(letter.isalpha() for letter in said.words):
        return room.renderer.notice(room.say("related-no-words"))
    answer = room.desk.alike(said.words, now, timezone=person.timezone)
    if not answer.stories:
        return room.renderer.notice(room.say("related-nothing"))
    return news.answered(room, answer, now)


def _ways(link: str) -> tuple[str, ...]:
    """The addresses under which the library may have what a link leads to."""
    plain = canonical(link)
    return tuple(dict.fromkeys(filter(None, (link, plain, *twins(plain)))))


def question_of(view: dict[str, Any]) -> str:
    """What was typed. Slack sends it, so it may be anything."""
    blocks = (view.get("state") or {}).get("values") or {}
    fields = (block.get(_QUESTION) for block in blocks.values() if isinstance(block, dict))
    return next((str(field.get("value") or "") for field in fields if isinstance(field, dict)), "")


def search_view(room: Newsroom, question: str = "", answer: Message | None = None) -> dict[str, Any]:
    """The dialog that searches: a field, and beneath it the answer to what was asked last."""
    blocks = [_field(room, question), *(answer.blocks if answer else ())]
    return _view(room, SEARCH, "search-title", blocks, submit=plain(room.say("search-go")))


def found_view(room: Newsroom, message: Message, kind: str) -> dict[str, Any]:
    """A dialog that shows a message."""
    return _view(room, kind, "related-title" if kind == RELATED else "found-title", list(message.blocks))


def _in_place(room: Newsroom, here: dict[str, Any], message: Message, pressed: Pressed) -> dict[str, Any]:
    """A dialog of ours with something else in it; what is typed in its field stays, unless another question is asked."""
    kind = str(here.get("callback_id", ""))
    if kind != SEARCH:
        return found_view(room, message, kind)
    asked = pressed.about if pressed.verb == "news_ask" else ""
    view = search_view(room, asked, message)
    field = next((block for block in here.get("blocks", []) if block.get("type") == "input"), None)
    return view if asked or field is None else {**view, "blocks": [field, *view["blocks"][1:]]}


def _view(room: Newsroom, kind: str, title: str, blocks: list[Any], **more: Any) -> dict[str, Any]:
    return dialog_of(blocks, room.say(title), callback_id=kind, close=plain(room.say("found-close")), **more)


def _field(room: Newsroom, question: str) -> dict[str, Any]:
    typed = question[: news.LONGEST].encode(errors="replace").decode()  # half a character is none that Slack takes
    # Slack keeps what is typed in a field of the same name: another question needs another name.
    name = blake2b(typed.encode(), digest_size=4).hexdigest()
    element = {
        "type": "plain_text_input",
        "action_id": _QUESTION,
        "max_length": news.LONGEST,
        "placeholder": plain(room.say("search-hint")),
        **({"initial_value": typed} if typed else {}),
    }
    return {
        "type": "input",
        "block_id": f"{_QUESTION}-{name}",
        "label": plain(room.say("search-label")),
        "element": element,
    }
