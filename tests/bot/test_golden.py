"""Golden files of what the bot says and asks without any news, in tests/data/golden/, for a person to read: the real bot.

After a wanted change of the words, write them anew and read the difference:

    python -m tests.bot.test_golden
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from bot.dialogs import channeldrawing
from bot.dialogs.channelform import of_outlet
from bot.dialogs.drawing import drawn
from bot.dialogs.form import KEPT, SOME, THERE, Form
from bot.manifest import RELATED
from bot.modals import share_view
from bot.plan import Outlet
from bot.readers import Variant, channel, user
from bot.readers.variants import Own
from bot.searching import FOUND, found_view, search_view
from bot.wiring import Newsroom
from playground.slack import ADMIN, NEWS, READER, Person, Workspace, check_message, check_view, happenings
from tests.bot.running_bot import bot
from tests.making import article

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
NOW = datetime(2026, 11, 24, 7, 45, tzinfo=UTC)
ASKED = {
    "settings, none yet": "settings",
    "subscribe": "subscribe robotics, drones at 8:30 on weekdays",
    "subscribe again": "subscribe robotics, drones at 8:30 on weekdays",
    "subscribe a channel": "subscribe everything every monday at 9am in here",
    "subscribe to nothing": "subscribe",
    "subscribe to what is no topic": "subscribe robtics",
    "subscribe at what is no time": "subscribe robotics at 25:99",
    "settings": "settings",
    "unsubscribe which": "unsubscribe",
    "unsubscribe": "unsubscribe 1",
    "muted, nothing": "muted",
    "mute": "mute robotics",
    "mute a publisher": "mute wirefour.example.com",
    "muted": "muted",
    "unmute": "unmute robotics",
    "unmute what is not muted": "unmute drones",
    "reset, nothing": "reset",
    "saved, nothing": "saved",
    "why of nothing": "why 3",
    "forget me": "forget me",
    "status, to a reader": "status",
}
FORM = Form(topics=("robotics", "drones"), zone="Europe/Berlin")
FORMS = {
    "subscribe": FORM,
    "subscribe a channel on some days": Form(days=SOME, chosen=(0, 3), where=THERE, channel=NEWS.id, zone="Asia/Tokyo"),
    "change": Form(topics=("robotics",), days=KEPT, cron="0 9,17 * * *", zone="UTC", size=8, key="s1"),
    "subscribe to what the channel has": replace(FORM, like="daily"),
}
OWN = Own(("drones",), "30 8 * * mon,thu", "Europe/Berlin", 5, "de")
CHANGED = Variant("daily", NEWS.id, 1, NEWS.id, NOW, NOW, OWN, user("T1", ADMIN.id), NOW)


class Ticking:
    """A clock that goes on a little each time it is looked at, so that what is listed has an order."""

    def __init__(self) -> None:
        self._looks = count()

    def __call__(self) -> datetime:
        """A moment later."""
        return NOW + timedelta(milliseconds=next(self._looks))


async def told(slack: Workspace, room: Newsroom) -> dict[str, Any]:
    """What a reader and an admin are told."""
    reader, admin = Person(slack, READER.id), Person(slack, ADMIN.id)
    said = {name: await (await reader.slash("/news", asked)).first() for name, asked in ASKED.items()}
    room.votes.give(user(slack.team_id, READER.id), "https://a.example.com/1", ("robotics",), 1.0, NOW)
    room.votes.give(
        channel(NEWS.id), "https://a.example.com/1", ("drones",), -1.0, NOW, by=user(slack.team_id, ADMIN.id)
    )
    said["reset"] = await (await reader.slash("/news", "reset")).first()
    said["status"] = await (await admin.slash("/news", "status")).first()
    said["introduction"] = await (await happenings.invited(admin, NEWS.id)).first()
    return {name: {"text": message.text, "blocks": list(message.blocks)} for name, message in said.items()}


def asked_in_dialogs(room: Newsroom) -> dict[str, Any]:
    """What is asked in dialogs."""
    notice = room.renderer.notice(room.say("search-looking"))
    lead = article("Robots pick apples & *pears*")
    return {
        "share": share_view(room.renderer.language, "12", lead, NEWS.id, "1.2"),
        "search": search_view(room),
        "search, asked": search_view(room, "robots since:7d", notice),
        "related": found_view(room, notice, RELATED),
        "found": found_view(room, notice, FOUND),
        **{name: drawn(form, room.catalogue, room.renderer.language, NOW) for name, form in FORMS.items()},
        "channel": _channel(room, Outlet(room.settings.digests[0], NEWS.id)),
        "channel, its own": _channel(room, Outlet(room.settings.digests[0], NEWS.id, CHANGED)),
        "channel, by its name": _channel(room, Outlet(room.settings.digests[0], "#robots"), where=""),
        "channel, its own, German": _channel(
            replace(room, renderer=room.renderer.speaking("de")), Outlet(room.settings.digests[0], NEWS.id, CHANGED)
        ),
    }


def _channel(room: Newsroom, outlet: Outlet, where: str = NEWS.id) -> dict[str, Any]:
    form, language = of_outlet(outlet), room.renderer.language
    return channeldrawing.drawn(form, outlet, where, room.catalogue, language, NOW)


async def files(folder: Path) -> Mapping[str, dict[str, Any]]:
    """The golden files."""
    (folder / "articles").mkdir()
    async with bot(folder, clock=Ticking()) as (slack, service):
        return {"told.blocks.yaml": await told(slack, service.room), "dialogs.yaml": asked_in_dialogs(service.room)}


def _yaml(value: object) -> str:
    # By way of JSON nothing is written as an alias of something else.
    written = yaml.safe_dump(json.loads(json.dumps(value)), allow_unicode=True, sort_keys=False, width=120)
    named = re.sub(r"\bs[0-9a-f]{10}\b", "SUBSCRIPTION", written)  # chosen at random
    return named.replace(f"Heatline {version('heatline')}", "Heatline VERSION")


async def test_golden(tmp_path: Path) -> None:
    for name, entries in (await files(tmp_path)).items():
        expected = (GOLDEN / name).read_text(encoding="utf8")
        assert _yaml(entries) == expected, "wanted? then run: python -m tests.bot.test_golden"
        check = check_view if name == "dialogs.yaml" else check_message
        assert {key: check(entry) for key, entry in entries.items()} == dict.fromkeys(entries)


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        for file, made in asyncio.run(files(Path(place))).items():
            (GOLDEN / file).write_text(_yaml(made), encoding="utf8")
