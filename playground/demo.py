"""`make demo`: a pretend Slack, the real bot, a sample library; posts a digest and answers `/news` at a prompt.

With ``--feeds`` (`make demo FEEDS=1`) the sample news comes from a server of feeds on this machine instead of files.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot import logs
from bot.delivery import Delivery
from bot.service import Service
from bot.settings import Settings
from bot.wiring import newsroom, settings_from
from playground import sample
from playground.feeds import FeedServer, serve_sample
from playground.slack import BOT_TOKEN, NEWS, SIGNING_SECRET, Message, Person, Workspace, running
from playground.slack.terminal import drawn

QUESTIONS = ("facial-recognition", "robotics", "help")
"""Asked where nobody can type."""


def environment(folder: Path, api_url: str) -> dict[str, str]:
    """The settings of the demo, as an admin would write them into ``.env``."""
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": api_url,
        "HEATLINE_PORT": "0",
        "HEATLINE_CHANNEL": NEWS.id,
        "HEATLINE_ARTICLES": str(folder / "articles"),
        "HEATLINE_DATABASE_URL": f"sqlite:///{folder / 'heatline.db'}",
        "HEATLINE_TOPICS": "facial-recognition, robotics, self-driving-cars, healthcare, ai-hardware, regulation, ai",
        "HEATLINE_LOG_LEVEL": "warning",
    }


async def demo(console: Console, *, interactive: bool, from_feeds: bool = False) -> int:
    """Run the demo; gives the exit code."""
    with tempfile.TemporaryDirectory(prefix="heatline-demo-") as name, FeedServer().running() as server:
        folder = Path(name)
        if from_feeds:
            urls = serve_sample(server, sample.articles(datetime.now(UTC)))
            more = {"HEATLINE_ARTICLES": "", "HEATLINE_FEEDS": "no", "HEATLINE_FEEDS_ADD": ", ".join(urls)}
            more |= {"HEATLINE_ALLOW_HOSTS": "127.0.0.1", "HEATLINE_FEED_PAGES": "no"}
            console.print(f"Serving {len(urls)} invented feeds, starting a pretend Slack and the bot ...", style="dim")
        else:
            count, more = sample.write(folder / "articles", datetime.now(UTC)), {}
            console.print(f"Wrote {count} invented articles, starting a pretend Slack and the bot ...", style="dim")
        workspace = Workspace()
        async with running(workspace) as base_url:
            settings = settings_from(None, {**environment(folder, f"{base_url}/api/"), **more})
            logs.configure(settings.log_level, settings.log_format, settings.secrets)
            service = Service(newsroom(settings), settings.require_slack())
            await service.read_feeds()
            await service.start()
            try:
                workspace.request_url = f"http://127.0.0.1:{service.port}/slack/events"
                return await _show(console, workspace, service, settings, interactive=interactive)
            finally:
                await service.stop()


async def _show(
    console: Console, workspace: Workspace, service: Service, settings: Settings, *, interactive: bool
) -> int:
    now = service.clock().replace(second=0, microsecond=0)
    deliveries = await service.publisher.publish(settings.digests[0], now, service.clock())
    _post(console, workspace, deliveries)
    person = Person(workspace)
    if not interactive:
        answers = [await _ask(console, person, question) for question in QUESTIONS]
        return 0 if deliveries and all(answers) else 1
    console.print("\nType what you would type in Slack, such as [bold]/news robots[/bold]; an empty line ends.\n")
    while True:
        typed = (await asyncio.to_thread(console.input, "[bold]> [/bold]")).strip()
        if typed in ("", "exit", "quit"):
            return 0
        await _ask(console, person, typed.removeprefix("/news").strip(), echo=False)


def _post(console: Console, workspace: Workspace, deliveries: tuple[Delivery, ...]) -> None:
    for delivery in deliveries:
        parent = next(m for m in workspace.messages(NEWS.id) if m.ts == delivery.parent.ts)
        console.print(_framed(parent, f"#{NEWS.name}"))
        for reply in workspace.messages(NEWS.id, thread=parent.ts):
            console.print(_framed(reply, f"#{NEWS.name}, in the thread"))


async def _ask(console: Console, person: Person, question: str, *, echo: bool = True) -> bool:
    reply = await person.slash("/news", question, channel=NEWS.id)
    if echo:
        console.print(Text(f"\n/news {question}", style="bold"))
    for message in reply.messages:
        console.print(_framed(message, "only you see this"))
    if not reply.ok or not reply.messages:
        console.print(f"the bot did not answer: {reply.error or reply.status}", style="red")
    return reply.ok and bool(reply.messages)


def _framed(message: Message, title: str) -> Panel:
    return Panel(drawn(message.blocks, message.text), title=Text(title), title_align="left", border_style="dim")


def main() -> int:
    """Talk where there is a terminal, else show the digest and three answers."""
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")
    console = Console(width=None if sys.stdout.isatty() else 88, highlight=False)
    try:
        return asyncio.run(demo(console, interactive=interactive, from_feeds="--feeds" in sys.argv[1:]))
    except (KeyboardInterrupt, EOFError):
        return 0


if __name__ == "__main__":
    sys.exit(main())
