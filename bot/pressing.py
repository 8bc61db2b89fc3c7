"""What somebody pressed: the verb, what it is about, by whom, where and when, from Slack's request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.membership import PLACE
from bot.office import Office
from bot.people import Person
from bot.readers import Place, channel
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
    """A team and the id of who pressed, or typed a command, from Slack's request.

    The team is the served one or the person's own, as Slack likes, or none: `bot.people.People` knows which one counts.
    """
    team, user = dict_of(body.get("team")), dict_of(body.get("user"))
    return str(team.get("id") or body.get("team_id") or ""), str(user.get("id") or body.get("user_id") or "")


def dict_of(value: object) -> Mapping[str, Any]:
    """A part of a request that ought to be an object; an empty one where it is something else."""
    return value if isinstance(value, Mapping) else {}


def action_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was pressed or chosen, as Slack describes it; empty where nothing was."""
    actions = body.get("actions")
    return dict_of(actions[0]) if isinstance(actions, list) and actions else {}


def chosen(action: Mapping[str, Any]) -> str:
    """The value of the entry that was chosen of a menu; empty for a button."""
    return str(dict_of(action.get("selected_option")).get("value", ""))


def read(body: Mapping[str, Any], person: Person, now: datetime, office: Office) -> Pressed:
    """What was pressed, from Slack's request.

    A button has its verb in its action_id (``story_save``), an entry of a menu in its value (``save 12``). The verb may be
    one that nobody knows: old messages keep their buttons.
    """
    action = action_of(body)
    name = str(action.get("action_id", ""))
    value = str((dict_of(action.get("selected_option")) or action).get("value", ""))[:2_000]
    verb, _, about = value.partition(" ") if name == "story_menu" else (name, "", value)
    container = dict_of(body.get("container"))
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

    A button in a direct message may be about a channel: who presses it has to be asked about, see `bot.rights.refused`.
    """
    return named_channel(pressed.about.partition(" ")[2]) or counts_here(room, pressed)


def counts_here(room: Newsroom, pressed: Pressed) -> Place:
    """Where it counts, whatever the button names: in a channel in which a digest is posted, else for the person."""
    return pressed.where if shared(room, pressed.conversation) else pressed.who


def named_channel(name: str) -> Place | None:
    """The channel that a button names, if it names one."""
    kind, _, conversation = name.partition(":")
    return channel(conversation) if kind == "channel" and PLACE.fullmatch(conversation) else None
