"""What somebody pressed: the verb, what it is about, by whom, where and when, from Slack's request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.office import Office
from bot.people import Person
from bot.readers import Place, channel
from bot.readers.places import is_channel
from bot.rights import shared
from bot.wiring import Newsroom
from digests.models import Article


@dataclass(frozen=True, slots=True)
class Pressed:
    """What was pressed: the verb and what it is about, by whom, where, under which message (its ts), and when.

    What is about a story begins with the story's handle; more may follow it.
    """

    verb: str
    about: str
    person: Person
    where: Place
    conversation: str
    ts: str
    now: datetime
    office: Office

    @property
    def who(self) -> Place:
        """The name under which something is kept for the person."""
        return self.person.place

    @property
    def handle(self) -> str:
        """The short name of the story."""
        return self.about.partition(" ")[0]


def presser(body: Mapping[str, Any]) -> tuple[str, str]:
    """Team and id of who pressed, or typed a command, from Slack's request."""
    team, user = body.get("team") or {}, body.get("user") or {}
    return str(team.get("id") or body.get("team_id") or ""), str(user.get("id") or body.get("user_id") or "")


def read(body: Mapping[str, Any], person: Person, now: datetime, office: Office) -> Pressed:
    """What was pressed, from Slack's request.

    A button has its verb in its action_id (``story_save``), an entry of a menu in its value (``save 12``). The verb may be
    one that nobody knows: old messages keep their buttons.
    """
    action = (body.get("actions") or [{}])[0]
    name = str(action.get("action_id", ""))
    value = str((action.get("selected_option") or action).get("value", ""))[:2_000]
    verb, _, about = value.partition(" ") if name == "story_menu" else (name, "", value)
    container = body.get("container") or {}
    conversation = str(container.get("channel_id") or "")
    where = channel(conversation) if conversation and not conversation.startswith("D") else person.place
    ts = str(container.get("message_ts") or "")
    verb = re.sub(r"_\d+\Z", "", verb.removeprefix("story_"))  # buttons in a row need names of their own
    return Pressed(verb, about, person, where, conversation, ts, now, office)


def article_of(room: Newsroom, pressed: Pressed) -> Article | None:
    """The article that something was pressed under, or one that tells the same story; None where there is none any more."""
    return room.desk.by_handle(pressed.handle, room.edition_at(pressed.conversation, pressed.ts))


def counts_in(room: Newsroom, pressed: Pressed) -> Place:
    """Where it counts: in the channel that the button names, or in which a digest is posted, else for the person.

    A button in a direct message may be about a channel.
    """
    named = pressed.about.partition(" ")[2]
    if is_channel(Place(named)):
        return Place(named)
    return pressed.where if shared(room, pressed.conversation) else pressed.who
