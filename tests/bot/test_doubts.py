"""A message that may be in Slack and may not be looked up: it is left, flagged, and admins are told wherever they look."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.delivery import DeliveryState, PartState
from playground.slack import ADMIN, NEWS, READER, Fault, Message, Person, User, Workspace
from tests.bot.running_bot import BOTH_DATABASES, Clock, bot, environment

pytestmark = BOTH_DATABASES

POST = "chat.postMessage"
BEFORE_NINE = datetime(2026, 11, 23, 8, 59, 58, tzinfo=UTC)  # a Monday
DORA = User("U0DORA00001", "dora", "Dora Deutsch", tz="Europe/Berlin", locale="de-DE")


def blind() -> Workspace:
    """A workspace whose app may not read history, and which loses the answer to the first message of the channel."""
    slack = Workspace()
    slack.add_user(DORA)
    slack.scopes.discard("channels:history")
    slack.faults.add(Fault(POST, "lost_reply", channel=NEWS.id))
    return slack


def direct(slack: Workspace, user: str) -> list[Message]:
    return slack.messages(slack.direct_message(user).id)


async def test_it_is_left_flagged_and_told_to_each_admin_once(tmp_path: Path) -> None:
    clock, slack = Clock(BEFORE_NINE), blind()
    admins = f"{ADMIN.id}, {DORA.id}"
    async with bot(tmp_path, clock=clock, workspace=slack, HEATLINE_ADMINS=admins) as (_, service):
        await slack.wait_for(lambda: direct(slack, DORA.id) and direct(slack, ADMIN.id), 45)
        (flagged,) = service.room.ledger.flagged()
        assert (flagged.state, flagged.parent.state) == (DeliveryState.CLAIMED, PartState.AMBIGUOUS)
        ((english,), (german,)) = (direct(slack, each.id) for each in (ADMIN, DORA))
        assert "I do not know whether the post of daily (Mon 23 Nov 09:00) is in #ai-news" in english.visible_text()
        assert "needs channels:history" in english.visible_text()
        assert "Ich weiß nicht, ob der Beitrag von daily" in german.visible_text()
        assert direct(slack, READER.id) == []
        said = (await Person(slack, ADMIN.id).slash("/news", "status")).text
        assert "1 post may be in Slack or not" in said
        assert f"daily, Mon 23 Nov 09:00: #{NEWS.name}" in said

        clock.forward(timedelta(minutes=11))  # it looks again, still in vain: nobody is told anew
        looks = len(slack.calls_of("conversations.history"))
        await slack.wait_for(lambda: len(slack.calls_of("conversations.history")) > looks, 45)
        await asyncio.sleep(0.5)
        assert [len(direct(slack, each.id)) for each in (ADMIN, DORA)] == [1, 1]
        assert len(slack.messages(NEWS.id)) == 1
    async with bot(tmp_path, clock=clock, workspace=slack, HEATLINE_ADMINS=admins) as (_, service):
        slack.scopes.add("channels:history")  # what the message asked for: another process looks, and finishes
        clock.forward(timedelta(minutes=11))
        await slack.wait_for(lambda: not service.room.ledger.unfinished(), 45)
        assert service.room.ledger.flagged() == ()
        assert len(slack.messages(NEWS.id)) == 1
        assert "may be in Slack or not" not in (await Person(slack, ADMIN.id).slash("/news", "status")).text
    assert [len(direct(slack, each.id)) for each in (ADMIN, DORA)] == [1, 1]


async def test_check_tells_of_it_and_of_what_was_given_up(tmp_path: Path) -> None:
    clock, slack = Clock(BEFORE_NINE), blind()
    async with bot(tmp_path, clock=clock, workspace=slack, HEATLINE_GRACE="30m") as (_, service):
        await slack.wait_for(lambda: service.room.ledger.flagged(), 45)
        held = await asyncio.to_thread(_check, tmp_path, slack)
        clock.forward(timedelta(minutes=40))
        await slack.wait_for(lambda: not service.room.ledger.unfinished(), 45)
        (given_up,) = service.room.ledger.flagged()
        assert given_up.state is DeliveryState.AMBIGUOUS
        left = await asyncio.to_thread(_check, tmp_path, slack)
    for said in (held, left):
        assert (
            f"1 post may be in Slack or not, and is not sent again: daily of 2026-11-23 09:00 UTC in {NEWS.id}" in said
        )
    assert len(slack.messages(NEWS.id)) == 1


def _check(folder: Path, slack: Workspace) -> str:
    ours = environment(folder, f"{slack.base_url}/api/")
    done = subprocess.run(
        [Path(sys.executable).with_name("heatline"), "check"],
        env={**os.environ, **ours}, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return " ".join(done.stdout.split())


async def test_an_admin_who_cannot_be_told_stops_nothing(tmp_path: Path) -> None:
    slack = blind()
    slack.faults.add(Fault(POST, "refused", error="cannot_dm_bot", channel=ADMIN.id))
    admins = f"{ADMIN.id}, {DORA.id}"
    async with bot(tmp_path, clock=Clock(BEFORE_NINE), workspace=slack, HEATLINE_ADMINS=admins):
        await slack.wait_for(lambda: direct(slack, DORA.id), 45)
        assert direct(slack, ADMIN.id) == []
