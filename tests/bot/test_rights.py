"""Who may decide for which channel, whatever a request names: at the wire, the real bot and a pretend Slack."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.readers import Subscription, channel, user
from bot.service import Service
from playground.slack import ADMIN, NEWS, OTHER, READER, Message, Person, View, Workspace
from playground.slack.state import PRIVATE
from tests.bot.test_actions import dialog_of, forged, menu, posted
from tests.bot.test_subscription_dialog import chosen, customizable, dialog, home, some
from tests.bot.test_subscription_dialog import pressed as opened

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


# --- what a dialog carried along


async def test_who_has_left_the_channel_a_dialog_was_opened_in_shares_nothing_there(tmp_path: Path) -> None:
    async with posted(tmp_path, workspace=_workspace()) as (slack, _, _):
        member = Person(slack, ADMIN.id)
        (answer,) = (await member.slash("/news", "ai", channel=PRIVATE.id)).messages
        view = await dialog_of(member, answer)
        slack.change_channel(PRIVATE.id, members=())
        refused = await member.submit_view(view, {"conversation": PRIVATE.id})
        assert "not in that conversation" in refused.errors["where"]
        assert slack.messages(PRIVATE.id) == []
        slack.scopes.discard("groups:read")  # it may not ask: then where it was opened is all that it knows
        assert not (await member.submit_view(view, {"conversation": PRIVATE.id})).errors
        assert len(slack.messages(PRIVATE.id)) == 1


async def test_a_share_counts_only_in_a_channel_that_the_person_is_in(tmp_path: Path) -> None:
    async with posted(tmp_path, workspace=_workspace()) as (slack, service, parent):
        slack.add_user(replace(READER, id="U0STRANGER1", name="eve"))
        for who, votes in (("U0STRANGER1", 0), (READER.id, 1)):
            person = Person(slack, who)
            assert not (await person.submit_view(await dialog_of(person, parent), {"conversation": OTHER.id})).errors
            await service.app.drain()
            assert service.room.votes.count(channel(NEWS.id)) == votes
            assert service.room.votes.count(user(slack.team_id, who)) == 1


async def test_who_has_left_the_channel_a_dialog_was_opened_in_subscribes_it_no_more(tmp_path: Path) -> None:
    async with posted(tmp_path, workspace=_workspace()) as (slack, service, _):
        member = Person(slack, ADMIN.id)
        await customizable(slack, service, "daily", PRIVATE.id)
        view = await opened(slack, member, "customize", slack.messages(PRIVATE.id)[-1])
        view = await chosen(slack, member, view, "subscription_where", "there")
        slack.change_channel(PRIVATE.id, members=())
        assert "cannot see this channel" in (await member.submit_view(view, {"channel": PRIVATE.id})).errors["channel"]
        assert service.room.subscriptions.within(PRIVATE.id) == ()


# --- other people's subscriptions


async def _published(service: Service, made: Subscription) -> str:
    """Publish a subscription's edition of now; how buttons name it."""
    slot = utc_now().replace(second=0, microsecond=0)
    spec = service.room.spec(made.digest, slot)
    assert spec is not None
    settings = replace(service.room.settings.digests[0], name=made.digest, channels=(made.where,), spec=spec)
    await service.publisher.publish(settings, slot, utc_now())
    return f"{made.digest} {int(slot.timestamp())}"


@pytest.mark.parametrize("direct", [True, False], ids=["direct", "channel"])
async def test_anothers_subscription_is_read_only_where_it_is_posted(tmp_path: Path, direct: bool) -> None:
    async with posted(tmp_path, workspace=_workspace()) as (slack, service, parent):
        where = READER.id if direct else OTHER.id
        edition = await _published(service, some(service, slack, where))
        owner, other = Person(slack, READER.id), Person(slack, ADMIN.id)
        handle = menu(parent, "save", 1)[1].split(" ")[1]
        there = {place: await customizable(slack, service, "daily", place) for place in (NEWS.id, OTHER.id)}
        for verb, value in (("more_next", f"{edition} 0"), ("story_why", f"{handle} {edition}")):

            async def pressed(person: Person, place: str, verb: str = verb, value: str = value) -> str:
                return (await forged(person, there[place], {"action_id": verb, "value": value})).text

            assert "which edition" in await pressed(other, NEWS.id), verb
            assert "which edition" not in await pressed(owner, NEWS.id), verb
            assert ("which edition" in await pressed(other, OTHER.id)) is direct, verb


async def test_customize_tells_nothing_of_anothers_subscription(tmp_path: Path) -> None:
    async with posted(tmp_path, workspace=_workspace()) as (slack, service, _):
        made = some(service, slack)
        other = Person(slack, ADMIN.id)
        view = await opened(slack, other, "customize", await customizable(slack, service, made.digest))
        assert "Robotics" not in view.visible_text()
        channels = some(service, slack, OTHER.id)
        await _published(service, channels)
        await other.close_view(view)
        view = await opened(slack, other, "customize", await customizable(slack, service, channels.digest, OTHER.id))
        assert "robotics" in str(view.blocks)


# --- schedules and mutes that no dialog or button offers


def _forged_schedule(view: View, key: str) -> View:
    """A dialog as somebody might send it by hand, with a schedule of their own."""
    kept = {"text": {"type": "plain_text", "text": "x"}, "value": "kept"}
    blocks = []
    for block in view.blocks:
        if block.get("block_id") == "days":
            block = {**block, "element": {**block["element"], "initial_option": kept, "options": [kept]}}
        blocks.append(block)
    carried = json.dumps({"key": key, "cron": "* * * * *", "origin": ""})
    return replace(view, payload={**view.payload, "blocks": blocks, "private_metadata": carried})


async def test_a_dialog_cannot_bring_a_schedule_of_its_own(tmp_path: Path) -> None:
    async with posted(tmp_path, workspace=_workspace()) as (slack, service, _):
        person = Person(slack, READER.id)
        store, mine = service.room.subscriptions, user(slack.team_id, READER.id)
        made = some(service, slack, cron="0 9,17 1 * *")
        assert "days" in (await person.submit_view(_forged_schedule(await dialog(slack, person), ""))).errors
        slack.views.clear()
        view = await opened(slack, person, "subscription_edit", await home(slack, person))
        assert (await person.submit_view(_forged_schedule(view, made.id))).errors == {}
        assert [each.cron for each in store.of(mine)] == ["0 9,17 1 * *"]


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ("topic ai", "Everything here is about AI"),
        ("topic no-such-topic", "I know no topic and no publisher called no-such-topic"),
        (f"source {'x' * 201}", "is not muted"),
        ("rumour ai", "is not muted"),
    ],
)
async def test_a_button_mutes_nothing_that_could_not_be_typed(tmp_path: Path, about: str, said: str) -> None:
    async with posted(tmp_path, workspace=_workspace()) as (slack, service, parent):
        for place in (user(slack.team_id, READER.id), channel(NEWS.id)):
            action = {"action_id": "news_mute", "value": f"{place} {about}"}
            assert said in (await forged(Person(slack, READER.id), parent, action)).text
            assert service.room.mutes.of(place) == ()
