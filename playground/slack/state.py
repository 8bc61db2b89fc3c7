"""The state of the pretend workspace: who and what there is, and everything the bot sent to it."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

from playground.slack.faults import Faults
from playground.slack.socket_mode import SocketHub
from playground.slack.values import Call, Channel, Message, ResponseUrl, User, View

BOT_TOKEN = "xoxb-playground-0000-bot"  # noqa: S105  invented: opens nothing but this pretend Slack
APP_TOKEN = "xapp-1-playground-0000-app"  # noqa: S105  as above
SIGNING_SECRET = "playground0000000000000000000000"  # noqa: S105  as above

SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "team:read",
        "users:read",
    }
)

ADMIN = User("U0ADMIN0001", "ada", "Ada Admin", tz="Europe/London", is_admin=True)
READER = User("U0READER001", "rui", "Rui Reader", tz="America/New_York")
NEWS = Channel("C0NEWS00001", "ai-news", members=(ADMIN.id, READER.id))
OTHER = Channel("C0OTHER0001", "robots", members=(ADMIN.id, READER.id))
STRANGE = Channel("C0STRANGE01", "random", is_member=False, members=(ADMIN.id, READER.id))
PRIVATE = Channel("C0PRIVATE01", "board", is_private=True, members=(ADMIN.id,))
ARCHIVED = Channel("C0ARCHIVED1", "old-news", is_archived=True, members=(ADMIN.id,))

RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60.0
TRIGGER_SECONDS = 3.0


class Workspace:
    """One pretend workspace. Everything is open to tests: read it, change it, ask `wait_for` to see something come.

    bot_token, app_token, signing_secret   what the bot must use
    users, channels                        by id; seeded with a few of each
    scopes                                 the OAuth scopes the bot was granted
    calls                                  every Web API call, in order, without its token
    views                                  every modal and Home tab by view id; `homes` the Home tab by user id
    faults                                 what shall go wrong (`workspace.faults.add(Fault(...))`)
    sockets                                the bot's Socket Mode connections
    base_url                               where the server listens, set when it starts
    request_url                            where the bot takes signed HTTP requests, set by the test
    broken_images                          image addresses that Slack cannot download
    refused_blocks                         types of blocks that this workspace does not take, such as context_actions
    channel_interval                       seconds between posts to one channel, else 429 (0: no limit)
    """

    def __init__(
        self,
        *,
        bot_token: str = BOT_TOKEN,
        app_token: str = APP_TOKEN,
        signing_secret: str = SIGNING_SECRET,
        request_url: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.bot_token = bot_token
        self.app_token = app_token
        self.signing_secret = signing_secret
        self.request_url = request_url
        self.clock = clock
        self.base_url = ""
        self.team_id = "T0PLAYGRND1"
        self.team_name = "Playground"
        self.team_domain = "playground"
        self.app_id = "A0HEATLINE1"
        self.bot_id = "B0HEATLINE1"
        self.bot_user = User("U0HEATLINE1", "heatline", "Heatline", is_bot=True)
        self.verification_token = "playground-verification"  # noqa: S105  invented, too
        self.sockets = SocketHub()
        self.faults = Faults()
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._last_ts = 0
        self._numbers = itertools.count(1)
        self.reset()

    def __repr__(self) -> str:
        return f"Workspace({self.team_id}, {self.base_url or 'not running'}, {len(self.calls)} calls)"

    def reset(self) -> None:
        """Forget all that happened and put the seeded people, channels and scopes back; tokens and sockets stay."""
        self.users = {user.id: user for user in (ADMIN, READER, self.bot_user)}
        self.channels = {channel.id: channel for channel in (NEWS, OTHER, STRANGE, PRIVATE, ARCHIVED)}
        self.scopes: set[str] = set(SCOPES)
        self.calls: list[Call] = []
        self.deleted: list[Message] = []
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.triggers: dict[str, tuple[str, float]] = {}
        self.broken_images: set[str] = set()
        self.refused_blocks: set[str] = set()
        self.channel_interval = 0.0
        self.faults.clear()
        self._messages: dict[str, dict[str, Message]] = {}
        self._ephemerals: list[Message] = []
        self.changed()

    # What there is

    def add_user(self, user: User) -> User:
        """Let a person join the workspace."""
        self.users[user.id] = user
        return user

    def add_channel(self, channel: Channel) -> Channel:
        """Open a channel."""
        self.channels[channel.id] = channel
        return channel

    def change_channel(self, channel: str, **changes: Any) -> Channel:
        """Change fields of a channel, such as `is_member` or `is_archived`."""
        changed = dataclasses.replace(self.channels[self.channel_id(channel)], **changes)
        return self.add_channel(changed)

    def find_channel(self, name: str) -> Channel | None:
        """Find a conversation by id, name, #name, or the id of the person it is a direct message with."""
        if name in self.channels:
            return self.channels[name]
        if name in self.users:
            return self.direct_message(name)
        bare = name.removeprefix("#")
        return next((channel for channel in self.channels.values() if not channel.is_im and channel.name == bare), None)

    def channel_id(self, name: str) -> str:
        """The id of a conversation named in any way `find_channel` knows.

        Raises:
            LookupError: there is none.
        """
        channel = self.find_channel(name)
        if channel is None:
            raise LookupError(f"no channel {name!r} in the playground")
        return channel.id

    def direct_message(self, user: str) -> Channel:
        """The bot's direct message with a person, opened when first asked for."""
        identity = "D" + user[1:]
        if identity not in self.channels:
            self.add_channel(Channel(identity, "", is_im=True, user=user, members=(user,)))
        return self.channels[identity]

    # What came

    def next_ts(self) -> str:
        """A message timestamp that is later than all before."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_id(self, letter: str) -> str:
        """An id that was not used before, such as V0000000012."""
        return f"{letter}{next(self._numbers):010d}"

    def store(self, message: Message) -> Message:
        """Take a message in, or in place of the one with the same channel and ts."""
        self._messages.setdefault(message.channel, {})[message.ts] = message
        self.changed()
        return message

    def store_ephemeral(self, message: Message) -> Message:
        """Take an ephemeral message in, or in place of the one with the same channel and ts."""
        same = [index for index, other in enumerate(self._ephemerals) if other.ts == message.ts]
        if same:
            self._ephemerals[same[0]] = message
        else:
            self._ephemerals.append(message)
        self.changed()
        return message

    def find_message(self, channel: str, ts: str) -> Message | None:
        """The message with this ts in a channel id, thread replies included."""
        return self._messages.get(channel, {}).get(ts)

    def delete(self, message: Message) -> None:
        """Remove a message, ephemeral or not."""
        if message.ephemeral_to is None:
            self._messages.get(message.channel, {}).pop(message.ts, None)
        else:
            self._ephemerals = [other for other in self._ephemerals if other.ts != message.ts]
        self.deleted.append(message)
        self.changed()

    def all_messages(self, channel: str | None = None) -> list[Message]:
        """Every message, oldest first, thread replies included; of one channel or of all."""
        chosen = [self.channel_id(channel)] if channel is not None else list(self._messages)
        found = [message for name in chosen for message in list(self._messages.get(name, {}).values())]
        return sorted(found, key=lambda message: message.ts)

    def messages(self, channel: str, thread: str | None = None) -> list[Message]:
        """The messages of a channel, oldest first: the top level, or the replies in the thread under ts `thread`."""
        every = self.all_messages(channel)
        if thread is not None:
            return [message for message in every if message.is_reply and message.thread_ts == thread]
        return [message for message in every if not message.is_reply or message.reply_broadcast]

    def ephemerals(self, channel: str | None = None, user: str | None = None) -> list[Message]:
        """The ephemeral messages, oldest first; of one channel, or for one person."""
        where = None if channel is None else self.channel_id(channel)
        return [
            message
            for message in list(self._ephemerals)
            if where in (None, message.channel) and user in (None, message.ephemeral_to)
        ]

    def calls_of(self, *methods: str) -> list[Call]:
        """The calls of these Web API methods, in order."""
        return [call for call in list(self.calls) if call.method in methods]

    def home(self, user: str) -> View | None:
        """The Home tab that the bot published for a person."""
        return self.homes.get(user)

    def modals(self, user: str | None = None) -> list[View]:
        """The modals that are open, oldest first."""
        return [view for view in list(self.views.values()) if view.type == "modal" and user in (None, view.user)]

    # What Slack hands out

    def issue_trigger(self, user: str) -> str:
        """A trigger_id that opens one modal within 3 seconds."""
        trigger = f"{next(self._numbers)}.{secrets.randbelow(10**9)}.{secrets.token_hex(8)}"
        self.triggers[trigger] = (user, self.clock())
        return trigger

    def issue_response_url(self, user: str, channel: str, message_ts: str | None = None) -> str:
        """A response_url that answers a person five times within 30 minutes."""
        key = secrets.token_hex(12)
        self.response_urls[key] = ResponseUrl(key, user, channel, self.clock(), message_ts)
        return f"{self.base_url}/commands/{self.team_id}/{key}"

    # Waiting

    def changed(self) -> None:
        """Wake everybody who waits for something to come."""
        for loop, event in list(self._waiters):
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    async def wait_for(self, predicate: Callable[[], object], timeout: float = 5.0) -> Any:  # noqa: ASYNC109  the usual name
        """Wait until `predicate()` is true and give its value.

        Raises:
            TimeoutError: it was not within `timeout` seconds; the error lists the last calls.
        """
        loop = asyncio.get_running_loop()
        event = asyncio.Event()
        waiter = (loop, event)
        self._waiters.add(waiter)
        deadline = loop.time() + timeout
        try:
            while True:
                event.clear()
                value = predicate()
                if value:
                    return value
                left = deadline - loop.time()
                if left <= 0:
                    recent = ", ".join(_describe(self.calls[-8:])) or "none"
                    raise TimeoutError(f"nothing came within {timeout:g} s; last Web API calls: {recent}")
                await _sleep_until(event, min(left, 0.05))  # also looks again by itself: predicates may watch the bot
        finally:
            self._waiters.discard(waiter)


async def _sleep_until(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


def _describe(calls: Iterable[Call]) -> list[str]:
    return [f"{call.method} {call.error or call.status}" for call in calls]
