"""The whole bot: folders in, a scheduled digest out, once, also across restarts, two processes and lost replies."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import HeatlineBotError
from playground import sample
from playground.slack import NEWS, OTHER, Fault, Person, ThreadedSlack, Workspace
from tests.bot.running_bot import Clock, bot, command

BEFORE_NINE = datetime(2026, 11, 23, 8, 59, 58, tzinfo=UTC)  # a Monday


async def posted(slack: Workspace, count: int = 1, seconds: float = 15) -> None:
    await slack.wait_for(lambda: len(slack.messages(NEWS.id)) >= count, seconds)


async def test_the_schedule_posts_a_digest(tmp_path: Path) -> None:
    async with bot(tmp_path, clock=Clock(BEFORE_NINE)) as (slack, _):
        await posted(slack)
        await asyncio.sleep(0.5)
        (parent,) = slack.messages(NEWS.id)
        assert parent.text.startswith("AI digest, Mon 23 Nov: ")
        assert parent.blocks[0]["type"] == "header"
        assert parent.unfurl_links is False
        assert parent.unfurl_media is False
        assert parent.metadata["event_type"] == "heatline_delivery"
        await slack.wait_for(lambda: slack.messages(NEWS.id, thread=parent.ts), 5)


async def test_a_restart_posts_nothing_again_and_the_next_day_nothing_told(tmp_path: Path) -> None:
    clock, slack = Clock(BEFORE_NINE), Workspace()
    async with bot(tmp_path, clock=clock, workspace=slack):
        await posted(slack)
    async with bot(tmp_path, clock=clock, workspace=slack):
        await asyncio.sleep(0.5)
        assert len(slack.messages(NEWS.id)) == 1
    clock.forward(timedelta(hours=24))
    sample.write(tmp_path / "articles", clock())
    async with bot(tmp_path, clock=clock, workspace=slack):
        await posted(slack, 2)
    first, second = (linked(message.blocks) for message in slack.messages(NEWS.id))
    assert second
    assert not first & second


def linked(blocks: object) -> set[str]:
    """Every address that blocks link to."""
    if isinstance(blocks, dict):
        own = {str(blocks["url"])} if blocks.get("type") == "link" else set()
        own |= (
            set(re.findall(r"<(https?://[^|>]+)", str(blocks.get("text")))) if blocks.get("type") == "mrkdwn" else set()
        )
        return own.union(*(linked(each) for each in blocks.values()))
    return set().union(*(linked(each) for each in blocks)) if isinstance(blocks, (list, tuple)) else set()


async def test_a_missed_slot_is_caught_up_within_the_grace(tmp_path: Path) -> None:
    clock, slack = Clock(BEFORE_NINE - timedelta(hours=1)), Workspace()
    async with bot(tmp_path, clock=clock, workspace=slack):
        pass  # seen once, before nine
    clock.forward(timedelta(hours=3))
    async with bot(tmp_path, clock=clock, workspace=slack):
        await posted(slack)
    assert len(slack.messages(NEWS.id)) == 1
    clock.forward(timedelta(hours=24 + 5))
    async with bot(tmp_path, clock=clock, workspace=slack):
        await asyncio.sleep(0.5)
    assert len(slack.messages(NEWS.id)) == 1  # five hours late is too late


async def test_a_fresh_start_surprises_nobody(tmp_path: Path) -> None:
    async with bot(tmp_path, clock=Clock(BEFORE_NINE + timedelta(minutes=30))) as (slack, _):
        await asyncio.sleep(0.5)
        assert slack.all_messages() == []


async def test_two_bots_on_one_database_post_once(tmp_path: Path) -> None:
    slack = Workspace()
    async with bot(tmp_path, clock=Clock(BEFORE_NINE), workspace=slack) as (_, first):
        from bot.service import Service
        from bot.wiring import newsroom

        second = Service(newsroom(first.room.settings), first._slack, first.clock, look_every=timedelta(seconds=1))
        await second.start()
        try:
            await posted(slack)
            await asyncio.sleep(1)
        finally:
            await second.stop()
    assert len(slack.messages(NEWS.id)) == 1


async def test_a_reply_lost_after_the_post_leaves_one_message(tmp_path: Path) -> None:
    slack = Workspace()
    slack.faults.add(Fault("chat.postMessage", "lost_reply"))
    async with bot(tmp_path, clock=Clock(BEFORE_NINE), workspace=slack):
        await posted(slack)
        await asyncio.sleep(1)
    assert len(slack.messages(NEWS.id)) == 1


async def test_several_digests_in_several_channels(tmp_path: Path) -> None:
    more = {
        "HEATLINE_DIGESTS__ROBOTS__CHANNEL": OTHER.id,
        "HEATLINE_DIGESTS__ROBOTS__TOPICS": "robotics",
        "HEATLINE_DIGESTS__ROBOTS__TITLE": "Robots today",
    }
    async with bot(tmp_path, clock=Clock(BEFORE_NINE), **more) as (slack, _):
        await slack.wait_for(lambda: slack.messages(OTHER.id) and slack.messages(NEWS.id), 15)
        (message,) = slack.messages(OTHER.id)
        assert message.text.startswith("Robots today, ")


async def test_a_changed_folder_is_seen_while_running(tmp_path: Path) -> None:
    async with bot(tmp_path, HEATLINE_SYNC_EVERY="10s") as (slack, service):
        (tmp_path / "articles").joinpath("bad.md").write_text("no article", encoding="utf-8")
        await service.read_folders()
        assert (await Person(slack).slash("/news", "robots")).ok  # a bad file stops nothing


async def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    async with bot(tmp_path) as (_, first):
        with pytest.raises(HeatlineBotError, match="another Heatline"):
            async with bot(tmp_path, HEATLINE_PORT=str(first.port)):
                pass


def test_the_real_command_runs_and_stops_on_sigterm(tmp_path: Path) -> None:
    sample.write(tmp_path / "articles", datetime.now(UTC))
    with ThreadedSlack() as slack, command(tmp_path, slack) as process:
        slack.run(slack.workspace.wait_for(lambda: slack.workspace.sockets.connected, 20))
        reply = slack.run(Person(slack.workspace).slash("/news", "facial recognition"))
        assert "Facial Recognition" in reply.text
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        _, log = process.communicate(timeout=15)
        assert time.monotonic() - started < 10
    assert process.returncode == 0
    assert "xapp-" not in log
    assert "xoxb-" not in log
    assert "heatline has stopped" in log


@pytest.mark.parametrize("emoji", ["yes", "no"])
async def test_emoji_decorate_only_where_admins_want_them(tmp_path: Path, emoji: str) -> None:
    (tmp_path / "articles").mkdir()  # without news: a quiet day has the one decoration
    async with bot(tmp_path, clock=Clock(BEFORE_NINE), HEATLINE_EMOJI=emoji) as (slack, _):
        await posted(slack)
        (parent,) = slack.messages(NEWS.id)
        assert ("☕" in parent.visible_text()) == (emoji == "yes")
