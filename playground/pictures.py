"""`python -m playground.pictures FOLDER`: Home tabs and dialogs as pages, to be looked at as on a phone.

The real bot draws them for people in the pretend Slack, from the sample news.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import logs
from bot.clock import utc_now
from bot.readers import user
from bot.service import Service
from bot.wiring import newsroom, settings_from
from digests.rendering import Renderer
from playground import demo, sample
from playground.slack import NEWS, READER, Person, View, Workspace, running

LANGUAGES = ("en-GB", "de-DE", "ja-JP")


async def pictures(folder: Path) -> list[Path]:
    """Draw a first visit, a Home in use and the dialog of a subscription, in every language; gives the files."""
    files = []
    with TemporaryDirectory(prefix="heatline-pictures-") as name:
        async with _bot(Path(name)) as (slack, service):
            for number, locale in enumerate(LANGUAGES):
                reader = slack.add_user(replace(READER, id=f"U0PICTURE0{number}", locale=locale, tz="Europe/Berlin"))
                for which, view in (await _views(slack, service, Person(slack, reader.id))).items():
                    files.append(folder / f"{which}-{locale[:2]}.html")
                    title = str(view.payload.get("title", {}).get("text", "Home"))
                    files[-1].write_text(Renderer().page(title, [], views=[view.blocks]), encoding="utf-8")
    return files


async def _views(slack: Workspace, service: Service, person: Person) -> dict[str, View]:
    me = user(slack.team_id, person.user.id)
    first = await _home(slack, person)
    await person.click("home_subscribe", on=first)
    dialog = (await slack.wait_for(lambda: slack.modals(person.user.id)))[0]
    await person.click("subscription_days", "some", on=dialog)
    await slack.wait_for(lambda: "chosen" in str(slack.views[dialog.id].blocks))
    store, locale = service.room.subscriptions, person.user.locale
    for topics, cron, where in (
        (("facial-recognition", "robotics"), "30 8 * * mon-fri", person.user.id),
        (("ai-hardware",), f"{len(store.within(NEWS.id))} 18 * * *", NEWS.id),
    ):
        store.add(me, slack.team_id, where, topics, cron, person.user.tz, 5, locale, utc_now())
    for article in list(service.room.library.articles())[:7]:
        service.room.saved.save(me, article, utc_now())
    return {"first-visit": first, "in-use": await _home(slack, person), "dialog": slack.views[dialog.id]}


async def _home(slack: Workspace, person: Person) -> View:
    before = slack.home(person.user.id)
    await person.open_home()

    def drawn() -> View | None:
        now = slack.home(person.user.id)
        return now if now is not None and now is not before and "story_menu" in str(now.blocks) else None

    home: View = await slack.wait_for(drawn, 20)
    return home


@asynccontextmanager
async def _bot(folder: Path) -> AsyncIterator[tuple[Workspace, Service]]:
    sample.write(folder / "articles", datetime.now(UTC))
    slack = Workspace()
    async with running(slack) as base_url:
        settings = settings_from(None, demo.environment(folder, f"{base_url}/api/"))
        logs.configure(settings.log_level, settings.log_format, settings.secrets)
        service = Service(newsroom(settings), settings.require_slack())
        await service.start()
        try:
            slack.request_url = f"http://127.0.0.1:{service.port}/slack/events"
            yield slack, service
        finally:
            await service.stop()


if __name__ == "__main__":
    place = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    place.mkdir(parents=True, exist_ok=True)
    for file in asyncio.run(pictures(place)):
        print(file)
