"""Who may decide for which channel, whatever a request names: at the wire, the real bot and a pretend Slack."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.readers import channel, user
from playground.slack import ADMIN, NEWS, READER, Message, Person, Workspace
from playground.slack.state import PRIVATE
from tests.bot.test_actions import forged, menu, posted

VOTES = ("story_more", "story_less", "story_tune")


def _workspace() -> Workspace:
    """One in which nobody is an admin, and the bot is in a private channel that one of two people is in."""
    slack = Workspace()
    slack.add_user(replace(ADMIN, is_admin=False))
    slack.change_channel(PRIVATE.id, is_member=True)
    assert ADMIN.id in PRIVATE.members
    assert READER.id not in PRIVATE.members
    return slack


async def _press(slack: Workspace, who: str, parent: Message, verb: str, place: str) -> str:
    handle = menu(parent, "save", 1)[1].split(" ")[1]
    reply = await forged(Person(slack, who), parent, {"action_id": verb, "value": f"{handle} {place}"})
    assert reply.ok, reply.error
    return reply.text


@pytest.mark.parametrize("verb", VOTES)
async def test_a_vote_counts_in_a_named_channel_for_its_members_only(tmp_path: Path, verb: str) -> None:
    async with posted(tmp_path, workspace=_workspace()) as (slack, service, parent):
        there = channel(PRIVATE.id)
        assert "Only members of that channel" in await _press(slack, READER.id, parent, verb, there)
        assert service.room.votes.count(there) == 0
        assert "Only members" not in await _press(slack, ADMIN.id, parent, verb, there)
        assert service.room.votes.count(there) == (0 if verb == "story_tune" else 1)


async def test_ones_own_vote_is_taken_back_also_by_who_has_left(tmp_path: Path) -> None:
    async with posted(tmp_path, workspace=_workspace()) as (slack, service, parent):
        there = channel(PRIVATE.id)
        await _press(slack, ADMIN.id, parent, "story_less", there)
        slack.change_channel(PRIVATE.id, members=())
        assert "no vote" in await _press(slack, READER.id, parent, "story_unvote", there)
        assert service.room.votes.count(there) == 1
        assert "Taken back" in await _press(slack, ADMIN.id, parent, "story_unvote", there)
        assert service.room.votes.count(there) == 0


async def test_a_place_that_is_none_counts_where_it_was_pressed(tmp_path: Path) -> None:
    async with posted(tmp_path, workspace=_workspace()) as (slack, service, parent):
        for odd in ("channel:", "channel:../x", f"channel:{PRIVATE.id} ", f"channel:{PRIVATE.id.lower()}", "digest:ai"):
            await _press(slack, READER.id, parent, "story_less", odd)
            assert service.room.votes.count(channel(NEWS.id)) == 1, odd
            assert service.room.votes.count(user(slack.team_id, READER.id)) == 1, odd


async def test_saving_counts_where_it_is_pressed_whatever_the_button_names(tmp_path: Path) -> None:
    async with posted(tmp_path, workspace=_workspace()) as (slack, service, parent):
        await _press(slack, READER.id, parent, "story_save", channel(PRIVATE.id))
        assert service.room.votes.count(channel(PRIVATE.id)) == 0
        assert service.room.votes.count(channel(NEWS.id)) == 1


@pytest.mark.parametrize("verb", ["story_less", "news_mute", "news_reset_2"])
async def test_a_missing_scope_opens_no_channel_but_the_one_pressed_in(tmp_path: Path, verb: str) -> None:
    async with posted(tmp_path, workspace=_workspace()) as (slack, service, parent):
        slack.scopes -= {"groups:read", "channels:read"}
        person, room = Person(slack, READER.id), service.room
        handle = menu(parent, "save", 1)[1].split(" ")[1]

        async def pressed(place: str) -> str:
            values = {
                "story_less": f"{handle} {place}",
                "news_mute": f"{place} topic robotics",
                "news_reset_2": place,
            }
            return (await forged(person, parent, {"action_id": verb, "value": values[verb]})).text

        assert "I lack the permission" in await pressed(channel(PRIVATE.id))
        assert room.votes.count(channel(PRIVATE.id)) == 0
        assert room.mutes.of(channel(PRIVATE.id)) == ()
        assert "I lack the permission" not in await pressed(channel(NEWS.id))
