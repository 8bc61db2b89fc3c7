"""People who use the bot all at once: commands and buttons over signed HTTP, from the press to the answer on the screen."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from random import Random

from playground import demo
from playground.slack import NEWS, Message, Person, User, Workspace, running
from playground.slack.forms import interactive

PEOPLE = 50
"""Who ask at once; each reads a second between two questions."""

_THINK = 1.0
_READY = 60.0


async def used(database: Path, questions: list[str], people: int = PEOPLE, turns: int = 20) -> list[float]:
    """Milliseconds until people see an answer, in rising order."""
    slack = Workspace()
    for n in range(people):
        slack.add_user(User(f"U0BENCH{n:04}", f"person{n}"))
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    async with running(slack) as base_url:
        slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        ours = demo.environment(database.parent, f"{base_url}/api/") | {
            "HEATLINE_DATABASE_URL": f"sqlite:///{database}",
            "HEATLINE_PORT": str(port),
            "HEATLINE_ARTICLES": "",
            "HEATLINE_FEEDS": "no",
            "HEATLINE_CHANNEL": "",
            "HEATLINE_LOG_LEVEL": "warning",
        }
        bot = subprocess.Popen(  # noqa: ASYNC220  # it lives as long as this does
            [Path(sys.executable).with_name("heatline"), "run"], env={**os.environ, **ours}, cwd=database.parent
        )
        try:
            await _reached(port)
            await asyncio.gather(*(_person(slack, n, questions, 2) for n in range(2)))  # imports and caches
            waits = [wait for each in await _all(slack, questions, people, turns) for wait in each]
        finally:
            bot.terminate()
            await asyncio.to_thread(bot.wait)
    return sorted(1000 * wait for wait in waits)


async def _all(slack: Workspace, questions: list[str], people: int, turns: int) -> list[list[float]]:
    return await asyncio.gather(*(_person(slack, n, questions, turns) for n in range(people)))


async def _person(slack: Workspace, number: int, questions: list[str], turns: int) -> list[float]:
    """One person: asks, reads, turns the page or presses a button of the menu, and asks again."""
    random = Random(number)  # repeatable on purpose
    person = Person(slack, f"U0BENCH{number:04}")
    waits: list[float] = []
    await asyncio.sleep(_THINK * random.random())
    for _ in range(turns):
        reply = await person.slash("/news", random.choice(questions), channel=NEWS.id)
        assert reply.ok, reply.error
        waits.append(reply.answered or reply.seconds)
        await asyncio.sleep(_THINK * (0.5 + random.random()))
        for press in _presses(person, reply.messages[0], random):
            pressed = await press()
            await pressed.first()
            assert pressed.answered is not None
            waits.append(pressed.answered)
            await asyncio.sleep(_THINK * (0.5 + random.random()))
    return waits


def _presses(person: Person, message: Message, random: Random) -> Iterator[Callable[[], Awaitable]]:  # type: ignore[type-arg]
    """One button of an answer, where it has any: a story's menu, or the next page."""
    menus = [(block, element["options"]) for block, element in interactive(message.blocks) if "options" in element]
    options = [(block, option["value"]) for block, entries in menus for option in entries]
    pressed = [each for each in options if not each[1].startswith("share")]  # which opens a dialog, and answers nothing
    if pressed:
        block, value = random.choice(pressed)
        yield lambda: person.click("story_menu", value, on=message, block_id=block)


async def _reached(port: int) -> None:
    """Wait until the bot listens."""
    for _ in range(int(_READY * 10)):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise TimeoutError("the bot does not listen")
