"""`python -m playground.pictures FOLDER`: what people see in Slack as pages, to be looked at as on a phone.

The real bot draws it for people in the pretend Slack, from the sample news, at a fixed moment: the pictures of docs/slack.md
are made of these pages.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import logs
from bot.readers import user
from bot.readers.variants import Own
from bot.service import Service
from bot.wiring import newsroom, settings_from
from digests.models import Message
from digests.rendering import Renderer
from playground import demo, sample
from playground.slack import ADMIN, NEWS, READER, Json, Person, View, Workspace, running
from playground.slack import Message as Posted
from playground.slack.forms import interactive

LANGUAGES = ("en-GB", "de-DE", "ja-JP")
NOW = datetime(2026, 11, 24, 7, 45, tzinfo=UTC)
"""When the pictures are taken, so that they look the same whenever they are made."""


async def pictures(folder: Path) -> list[Path]:
    """Draw a Home and the dialog of a subscription in every language, and in English what else there is; gives the files."""
    pages = {}
    with TemporaryDirectory(prefix="heatline-pictures-") as name:
        async with _bot(Path(name)) as (slack, service):
            for number, locale in enumerate(LANGUAGES):
                reader = slack.add_user(replace(READER, id=f"U0PICTURE0{number}", locale=locale, tz="Europe/Berlin"))
                person = Person(slack, reader.id)
                for which, view in (await _views(slack, service, person)).items():
                    pages[f"{which}-{locale[:2]}"] = _view_page(view)
                if number == 0:
                    pages |= {f"{which}-en": page for which, page in (await _talk(slack, service, person)).items()}
    files = []
    for name, page in pages.items():
        files.append(folder / f"{name}.html")
        files[-1].write_text(page, encoding="utf-8")
    return files


async def _talk(slack: Workspace, service: Service, person: Person) -> dict[str, str]:
    """The post of a digest, what it is asked, and the dialogs of a story and of a search."""
    await service.publisher.publish(service.room.settings.digests[0], NOW.replace(minute=30), NOW)
    post = slack.messages(NEWS.id)[0]
    shown = {"digest": post}
    for which, asked in (("answer", "facial recognition"), ("why", "why 1"), ("settings", "settings")):
        shown[which] = await (await person.slash("/news", asked)).first()
    block, value = next(
        (block, option["value"])
        for block, element in interactive(post.blocks)
        for option in element.get("options", [])
        if option["value"].startswith("share ")
    )
    pressed = await person.click("story_menu", value, on=post, block_id=block, patience=3)
    dialogs = {"share": (await slack.wait_for(lambda: pressed.views))[0]}
    search = (await person.shortcut("search_news", patience=3)).views[0]
    await person.submit_view(search, {"question": "robots since:7d"})
    dialogs["search"] = await slack.wait_for(lambda: _answered(slack.views[search.id]))
    dialogs["channel"] = await _channel(slack, service, post)
    messages = {which: _message_page(which.title(), message) for which, message in shown.items()}
    return messages | {which: _view_page(view) for which, view in dialogs.items()}


async def _channel(slack: Workspace, service: Service, post: Posted) -> View:
    """The settings of a channel's digest, as an admin finds them that were changed before."""
    own = Own(("facial-recognition", "robotics"), "30 8 * * mon-fri", "Europe/Berlin", 5, "en")
    by = user(slack.team_id, ADMIN.id)
    rhythm = f"{own.cron} {own.timezone}"
    service.room.variants.save("daily", NEWS.id, own, serial=0, rhythm=rhythm, by=by, now=NOW, conversation=NEWS.id)
    admin = Person(slack, ADMIN.id)
    await admin.click("customize", on=post)
    view: View = (await slack.wait_for(lambda: slack.modals(ADMIN.id)))[0]
    return view


def _answered(view: View) -> View | None:
    return view if "story_menu" in str(view.blocks) else None


def _message_page(title: str, message: Posted) -> str:
    return _page(title, messages=[Message(message.text, tuple(_unpictured(block) for block in message.blocks))])


def _unpictured(block: Json) -> Json:
    """A block without its picture: those of the sample news are nowhere to be had."""
    aside = block.get("accessory") or {}
    return {key: value for key, value in block.items() if key != "accessory" or aside.get("type") != "image"}


def _view_page(view: View) -> str:
    """A Home as it is; a dialog with its title above, and what ends it below."""
    dialog = view.payload
    if "title" not in dialog:
        return _page("Home", views=[view.blocks])
    ends = [{"type": "button", "text": dialog[name]} for name in ("close", "submit") if name in dialog]
    blocks = [
        {"type": "header", "text": dialog["title"]},
        *map(_here, view.blocks),
        {"type": "actions", "elements": ends},
    ]
    return _page(str(dialog["title"]["text"]), views=[blocks])


def _here(block: Json) -> Json:
    """A field with the conversation that one is in, where Slack would put it there."""
    element = block.get("element") or {}
    if not element.get("default_to_current_conversation"):
        return block
    return {**block, "element": {**element, "initial_conversation": NEWS.id}}


def _page(title: str, messages: Sequence[Message] = (), views: Sequence[Sequence[Json]] = ()) -> str:
    """A page on which channel and people go by their names, as Slack shows them."""
    page = Renderer().page(title, messages, views=views).replace(f">{NEWS.id}<", f">#{NEWS.name}<")
    return page.replace(f">{ADMIN.id}<", f">@{ADMIN.real_name}<")


async def _views(slack: Workspace, service: Service, person: Person) -> dict[str, View]:
    me = user(slack.team_id, person.user.id)
    first = await _home(slack, person)
    await person.click("home_subscribe", on=first)
    dialog = (await slack.wait_for(lambda: slack.modals(person.user.id)))[0]
    await person.click("subscription_days", "some", on=dialog)
    await slack.wait_for(lambda: "chosen" in str(slack.views[dialog.id].blocks))
    store, locale = service.room.subscriptions, person.user.locale
    for ago, topics, cron, where in (
        (2, ("facial-recognition", "robotics"), "30 8 * * mon-fri", person.user.id),
        (1, ("ai-hardware",), f"{len(store.within(NEWS.id))} 18 * * *", NEWS.id),
    ):
        store.add(me, slack.team_id, where, topics, cron, person.user.tz, 5, locale, NOW - timedelta(minutes=ago))
    for article in list(service.room.library.articles())[:7]:
        service.room.saved.save(me, article, NOW)
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
    sample.write(folder / "articles", NOW)
    slack = Workspace()
    async with running(slack) as base_url:
        settings = settings_from(None, {**demo.environment(folder, f"{base_url}/api/"), "HEATLINE_STORIES": "5"})
        logs.configure(settings.log_level, settings.log_format, settings.secrets)
        began = time.monotonic()  # posts to a channel keep apart by this clock, so it has to go on
        service = Service(
            newsroom(settings), settings.require_slack(), lambda: NOW + timedelta(seconds=time.monotonic() - began)
        )
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
