"""The publisher: one process never works on a delivery twice at once, even when its lease ran out meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.delivery import Ledger, Outbox, Publisher, posting_client
from bot.settings import DigestSettings
from digests.desk import Desk
from digests.library import Library
from digests.models import DigestSpec
from digests.rendering import Renderer
from digests.sync import sync
from digests.topics import Catalogue
from playground import sample
from playground.slack import BOT_TOKEN, NEWS, Fault, Workspace, running
from tests.bot.running_bot import Clock
from tests.making import NOON


async def test_a_clock_that_jumps_while_a_message_is_on_its_way_posts_nothing_twice(
    tmp_path: Path, library: Library
) -> None:
    sample.write(tmp_path / "articles", NOON)
    sync(library, [tmp_path / "articles"])
    clock, slack = Clock(NOON), Workspace()
    slack.faults.add(Fault("chat.postMessage", "delay", seconds=2))
    async with running(slack) as base_url:
        ledger = Ledger(library.database)
        outbox = Outbox(posting_client(BOT_TOKEN, f"{base_url}/api/"), ledger, clock, settle=timedelta(0), pace=0)
        desk = Desk(library, Catalogue.builtin())
        publisher = Publisher(desk, Renderer(), ledger, outbox, clock)
        spec = DigestSettings("daily", (NEWS.id,), "0 12 * * *", DigestSpec("daily", topics=("ai",)))
        publishing = asyncio.create_task(publisher.publish(spec, NOON, NOON))
        await slack.wait_for(lambda: slack.calls_of("chat.postMessage") or ledger.unfinished(), 10)
        await asyncio.sleep(0.5)
        clock.forward(timedelta(minutes=2))  # past the lease: the machine slept
        await publisher.resume(clock())
        await publishing
        assert len(slack.messages(NEWS.id)) == 1
        (delivery,) = ledger.deliveries("daily", NOON)
        assert len(slack.all_messages(NEWS.id)) == len(delivery.parts)
