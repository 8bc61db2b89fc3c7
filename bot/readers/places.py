"""Names for whom something is kept: a person, a channel, or a digest as its admins see it. One form, used as a key."""

from __future__ import annotations

from typing import NewType

Place = NewType("Place", str)
"""``user:TEAM/USER``, ``channel:CHANNEL`` or ``digest:NAME``."""


def user(team: str, user_id: str) -> Place:
    """A person in a workspace."""
    return Place(f"user:{team}/{user_id}")


def channel(channel_id: str) -> Place:
    """A conversation, which may be shared by workspaces; Slack gives an id once."""
    return Place(f"channel:{channel_id}")


def digest(name: str) -> Place:
    """A digest, for what an admin says of it on the command line."""
    return Place(f"digest:{name}")


def is_channel(place: Place) -> bool:
    """Whether a place is a conversation of several people."""
    return place.startswith("channel:")


def channel_id(place: Place) -> str:
    """Slack's id of a conversation of several people; empty for any other place."""
    return place.partition(":")[2] if is_channel(place) else ""


def user_id(who: Place) -> str:
    """Slack's id of a person."""
    return who.rpartition("/")[2]


def team_of(who: Place) -> str:
    """Slack's id of a person's workspace."""
    return who.removeprefix("user:").rpartition("/")[0]
