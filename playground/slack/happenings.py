"""What happens in a workspace, with the events that Slack tells of it: the bot comes and goes, channels and people, too."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable

from playground.slack.person import Person, Reply
from playground.slack.values import Channel, Json

InChannel = Callable[[Person, str], Awaitable[Reply]]
"""What a person does to a channel."""


async def invited(person: Person, channel: str, *, named: bool = True) -> Reply:
    """The bot joins a channel, invited by a person; `named` False: by an app, so that Slack names nobody."""
    workspace = person.workspace
    place = workspace.change_channel(channel, is_member=True)
    event: Json = {
        "type": "member_joined_channel",
        "user": workspace.bot_user.id,
        "channel": place.id,
        "channel_type": "G" if place.is_private else "C",
        "team": workspace.team_id,
    }
    return await person.event({**event, "inviter": person.user.id} if named else event)


async def removed(person: Person, channel: str) -> Reply:
    """A person removes the bot from a channel."""
    place = person.workspace.change_channel(channel, is_member=False)
    return await person.event({"type": f"{_family(place)}_left", "channel": place.id, "actor_id": person.user.id})


async def archived(person: Person, channel: str) -> Reply:
    """A person archives a channel."""
    place = person.workspace.change_channel(channel, is_archived=True)
    return await person.event({"type": f"{_family(place)}_archive", "channel": place.id})


async def deleted(person: Person, channel: str) -> Reply:
    """A channel is deleted."""
    workspace = person.workspace
    place = workspace.channels.pop(workspace.channel_id(channel))
    return await person.event({"type": f"{_family(place)}_deleted", "channel": place.id})


async def renamed(person: Person, channel: str, name: str) -> Reply:
    """A channel gets another name."""
    place = person.workspace.change_channel(channel, name=name)
    told = {"id": place.id, "name": name, "created": 1600000000}
    return await person.event({"type": f"{_family(place)}_rename", "channel": told})


async def shared_outside(person: Person, channel: str, new_id: str) -> Reply:
    """A private channel is shared with another company, which gives it another id for ever."""
    workspace = person.workspace
    written = workspace.all_messages(channel)
    old = workspace.channels.pop(workspace.channel_id(channel))
    new = workspace.add_channel(dataclasses.replace(old, id=new_id))
    for message in written:
        workspace.store(dataclasses.replace(message, channel=new.id))
    return await person.event({"type": "channel_id_changed", "old_channel_id": old.id, "new_channel_id": new.id})


async def deactivated(admin: Person, user: str) -> Reply:
    """An admin deactivates somebody."""
    workspace = admin.workspace
    gone = workspace.add_user(dataclasses.replace(workspace.users[user], deleted=True))
    return await admin.event({"type": "user_change", "user": gone.to_json(workspace.clock())})


async def uninstalled(admin: Person) -> Reply:
    """An admin uninstalls the app: its token opens nothing any more."""
    workspace = admin.workspace
    workspace.bot_token += "-revoked"
    return await admin.event({"type": "app_uninstalled"})


def _family(place: Channel) -> str:
    return "group" if place.is_private else "channel"
