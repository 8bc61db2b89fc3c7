"""A person in the pretend Slack: types commands, presses buttons, fills in modals, and sees what comes back."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from playground.slack import forms, responses, views
from playground.slack.delivery import Acknowledged, Kind, deliver
from playground.slack.limits import Refusal, check_options, check_view
from playground.slack.state import ADMIN, NEWS, Workspace
from playground.slack.values import Channel, Json, Message, View

PATIENCE = 2.0
_NAME = re.compile(r"(?<![\w/&])[#@][\w-]+")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one thing a person did.

    status, body, seconds   the bot's ack: HTTP status (0: none came), what it carried, how long it took
    error                   what Slack shows the person: `operation_timeout`, `dispatch_failed`, or the error code of
                            an ack that is no valid message (`invalid_blocks`)
    """

    status: int
    body: Any
    error: str | None
    seconds: float
    workspace: Workspace = field(repr=False)
    user: str
    channel: str
    trigger_id: str
    response_key: str
    started: float
    seen: frozenset[str] = field(repr=False)
    kind: Kind = "interactive"
    payload: Json = field(default_factory=dict, repr=False)

    @property
    def ok(self) -> bool:
        """Whether the bot acknowledged in time and properly."""
        return self.error is None and self.status == 200

    @property
    def timed_out(self) -> bool:
        """Whether the ack took longer than Slack's three seconds."""
        return self.error == "operation_timeout"

    @property
    def messages(self) -> list[Message]:
        """The messages of this reply so far, oldest first: from the ack, the response_url and chat.postEphemeral.

        For an event, which has no response_url: everything the bot has put into the conversation since.
        """
        visible = [*self.workspace.ephemerals(self.channel, self.user), *self.workspace.all_messages(self.channel)]
        fresh = [m for m in visible if m.ts not in self.seen and m.bot_id]
        mine = [m for m in fresh if m.ephemeral_to or m.origin == self.response_key or not self.response_key]
        others = set(self.workspace.response_urls) - {self.response_key}
        return sorted((m for m in mine if m.origin not in others), key=lambda message: message.ts)

    @property
    def text(self) -> str:
        """All words of the reply's messages, as a person sees them."""
        return "\n".join(message.visible_text() for message in self.messages)

    @property
    def views(self) -> list[View]:
        """The modals that this act opened."""
        return [view for view in list(self.workspace.views.values()) if view.trigger_id == self.trigger_id]

    @property
    def errors(self) -> Json:
        """The complaints by block_id with which the bot sent a modal back."""
        told = self.body if isinstance(self.body, dict) else {}
        return dict(told.get("errors", {})) if told.get("response_action") == "errors" else {}

    @property
    def answered(self) -> float | None:
        """Seconds until the first message stood there, None while there is none."""
        return self.messages[0].at - self.started if self.messages else None

    async def first(self, timeout: float = 5.0) -> Message:  # noqa: ASYNC109  as in wait_for
        """Wait for the first message of the reply.

        Raises:
            TimeoutError: none came.
        """
        await self.workspace.wait_for(lambda: self.messages, timeout)
        return self.messages[0]


class Person:
    """One person at work. Over Socket Mode when the bot is connected there, else by signed HTTP to its request URL."""

    def __init__(
        self,
        workspace: Workspace,
        user: str = ADMIN.id,
        *,
        request_url: str = "",
        transport: Literal["auto", "http", "socket"] = "auto",
    ) -> None:
        self.workspace = workspace
        self.user = workspace.users[user]
        self.request_url = request_url
        self.transport = transport

    async def slash(
        self,
        command: str,
        text: str = "",
        *,
        channel: str = NEWS.id,
        sign: bool = True,
        age: float = 0.0,
        patience: float = PATIENCE,
        names: bool = True,
    ) -> Reply:
        """Type a slash command.

        sign=False forges the signature; `age` makes the request that many seconds old. When the ack carries nothing,
        waits up to `patience` seconds for the first message. Text is escaped (& < >), and names of channels and people with
        it where `names` says so, as Slack does for a command with should_escape.
        """
        place = self._place(channel)
        trigger, address, key = self._handles(place.id)
        payload: Json = {
            "token": self.workspace.verification_token,
            "team_id": self.workspace.team_id,
            "team_domain": self.workspace.team_domain,
            "channel_id": place.id,
            "channel_name": "directmessage" if place.is_im else place.name,
            "user_id": self.user.id,
            "user_name": self.user.name,
            "command": command,
            "text": self._named(escape(text.strip())) if names else escape(text.strip()),
            "api_app_id": self.workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": address,
            "trigger_id": trigger,
        }
        return await self._act("slash_commands", payload, place, trigger, key, patience, sign=sign, age=age)

    async def click(
        self,
        action_id: str,
        value: Any = None,
        on: Message | View | None = None,
        *,
        block_id: str | None = None,
        sign: bool = True,
        age: float = 0.0,
        patience: float = 0.0,
    ) -> Reply:
        """Press a button or choose something in a message or view; only what is really there can be pressed.

        `value` is the button's value (when several share an action_id), the chosen option's value, or a list of them.

        Raises:
            LookupError: there is no such element or option.
        """
        if on is None:
            raise LookupError("say what to click on: a message or a view")
        block, element = forms.find(on.blocks, action_id, value, block_id)
        acted = forms.action(block, element, value, f"{self.workspace.clock():.6f}")
        if isinstance(on, View):
            if not forms.dispatches(on.blocks, block):
                raise LookupError(
                    f"the input {block!r} tells the bot nothing before it is sent off: no dispatch_action"
                )
            on = self._filled(on, {block: {element["action_id"]: forms.entry(element, value)}})
        body, place = self._on_message(on) if isinstance(on, Message) else (self._on_view(on), None)
        trigger, address, key = self._handles(place.id if place else "", on.ts if isinstance(on, Message) else None)
        payload = {**self._interaction("block_actions", trigger), **body, "actions": [acted]}
        if isinstance(on, Message):
            payload["response_url"] = address
        return await self._act("interactive", payload, place, trigger, key, patience, sign=sign, age=age)

    def fill(self, view: View, values: Mapping[str, Any]) -> View:
        """Fill in a modal, by action_id or block_id, without sending it off; what is filled in outlives an update of it.

        Raises:
            LookupError: the modal has no such input or option.
        """
        return self._filled(view, forms.entries(self._now(view).blocks, values))

    async def submit_view(
        self, view: View, values: Mapping[str, Any] | None = None, *, patience: float = 0.0, **forgery: Any
    ) -> Reply:
        """Fill in a modal (`values` by action_id or block_id; presets stay) and send it off.

        The bot's answer is carried out: errors are in `reply.errors`, update and push change the view, else it closes.

        Raises:
            LookupError: the modal has no such input or option.
            ValueError: a required input is empty, so that Slack would not send the modal.
        """
        state, empty = forms.state_values(view.blocks, values or {}, self._now(view).filled)
        if empty:
            raise ValueError(f"please complete these fields: {', '.join(empty)}")
        trigger, _, key = self._handles("")
        payload = {**self._interaction("view_submission", trigger), **self._on_view(view, state), "response_urls": []}
        reply = await self._act("interactive", payload, None, trigger, key, patience, **forgery)
        return self._carry_out(view, reply)

    async def close_view(self, view: View) -> Reply:
        """Close a modal by its cross; the bot hears of it when the view asked for that."""
        trigger, _, key = self._handles("")
        payload = {**self._interaction("view_closed", trigger), **self._on_view(view), "is_cleared": False}
        self.workspace.views.pop(view.id, None)
        return await self._act("interactive", payload, None, trigger, key, 0.0)

    async def suggest(self, action_id: str, typed: str, view: View) -> Reply:
        """Type into an external select; the options are in `reply.body`.

        Raises:
            LookupError: there is no such element.
            ValueError: the bot answered with options that Slack refuses.
        """
        block, element = forms.find(view.blocks, action_id)
        trigger, _, key = self._handles("")
        named = {"action_id": element["action_id"], "block_id": block, "value": typed}
        payload = {**self._interaction("block_suggestion", trigger), **self._on_view(view), **named}
        reply = await self._act("interactive", payload, None, trigger, key, 0.0)
        refusal = check_options(reply.body)
        if reply.ok and refusal is not None:
            raise ValueError(f"the bot answered with options that Slack refuses: {refusal}")
        return reply

    async def shortcut(self, callback_id: str, on: Message | None = None, *, patience: float = 0.0) -> Reply:
        """Use a global shortcut, or a message shortcut on a message."""
        body, place = self._on_message(on) if on else ({}, None)
        trigger, address, key = self._handles(place.id if place else "", on.ts if on else None)
        kind = "message_action" if on else "shortcut"
        named: Json = {"callback_id": callback_id, "action_ts": f"{self.workspace.clock():.6f}"}
        if on:
            named |= {"response_url": address, "message_ts": on.ts}
        payload = {**self._interaction(kind, trigger), **body, **named}
        return await self._act("interactive", payload, place, trigger, key, patience)

    async def event(
        self,
        event: Json,
        *,
        event_id: str = "",
        retry: tuple[int, str] | None = None,
        patience: float = 0.0,
        **forgery: Any,
    ) -> Reply:
        """Let something happen, such as {"type": "app_home_opened", ...}; `event_id` and `retry` repeat an old one."""
        full: Json = {"user": self.user.id, "event_ts": self.workspace.next_ts(), **event}
        payload: Json = {
            "token": self.workspace.verification_token,
            "team_id": self.workspace.team_id,
            "api_app_id": self.workspace.app_id,
            "event": full,
            "type": "event_callback",
            "event_id": event_id or "Ev" + secrets.token_hex(5).upper(),
            "event_time": int(self.workspace.clock()),
            "authorizations": [
                {"team_id": self.workspace.team_id, "user_id": self.workspace.bot_user.id, "is_bot": True}
            ],
        }
        place = self.workspace.find_channel(str(full.get("channel", "")))
        return await self._act("events_api", payload, place, "", "", patience, retry=retry, **forgery)

    async def say(self, text: str, *, channel: str = NEWS.id, thread: str | None = None) -> tuple[Message, Reply]:
        """Write into a channel or direct message; the bot gets the event. A mention of it is `app_mention`."""
        place = self._place(channel)
        workspace = self.workspace
        message = workspace.store(
            Message(
                place.id,
                workspace.next_ts(),
                escape_text(text),
                self.user.id,
                thread_ts=thread,
                origin="person",
                at=workspace.clock(),
            )
        )
        mentioned = f"<@{workspace.bot_user.id}>" in text and not place.is_im
        body: Json = {
            "type": "app_mention" if mentioned else "message",
            "channel": place.id,
            "ts": message.ts,
            "text": message.text,
            "team": workspace.team_id,
        }
        if not mentioned:
            body["channel_type"] = "im" if place.is_im else "group" if place.is_private else "channel"
        if thread:
            body["thread_ts"] = thread
        return message, await self.event(body)

    async def mention(self, text: str, *, channel: str = NEWS.id, thread: str | None = None) -> tuple[Message, Reply]:
        """Write a message that mentions the bot."""
        return await self.say(f"<@{self.workspace.bot_user.id}> {text}", channel=channel, thread=thread)

    async def tell(self, text: str) -> tuple[Message, Reply]:
        """Write the bot a direct message."""
        return await self.say(text, channel=self.workspace.direct_message(self.user.id).id)

    async def open_home(self, tab: Literal["home", "messages"] = "home") -> Reply:
        """Open the bot's Home tab."""
        channel = self.workspace.direct_message(self.user.id).id
        home = self.workspace.home(self.user.id)
        shown = {"view": self._on_view(home)["view"]} if home and tab == "home" else {}
        return await self.event({"type": "app_home_opened", "channel": channel, "tab": tab, **shown})

    def _named(self, text: str) -> str:
        """Names of channels and people in a command as Slack hands them over: `#robots` as `<#C123|robots>`."""
        named = {f"#{c.name}": f"<#{c.id}|{c.name}>" for c in self.workspace.channels.values() if self._sees(c)}
        named |= {f"@{user.name}": f"<@{user.id}|{user.name}>" for user in self.workspace.users.values()}
        return _NAME.sub(lambda match: named.get(match[0], match[0]), text)

    def _sees(self, channel: Channel) -> bool:
        return not channel.is_im and (not channel.is_private or self.user.id in channel.members)

    async def again(self, reply: Reply, *, retry: tuple[int, str] | None = (1, "http_timeout")) -> Reply:
        """Let Slack hand over once more what brought a reply, as it does where an ack was lost; word for word the same."""
        place = self.workspace.find_channel(reply.channel)
        return await self._act(reply.kind, reply.payload, place, reply.trigger_id, reply.response_key, 0.0, retry=retry)

    def _place(self, channel: str) -> Channel:
        return self.workspace.channels[self.workspace.channel_id(channel)]

    def _handles(self, channel: str, message_ts: str | None = None) -> tuple[str, str, str]:
        """A trigger_id, a response_url and the key of the latter."""
        address = self.workspace.issue_response_url(self.user.id, channel, message_ts)
        return self.workspace.issue_trigger(self.user.id), address, address.rpartition("/")[2]

    def _interaction(self, kind: str, trigger: str) -> Json:
        own = self.user.team or self.workspace.team_id
        # A dialog that is sent off names the workspace of the person, everything else the one of the app.
        named = own if kind == "view_submission" else self.workspace.team_id
        team = {"id": named, "domain": self.workspace.team_domain}
        user = {"id": self.user.id, "username": self.user.name, "name": self.user.name, "team_id": own}
        return {
            "type": kind,
            "team": team,
            "user": user,
            "api_app_id": self.workspace.app_id,
            "token": self.workspace.verification_token,
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": trigger,
        }

    def _on_message(self, message: Message) -> tuple[Json, Channel]:
        place = self.workspace.channels[message.channel]
        ephemeral = message.ephemeral_to is not None
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": place.id,
            "is_ephemeral": ephemeral,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        body: Json = {
            "container": container,
            "channel": {"id": place.id, "name": "directmessage" if place.is_im else place.name},
            "state": {"values": forms.state_values(message.blocks, {})[0]},
        }
        if not ephemeral:
            body["message"] = message.to_json()
        return body, place

    def _on_view(self, view: View, values: Json | None = None) -> Json:
        workspace = self.workspace
        state = forms.state_values(view.blocks, {}, self._now(view).filled)[0] if values is None else values
        told = view.to_json(team=workspace.team_id, app_id=workspace.app_id, bot_id=workspace.bot_id, values=state)
        return {"container": {"type": "view", "view_id": view.id}, "view": told}

    def _now(self, view: View) -> View:
        """The view as it stands there now; the one that was seen last where it is closed."""
        return self.workspace.views.get(view.id, view)

    def _filled(self, view: View, entries: Json) -> View:
        now = self._now(view)
        filled = {block: {**now.filled.get(block, {}), **entry} for block, entry in entries.items()}
        return views.change(self.workspace, view, {**now.filled, **filled})

    async def _act(
        self,
        kind: Kind,
        payload: Json,
        place: Channel | None,
        trigger: str,
        key: str,
        patience: float,
        *,
        sign: bool = True,
        age: float = 0.0,
        retry: tuple[int, str] | None = None,
    ) -> Reply:
        workspace = self.workspace
        seen = frozenset(m.ts for m in [*workspace.ephemerals(), *workspace.all_messages()])
        started = workspace.clock()
        ack = await deliver(
            workspace,
            kind,
            payload,
            transport=self.transport,
            request_url=self.request_url,
            signed=sign,
            age=age,
            retry=retry,
        )
        error = ack.error
        if kind == "slash_commands" and error is None:
            error = self._show(ack, key)
        reply = Reply(
            status=ack.status,
            body=ack.body,
            error=error,
            seconds=ack.seconds,
            workspace=workspace,
            user=self.user.id,
            channel=place.id if place else workspace.direct_message(self.user.id).id,
            trigger_id=trigger,
            response_key=key,
            started=started,
            seen=seen,
            kind=kind,
            payload=payload,
        )
        if reply.ok and patience:
            await self._await_answer(reply, patience)
        return reply

    def _show(self, ack: Acknowledged, key: str) -> str | None:
        """Show what the ack of a slash command carried; gives Slack's complaint if it is no valid message."""
        body = {"text": ack.body} if isinstance(ack.body, str) else ack.body
        if not body:
            return None
        try:
            responses.apply(self.workspace, self.workspace.response_urls[key], body)
        except Refusal as refusal:
            return refusal.error
        return None

    async def _await_answer(self, reply: Reply, patience: float) -> None:
        with contextlib.suppress(TimeoutError):
            await self.workspace.wait_for(lambda: reply.messages or reply.views, patience)

    def _carry_out(self, view: View, reply: Reply) -> Reply:
        """Do with a modal what the ack says."""
        if not reply.ok:
            return reply
        told = reply.body if isinstance(reply.body, dict) else {}
        deed = told.get("response_action")
        if deed in ("update", "push"):
            refusal = check_view(told.get("view"))
            if refusal is not None:
                raise ValueError(f"the bot answered the modal with a view that Slack refuses: {refusal}")
            if deed == "update":
                views.replace(self.workspace, view, told["view"])
            else:
                views.show(self.workspace, self.user.id, told["view"], reply.trigger_id)
        elif deed == "clear":
            for modal in self.workspace.modals(self.user.id):
                self.workspace.views.pop(modal.id)
        elif deed != "errors":
            self.workspace.views.pop(view.id, None)
        self.workspace.changed()
        return reply


def escape(text: str) -> str:
    """Escape & < > as Slack does before it hands a person's text to an app."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_text(text: str) -> str:
    """Escape a message, but keep mentions such as <@U1> that Slack's own editor made."""
    parts = text.split("<@")
    rest = [f"<@{head}>{escape(tail)}" for head, _, tail in (part.partition(">") for part in parts[1:])]
    return escape(parts[0]) + "".join(rest)
