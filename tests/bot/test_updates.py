"""An update at the wire: the second day's post leads back to the message of the first, in each channel to its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.delivery import Ledger, Outbox, Publisher, posting_client
from bot.settings import DigestSettings
from digests.desk import Desk
from digests.library import Filed, Library, Stamp
from digests.models import Article, DigestSpec, Provider
from digests.rendering import Renderer
from digests.topics import Catalogue
from playground.slack import BOT_TOKEN, NEWS, OTHER, Fault, Workspace, running
from tests.bot.running_bot import Clock

TITLE = "Robots of Halden Labs learn to fold laundry in five minutes"


def reports(at: datetime, providers: str) -> list[Article]:
    first = Article("https://x.example.com/", TITLE, at, quality=80, topics=("AI", "AI in Robotics"))
    return [
        replace(
            first,
            url=f"https://{name.lower()}.example.com/laundry",
            provider=Provider(name, f"{name.lower()}.example.com"),
        )
        for name in providers.split()
    ]


def put(library: Library, articles: list[Article]) -> None:
    library.put("x", [Filed(each.url, Stamp(1, 1, "x"), each) for each in articles])


async def published(library: Library, slack: Workspace, base_url: str, clock: Clock, slot: datetime) -> None:
    ledger = Ledger(library.database)
    outbox = Outbox(posting_client(BOT_TOKEN, f"{base_url}/api/"), ledger, clock, settle=timedelta(0), pace=0)
    publisher = Publisher(Desk(library, Catalogue.builtin()), Renderer(), ledger, outbox, clock)
    digest = DigestSettings("daily", (NEWS.id, OTHER.id), "0 9 * * *", DigestSpec("daily", topics=("ai",)))
    await publisher.publish(digest, slot, slot)


async def test_an_update_leads_back_to_the_earlier_message_of_its_channel(tmp_path: Path, library: Library) -> None:
    slot = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=1)
    clock, slack = Clock(slot), Workspace()
    async with running(slack) as base_url:
        put(library, reports(slot - timedelta(hours=2), "Ann Bea"))
        await published(library, slack, base_url, clock, slot)
        clock.forward(timedelta(days=1))
        next_slot = slot + timedelta(days=1)
        put(library, reports(next_slot - timedelta(hours=2), "Cleo Dora Ella Fay Gus Hal Ida"))
        await published(library, slack, base_url, clock, next_slot)
        for channel in (NEWS.id, OTHER.id):
            first, second = slack.messages(channel)
            link = f"https://{slack.team_domain}.slack.com/archives/{channel}/p{first.ts.replace('.', '')}"
            assert "Update: " in str(second.blocks)
            assert link in str(second.blocks)
            assert "Update: " not in str(first.blocks)
            assert f"Update: {TITLE}" in second.text


async def test_without_a_link_an_update_is_told_all_the_same(tmp_path: Path, library: Library) -> None:
    slot = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=1)
    clock, slack = Clock(slot), Workspace()
    async with running(slack) as base_url:
        put(library, reports(slot - timedelta(hours=2), "Ann Bea"))
        await published(library, slack, base_url, clock, slot)
        clock.forward(timedelta(days=1))
        slack.faults.add(Fault("chat.getPermalink", "refused", times=None))
        put(library, reports(slot + timedelta(hours=22), "Cleo Dora Ella Fay Gus Hal Ida"))
        await published(library, slack, base_url, clock, slot + timedelta(days=1))
        _, second = slack.messages(NEWS.id)
        assert "Update: " in str(second.blocks)
        assert "/archives/" not in str(second.blocks)
